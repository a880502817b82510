"""The guide's probes: questions that evidence answers, so that the step ticks itself.

One row per probe id: what it may answer, and the look that it relies on. `progress` runs them,
the guide's loader checks content against them. An answer of None means "not known yet".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from agent_app.domain.case import CaseView
from agent_app.domain.events import Source
from agent_app.domain.evidence import NO_ANSWER, CustomerMatch, Evidence, EvidenceKind, latest
from agent_app.domain.flags import DEADLINE_NEAR
from agent_app.domain.order import DeadlineKind
from agent_app.domain.remedy import effective_verdict, extra_authorisation
from agent_app.domain.stage import ENDED_UNCONFIRMED, Stage
from agent_app.domain.truth import AmountMatch, Verdict

Answer = Callable[[CaseView], str | None]


class CallbackVerdict(StrEnum):
    """Verdicts of a look at the callback log: how far the payment notice came."""

    RECEIVED = "received"
    NO_EFFECT = "no_effect"
    """The shop answered that it had it, and did nothing."""
    REPEATED = "repeated"
    TOO_EARLY = "too_early"
    REFUSED = "refused"
    """It reached the shop, which answered with an error."""
    WRONG_ADDRESS = "wrong_address"
    BLOCKED = "blocked"
    SWITCHED_OFF = "switched_off"
    NEVER_SENT = "never_sent"


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe: `answer` gives one of `outcomes`, and relies on looks at `kind` by `source`."""

    answer: Answer
    outcomes: frozenset[str]
    source: Source
    kind: EvidenceKind

    def look(self, case: CaseView) -> Evidence | None:
        """Return the newest look, answered or not."""
        return latest(case.evidence, self.source, self.kind)


def _visible(case: CaseView) -> str | None:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER)
    if look is None:
        return "not_visible" if case.stage.stage is Stage.NOT_VISIBLE else None
    if look.verdict in {"not_visible", "forbidden"}:
        return look.verdict
    return None if look.verdict in NO_ANSWER else "shown"


_STAGES = {
    Stage.ABSENT: "absent",
    Stage.SUBMITTING: "in_progress",
    Stage.SUBMITTED: "in_progress",
    Stage.PAYING: "in_progress",
    Stage.PAID: "label_paid",
    Stage.CONFIRMED: "confirmed",
    Stage.NOT_VISIBLE: "hidden",
}


def _shop_stage(case: CaseView) -> str | None:
    stage = case.stage.stage
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER, answered=True)
    if stage is Stage.ABSENT and look is None:
        # The fold's beginning, not the shop's word: nobody has asked, or nobody answered.
        return None
    if stage in ENDED_UNCONFIRMED:
        return "cancelled_by_timer" if case.stage.ended_by_timer else "ended"
    return _STAGES[stage]


_VERDICTS = {
    Verdict.CAPTURED: "captured",
    Verdict.PART_REFUNDED: "captured",
    Verdict.AUTHORISED: "authorised",
    Verdict.UNKNOWN: "undecided",
    Verdict.PENDING: "undecided",
    Verdict.FAILED_DEFINITE: "declined",
    Verdict.VOIDED: "declined",
    Verdict.NONE: "none",
    Verdict.REFUNDED: "returned",
    Verdict.DISPUTED: "disputed",
}


def _payment(case: CaseView) -> str | None:
    if case.truth.conflicts:
        return "contradictory"
    if case.truth.as_of is None:
        return None
    verdict = effective_verdict(case.truth, case.order, case.now)
    if verdict is Verdict.UNKNOWN and case.truth.verdict is Verdict.FAILED_SOFT:
        return "timed_out"
    return _VERDICTS[verdict]


def _payer(case: CaseView) -> str | None:
    if case.truth.customer_match is CustomerMatch.DIFFERENT:
        return "different"
    if case.truth.customer_match is CustomerMatch.SAME:
        return "same"
    moved = any(not p.authorised.is_zero or p.captured_at for p in case.truth.payments)
    return None if moved or case.truth.as_of is None else "nobody_paid"


