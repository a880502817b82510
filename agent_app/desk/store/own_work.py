"""Clicks, drafts and secrets; implements `work.local.Outbox`, `Drafts` and `Secrets`.

Written twice, into the file that counts and then into its copy: a damaged page of one is then not
the end of a click that was never sent. The copy is only ever read by a rescue.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_app.desk.store.encrypted_file import Connection, EncryptedFile
from agent_app.desk.store.times import moment_of, number_of
from agent_app.desk.work.local import Click, ClickKind, ClickState, LocalStoreFailed
from agent_app.domain.ids import CaseId

CLICK_COLUMNS = (
    "number, key, kind, case_id, subject, body, made_at, state, is_money, tries, basis, problem,"
    " sent_at"
)
_INSERT = f"INSERT INTO clicks ({CLICK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_CLICKS = f"SELECT {CLICK_COLUMNS} FROM clicks"  # noqa: S608
_DRAFT = (
    "INSERT INTO drafts VALUES (?, ?, ?)"
    " ON CONFLICT (case_id, field) DO UPDATE SET text = excluded.text"
)
_SECRET = (
    "INSERT INTO secrets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"  # noqa: S105
)
_log = logging.getLogger(__name__)
_Statement = tuple[str, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Everything:
    """All that a file of own work holds, or all that could be read of it, in the tables' order."""

    clicks: tuple[tuple[Any, ...], ...]
    drafts: tuple[tuple[Any, ...], ...]
    secrets: tuple[tuple[Any, ...], ...]
    last_number: int = 0
    """The highest number that a click ever had."""


class OwnWork:
    """Reads and writes the file of a person's own work."""

    def __init__(self, file: EncryptedFile, copy: EncryptedFile | None = None) -> None:
        """Take the files; every row is read once, so that damage shows before work begins."""
        self._work = file
        self._copy = copy
        self._copying = threading.Lock()
        """Held for both writes: the copy gets them in the same order."""
        self._copy_is_behind = False
        with file.read() as connection:
            there = everything(connection)
        if copy is not None:
            with self._copying:
                self._repeat(copy, [], there)

    def put(
        self,
        key: str,
        kind: ClickKind,
        case: CaseId,
        subject: str,
        body: bytes,
        made_at: datetime,
        *,
        is_money: bool,
        basis: int | None = None,
    ) -> Click:
        def insert(connection: Connection) -> list[_Statement]:
            row = (
                *(_last_number(connection) + 1, key, kind.value, case, subject, body),
                *(number_of(made_at), ClickState.WAITING.value, int(is_money), 0, basis, b"", None),
            )
            return [(_INSERT, row)]

        ((_, row),) = self._write(insert)
        return click_of(tuple(row))

    def pending(self) -> tuple[Click, ...]:
        with self._work.read() as connection:
            found = connection.execute(f"{_CLICKS} ORDER BY number").fetchall()
        return tuple(click_of(row) for row in found)

    def of_case(self, case: CaseId) -> tuple[Click, ...]:
        with self._work.read() as connection:
            found = connection.execute(
                f"{_CLICKS} WHERE case_id = ? ORDER BY number", (case,)
            ).fetchall()
        return tuple(click_of(row) for row in found)

    def mark(
        self, number: int, state: ClickState, *, at: datetime | None = None, problem: bytes = b""
    ) -> None:
        sent = state is ClickState.SENT
        statement = (
            "UPDATE clicks SET state = ?, problem = ?, tries = tries + ?,"
            " sent_at = coalesce(?, sent_at) WHERE number = ?"
        )
        moment = number_of(at) if sent and at is not None else None
        self._write(lambda _: [(statement, (state.value, problem, int(sent), moment, number))])

    def done(self, number: int) -> None:
        self._write(lambda _: [("DELETE FROM clicks WHERE number = ?", (number,))])

    def draft(self, case: CaseId, field: str) -> str:
        with self._work.read() as connection:
            found = connection.execute(
                "SELECT text FROM drafts WHERE case_id = ? AND field = ?", (case, field)
            ).fetchone()
        return str(found[0]) if found else ""

    def keep_draft(self, case: CaseId, field: str, text: str) -> None:
        forget = "DELETE FROM drafts WHERE case_id = ? AND field = ?"
        statement: _Statement = (_DRAFT, (case, field, text)) if text else (forget, (case, field))
        self._write(lambda _: [statement])

    def drafts(self) -> tuple[tuple[CaseId, str], ...]:
        with self._work.read() as connection:
            found = connection.execute("SELECT case_id, field FROM drafts ORDER BY 1, 2").fetchall()
        return tuple((CaseId(case), field) for case, field in found)

    def secret(self, name: str) -> bytes | None:
        with self._work.read() as connection:
            found = connection.execute(
                "SELECT value FROM secrets WHERE name = ?", (name,)
            ).fetchone()
        return found[0] if found else None

    def keep_secret(self, name: str, value: bytes) -> None:
        self._write(lambda _: [(_SECRET, (name, value))])

    def forget_secret(self, name: str) -> None:
        self._write(lambda _: [("DELETE FROM secrets WHERE name = ?", (name,))])

    def _write(self, change: Callable[[Connection], list[_Statement]]) -> list[_Statement]:
        """Carry a change out in the file, and then in the copy; return its statements."""
        with self._copying:
            with self._work.write() as connection:
                statements = change(connection)
                for statement, values in statements:
                    connection.execute(statement, values)
            if self._copy is not None:
                there = None
                if self._copy_is_behind:
                    with self._work.read() as connection:
                        there = everything(connection)
                self._repeat(self._copy, statements, there)
        return statements

    def _repeat(
        self, copy: EncryptedFile, statements: list[_Statement], there: Everything | None
    ) -> None:
        """Write the copy: these statements, or all that is `there`; if it takes neither, later.

        The change itself is already safe: a full disk here must not tell that it failed.
        """
        try:
            with copy.write() as connection:
                if there is None:
                    for statement, values in statements:
                        connection.execute(statement, values)
                elif everything(connection) != there:
                    fill(connection, there)
            self._copy_is_behind = False
        except LocalStoreFailed as error:
            self._copy_is_behind = True
            _log.warning("the copy of the outbox could not be written: %s", error)


