"""A row as the gateway told it, turned into what the tables of the cases hold."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from agent_app import typed_json
from agent_app.contract.messages import CaseRow
from agent_app.desk.store.queue_sql import claim_name
from agent_app.desk.store.times import number_of
from agent_app.desk.work.local import Damaged
from agent_app.desk.work.queue_rows import QueueLine, line_of
from agent_app.domain.actions import ActionState
from agent_app.domain.case import ENDED, WAITING
from agent_app.domain.stage import Stage

T = TypeVar("T")
_FAR = number_of(datetime.max.replace(tzinfo=UTC))

COLUMNS = (
    *("id", "version", "load", "is_open", "is_orphan", "is_waiting", "asks_approval", "level"),
    *("deadline", "at_risk", "flagged_at", "ref", "customer", "verdict", "stage", "currency"),
    *("placed_at", "remedy", "claim_user", "claim_until", "claim_name", "words", "marks"),
)
"""What `values` returns, in this order."""
FLAGS = slice(3, 7)
"""Where `values` has the queues that do not depend on who looks and when."""


def values(row: CaseRow, load: int) -> tuple[object, ...]:
    """Return the columns of a case."""
    is_open, claim = row.state not in ENDED, row.claim
    shown = (row.ref, row.shop_number or "", row.customer_masked, row.shop_label)
    asks = row.open_action is not None and row.open_action.state is ActionState.AWAITING_APPROVAL
    return (
        row.id,
        row.version,
        load,
        int(is_open),
        int(is_open and row.stage is Stage.ABSENT and not row.at_risk.is_zero),
        int(row.state in WAITING),
        int(asks),
        int(row.level),
        number_of(row.deadline.at) if row.deadline else _FAR,
        row.at_risk.amount_minor,
        number_of(row.flagged_at),
        row.ref,
        row.customer_masked,
        row.verdict.value,
        row.stage.value,
        row.at_risk.currency,
        number_of(row.placed_at),
        row.remedy.value,
        claim.user if claim else None,
        number_of(claim.until) if claim else None,
        claim_name(claim.name if claim else None),
        " ".join((*shown, claim.name if claim else "")).casefold(),
        _marks(row),
    )


def packed(row: CaseRow) -> bytes:
    """Return the row for `line`; what is found by is kept apart."""
    return msgspec.json.encode(row)


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


def _marks(row: CaseRow) -> bytes:
    text = getattr(row, "marks", "")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
