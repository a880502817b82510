"""The folder of all stores on this machine; implements `work.local.StoreMaker`.

A store is a folder of its own, named by a hash, with three files under one key: `work.db` (clicks,
drafts, secrets), `work-copy.db` (the same again, for a rescue) and `cases.db` (what the gateway can
tell again). main.py makes it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import platformdirs

from agent_app import typed_json
from agent_app.contract.messages import Session
from agent_app.desk.store.case_schema import CASES
from agent_app.desk.store.cases import KeptCases
from agent_app.desk.store.encrypted_file import (
    EncryptedFile,
    Migration,
    Place,
    damage_note,
    make_private,
)
from agent_app.desk.store.own_work import OwnWork, click_of, everything, fill
from agent_app.desk.store.rescue import salvage, together
from agent_app.desk.store.told import unpacked
from agent_app.desk.store.work_schema import WORK
from agent_app.desk.work.local import (
    Damaged,
    KeyPlace,
    LastUsed,
    LocalStoreFailed,
    Rescued,
    StoreName,
)

_WORK, _COPY, _CASES, _LAST = "work.db", "work-copy.db", "cases.db", "last-used.json"
_FILLING, _RESCUED = "work-filling.db", "work-rescued.db"
_BESIDE = ("", "-wal", "-shm", "-journal", "-damaged")
_SESSION = "session"
_HASH = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


class Store(KeptCases, OwnWork):
    """One person's store at one gateway; implements `work.local.LocalStore`."""

    def __init__(
        self, cases: EncryptedFile, work: EncryptedFile, copy: EncryptedFile | None = None
    ) -> None:
        KeptCases.__init__(self, cases)
        OwnWork.__init__(self, work, copy)
        self._files = [file for file in (work, copy, cases) if file is not None]

    def session(self) -> Session | None:
        told = self.secret(_SESSION)
        return KeptCases.session(self) or (unpacked(told, Session) if told is not None else None)

    def keep_session(self, session: Session) -> None:
        KeptCases.keep_session(self, session)
        # The cases are made anew where they are damaged, off line too: who is here must outlast it.
        self.keep_secret(_SESSION, msgspec.json.encode(session))

    def check(self) -> None:
        """Read every page of every file; raises `Damaged`."""
        for file in self._files:
            file.check()

    def close(self) -> None:
        for file in self._files:
            file.close()


class _Used(msgspec.Struct, frozen=True):
    person: str
    key: KeyPlace


class StoreFolder:
    """Makes, opens, rebuilds and removes the stores in a folder."""

    def __init__(self, base: Path | None = None) -> None:
        self._base = base or Path(platformdirs.user_data_dir("agent-app", appauthor=False)) / (
            "stores"
        )

    def exists(self, name: StoreName) -> bool:
        folder = self._of(name)
        return any((folder / file).exists() for file in (_WORK, _COPY, _CASES))

    def last(self, gateway_url: str) -> LastUsed | None:
        gateway = StoreName.gateway_of(gateway_url)
        used = self._last_used().get(gateway)
        if used is None or _HASH.fullmatch(used.person) is None:
            return None
        name = StoreName(gateway, used.person)
        return LastUsed(name, used.key) if self.exists(name) else None

    def keep_last(self, name: StoreName, key_place: KeyPlace) -> None:
        self._write_last(self._last_used() | {name.gateway: _Used(name.person, key_place)})

    def open(self, name: StoreName, key: bytes) -> Store:
        folder = self._of(name)
        with _disk_errors_told(), contextlib.ExitStack() as opened:
            _make_folder(folder)
            _finish_rescue(folder)
            if _is_gone(folder / _WORK) and not _is_gone(folder / _COPY):
                raise Damaged("the file of the unsent clicks is gone")
            if any(damage_note(folder / file).exists() for file in (_WORK, _COPY, _CASES)):
                raise Damaged("damage was met when the store was used last")
            work = _opened(folder / _WORK, key, WORK, opened)
            copy = _opened_copy(folder / _COPY, key, opened)
            cases = _opened(folder / _CASES, key, CASES, opened)
            store = Store(cases, work, copy)
            opened.pop_all()
        return store

    def in_memory(self, name: StoreName) -> Store:
        nowhere = Place(None, b"", lasting=False)
        return Store(EncryptedFile(nowhere, CASES), EncryptedFile(nowhere, WORK))

    def rebuild(self, name: StoreName, key: bytes) -> tuple[Store, Rescued]:
        folder, rescued = self._of(name), None
        with _disk_errors_told():
            _make_folder(folder)
            _finish_rescue(folder)
            if not _is_sound(folder / _WORK, key):
                rescued = _rescue(folder, key)
            # Made anew from the sound one.
            _remove(folder / _COPY)
            damage_note(folder / _WORK).unlink(missing_ok=True)
            # Nothing in it that the gateway could not tell again.
            _remove(folder / _CASES)
        store = self.open(name, key)
        return store, rescued or Rescued(store.pending(), 0)

    def destroy(self, name: StoreName) -> None:
        with _disk_errors_told():
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self._of(name))
            used = self._last_used()
            kept = {gateway: each for gateway, each in used.items() if each.person != name.person}
            if kept != used:
                self._write_last(kept)

    def _of(self, name: StoreName) -> Path:
        if _HASH.fullmatch(name.person) is None:
            raise ValueError("a store's name is a hash: StoreName.of makes it")
        return self._base / name.person

    def _last_used(self) -> dict[str, _Used]:
        """Return who was used last, by gateway; a file that is not one of ours tells nothing."""
        try:
            return typed_json.decode((self._base / _LAST).read_bytes(), dict[str, _Used])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("%s could not be read: %s", _LAST, error)
            return {}

    def _write_last(self, used: dict[str, _Used]) -> None:
        with _disk_errors_told():
            _make_folder(self._base)
            handle, beside = tempfile.mkstemp(dir=self._base, prefix=".last-", suffix=".json")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.json.encode(used))
                    file.flush()
                    os.fsync(file.fileno())
                Path(beside).replace(self._base / _LAST)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(beside).unlink()
                raise


