"""Where the stores are: named by nobody, private, opened by their key alone, removed wholly."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from agent_app.desk.store import case_schema
from agent_app.desk.store import folder as folder_module
from agent_app.desk.store.encrypted_file import Migration
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work.local import Damaged, KeyPlace, LastUsed, NewerStore, StoreName
from agent_app.domain.ids import UserId
from tests.desk.store.conftest import Open
from tests.desk.store.rows import COUNTS, NAME, position, row

URL = "https://gateway.test"


def _files(base: Path) -> list[Path]:
    return sorted(path for path in base.rglob("*") if path.is_file())


def test_names_say_nothing_of_the_gateway_or_the_person(reopen: Open, tmp_path: Path) -> None:
    StoreFolder(tmp_path / "stores").keep_last(NAME, KeyPlace.KEYRING)
    reopen()
    paths = _files(tmp_path)
    assert len(paths) >= 4
    assert not [path for path in paths if "gateway.test" in str(path) or "me." in path.name]
    plain = [path for path in paths if path.suffix == ".json"]
    assert len(plain) == 1
    assert b"gateway.test" not in plain[0].read_bytes()


def test_two_people_and_two_gateways_have_stores_of_their_own() -> None:
    names = {StoreName.of(url, UserId(user)) for url in (URL, URL + "2") for user in ("a", "b")}
    assert len({name.person for name in names}) == 4
    assert StoreName.of(URL + "/", UserId("a")) == StoreName.of(URL, UserId("a"))


@pytest.mark.skipif(sys.platform == "win32", reason="there a profile is private as a whole")
def test_only_the_person_may_read_them(reopen: Open, tmp_path: Path) -> None:
    (tmp_path / "stores").mkdir(mode=0o755)
    store = reopen()
    store.take_changes([row(1)], position(), COUNTS)
    person = tmp_path / "stores" / NAME.person
    assert stat.S_IMODE(person.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in _files(person)}
    assert {"work.db", "cases.db", "cases.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_who_was_last_is_known_before_the_gateway_answers(
    folder: StoreFolder, reopen: Open
) -> None:
    assert folder.last(URL) is None
    folder.keep_last(NAME, KeyPlace.PASSPHRASE)
    assert folder.last(URL) is None, "there is no store of his"
    reopen()
    assert folder.last(URL) == LastUsed(NAME, KeyPlace.PASSPHRASE)
    assert folder.last(URL + "2") is None


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"x": {"person": "../..", "key": 1}}'])
def test_a_strange_note_of_who_was_last_tells_nothing(
    folder: StoreFolder, reopen: Open, tmp_path: Path, content: bytes
) -> None:
    reopen()
    (tmp_path / "stores" / "last-used.json").write_bytes(content)
    assert folder.last(URL) is None
    folder.keep_last(NAME, KeyPlace.KEYRING)
    assert folder.last(URL) == LastUsed(NAME, KeyPlace.KEYRING)


def test_a_note_leads_nowhere_else(folder: StoreFolder, tmp_path: Path) -> None:
    base = tmp_path / "stores"
    base.mkdir()
    gateway = StoreName.gateway_of(URL)
    note = f'{{"{gateway}": {{"person": "..", "key": "keyring"}}}}'
    (base / "last-used.json").write_text(note)
    assert folder.last(URL) is None
    with pytest.raises(ValueError, match="hash"):
        folder.destroy(StoreName(gateway, ".."))
    assert tmp_path.exists()


def test_another_key_opens_nothing_and_changes_nothing(
    folder: StoreFolder, reopen: Open, tmp_path: Path
) -> None:
    reopen().close()
    before = [path.read_bytes() for path in _files(tmp_path)]
    with pytest.raises(Damaged):
        folder.open(NAME, os.urandom(32))
    assert [path.read_bytes() for path in _files(tmp_path)] == before


def test_a_key_of_another_length_is_a_mistake_of_ours(folder: StoreFolder) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        folder.open(NAME, b"short")


def test_a_plain_sqlite_program_cannot_open_it(reopen: Open, tmp_path: Path) -> None:
    reopen().close()
    plain = sqlite3.connect(tmp_path / "stores" / NAME.person / "cases.db")
    with pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM cases").fetchall()
    plain.close()


def test_a_newer_programs_store_is_refused_and_left_as_it_is(
    folder: StoreFolder,
    reopen: Open,
    key: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = (*case_schema.CASES, Migration("of tomorrow", ("CREATE TABLE tomorrow (x)",)))
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "CASES", newer)
        reopen().close()
    before = [path.read_bytes() for path in _files(tmp_path)]
    with pytest.raises(NewerStore, match=f"version {len(case_schema.CASES) + 1}"):
        folder.open(NAME, key)
    assert [path.read_bytes() for path in _files(tmp_path)] == before


def test_each_migration_is_carried_out_once_and_recorded(
    reopen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = reopen()
    store.take_changes([row(1)], position(), COUNTS)
    step = Migration("another column", ("ALTER TABLE cases ADD COLUMN more TEXT",))
    monkeypatch.setattr(folder_module, "CASES", (*case_schema.CASES, step))
    for _ in range(2):
        store = reopen()
        with store._cases.read() as connection:
            found = connection.execute("SELECT version, name FROM migrations").fetchall()
            ((more,),) = connection.execute("SELECT more FROM cases").fetchall()
        assert [version for version, _ in found] == list(range(1, len(case_schema.CASES) + 2))
        assert found[-1][1] == "another column"
        assert more is None


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    folder: StoreFolder, reopen: Open, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = reopen()
    store.take_changes([row(1)], position(), COUNTS)
    store.close()
    step = Migration("half", ("CREATE TABLE half (x)", "CREATE TABLE cases (x)"))
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "CASES", (*case_schema.CASES, step))
        with pytest.raises(Exception, match="already exists"):
            folder.open(NAME, key)
    store = reopen()
    with store._cases.read() as connection:
        assert connection.execute("PRAGMA user_version").fetchall() == [(len(case_schema.CASES),)]
        assert connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'half'"
        ).fetchall() == [(0,)]
    assert store.line(row(1).id) is not None


def test_signing_out_leaves_nothing(folder: StoreFolder, reopen: Open, tmp_path: Path) -> None:
    store = reopen()
    folder.keep_last(NAME, KeyPlace.KEYRING)
    store.take_changes([row(1)], position(), COUNTS)
    store.close()
    assert folder.exists(NAME)
    folder.destroy(NAME)
    assert not folder.exists(NAME)
    assert folder.last(URL) is None
    assert [path.name for path in _files(tmp_path)] == ["last-used.json"]
    folder.destroy(NAME)
