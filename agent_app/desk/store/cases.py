"""The cases that the gateway told of; implements `work.local.CaseCache`."""

from __future__ import annotations

import contextlib
import json
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from agent_app.contract.marks import search_marks
from agent_app.contract.messages import CaseDetail, CaseRow, QueueCounts, Session
from agent_app.contract.search_words import readings
from agent_app.desk.store import queue_sql, told
from agent_app.desk.store.case_schema import MAKE_INDEXES
from agent_app.desk.store.encrypted_file import WAL_PAGES, Connection, EncryptedFile
from agent_app.desk.store.times import number_of
from agent_app.desk.work.local import KeptDetail, Position
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.guide import Guide
from agent_app.domain.ids import CaseId, UserId

T = TypeVar("T")
MOST_DETAILS = 1_000
"""Opened cases that stay readable off line: some weeks of one person's work."""

LOAD_WAL_PAGES = 131_072
"""512 MB: what a first load writes is moved out of the -wal file once, not every 16 MB."""
_INSERT = (
    f"INSERT INTO cases (number, {', '.join(told.COLUMNS)})"  # noqa: S608
    f" VALUES (?{', ?' * len(told.COLUMNS)}) ON CONFLICT (id) DO NOTHING"
)
_READ_IDS = "SELECT count(*) FROM cases INDEXED BY sqlite_autoindex_cases_1"
_INSERT_TOLD = "INSERT INTO told_rows (number, version, load, print, told) VALUES (?, ?, ?, ?, ?)"
_CHANGE_TOLD = "UPDATE told_rows SET version = ?, load = ?, print = ?, told = ? WHERE number = ?"
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
        self._is_warm = False

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
        self._cases.move_out_after(LOAD_WAL_PAGES)
        with self._cases.write() as connection:
            load = _load(connection) + 1
            _keep(connection, "load", load)
            ((is_empty,),) = connection.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM cases)"
            ).fetchall()
            if is_empty:
                _keep(connection, "first_load", load)
                _keep(connection, "tally", _no_cases())
            # An earlier version of this program took them away while it loaded. The gateway tells
            # the cases in the order of these indexes: each entry goes behind the one before.
            for statement in MAKE_INDEXES:
                connection.execute(statement)
        return load

    def take_loaded(self, load: int, rows: Sequence[CaseRow]) -> None:
        # A first load tells each case once, but for what moved meanwhile or was searched for.
        with contextlib.suppress(_KnownAlready), self._cases.write() as connection:
            if _number(connection, "first_load") == load:
                _take(connection, rows, load, all_new=True)
                return
        with self._cases.write() as connection:
            _take(connection, rows, load)

    def end_load(self, load: int, position: Position, counts: QueueCounts) -> None:
        with self._cases.write() as connection:
            if _number(connection, "first_load") != load:
                _leave_out_older(connection, load)
            _keep(connection, "position", position)
            _keep(connection, "counts", counts)
        self._cases.move_out_after(WAL_PAGES)

    def take_changes(
        self, rows: Sequence[CaseRow], position: Position, counts: QueueCounts
    ) -> None:
        with self._cases.write() as connection:
            if not self._is_warm:
                # Changes are of any cases: their index is read once in order, not page by page.
                connection.execute(_READ_IDS).fetchall()
                self._is_warm = True
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


def _leave_out_older(connection: Connection, load: int) -> None:
    """Remove what a load did not tell of, and count what there is."""
    gone = connection.execute("SELECT number FROM told_rows WHERE load < ?", (load,)).fetchall()
    if gone:
        connection.executemany("DELETE FROM told_rows WHERE number = ?", gone)
        connection.executemany("DELETE FROM cases WHERE number = ?", gone)
        connection.execute("DELETE FROM details WHERE id NOT IN (SELECT id FROM cases)")
    found = connection.execute(
        "SELECT count(*), sum(is_open), sum(is_orphan), sum(is_waiting), sum(asks_approval)"
        " FROM cases"
    )
    ((everything, *flags),) = found.fetchall()
    sums = [number or 0 for number in flags]
    tally = {
        name.value: sums[flag] if wanted else everything - sums[flag]
        for name, flag, wanted in _COUNTED
    }
    _keep(connection, "tally", tally)


