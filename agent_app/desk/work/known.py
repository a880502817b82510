"""What we know of an order: the shop's word beside the provider's, each with its age.

Pure view data of the panel that every decision starts from; a conflict is a sentence there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent_app.desk.work.case_file import CaseFile
from agent_app.domain.events import Source
from agent_app.domain.evidence import NO_ANSWER, CustomerMatch, Evidence, EvidenceKind, latest
from agent_app.domain.flags import Flag, Level
from agent_app.domain.money import Money
from agent_app.domain.order import Deadline
from agent_app.domain.payment import RefundState, Verdict
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.stage import Stage
from agent_app.domain.truth import AmountMatch, Conflict, Payment


@dataclass(frozen=True, slots=True)
class ShopWord:
    """What the shop says of its order; `asked_at` None: it was never asked."""

    stage: Stage
    since: datetime | None
    ended_by_timer: bool
    asked_at: datetime | None
    fresh_until: datetime | None
    no_answer: str | None
    """`no_answer`, `not_visible` or `forbidden` when the last look told nothing."""


@dataclass(frozen=True, slots=True)
class ProviderWord:
    """What the provider says of the money."""

    verdict: Verdict
    payments: tuple[Payment, ...]
    captured: Money | None
    amount_match: AmountMatch
    customer_match: CustomerMatch
    asked_at: datetime | None
    fresh_until: datetime | None
    no_answer: str | None
    unrecorded: Money | None = None
    """What he paid back by refunds that neither the shop's books nor a key of ours explains."""


@dataclass(frozen=True, slots=True)
class Known:
    """The panel. `summary` is the row of the decision table that applies."""

    shop: ShopWord
    provider: ProviderWord
    conflicts: tuple[Conflict, ...]
    summary: RemedyWhy
    deadline: Deadline | None
    flags: tuple[Flag, ...] = ()
    """The rules that put the order into the queue, loudest first."""


def known(file: CaseFile, now: datetime) -> Known:
    """Put both sources side by side."""
    looks = file.evidence
    shop_look = latest(looks, Source.PLATFORM, EvidenceKind.ORDER)
    provider_look = latest(looks, Source.PROVIDER, EvidenceKind.PAYMENTS)
    captured = [p.captured for p in file.truth.held if p.captured.currency]
    same_currency = len({m.currency for m in captured}) == 1
    return Known(
        shop=ShopWord(
            stage=file.stage.stage,
            since=file.stage.since,
            ended_by_timer=file.stage.ended_by_timer,
            asked_at=shop_look.observed_at if shop_look else None,
            fresh_until=shop_look.fresh_until if shop_look else None,
            no_answer=_told_nothing(shop_look),
        ),
        provider=ProviderWord(
            verdict=file.truth.verdict,
            payments=file.truth.payments,
            captured=_sum(captured) if same_currency else None,
            amount_match=file.truth.amount_match,
            customer_match=file.truth.customer_match,
            asked_at=provider_look.observed_at if provider_look else None,
            fresh_until=provider_look.fresh_until if provider_look else None,
            no_answer=_told_nothing(provider_look),
            unrecorded=_unrecorded(file.truth.payments),
        ),
        conflicts=tuple(sorted(file.truth.conflicts)),
        summary=file.decisions.remedy.why,
        deadline=file.order.next_deadline(now),
        flags=tuple(f for f in file.flags if f.level >= Level.FLAG),
    )


def _told_nothing(look: Evidence | None) -> str | None:
    return look.verdict if look is not None and look.verdict in NO_ANSWER else None


def _unrecorded(payments: tuple[Payment, ...]) -> Money | None:
    """Return the sum, None where there is none: who looks at the shop alone would pay it again."""
    amounts = [
        r.amount
        for p in payments
        for r in p.refunds
        if r.source is Source.PROVIDER
        and r.state is RefundState.SUCCEEDED
        and not r.recorded
        and not r.automatic
        and r.key is None
    ]
    return _sum(amounts) if len({a.currency for a in amounts}) == 1 else None


def _sum(amounts: list[Money]) -> Money:
    first, *rest = amounts
    for amount in rest:
        first = first + amount
    return first
