"""The cases that the gateway told of; implements `work.local.CaseCache`."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from agent_app.contract.marks import search_marks
from agent_app.contract.messages import CaseDetail, CaseRow, QueueCounts, Session
from agent_app.contract.search_words import readings
from agent_app.desk.store import queue_sql, told
from agent_app.desk.store.case_schema import DROP_INDEXES, MAKE_INDEXES
from agent_app.desk.store.encrypted_file import Connection, EncryptedFile
from agent_app.desk.store.times import number_of
from agent_app.desk.work.local import KeptDetail, Position
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.guide import Guide
from agent_app.domain.ids import CaseId, UserId

T = TypeVar("T")
MOST_DETAILS = 1_000
"""Opened cases that stay readable off line: some weeks of one person's work."""

_INSERT = (
    f"INSERT INTO cases (number, {', '.join(told.COLUMNS)})"  # noqa: S608
    f" VALUES (?{', ?' * len(told.COLUMNS)})"
)
_COUNTED = (
    (QueueName.TEAM, 0, 1),
    (QueueName.ORPHANS, 1, 1),
    (QueueName.WAITING, 2, 1),
    (QueueName.APPROVALS, 3, 1),
    (QueueName.RESOLVED, 0, 0),
)
"""Which flag, and which value of it, makes a case one of a queue."""


class KeptCases:
    """Reads and writes the file of the cases."""

    def __init__(self, file: EncryptedFile) -> None:
        self._cases = file

    def session(self) -> Session | None:
        return self._read("session", Session)

    def keep_session(self, session: Session) -> None:
        with self._cases.write() as connection:
            _keep(connection, "session", session)

    def position(self) -> Position | None:
        return self._read("position", Position)

    def counts(self) -> QueueCounts | None:
        return self._read("counts", QueueCounts)

    def guide(self) -> Guide | None:
        return self._read("guide", Guide)

    def keep_guide(self, guide: Guide) -> None:
        with self._cases.write() as connection:
            _keep(connection, "guide", guide)

    def begin_load(self) -> int:
        with self._cases.write() as connection:
            load = _load(connection) + 1
            _keep(connection, "load", load)
            if not _is_complete(connection):
                # Made at the end, sorted: a first load is then four times as fast.
                for statement in DROP_INDEXES:
                    connection.execute(statement)
        return load

    def take_loaded(self, load: int, rows: Sequence[CaseRow]) -> None:
        with self._cases.write() as connection:
            _take(connection, rows, load)

    def end_load(self, load: int, position: Position, counts: QueueCounts) -> None:
        with self._cases.write() as connection:
            gone = "SELECT number FROM cases WHERE load < ?"
            connection.execute(f"DELETE FROM told_rows WHERE number IN ({gone})", (load,))  # noqa: S608
            connection.execute("DELETE FROM cases WHERE load < ?", (load,))
            connection.execute("DELETE FROM details WHERE id NOT IN (SELECT id FROM cases)")
            found = connection.execute(
                "SELECT count(*), sum(is_open), sum(is_orphan), sum(is_waiting),"
                " sum(asks_approval) FROM cases"
            )
            ((everything, *flags),) = found.fetchall()
            sums = [number or 0 for number in flags]
            _keep(
                connection,
                "tally",
                {
                    name.value: sums[flag] if wanted else everything - sums[flag]
                    for name, flag, wanted in _COUNTED
                },
            )
            _keep(connection, "position", position)
            _keep(connection, "counts", counts)
            for statement in MAKE_INDEXES:
                connection.execute(statement)

    def take_changes(
        self, rows: Sequence[CaseRow], position: Position, counts: QueueCounts
    ) -> None:
        with self._cases.write() as connection:
            _take(connection, rows, _load(connection))
            _keep(connection, "position", position)
            _keep(connection, "counts", counts)

    def line(self, case: CaseId) -> QueueLine | None:
        with self._cases.read() as connection:
            found = connection.execute(
                "SELECT told FROM told_rows JOIN cases USING (number) WHERE id = ?", (case,)
            ).fetchone()
            return told.line(found[0]) if found else None

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        with self._cases.read() as connection:
            found = dict(
                connection.execute(
                    "SELECT number, told FROM told_rows"
                    " WHERE number IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(numbers)),),
                ).fetchall()
            )
            return tuple(told.line(found[number]) for number in numbers if number in found)

    def number(self, case: CaseId) -> int | None:
        with self._cases.read() as connection:
            found = connection.execute("SELECT number FROM cases WHERE id = ?", (case,)).fetchone()
        return found[0] if found else None

    def numbers(
        self,
        queue: QueueName,
        me: UserId,
        now: datetime,
        order: Order,
        search: str = "",
        also: Collection[CaseId] = (),
    ) -> Sequence[int]:
        values = queue_sql.parameters(me, now)
        ways = self._ways(search)
        with self._cases.read() as connection:
            for condition, sought in ways:
                more, known = queue_sql.or_these(condition, also)
                found = connection.execute(
                    queue_sql.select(queue, order, more), values | sought | known
                )
                numbers = array("q", (number for (number,) in found))
                if numbers:
                    break
        return numbers

    def first(
        self, queue: QueueName, me: UserId, now: datetime, order: Order, most: int
    ) -> tuple[tuple[int, ...], int]:
        values = queue_sql.parameters(me, now)
        with self._cases.read() as connection:
            found = connection.execute(
                f"{queue_sql.select(queue, order)} LIMIT :most", values | {"most": most}
            ).fetchall()
            if queue is QueueName.MINE:
                where = queue_sql.BELONGS[queue]
                ((many,),) = connection.execute(
                    f"SELECT count(*) FROM cases WHERE {where}",  # noqa: S608
                    values,
                ).fetchall()
            else:
                many = _tally(connection)[queue.value]
        return tuple(number for (number,) in found), many

    def detail(self, case: CaseId) -> KeptDetail | None:
        with self._cases.read() as connection:
            found = connection.execute(
                "SELECT detail FROM details WHERE id = ?", (case,)
            ).fetchone()
            return KeptDetail(told.unpacked(found[0], CaseDetail)) if found else None

    def keep_detail(self, detail: CaseDetail) -> None:
        with self._cases.write() as connection:
            _take(connection, (detail.row,), _load(connection))
            connection.execute(
                "INSERT INTO details VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET opened = excluded.opened, detail = excluded.detail"
                " WHERE excluded.opened >= opened",
                (detail.row.id, number_of(detail.as_of), msgspec.json.encode(detail)),
            )
            connection.execute(
                "DELETE FROM details WHERE id IN"
                " (SELECT id FROM details ORDER BY opened DESC LIMIT -1 OFFSET ?)",
                (MOST_DETAILS,),
            )

    def _read(self, name: str, of: type[T]) -> T | None:
        with self._cases.read() as connection:
            found = connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
            return told.unpacked(found[0], of) if found else None

    def _ways(self, search: str) -> list[tuple[str, dict[str, object]]]:
        """Return the conditions to look by, one after the other until one finds something."""
        session = self.session() if search.strip() else None
        key = session.search_key if session else None
        return [
            queue_sql.found_by(words, [search_marks(key, word) if key else () for word in words])
            for words in readings(search)
        ]


