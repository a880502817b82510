"""Real cases to clone: orders of every cause from the sandbox, judged by the gateway."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from agent_app.contract.messages import CaseRow
from agent_app.domain.causes import Cause
from agent_app.domain.order import Order
from agent_app.gateway.store import case_rows, order_log, schema
from agent_app.gateway.store.case_rows import StoredCase
from tests.processes import sandbox
from tests.promises.handling import Handling

_ROUNDS = 40
_ROUND_S = 300


@dataclass(frozen=True, slots=True)
class Template:
    """One case with its order and the rows of its log, as they are stored."""

    case: StoredCase
    row: CaseRow
    order: Order
    events: tuple[dict[str, object], ...]
    evidence: tuple[dict[str, object], ...]


def make(count: int) -> list[Template]:
    """Return about `count` cases, of every cause that a shop can have."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox(seed=11) as shop,
    ):
        shop.seed(*(cause.value for cause in Cause), count=max(1, count // len(Cause)))
        at_work = Handling(Path(folder), shop)
        try:
            known = -1
            for _ in range(_ROUNDS):
                at_work.watch()
                found = len(_cases(at_work))
                if found >= count or found == known > 0:
                    break
                known = found
                shop.advance(_ROUND_S)
            return [_template(at_work, case) for case in _cases(at_work)[:count]]
        finally:
            at_work.close()


def _cases(at_work: Handling) -> list[str]:
    with at_work.gateway.database.read() as connection:
        return list(connection.execute(sa.select(schema.cases.c.id)).scalars())


def _template(at_work: Handling, case_id: str) -> Template:
    with at_work.gateway.database.read() as connection:
        case = case_rows.get(connection, case_id)  # type: ignore[arg-type]
        assert case is not None
        assert case.row is not None
        known = order_log.known(connection, case.shop, case.ref)
        assert known is not None
        logs = [
            tuple(
                dict(row._mapping)
                for row in connection.execute(
                    sa.select(table).where(table.c.shop == case.shop, table.c.ref == case.ref)
                )
            )
            for table in (schema.events, schema.evidence)
        ]
        return Template(case, case.row, known.order, *logs)