def _place(path: Path, key: bytes, migrations: Sequence[Migration]) -> Place:
    return Place(path, key, lasting=migrations is WORK and path.name != _COPY)


def _opened(
    path: Path, key: bytes, migrations: Sequence[Migration], opened: contextlib.ExitStack
) -> EncryptedFile:
    """Open a file, or make it; it is closed again unless all goes well."""
    make_private(path)
    file = EncryptedFile(_place(path, key, migrations), migrations)
    opened.callback(file.close)
    return file


def _opened_copy(path: Path, key: bytes, opened: contextlib.ExitStack) -> EncryptedFile:
    """Open the copy; a damaged one is made anew: the file that it is a copy of is sound."""
    try:
        copy = _opened(path, key, WORK, opened)
        with copy.read() as connection:
            everything(connection)
    except Damaged as error:
        _log.warning("the copy of the outbox is made anew: %s", error)
    else:
        return copy
    _remove(path)
    return _opened(path, key, WORK, opened)


def _is_sound(path: Path, key: bytes) -> bool:
    """Read all of a file of own work; tell whether everything in it can be read."""
    if _is_gone(path):
        return False
    try:
        with contextlib.ExitStack() as opened:
            file = _opened(path, key, WORK, opened)
            file.check()
            with file.read() as connection:
                everything(connection)
    except Damaged:
        return False
    return True


def _rescue(folder: Path, key: bytes) -> Rescued:
    """Make a new file of own work from what can be read of the old one and its copy."""
    rows, lost = together(
        salvage(_place(folder / _WORK, key, WORK)), salvage(_place(folder / _COPY, key, WORK))
    )
    filling = folder / _FILLING
    _remove(filling)
    with contextlib.ExitStack() as opened:
        file = _opened(filling, key, WORK, opened)
        with file.write() as connection:
            fill(connection, rows)
    # From here on a crash takes nothing back: the next start goes on with `_finish_rescue`.
    filling.replace(folder / _RESCUED)
    _finish_rescue(folder)
    return Rescued(tuple(click_of(row) for row in rows.clicks), lost)


def _finish_rescue(folder: Path) -> None:
    """Put the damaged files aside and the rescued one in their place, if there is one."""
    if not (folder / _RESCUED).exists():
        return
    aside = _aside(folder)
    for path in (folder / _WORK, folder / _COPY):
        _move(path, aside)
    (folder / _RESCUED).replace(folder / _WORK)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder that was there already, or whose parents mkdir made with the usual rights.
    folder.chmod(0o700)


def _is_gone(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _aside(folder: Path) -> Path:
    """Return a new folder for what is put aside: unsent clicks are never deleted unseen."""
    number = 1 + sum(1 for each in folder.iterdir() if each.name.startswith("damaged-"))
    aside = folder / f"damaged-{number}"
    aside.mkdir(mode=0o700)
    return aside


def _move(path: Path, to: Path) -> None:
    for end in _BESIDE:
        part = path.with_name(path.name + end)
        with contextlib.suppress(FileNotFoundError):
            part.replace(to / part.name)


def _remove(path: Path) -> None:
    for end in _BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)


@contextlib.contextmanager
def _disk_errors_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LocalStoreFailed(f"the store's folder cannot be used: {error.strerror}") from error
