"""The seals of the gateways' audit logs, a file of JSON lines for each; implements `SealStore`.

One line an hour and the newest, in the form that `agent-app-gateway audit verify --anchors` reads.
A file stays small and only its last line is ever replaced. main.py makes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from datetime import timedelta
from pathlib import Path

import msgspec
import platformdirs

from agent_app import typed_json
from agent_app.desk.work.seals import Seal, Setback, setback

BETWEEN = timedelta(hours=1)
MOST_LINES = 5_000
"""Some seven months of hours; then the oldest fifth goes."""
WRITTEN_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 60


def default_folder() -> Path:
    """Return where this person's seals are on this system."""
    return Path(platformdirs.user_data_dir("agent-app", appauthor=False)) / "audit-seals"


class SealFile:
    """Keeps the seals in a folder. Used by one thread at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()
        self._kept: dict[str, list[Seal]] = {}
        self._written: dict[str, Seal] = {}

    def path(self, gateway_url: str) -> Path:
        """Return the file of a gateway."""
        name = re.sub(r"[^A-Za-z0-9.]+", "-", gateway_url.partition("://")[2]).strip("-.")
        told_apart = hashlib.sha256(gateway_url.encode()).hexdigest()[:8]
        return self._folder / f"{name[:_LONGEST_NAME]}-{told_apart}.jsonl"

    def keep(self, gateway_url: str, seal: Seal) -> Setback | None:
        """Keep the seal and return how the log went backwards, if it did.

        What a setback contradicts stays in the file as its proof.

        Raises:
            OSError: the folder or the disk does not take it.
        """
        path = self.path(gateway_url)
        if gateway_url not in self._kept:
            self._kept[gateway_url] = _read(path)
        kept = self._kept[gateway_url]
        if kept and (kept[-1].seq, kept[-1].hash) == (seal.seq, seal.hash):
            return setback(_highest(kept), seal)
        fell = setback(_highest(kept), seal)
        if kept and fell is None and not _stays(kept):
            kept[-1] = seal
            written = self._written.get(gateway_url)
            if written is not None and seal.at - written.at < WRITTEN_EVERY:
                return None
        else:
            kept.append(seal)
        if len(kept) > MOST_LINES:
            del kept[: MOST_LINES // 5]
        try:
            _write(path, kept)
            self._written[gateway_url] = seal
        except OSError:
            # Read anew next time: what is on disk counts.
            del self._kept[gateway_url]
            raise
        return fell


def _highest(kept: list[Seal]) -> Seal | None:
    return max(kept, key=lambda seal: seal.seq, default=None)


def _stays(kept: list[Seal]) -> bool:
    """Return whether the newest line is one that is kept for its hour."""
    if len(kept) < 2:
        return True
    before, newest = kept[-2:]
    return newest.at - before.at >= BETWEEN or newest.seq <= before.seq


def _read(path: Path) -> list[Seal]:
    """Return what the file holds; a line that cannot be read is passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(msgspec.DecodeError):
            found.append(typed_json.decode(line, Seal))
    return found


def _write(path: Path, kept: list[Seal]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")
    try:
        beside.write_bytes(b"".join(msgspec.json.encode(seal) + b"\n" for seal in kept))
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
