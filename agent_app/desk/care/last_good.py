"""The times of the last good network test, in one small file; implements `selftest.LastGood`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from agent_app.desk.work.selftest import Part

_MOST = 20


class LastGoodFile:
    """Keeps them under a hash of the gateway's name; an unreadable file counts as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def times(self, host: str) -> Mapping[Part, float]:
        """Return the median times of a gateway's last good run, ms."""
        kept = self._read().get(_hashed(host), {})
        return {Part(name): float(ms) for name, ms in kept.items() if name in set(Part)}

    def keep(self, host: str, times: Mapping[Part, float]) -> None:
        """Keep the times.

        Raises:
            OSError: the folder or the disk does not take them.
        """
        kept = self._read()
        kept.pop(_hashed(host), None)
        kept[_hashed(host)] = {part.value: round(ms, 1) for part, ms in times.items()}
        newest = dict(list(kept.items())[-_MOST:])
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = self._path.with_suffix(".new")
        written.write_text(json.dumps(newest), "utf-8")
        written.replace(self._path)

    def _read(self) -> dict[str, dict[str, float]]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
            return {
                str(host): {str(part): float(ms) for part, ms in times.items()}
                for host, times in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _hashed(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()[:16]
