"""A row as the gateway told it, turned into what the tables of the cases hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

import msgspec

from agent_app import typed_json
from agent_app.contract.marks import read_marks
from agent_app.contract.messages import CaseRow
from agent_app.contract.search_words import folded
from agent_app.desk.store.queue_sql import claim_name
from agent_app.desk.store.times import number_of
from agent_app.desk.work.local import Damaged
from agent_app.desk.work.queue_rows import QueueLine, line_of
from agent_app.domain.actions import ActionState
from agent_app.domain.case import ENDED, WAITING
from agent_app.domain.stage import Stage

T = TypeVar("T")
_log = logging.getLogger(__name__)
_FAR = number_of(datetime.max.replace(tzinfo=UTC))

COLUMNS = (
    *("id", "is_open", "is_orphan", "is_waiting", "asks_approval", "level", "deadline"),
    *("at_risk", "flagged_at", "ref", "customer", "verdict", "stage", "currency", "placed_at"),
    *("remedy", "claim_user", "claim_until", "claim_name", "words", "marks"),
)
"""What `values` returns, in this order."""
FLAGS = slice(1, 5)
"""Where `values` has the queues that do not depend on who looks and when."""


def values(row: CaseRow) -> tuple[object, ...]:
    """Return the columns of a case: what queues are sorted and searched by."""
    # Plain texts and numbers: SQLite's binding takes enums and truths too, four times as slowly.
    # `str` of one of these enums is the plain text, at a quarter of what `.value` costs.
    state, claim, at_risk = row.state, row.claim, row.at_risk
    is_open, by = state not in ENDED, claim.name if claim else ""
    asks = row.open_action is not None and row.open_action.state is ActionState.AWAITING_APPROVAL
    # Numbers are ASCII nearly always, and never come again; names are the other way round.
    numbers = f"{row.id} {row.ref} {row.shop_number or ''}"
    numbers = numbers.casefold() if numbers.isascii() else folded(numbers)
    names = " ".join(map(_folded_name, (row.customer_masked, row.shop_label, by)))
    return (
        row.id,
        int(is_open),
        int(is_open and row.stage is Stage.ABSENT and not at_risk.is_zero),
        int(state in WAITING),
        int(asks),
        int(row.level),
        number_of(row.deadline.at) if row.deadline else _FAR,
        at_risk.amount_minor,
        number_of(row.flagged_at),
        row.ref,
        row.customer_masked,
        str(row.verdict),
        str(row.stage),
        at_risk.currency,
        number_of(row.placed_at),
        str(row.remedy),
        claim.user if claim else None,
        number_of(claim.until) if claim else None,
        claim_name(claim.name if claim else None),
        f"{numbers} {names}",
        _marks(row) if row.marks else b"",
    )


def print_of(values: Sequence[object]) -> bytes:
    """Return 8 bytes by which a case's columns are known again."""
    return blake2b(msgspec.msgpack.encode(values), digest_size=8).digest()


def packed(row: CaseRow) -> bytes:
    """Return the row for `line`, without the marks: they have a column."""
    return msgspec.json.encode(msgspec.structs.replace(row, marks=""))


def line(told: bytes) -> QueueLine:
    """Return the line that the screen shows.

    Raises:
        Damaged: it is not a row of this program's messages; the gateway has to tell it again.
    """
    return line_of(unpacked(told, CaseRow))


def unpacked(kept: bytes, of: type[T]) -> T:
    """Return a kept value.

    Raises:
        Damaged: another version's messages, or not what was written.
    """
    try:
        return typed_json.decode(kept, of)
    except msgspec.DecodeError as error:
        raise Damaged(f"a kept {of.__name__} cannot be read: {error}") from error


_folded_name = lru_cache(maxsize=4096)(folded)
"""Names of people and shops come again and again, and a first load has 100,000 rows."""


def _marks(row: CaseRow) -> bytes:
    try:
        return read_marks(row.marks)
    except ValueError as error:
        # The case is worked on without them; it is only not found by its customer.
        _log.warning("a row came with marks that cannot be read: %s", error)
        return b""
