"""Find Qt parts that are GPL-only, in sources, lock files and frozen bundles.

The wheels' metadata says LGPL for all of PySide6, but these modules' sources carry
`LicenseRef-Qt-Commercial OR GPL-3.0-only`. Called by `dev.py build` and the tests, and by hand:
`python -m devtools.licence_guard FOLDER`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path

GPL_ONLY = ("Charts", "Graphs", "GraphsWidgets", "NetworkAuth", "VirtualKeyboard")
# PySide6 alone is the metapackage that brings the Addons, and they bring the modules above.
_FORBIDDEN_PINS = re.compile(r"^(pyside6|pyside6[-_.]addons)==", re.IGNORECASE | re.MULTILINE)
# libQt6Charts.so.6, QtCharts.abi3.so, Qt6Charts.dll, QtCharts.framework, qtvirtualkeyboard plugin
_FORBIDDEN_FILE = re.compile(rf"qt6?({'|'.join(GPL_ONLY)})", re.IGNORECASE)


def forbidden_imports(source: str) -> list[str]:
    """Return the GPL-only modules that a Python source imports, in any of the spellings."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names: Iterable[str] = ()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "PySide6" and len(parts) > 1 and parts[1].removeprefix("Qt") in GPL_ONLY:
                found.add(parts[1])
    return sorted(found)


def forbidden_pins(lock: str) -> list[str]:
    """Return the packages of a lock file that carry GPL-only modules."""
    return [name.lower() for name in _FORBIDDEN_PINS.findall(lock)]


def forbidden_files(bundle: Path) -> list[str]:
    """Return the files of a frozen bundle that belong to GPL-only modules, relative to it."""
    return sorted(
        path.relative_to(bundle).as_posix()
        for path in bundle.rglob("*")
        if _FORBIDDEN_FILE.search(path.name)
    )


def main(words: list[str]) -> int:
    """Check one bundle; print what must not be in it and return the exit code."""
    if len(words) != 1 or not Path(words[0]).is_dir():
        print("usage: python -m devtools.licence_guard FOLDER", file=sys.stderr)
        return 2
    found = forbidden_files(Path(words[0]))
    for name in found:
        print(f"GPL-only Qt file in the bundle: {name}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
