"""A stolen disk tells nothing: no customer's data in the files, beside them or in logs."""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from pathlib import Path

import msgspec
import pytest

from agent_app.contract.messages import Note
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work.local import ClickKind, Damaged
from agent_app.domain.ids import CaseId, UserId
from tests.desk.store.rows import COUNTS, DETAIL, NAME, NOW, position, row

CANARIES = [f"canary-{number:04d}-王小明" for number in range(1_000)]


def _found(folder: Path) -> set[str]:
    """Return the canaries that are in the files of a folder, as UTF-8 or as UTF-16."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert contents
    return {
        canary
        for canary in CANARIES
        if any(
            canary.encode(form) in content
            for content in contents
            for form in ("utf-8", "utf-16-le", "unicode_escape")
        )
    }


def test_none_of_1000_planted_words_is_in_any_file(
    tmp_path: Path, key: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    store = StoreFolder(tmp_path / "stores").open(NAME, key)
    chunks = [iter(CANARIES[at : at + 250]) for at in range(0, 1_000, 250)]
    store.take_changes(
        [row(n, customer_masked=each) for n, each in enumerate(chunks[0])], position(), COUNTS
    )
    notes = tuple(Note(at=NOW, by=UserId("me"), by_name=each, text=each) for each in chunks[1])
    store.keep_detail(msgspec.structs.replace(DETAIL, notes=notes))
    for number, each in enumerate(chunks[2]):
        store.keep_draft(CaseId(f"C{number}"), "note", each)
    for number, each in enumerate(chunks[3]):
        case = CaseId(f"C{number}")
        store.put(f"{number}", ClickKind.NOTE, case, case, each.encode(), NOW, is_money=False)
    # While it is open: with what is in the -wal and -shm files.
    assert (tmp_path / "stores" / NAME.person / "cases.db-wal").stat().st_size > 0
    assert _found(tmp_path) == set()
    store.close()
    assert _found(tmp_path) == set()
    (tmp_path / "stores" / NAME.person / "work.db").write_bytes(b"x" * 8192)
    with pytest.raises(Damaged) as told:
        StoreFolder(tmp_path / "stores").open(NAME, key)
    assert not [canary for canary in CANARIES if canary in caplog.text + str(told.value)]


def test_the_planted_words_are_found_in_a_plain_file(tmp_path: Path) -> None:
    """The control of the test above."""
    plain = sqlite3.connect(tmp_path / "plain.db")
    plain.execute("CREATE TABLE told (row TEXT)")
    plain.executemany("INSERT INTO told VALUES (?)", [(canary,) for canary in CANARIES])
    plain.commit()
    plain.close()
    assert _found(tmp_path) == set(CANARIES)
