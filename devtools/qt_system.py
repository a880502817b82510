"""Find and install the system libraries and the CJK font that Qt needs on Linux.

Called by dev.py's set-up. Libraries are asked of the dynamic linker itself, since that is what Qt
will ask; packages are named for Debian and Ubuntu, the systems that apt serves.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from devtools.place import SetupError, say

# What the wheels of PySide6-Essentials 6.11 leave to the system, without the C library itself;
# tests/test_dev.py reads it off the wheel's own files and fails when one is missing here.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
CJK_FONT = "fonts-noto-cjk"
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_CJK_FILE_MARKS = ("cjk", "wqy", "uming", "ukai", "sourcehan", "droidsansfallback", "simsun")
_APT_TIMEOUT_S = 900


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(
    libraries: Iterable[str] = LIBRARIES, loads: Callable[[str], bool] = _loads
) -> list[str]:
    """Return those of the libraries that the dynamic linker cannot load."""
    return [library for library in libraries if not loads(library)]


def lists_a_font(fc_list: str) -> bool:
    """Tell whether the output of `fc-list :lang=…` names a font file."""
    return any(line.strip() and "/" in line for line in fc_list.splitlines())


def has_cjk_font() -> bool:
    """Tell whether Chinese text will show as characters and not as boxes."""
    fc_list = shutil.which("fc-list")
    if fc_list:
        answer = subprocess.run(
            [fc_list, ":lang=zh-cn"],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return lists_a_font(answer.stdout)
    return any(
        any(mark in file.name.lower() for mark in _CJK_FILE_MARKS)
        for folder in _FONT_FOLDERS
        for file in Path(folder).expanduser().rglob("*.[to]t[fc]")
    )


def _apt_prefix() -> list[str] | None:
    """Return the words before `apt-get` that make it work without a question, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asks_nothing = subprocess.run(
        [sudo, "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    return [sudo, "-n"] if asks_nothing.returncode == 0 else None


def _apt(prefix: Sequence[str], *words: str) -> bool:
    """Run apt-get quietly; show what it said only when it failed."""
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *words]
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_APT_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        say(f"apt-get {words[0]} did not end within {_APT_TIMEOUT_S} s")
        return False
    if answer.returncode != 0:
        say("\n".join(["apt-get said:", *answer.stdout.splitlines()[-6:]]))
    return answer.returncode == 0


def install_packages(packages: Sequence[str], why: str) -> None:
    """Install Debian packages, or say in one line which ones a person has to install.

    Raises:
        SetupError: they could not be installed from here.
    """
    by_hand = f"{why}; install them by hand: apt-get install {' '.join(packages)}"
    prefix = _apt_prefix()
    if prefix is None:
        raise SetupError(by_hand)
    say(f"{why}: installing {', '.join(packages)} through apt-get")
    install = ("install", "-y", "--no-install-recommends", *packages)
    simulation = subprocess.run(
        ["apt-get", "-qq", "-s", *install],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    # The package lists of a fresh image are empty or too old to name these; else save the minute.
    lists_fit = simulation.returncode == 0
    if lists_fit and _apt(prefix, *install):
        return
    if not (_apt(prefix, "update") and _apt(prefix, *install)):
        raise SetupError(by_hand)


def ensure_libraries() -> None:
    """Make sure that Qt's libraries load; only Linux leaves any to the system.

    Raises:
        SetupError: some are missing and could not be installed.
    """
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries()
    if not missing:
        return
    packages = sorted({LIBRARIES[library] for library in missing})
    install_packages(packages, f"Qt needs {', '.join(missing)}")
    still_missing = missing_libraries(missing)
    if still_missing:
        raise SetupError(f"Qt needs {', '.join(still_missing)}, still missing after apt-get")


def ensure_cjk_font() -> None:
    """Make sure that Chinese text can be shown; without a font go on and say so.

    Everything works without it except reading Chinese on the screen, so it stops nobody.
    """
    if not sys.platform.startswith("linux") or has_cjk_font():
        return
    try:
        install_packages([CJK_FONT], "no font shows Chinese text")
    except SetupError as problem:
        say(f"warning: {problem}")
