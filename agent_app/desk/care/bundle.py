"""The diagnostics bundle: what a person may hand to who helps, shown to him before it is saved.

Everything in it was written without customers' data; what is put together here is scrubbed once
more. It holds no token, no password, no key and no path of this machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from agent_app.desk.care.crashes import CrashReports
from agent_app.desk.care.heartbeat import BOUNDS_MS, Heartbeat
from agent_app.desk.care.telling import scrubbed
from agent_app.desk.work.preferences import Preferences

_PACKAGES = (
    *("agent-app", "PySide6-Essentials", "httpx", "httpcore", "keyring", "msgspec", "sqlcipher3"),
    *("truststore", "cryptography", "argon2-cffi"),
)
_LOG_KEPT = 200 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What a bundle is made from.

    `figures` gives what else is known of the desk (the store's sizes, how many clicks wait):
    names of ours and numbers; it may raise `OSError`. `selftest`: the last network test as text.
    """

    log: Path | None
    crashes: CrashReports
    heartbeat: Heartbeat
    preferences: Callable[[], Preferences]
    figures: Callable[[], Mapping[str, float | str]]
    selftest: Callable[[], str]


def gathered(material: Material) -> tuple[Part, ...]:
    """Return the parts, scrubbed. Reads files: for a worker thread."""
    parts = [
        Part("versions.json", _json(_versions())),
        Part("settings.json", _json(_settings(material.preferences()))),
        Part("desk.json", _json(_desk(material))),
        Part("network-test.txt", material.selftest() or "(not run)\n"),
    ]
    if material.log is not None:
        parts += [
            Part(path.name, _end_of(path))
            for path in sorted(material.log.parent.glob(f"{material.log.name}*"))
        ]
    parts += [Part(f"crashes/{path.name}", _end_of(path)) for path in material.crashes.all()]
    return tuple(Part(part.name, scrubbed(part.text)) for part in parts)


def save(parts: Sequence[Part], path: Path) -> None:
    """Write the parts as a zip file, whole or not at all.

    Raises:
        OSError: the folder or the disk does not take it; what was there is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".diagnostics-")
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
                for part in parts:
                    bundle.writestr(part.name, part.text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _versions() -> dict[str, str]:
    told = {
        "system": platform.platform(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    for package in _PACKAGES:
        try:
            told[package] = version(package)
        except PackageNotFoundError:
            # A frozen program has no metadata of what is in it.
            told[package] = "?"
    return told


def _settings(preferences: Preferences) -> dict[str, object]:
    told = asdict(preferences)
    # The place of the window tells the screens, paths tell who sits here.
    del told["window"]
    told["network"]["ca_file"] = "chosen" if preferences.network.ca_file else ""
    address = urlsplit(preferences.gateway_url)
    told["gateway_url"] = f"{address.scheme}://{address.hostname}" if address.hostname else ""
    return told


def _desk(material: Material) -> dict[str, object]:
    beats = material.heartbeat.seen()
    late = {f"over_{bound}_ms": count for bound, count in zip(BOUNDS_MS, beats.late, strict=True)}
    try:
        figures = dict(material.figures())
    except OSError as error:
        figures = {"figures": f"not to be had ({type(error).__name__})"}
    beat = {"beats": beats.beats, "longest_hold_up_ms": beats.longest_ms, **late}
    return {"qt_thread": beat, "store": figures, "cpus": os.cpu_count()}


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _LOG_KEPT, 0))
            return file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"(not to be read: {type(error).__name__})\n"


def _json(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
