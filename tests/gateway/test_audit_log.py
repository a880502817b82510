"""Promise: no change of the audit log stays hidden from who kept a seal of it elsewhere.

The control: without a kept seal, entries cut off the end and a log sealed anew are not found.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.ids import CaseId, UserId
from agent_app.gateway import anchors
from agent_app.gateway.__main__ import main
from agent_app.gateway.anchors import Anchor, AnchorsUnreadable, Keeper
from agent_app.gateway.store import audit, schema
from agent_app.gateway.store.audit import Entry
from agent_app.gateway.store.database import Database

ENTRIES = 60
NOW = datetime(2026, 3, 14, tzinfo=UTC)
Tampering = Callable[[list[Entry], random.Random], list[Entry]]


def filled(where: Path | str, entries: int = ENTRIES) -> Database:
    database = Database(where)
    with database.write() as connection:
        for number in range(entries):
            who, case = UserId(f"user{number % 3}"), CaseId(f"C-{number % 7}")
            audit.record(connection, NOW, who, "case_claimed", case, number=number)
    return database


def entries_of(connection: Connection) -> list[Entry]:
    rows = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.seq))
    return [Entry(*row) for row in rows]


def put_back(connection: Connection, entries: list[Entry]) -> None:
    connection.execute(sa.delete(schema.audit))
    names = [column.name for column in schema.audit.columns]
    rows = [(e.seq, e.at, e.who, e.what, e.case, e.detail, e.previous, e.hash) for e in entries]
    if rows:
        values = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(sa.insert(schema.audit), values)


def change(entries: list[Entry], chance: random.Random) -> list[Entry]:
    at = chance.randrange(len(entries))
    member = chance.choice(["at", "who", "what", "case", "detail", "previous", "hash"])
    other: dict[str, Any] = {member: f"x{chance.random()}"}
    changed = replace(entries[at], **other)
    return [*entries[:at], changed, *entries[at + 1 :]]


def remove(entries: list[Entry], chance: random.Random) -> list[Entry]:
    at = chance.randrange(len(entries) - 1)
    return [*entries[:at], *entries[at + 1 :]]


def swap(entries: list[Entry], chance: random.Random) -> list[Entry]:
    first, second = sorted(chance.sample(range(len(entries)), 2))
    changed = list(entries)
    changed[first] = replace(entries[second], seq=entries[first].seq)
    changed[second] = replace(entries[first], seq=entries[second].seq)
    return changed


def insert(entries: list[Entry], chance: random.Random) -> list[Entry]:
    at = chance.randrange(1, len(entries))
    false = replace(entries[at - 1], seq=at + 1, previous=entries[at - 1].hash)
    pushed = [replace(e, seq=e.seq + 1) for e in entries[at:]]
    return [*entries[:at], replace(false, hash=audit.seal(false)), *pushed]


def cut_off(entries: list[Entry], chance: random.Random) -> list[Entry]:
    return entries[: chance.randrange(len(entries))]


def seal_anew(entries: list[Entry], chance: random.Random) -> list[Entry]:
    """Change one entry and give it and all that follow the seals that they then need."""
    at = chance.randrange(len(entries))
    changed = list(entries)
    changed[at] = replace(changed[at], who="somebody-else")
    for index in range(at, len(changed)):
        before = changed[index - 1].hash if index else audit.GENESIS
        linked = replace(changed[index], previous=before)
        changed[index] = replace(linked, hash=audit.seal(linked))
    return changed


BY_THE_CHAIN: tuple[Tampering, ...] = (change, remove, swap, insert)
BY_AN_ANCHOR: tuple[Tampering, ...] = (cut_off, seal_anew)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Connection]:
    database = filled(tmp_path / "gateway.db")
    with contextlib.closing(database), database.write() as connection:
        yield connection


def found(log: Connection, tamper: Tampering, seed: int, *, anchored: bool) -> bool:
    """Tamper, verify and take it back; return whether it was found."""
    head = audit.head(log)
    assert head is not None
    with log.begin_nested() as tried:
        put_back(log, tamper(entries_of(log), random.Random(seed)))
        wrong = audit.verify(log, [head] if anchored else []).wrong
        tried.rollback()
    return wrong is not None


def test_600_tamperings_are_all_found_with_an_anchor(log: Connection) -> None:
    kinds = (*BY_THE_CHAIN, *BY_AN_ANCHOR)
    hidden = [
        (kinds[seed % 6].__name__, seed)
        for seed in range(600)
        if not found(log, kinds[seed % 6], seed, anchored=True)
    ]
    assert hidden == []
    head = audit.head(log)
    assert head is not None
    assert audit.verify(log, [head]).wrong is None, "nothing is found where nothing was done"


def test_control_without_an_anchor_what_the_chain_cannot_show_is_not_found(log: Connection) -> None:
    for kind in BY_THE_CHAIN:
        assert all(found(log, kind, seed, anchored=False) for seed in range(15)), kind
    for kind in BY_AN_ANCHOR:
        assert not any(found(log, kind, seed, anchored=False) for seed in range(60)), kind


def test_it_is_verified_on_both_databases_and_says_where(where: Path | str) -> None:
    database = filled(where)
    with database.read() as connection:
        verdict = audit.verify(connection)
        assert (verdict.entries, verdict.wrong) == (ENTRIES, None)
    with database.write() as connection:
        connection.execute(
            sa.update(schema.audit).where(schema.audit.c.seq == 41).values(who="nobody")
        )
    with database.read() as connection:
        assert "entry 41" in str(audit.verify(connection).wrong)
        assert audit.first_break(connection) == 41
    database.close()


def test_the_keeper_notes_each_seal_once_and_the_file_only_grows(tmp_path: Path) -> None:
    database = filled(tmp_path / "gateway.db", 3)
    path = tmp_path / "anchors"
    keeper = Keeper(database, database.clock, path, every_s=3600)
    keeper.note()
    keeper.note()
    first = path.read_bytes()
    with database.write() as connection:
        audit.record(connection, NOW, UserId("li"), "case_claimed")
    keeper.stop()
    assert path.read_bytes().startswith(first)
    assert [anchor.seq for anchor in anchors.read(path)] == [3, 4]
    with path.open("ab") as file:
        file.write(b'{"seq": 5, "ha')
    assert [anchor.seq for anchor in anchors.read(path)] == [3, 4], "cut short by a crash"
    path.write_text("nothing of the kind\n", "utf-8")
    with pytest.raises(AnchorsUnreadable, match="line 1"):
        list(anchors.read(path))
    database.close()


def test_the_command_finds_a_log_cut_off_by_the_file_beside_or_a_seal_that_was_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = filled(tmp_path / "gateway.db", 5)
    (tmp_path / "gateway.toml").write_text("", "utf-8")
    command = ["--config", str(tmp_path / "gateway.toml"), "audit"]
    assert main([*command, "head"]) == 0
    noted = capsys.readouterr().out.strip()
    assert main([*command, "verify"]) == 0
    assert "no anchor" in capsys.readouterr().out
    assert main([*command, "verify", "--anchor", noted]) == 0
    assert "1 anchors agree" in capsys.readouterr().out
    with database.write() as connection:
        connection.execute(sa.delete(schema.audit).where(schema.audit.c.seq > 3))
    database.close()
    assert main([*command, "verify"]) == 0
    assert main([*command, "verify", "--anchor", noted]) == 1
    assert "cut off after entry 3" in capsys.readouterr().err
    anchors.append(tmp_path / "gateway.db.anchors", Anchor(5, noted.partition(":")[2]))
    assert main([*command, "verify"]) == 1
    assert main([*command, "verify", "--anchor", "5"]) == 1
    assert "SEQ:HASH" in capsys.readouterr().err
