"""What the domain makes of a real shop's order: judged as the gateway would, an hour later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_app.domain.actions import ActionKind
from agent_app.domain.case import CaseState, CaseView
from agent_app.domain.flags import Level, Watched, raise_flags
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.money import Money
from agent_app.domain.remedy import remedy
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import fold_truth
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import Reading
from tests.engines.real.trade import Made, Payout


def now() -> datetime:
    return datetime.now(UTC)


def safe(shop: JoinedShop, reading: Reading, at: datetime) -> tuple[bool, ActionKind]:
    """Return whether it is flagged at that time, and what the decision table calls for."""
    assert reading.order is not None
    stage = fold_stage(reading.events)
    truth = fold_truth(reading.order, reading.events, reading.evidence)
    flags = raise_flags(Watched(reading.order, stage, truth), shop.flag_policy, at)
    case = CaseView(
        CaseId("case"), reading.order, stage, truth, reading.evidence, flags,
        CaseState.FLAGGED, Actor(UserId("u"), "u", Role.AGENT), shop.capabilities, at,
    )  # fmt: skip
    return any(flag.level >= Level.FLAG for flag in flags), remedy(case).action


def check_told_for_what_it_is(shop: JoinedShop, made: Made) -> None:
    """Hold what shop and provider tell of the order to the way in which it was made."""
    reading = shop.read(made.ref)
    flagged, action = safe(shop, reading, now() + timedelta(hours=1))
    assert flagged is made.stuck
    if made.stuck:
        assert action is made.safe
    assert reading.order is not None
    assert reading.order.total == Money(made.total_minor, made.currency)
    truth = fold_truth(reading.order, reading.events, reading.evidence)
    assert not truth.conflicts


def captured(intents: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return the captured payments among the provider's intents: id and minor units."""
    return [
        (str(intent["id"]), int(charge["amount"]))
        for intent in intents
        for charge in intent["charges"]["data"]
        if charge["captured"] and charge["status"] == "succeeded"
    ]


def payouts(stripe: Any, intents: Iterable[Mapping[str, Any]]) -> list[Payout]:
    """Return the refunds of the provider's intents, by its own books."""
    return [
        Payout(str(intent["id"]), int(refund["amount"]))
        for intent in intents
        if intent["latest_charge"]
        for refund in stripe.refunds(intent["id"])
    ]
