"""The gateway's ledger as it lies on disk, read from outside: what a crash left behind."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode

_table = schema.actions.c
_BACK_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Row:
    """One action. `held`: a worker was in the middle of a step with it, or died in one."""

    id: str
    ref: str
    kind: ActionKind
    state: ActionState
    key: str
    payment: str | None
    amount_minor: int | None
    fence: int
    held: bool


class Ledger:
    """Reads the actions of a database that gateways are killed on. `where` as `Database` has it."""

    def __init__(self, where: Path | str) -> None:
        self._where = where

    def left_unknown(self) -> list[Row]:
        """Return what may have been sent and is not known to be taken, after a crash.

        SQLite is read from a copy: opening the files themselves would do the recovery that the
        next gateway has to do.
        """
        condition = _table.state == ActionState.UNKNOWN
        if isinstance(self._where, str):
            return _rows(self._where, condition)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / self._where.name
            for tail in ("", "-wal"):
                path = self._where.with_name(self._where.name + tail)
                if path.exists():
                    shutil.copy(path, copy.with_name(copy.name + tail))
            return _rows(copy, condition)

    def all(self) -> list[Row]:
        """Return every action, while gateways serve or when all is over."""
        return _rows(self._where, sa.true())


def _rows(where: Path | str, condition: sa.ColumnElement[bool]) -> list[Row]:
    url = f"sqlite:///{where}"
    if isinstance(where, str):
        url = where.replace("postgresql://", "postgresql+psycopg://", 1)
    query = sa.select(schema.actions).where(condition)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    end = time.monotonic() + _BACK_WITHIN_S
    while True:
        try:
            with engine.connect() as connection:
                return [_row(row) for row in connection.execute(query)]
        except sa.exc.OperationalError:
            # PostgreSQL is made to crash too; it is back soon.
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _row(row: sa.Row[tuple[object, ...]]) -> Row:
    record = decode(row.record, ActionRecord)
    return Row(
        id=row.id,
        ref=row.ref,
        kind=ActionKind(row.kind),
        state=ActionState(row.state),
        key=row.key,
        payment=record.payment,
        amount_minor=record.amount.amount_minor if record.amount else None,
        fence=row.fence,
        held=row.lease_until is not None,
    )