def _no_cases() -> dict[str, int]:
    return {name.value: 0 for name, _, _ in _COUNTED}


def _tally(connection: Connection) -> dict[str, int]:
    """Return how many cases the store has in each queue that is the same for everybody.

    Counted along with every change: counting 100,000 of them takes longer than showing them.
    """
    found = connection.execute("SELECT value FROM kept WHERE name = 'tally'").fetchone()
    if found is None:
        return _no_cases()
    return told.unpacked(found[0], dict[str, int])


class _KnownAlready(Exception):
    """A case that was said to be new is there already."""


def _take(
    connection: Connection, rows: Iterable[CaseRow], load: int, *, all_new: bool = False
) -> None:
    """Take rows in; an older version never replaces a newer one, but shows that it is there.

    Raises:
        _KnownAlready: `all_new`, and one is not; the transaction is to be taken back.
    """
    newest: dict[CaseId, CaseRow] = {}
    for row in rows:
        if row.id not in newest or newest[row.id].version <= row.version:
            newest[row.id] = row
    if not newest:
        return
    known = {} if all_new else _known(connection, newest)
    flags: Counter[tuple[object, ...]] = Counter()
    # A number is never given to another case: lists that are on screen still hold it.
    next_number = _number(connection, "next_number") or 1
    new, new_told, told_again, stamped = [], [], [], []
    moved: dict[int, tuple[object, ...]] = {}
    for identity, row in newest.items():
        number, as_written = known.get(identity, (next_number, None))
        if as_written is not None and as_written[0] > row.version:
            stamped.append((load, number))
            continue
        values = told.values(row)
        to_write = [row.version, load, told.print_of(values), told.packed(row)]
        if as_written is None:
            flags[values[told.FLAGS]] += 1
            new.append((number, *values))
            new_told.append((number, *to_write))
            next_number += 1
        elif as_written != to_write:
            told_again.append((*to_write, number))
            if as_written[2] != to_write[2]:
                moved[number] = values
    if new and connection.executemany(_INSERT, new).rowcount < len(new):
        raise _KnownAlready
    connection.executemany(_INSERT_TOLD, new_told)
    connection.executemany(_CHANGE_TOLD, told_again)
    connection.executemany("UPDATE told_rows SET load = ? WHERE number = ?", stamped)
    _move(connection, moved, flags)
    _keep(connection, "next_number", next_number)
    _keep(connection, "tally", _counted(_tally(connection), flags))


def _known(connection: Connection, rows: Collection[CaseId]) -> dict[CaseId, tuple[int, list[Any]]]:
    """Return which of these cases are there: their number, and how their row was written."""
    return {
        identity: (number, as_written)
        for identity, number, *as_written in connection.execute(
            "SELECT id, number, version, load, print, told FROM cases JOIN told_rows USING (number)"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(rows)),),
        ).fetchall()
    }


def _move(
    connection: Connection,
    moved: Mapping[int, tuple[object, ...]],
    flags: Counter[tuple[object, ...]],
) -> None:
    """Write the columns that changed: each that stays leaves the pages of its indexes alone."""
    if not moved:
        return
    for number, *before in connection.execute(
        f"SELECT number, {', '.join(told.COLUMNS)} FROM cases"  # noqa: S608
        " WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(moved)),),
    ).fetchall():
        old, new = tuple(before), moved[number]
        flags[old[told.FLAGS]] -= 1
        flags[new[told.FLAGS]] += 1
        pairs = enumerate(zip(old, new, strict=True))
        changed = [at for at, (was, is_now) in pairs if was != is_now]
        if changed:
            names = ", ".join(f"{told.COLUMNS[at]} = ?" for at in changed)
            connection.execute(
                f"UPDATE cases SET {names} WHERE number = ?",  # noqa: S608
                (*(new[at] for at in changed), number),
            )


def _counted(tally: dict[str, int], moved: Mapping[tuple[object, ...], int]) -> dict[str, int]:
    """Return the tally with so many cases more, or fewer, of each combination of flags."""
    for flags, by in moved.items():
        for name, flag, wanted in _COUNTED:
            if flags[flag] == wanted:
                tally[name.value] += by
    return tally