def click_of(row: tuple[Any, ...]) -> Click:
    """Return a row of the clicks, with the columns of CLICK_COLUMNS."""
    (number, key, kind, case, subject, body, made_at, state, is_money, tries, basis) = row[:11]
    problem, sent_at = row[11:]
    return Click(
        number=number,
        key=key,
        kind=ClickKind(kind),
        case=CaseId(case),
        subject=subject,
        body=body,
        made_at=moment_of(made_at),
        state=ClickState(state),
        is_money=bool(is_money),
        tries=tries,
        basis=basis,
        problem=problem,
        sent_at=None if sent_at is None else moment_of(sent_at),
    )


def everything(connection: Connection) -> Everything:
    """Read all rows of all tables."""
    return Everything(
        clicks=tuple(connection.execute(f"{_CLICKS} ORDER BY number").fetchall()),
        drafts=tuple(connection.execute("SELECT * FROM drafts ORDER BY 1, 2").fetchall()),
        secrets=tuple(connection.execute("SELECT * FROM secrets ORDER BY 1").fetchall()),
        last_number=_last_number(connection),
    )


def fill(connection: Connection, rows: Everything) -> None:
    """Put these rows in the place of all that is there."""
    for table in ("clicks", "drafts", "secrets"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608
    connection.executemany(_INSERT, rows.clicks)
    connection.executemany(_DRAFT, rows.drafts)
    connection.executemany(_SECRET, rows.secrets)
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'clicks'")
    highest = max((row[0] for row in rows.clicks), default=0)
    connection.execute(
        "INSERT INTO sqlite_sequence VALUES ('clicks', ?)", (max(highest, rows.last_number),)
    )


def _last_number(connection: Connection) -> int:
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'clicks'").fetchone()
    return int(found[0]) if found else 0
