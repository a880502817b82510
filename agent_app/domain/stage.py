"""Order stage: the shop's word about its own order, folded from its events.

Never evidence of money: a label `paid` may stand on an order whose payment failed, and the
other way round (field.md 0.1). Payment truth is `truth.fold_truth`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.events import EventKind, OrderEvent, Source, arrange


class Stage(StrEnum):
    """Where the shop says its order stands; `absent` when it has none."""

    ABSENT = "absent"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    PAYING = "paying"
    PAID = "paid"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NOT_VISIBLE = "not_visible"
    """The shop refuses to show it to us: not the same as having none (P1)."""


ENDED_UNCONFIRMED = frozenset({Stage.FAILED, Stage.CANCELLED, Stage.EXPIRED})
OPEN = frozenset({Stage.SUBMITTING, Stage.SUBMITTED, Stage.PAYING, Stage.PAID})

_BY_KIND = {
    EventKind.SUBMIT_RECEIVED: Stage.SUBMITTED,
    EventKind.SUBMIT_TIMEOUT: Stage.SUBMITTING,
    EventKind.ORDER_CONFIRMED: Stage.CONFIRMED,
    EventKind.AUTO_CANCELLED: Stage.CANCELLED,
    EventKind.ORDER_EXPIRED: Stage.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class StageView:
    """The stage, since when, and by whose hand it ended."""

    stage: Stage
    since: datetime | None
    ended_by_timer: bool = False


def stage_of(event: OrderEvent) -> Stage | None:
    """Return the stage that the event states, or None when it states none."""
    if event.source is not Source.PLATFORM:
        return None
    if event.kind is EventKind.STAGE_REPORTED:
        return Stage(event.stage) if event.stage else None
    return _BY_KIND.get(event.kind)


def fold_stage(arrivals: Iterable[OrderEvent]) -> StageView:
    """Fold the shop's statements into its latest one.

    The same for every order of arrival, repetition and delay of the same events.
    """
    view = StageView(Stage.ABSENT, None)
    for event in arrange(arrivals).events:
        stage = stage_of(event)
        if stage is None or stage is view.stage:
            continue
        view = StageView(
            stage, event.at, ended_by_timer=stage in ENDED_UNCONFIRMED and event.automatic
        )
    return view
