"""Evidence: who was asked, when, what he said and how long the answer may be relied upon.

Events say what happened; a piece of evidence says that we looked. A payment decision needs both:
the facts, and a provider's answer that is fresh (invariant I1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.domain.events import Source
from agent_app.domain.ids import EvidenceId, OrderRef
from agent_app.domain.money import Money

PROVIDER_READ_FRESH_S = 60
"""I1: no resubmit or refund without a provider read at most this old."""


class EvidenceKind(StrEnum):
    """What was looked at."""

    ORDER = "order"
    PAYMENTS = "payments"
    CALLBACKS = "callbacks"
    HEALTH = "health"
    FULFILMENT = "fulfilment"
    STATEMENT = "statement"
    """What a customer or an agent says or shows. It never raises a verdict."""


class CustomerMatch(StrEnum):
    """Whether the payer is the order's customer; reference alone never proves it (I8)."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Fulfilment(StrEnum):
    """Verdicts of a look at whether the shop could deliver; its reason stands in `detail`."""

    FULFILLABLE = "fulfillable"
    UNFULFILLABLE = "unfulfillable"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at one source.

    `verdict` is the source's answer as a code (a stage, a payment verdict, `ok`, `down`,
    `not_visible`, `forbidden`, `no_answer`). `detail` is the source's own words, redacted, or
    None; never a sentence of ours. `payload_hash` is the SHA-256 of the whole answer.
    """

    id: EvidenceId
    order: OrderRef
    source: Source
    kind: EvidenceKind
    observed_at: datetime
    fresh_until: datetime
    verdict: str
    reference: str | None = None
    amount: Money | None = None
    customer_match: CustomerMatch = CustomerMatch.UNKNOWN
    detail: str | None = None
    payload_hash: str | None = None

    def __post_init__(self) -> None:
        if self.observed_at.tzinfo is None or self.fresh_until.tzinfo is None:
            raise ValueError(f"evidence {self.id}: times must be aware (UTC)")

    def age_at(self, now: datetime) -> timedelta:
        """Return how long ago the source was asked; never negative, for clocks that differ."""
        return max(now - self.observed_at, timedelta(0))

    def is_fresh(self, now: datetime) -> bool:
        return now <= self.fresh_until


NO_ANSWER = frozenset({"no_answer", "not_visible", "forbidden"})
"""Verdicts of a look that told nothing about the thing itself."""


def latest(
    evidence: Iterable[Evidence], source: Source, kind: EvidenceKind, *, answered: bool = False
) -> Evidence | None:
    """Return the newest look at `kind` by `source`; `answered`: of those that told something."""
    looks = [
        e
        for e in evidence
        if e.source is source and e.kind is kind and not (answered and e.verdict in NO_ANSWER)
    ]
    return max(looks, key=lambda e: (e.observed_at, e.id), default=None)


def provider_read(evidence: Iterable[Evidence]) -> Evidence | None:
    """Return the newest answer of the payment provider about this order's money."""
    return latest(evidence, Source.PROVIDER, EvidenceKind.PAYMENTS, answered=True)


def has_fresh_provider_read(evidence: Iterable[Evidence], now: datetime) -> bool:
    """Return whether I1 holds: the provider answered at most 60 s before `now`.

    A read from further ahead than that is not fresh either: a clock was set back, and how old the
    read is cannot be told.
    """
    read = provider_read(evidence)
    fresh = timedelta(seconds=PROVIDER_READ_FRESH_S)
    return read is not None and abs(now - read.observed_at) <= fresh