def _keep(connection: Connection, name: str, value: object) -> None:
    connection.execute(
        "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, msgspec.json.encode(value)),
    )


def _number(connection: Connection, name: str) -> int:
    found = connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
    return told.unpacked(found[0], int) if found else 0


def _load(connection: Connection) -> int:
    return _number(connection, "load")


def _is_complete(connection: Connection) -> bool:
    found = connection.execute("SELECT value FROM kept WHERE name = 'position'").fetchone()
    return found is not None and told.unpacked(found[0], Position).complete


def _tally(connection: Connection) -> dict[str, int]:
    """Return how many cases the store has in each queue that is the same for everybody.

    Counted along with every change: counting 100,000 of them takes longer than showing them.
    """
    found = connection.execute("SELECT value FROM kept WHERE name = 'tally'").fetchone()
    if found is None:
        return {name.value: 0 for name, _, _ in _COUNTED}
    return told.unpacked(found[0], dict[str, int])


def _take(connection: Connection, rows: Iterable[CaseRow], load: int) -> None:
    """Take rows in; an older version never replaces a newer one, but shows that it is there."""
    newest: dict[CaseId, CaseRow] = {}
    for row in rows:
        if row.id not in newest or newest[row.id].version <= row.version:
            newest[row.id] = row
    if not newest:
        return
    known = {
        identity: (number, before, columns)
        for number, before, identity, *columns in connection.execute(
            f"SELECT number, told, {', '.join(told.COLUMNS)}"  # noqa: S608
            " FROM cases JOIN told_rows USING (number)"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(newest)),),
        ).fetchall()
    }
    tally = _tally(connection)
    # A number is never given to another case: lists that are on screen still hold it.
    next_number = _number(connection, "next_number") or 1
    new, packed = [], []
    for identity, row in newest.items():
        values, as_told = told.values(row, load), told.packed(row)
        if identity not in known:
            _count(tally, values[told.FLAGS], 1)
            new.append((next_number, *values))
            packed.append((next_number, as_told))
            next_number += 1
            continue
        number, before, columns = known[identity]
        old = (identity, *columns)
        if old[told.VERSION] > row.version:
            values, as_told = (*old[: told.LOAD], load, *old[told.LOAD + 1 :]), before
        _count(tally, old[told.FLAGS], -1)
        _count(tally, values[told.FLAGS], 1)
        _change(connection, number, old, values)
        if as_told != before:
            packed.append((number, as_told))
    connection.executemany(_INSERT, new)
    connection.executemany("INSERT OR REPLACE INTO told_rows VALUES (?, ?)", packed)
    _keep(connection, "next_number", next_number)
    _keep(connection, "tally", tally)


def _change(
    connection: Connection, number: int, old: Sequence[object], new: Sequence[object]
) -> None:
    """Write the columns that changed: each that stays leaves the pages of its indexes alone."""
    changed = [at for at, (was, is_now) in enumerate(zip(old, new, strict=True)) if was != is_now]
    if changed:
        names = ", ".join(f"{told.COLUMNS[at]} = ?" for at in changed)
        connection.execute(
            f"UPDATE cases SET {names} WHERE number = ?",  # noqa: S608
            (*(new[at] for at in changed), number),
        )


def _count(tally: dict[str, int], flags: Sequence[object], by: int) -> None:
    for name, flag, wanted in _COUNTED:
        if flags[flag] == wanted:
            tally[name.value] += by