_AMOUNTS = {
    AmountMatch.FULL: "full",
    AmountMatch.SHORT: "differs",
    AmountMatch.OVER: "differs",
    AmountMatch.OTHER_CURRENCY: "differs",
    AmountMatch.SURPLUS_PAYMENT: "twice",
    AmountMatch.NOTHING: "nothing",
}


def _amount(case: CaseView) -> str | None:
    if case.truth.as_of is None or case.truth.conflicts:
        return None
    answer = _AMOUNTS[case.truth.amount_match]
    if answer == "full" and extra_authorisation(case.truth) is not None:
        return "extra_reservation"
    return answer


def _refund(case: CaseView) -> str | None:
    if case.truth.automatic_refund_open:
        return "automatic"
    if case.truth.refund_open:
        return "open"
    if case.truth.as_of is None:
        return None
    given_back = any(not p.refunded.is_zero for p in case.truth.payments)
    return "done" if given_back else "no_refund"


def _deadline(case: CaseView) -> str | None:
    coming = case.order.next_deadline(case.now)
    if coming is not None:
        return "soon" if coming.at - case.now <= DEADLINE_NEAR else "later"
    # The late window is the provider's patience, not something that the platform will do.
    acts = [d for d in case.order.deadlines if d.kind is not DeadlineKind.LATE_WINDOW_CLOSES]
    return "passed" if acts else "no_deadline"


def _health(case: CaseView) -> str | None:
    look = latest(case.evidence, Source.MONITOR, EvidenceKind.HEALTH, answered=True)
    if look is None:
        return None
    return "well" if look.verdict == "ok" else "trouble"


def _callbacks(case: CaseView) -> str | None:
    look = latest(case.evidence, Source.CALLBACK_LOG, EvidenceKind.CALLBACKS, answered=True)
    return look.verdict if look is not None and look.verdict in set(CallbackVerdict) else None


def _input(case: CaseView) -> str | None:
    if case.order.input_problem is not None:
        return "refused"
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER, answered=True)
    return None if look is None else "accepted"


def _fulfillable(case: CaseView) -> str | None:
    if case.order.fulfillable is None:
        return None
    return "deliverable" if case.order.fulfillable else "not_deliverable"


def _probe(answer: Answer, source: Source, kind: EvidenceKind, *outcomes: str) -> Probe:
    return Probe(answer, frozenset(outcomes), source, kind)


_SHOP = (Source.PLATFORM, EvidenceKind.ORDER)
_MONEY = (Source.PROVIDER, EvidenceKind.PAYMENTS)

PROBES: dict[str, Probe] = {
    "order.visible": _probe(_visible, *_SHOP, "shown", "not_visible", "forbidden"),
    "shop.stage": _probe(_shop_stage, *_SHOP, *_STAGES.values(), "cancelled_by_timer", "ended"),
    "payment.truth": _probe(_payment, *_MONEY, *_VERDICTS.values(), "timed_out", "contradictory"),
    "payment.payer": _probe(_payer, *_MONEY, "same", "different", "nobody_paid"),
    "payment.amount": _probe(_amount, *_MONEY, *_AMOUNTS.values(), "extra_reservation"),
    "payment.refund": _probe(_refund, *_MONEY, "automatic", "open", "done", "no_refund"),
    "order.deadline": _probe(_deadline, *_SHOP, "no_deadline", "later", "soon", "passed"),
    "system.health": _probe(_health, Source.MONITOR, EvidenceKind.HEALTH, "well", "trouble"),
    "callback.path": _probe(
        _callbacks, Source.CALLBACK_LOG, EvidenceKind.CALLBACKS, *CallbackVerdict
    ),
    "order.input": _probe(_input, *_SHOP, "accepted", "refused"),
    "order.fulfillable": _probe(_fulfillable, *_SHOP, "deliverable", "not_deliverable"),
}
