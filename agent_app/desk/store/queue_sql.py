"""The queues as SQL: which case stands where, in which order, and what finds it.

tests/desk/store/queue_rules.py has the same rules over lines in memory, and they are compared.
Only fixed words get into the statements; what people type travels as parameters.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from agent_app.desk.store.times import number_of
from agent_app.desk.work.queue_rows import Column, Order, QueueName
from agent_app.domain.ids import CaseId, UserId

BELONGS: dict[QueueName, str] = {
    QueueName.MINE: "is_open = 1 AND claim_user = :me AND claim_until > :now",
    QueueName.TEAM: "is_open = 1",
    QueueName.ORPHANS: "is_orphan = 1",
    QueueName.WAITING: "is_waiting = 1",
    QueueName.APPROVALS: "asks_approval = 1",
    QueueName.RESOLVED: "is_open = 0",
}
"""Each as the index of that queue has it, so that SQLite finds the index."""

_URGENCY = ("level DESC", "deadline", "at_risk DESC", "flagged_at")
_SORT: dict[Column, tuple[str, ...]] = {
    Column.ORDER: ("ref",),
    Column.CUSTOMER: ("customer",),
    Column.STATE: ("verdict", "stage"),
    Column.AT_RISK: ("currency", "at_risk"),
    Column.AGE: ("placed_at",),
    Column.DEADLINE: ("deadline",),
    Column.NEXT: ("remedy",),
    Column.CLAIMED: ("claim_name",),
}
_UNCLAIMED = "\U0010ffff"
"""Sorts behind every name."""


def claim_name(name: str | None) -> str:
    return _UNCLAIMED if name is None else name


def order_by(order: Order) -> str:
    """Return the terms of ORDER BY; ties stand by reference, whichever way the rest is sorted."""
    terms = _URGENCY if order.column is None else _SORT[order.column]
    if order.descending:
        terms = tuple(_turned(term) for term in terms)
    return ", ".join((*terms, "ref", "id"))


def _turned(term: str) -> str:
    name, _, direction = term.partition(" ")
    return name if direction else f"{name} DESC"


def select(queue: QueueName, order: Order, more: str = "") -> str:
    """Return the statement for a queue's numbers; `more` are further conditions."""
    by_index = queue is QueueName.MINE or (order.column is None and not more)
    # An index that does not answer everything leads from page to page, each to be decrypted:
    # ten times slower than reading the whole table once.
    source = "cases" if by_index else "cases NOT INDEXED"
    return f"SELECT number FROM {source} WHERE {BELONGS[queue]}{more} ORDER BY {order_by(order)}"  # noqa: S608


def parameters(me: UserId, now: datetime) -> dict[str, object]:
    return {"me": me, "now": number_of(now)}


def found_by(
    words: Sequence[str], marks: Sequence[tuple[bytes, ...]]
) -> tuple[str, dict[str, object]]:
    """Return the condition that every word is found, and its parameters.

    A word is found as a part of what the row shows, or by its marks (of the same index), all of
    them.
    """
    conditions: list[str] = []
    values: dict[str, object] = {}
    for number, (word, proofs) in enumerate(zip(words, marks, strict=True)):
        ways = [f"instr(words, :w{number}) > 0"]
        values[f"w{number}"] = word
        if proofs:
            values |= {f"m{number}_{part}": proof for part, proof in enumerate(proofs)}
            parts = (f"instr(marks, :m{number}_{part}) > 0" for part in range(len(proofs)))
            ways.append(f"({' AND '.join(parts)})")
        conditions.append(f" AND ({' OR '.join(ways)})")
    return "".join(conditions), values


def or_these(condition: str, cases: Collection[CaseId]) -> tuple[str, dict[str, object]]:
    """Return the condition that it holds, or that it is one of these cases; and its parameters."""
    if not condition or not cases:
        return condition, {}
    either = condition.removeprefix(" AND ")
    these = json.dumps(sorted(cases))
    more = f" AND (({either}) OR id IN (SELECT value FROM json_each(:these)))"  # noqa: S608
    return more, {"these": these}
