"""Payment truth: what really happened to the money, folded from events and evidence.

Each payment is folded per source, then the sources are compared. The provider's word decides;
the shop's word can only agree, lag behind or contradict, and a contradiction lowers the verdict
to unknown (field.md 6.1). Customers and agents never raise it. Used by the gateway to decide and
by the desk to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.domain.events import History, OrderEvent, Source, arrange
from agent_app.domain.evidence import CustomerMatch, Evidence, provider_read
from agent_app.domain.ids import PaymentId, RefundId
from agent_app.domain.money import Money, total
from agent_app.domain.order import Order
from agent_app.domain.payment import PaymentWord, RefundState, fold_payment
from agent_app.domain.payment import Verdict as Verdict
from agent_app.domain.refund_pairs import RefundPair, pair_refunds

MONEY_HELD = frozenset({Verdict.CAPTURED, Verdict.PART_REFUNDED})
UNDECIDED = frozenset({Verdict.UNKNOWN, Verdict.PENDING, Verdict.FAILED_SOFT})
"""Verdicts under which both money buttons stay locked (I4, decision table row 1)."""
NO_MONEY = frozenset({Verdict.NONE, Verdict.FAILED_DEFINITE, Verdict.VOIDED})


_SPEAKS = frozenset({Source.PROVIDER, Source.PLATFORM})
"""Who is heard about money at all; the rest is shown, and neither raises nor lowers anything."""


class Conflict(StrEnum):
    """Which statements exclude each other."""

    SAME_EVENT_TWO_FACTS = "same_event_two_facts"
    SOURCE_AGAINST_ITSELF = "source_against_itself"
    SHOP_PAID_PROVIDER_NOT = "shop_paid_provider_not"
    SHOP_FAILED_PROVIDER_PAID = "shop_failed_provider_paid"
    SHOP_REFUNDED_PROVIDER_NOT = "shop_refunded_provider_not"
    CURRENCIES_DIFFER = "currencies_differ"
    AMOUNT_NOT_NAMED = "amount_not_named"
    """Money moved, and nobody says how much: no sum that is built on it can be trusted."""


class AmountMatch(StrEnum):
    """The captured sum beside the order's total."""

    NOTHING = "nothing"
    FULL = "full"
    SHORT = "short"
    OVER = "over"
    SURPLUS_PAYMENT = "surplus_payment"
    """One payment pays in full and at least one more was captured (paid twice)."""
    OTHER_CURRENCY = "other_currency"


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of one payment; `automatic` when the platform started it by itself (X2)."""

    id: RefundId
    amount: Money
    state: RefundState
    automatic: bool
    since: datetime
    source: Source
    """Who says so; only a provider can say that money went back."""
    key: str | None = None
    """The key of our own action, where the books of either carry it."""
    recorded: bool = False
    """Whether the shop's own books have it too."""

    @property
    def is_open(self) -> bool:
        """Return whether money may still go back by it, of whatever amount."""
        return self.state not in {RefundState.SUCCEEDED, RefundState.FAILED}


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment, both sources merged. Amounts are in the payment's own currency."""

    id: PaymentId
    verdict: Verdict
    authorised: Money
    captured: Money
    captured_at: datetime | None
    refunds: tuple[Refund, ...]
    customer_match: CustomerMatch
    sources: frozenset[Source]
    conflicts: frozenset[Conflict]
    started_at: datetime
    method: str | None = None

    @property
    def refunded(self) -> Money:
        """Return what was really paid back."""
        return self._sum(RefundState.SUCCEEDED)

    @property
    def refund_open(self) -> Money:
        """Return what may still be paid back: requested, pending and unknown refunds."""
        return self._sum(RefundState.REQUESTED, RefundState.PENDING, RefundState.UNKNOWN)

    @property
    def remaining(self) -> Money:
        """Return what may at most be refunded still (I2)."""
        return self.captured - self.refunded - self.refund_open

    def _sum(self, *states: RefundState) -> Money:
        return total((r.amount for r in self.refunds if r.state in states), self.captured.currency)


@dataclass(frozen=True, slots=True)
class PaymentTruth:
    """The order's money as of `as_of`, the provider's last answer (None: it never answered)."""

    verdict: Verdict
    payments: tuple[Payment, ...]
    conflicts: frozenset[Conflict]
    amount_match: AmountMatch
    customer_match: CustomerMatch
    as_of: datetime | None
    sources: frozenset[Source]
    carrier: PaymentId | None = None
    """The payment that the order stands on: the first full one, of those that the shop knows if it
    knows any; else the first of all held."""

    @property
    def refund_open(self) -> bool:
        """Return whether a refund is under way, its amount named or not."""
        return any(r.is_open for p in self.payments for r in p.refunds)

    @property
    def automatic_refund_open(self) -> bool:
        """Return whether the platform is paying back by itself at this moment (X2)."""
        return any(r.automatic and r.is_open for p in self.payments for r in p.refunds)

    @property
    def held(self) -> tuple[Payment, ...]:
        """Return the payments whose money the shop holds, oldest capture first."""
        return _held(self.payments)

    @property
    def surplus(self) -> tuple[Payment, ...]:
        """Return the payments beyond the one that the order stands on, newest last."""
        if self.amount_match is not AmountMatch.SURPLUS_PAYMENT:
            return ()
        return tuple(p for p in self.held if p.id != self.carrier)


def fold_truth(
    order: Order,
    arrivals: Iterable[OrderEvent],
    evidence: Sequence[Evidence],
    *,
    query_lag: timedelta = timedelta(0),
) -> PaymentTruth:
    """Fold all that is known about the money of `order` into one verdict.

    The same for every order of arrival, repetition and delay. `query_lag` is how long the
    provider's own query may trail its books: a "none" younger than that contradicts nothing.
    """
    history = arrange(arrivals)
    read = provider_read(evidence)
    answered_until = read.observed_at - query_lag if read else None
    payments = tuple(
        _merge(order, payment, history, answered_until) for payment in _payment_ids(history)
    )
    conflicts = frozenset(c for p in payments for c in p.conflicts)
    if history.contradicted:
        conflicts |= {Conflict.SAME_EVENT_TWO_FACTS}
    return PaymentTruth(
        verdict=Verdict.UNKNOWN if conflicts else _overall(payments),
        payments=payments,
        conflicts=conflicts,
        amount_match=_amount_match(order, payments),
        customer_match=_customer_match(payments),
        as_of=read.observed_at if read else None,
        sources=frozenset(s for p in payments for s in p.sources)
        | ({Source.PROVIDER} if read else frozenset()),
        carrier=_carrier(order, payments),
    )


def _held(payments: tuple[Payment, ...]) -> tuple[Payment, ...]:
    held = [p for p in payments if (p.captured - p.refunded).amount_minor > 0]
    return tuple(sorted(held, key=lambda p: (p.captured_at or p.started_at, p.id)))


def _carrier(order: Order, payments: tuple[Payment, ...]) -> PaymentId | None:
    held = _held(payments)
    full = [p for p in held if p.captured - p.refunded == order.total]
    # The shop's order stands on a payment of its own books: a stray one beside it is the surplus.
    full.sort(key=lambda p: Source.PLATFORM not in p.sources)
    # An order of nothing is carried by a capture of nothing.
    empty = [p.id for p in payments if p.verdict is Verdict.CAPTURED]
    return next(iter([*(p.id for p in full), *(p.id for p in held), *empty]), None)


def _payment_ids(history: History) -> list[PaymentId]:
    return list(
        dict.fromkeys(
            e.payment for e in history.events if e.payment is not None and e.source in _SPEAKS
        )
    )


def _merge(
    order: Order, payment: PaymentId, history: History, answered_until: datetime | None
) -> Payment:
    events = [e for e in history.events if e.payment == payment and e.source in _SPEAKS]
    currency = next((e.amount.currency for e in events if e.amount), order.total.currency)
    provider = fold_payment(events, Source.PROVIDER, currency)
    shop = fold_payment(events, Source.PLATFORM, currency)
    pairs = pair_refunds(provider.refunds, shop.refunds)
    conflicts = _conflicts(provider, shop, pairs, answered_until)
    lead = provider if provider.spoke else shop
    if any(e.amount and e.amount.currency != currency for e in events):
        conflicts |= {Conflict.CURRENCIES_DIFFER}
    if not lead.names_amounts:
        conflicts |= {Conflict.AMOUNT_NOT_NAMED}
    refunds = tuple(_refund(pair) for pair in pairs)
    verdict = Verdict.UNKNOWN if conflicts else _with_refunds(lead.state, lead, refunds)
    return Payment(
        id=payment,
        verdict=verdict,
        authorised=lead.authorised,
        captured=lead.captured,
        captured_at=lead.captured_at,
        refunds=refunds,
        customer_match=_payer(order, events),
        sources=frozenset(e.source for e in events),
        conflicts=conflicts,
        started_at=events[0].at,
        method=next((e.method for e in events if e.method), None),
    )


def _conflicts(
    provider: PaymentWord,
    shop: PaymentWord,
    pairs: Sequence[RefundPair],
    answered_until: datetime | None,
) -> frozenset[Conflict]:
    found: set[Conflict] = set()
    if provider.contradicts_itself or shop.contradicts_itself:
        found.add(Conflict.SOURCE_AGAINST_ITSELF)
    asked_since = (
        shop.last_at is not None and answered_until is not None and answered_until >= shop.last_at
    )
    shop_has_money = shop.state in {Verdict.CAPTURED, Verdict.DISPUTED}
    provider_has_money = provider.state in {Verdict.CAPTURED, Verdict.DISPUTED}
    if shop_has_money and not provider_has_money and (provider.is_final or asked_since):
        found.add(Conflict.SHOP_PAID_PROVIDER_NOT)
    # A failure that the shop noted before the capture is only a late truth (S8, N6).
    if (
        provider_has_money
        and shop.state in {Verdict.FAILED_DEFINITE, Verdict.VOIDED}
        and shop.last_at is not None
        and provider.captured_at is not None
        and shop.last_at > provider.captured_at
    ):
        found.add(Conflict.SHOP_FAILED_PROVIDER_PAID)
    for pair in pairs:
        if pair.shop is None:
            continue
        claimed = pair.shop.state is RefundState.SUCCEEDED
        asked = answered_until is not None and answered_until >= pair.shop.at
        paid_back = pair.provider is not None and pair.provider.state is RefundState.SUCCEEDED
        if claimed and asked and not paid_back:
            found.add(Conflict.SHOP_REFUNDED_PROVIDER_NOT)
    return frozenset(found)


def _refund(pair: RefundPair) -> Refund:
    """Return one refund; where both sources know it the provider's state counts."""
    lead = pair.lead
    return Refund(
        lead.id,
        lead.amount,
        lead.state,
        automatic=any(w is not None and w.automatic for w in (pair.provider, pair.shop)),
        since=lead.since,
        source=Source.PROVIDER if pair.provider is not None else Source.PLATFORM,
        key=pair.key,
        recorded=pair.shop is not None,
    )


def _with_refunds(verdict: Verdict, word: PaymentWord, refunds: tuple[Refund, ...]) -> Verdict:
    if verdict is not Verdict.CAPTURED:
        return verdict
    paid_back = total(
        (r.amount for r in refunds if r.state is RefundState.SUCCEEDED), word.captured.currency
    )
    if paid_back.is_zero:
        return Verdict.CAPTURED
    return Verdict.REFUNDED if word.captured <= paid_back else Verdict.PART_REFUNDED


def _payer(order: Order, events: list[OrderEvent]) -> CustomerMatch:
    """Compare who paid with who ordered; only the provider knows who paid (I8)."""
    payers = {e.customer for e in events if e.source is Source.PROVIDER and e.customer}
    # A shop that hides the order hides whose it is: the payer cannot vouch for himself.
    if not payers or not order.customer.id:
        return CustomerMatch.UNKNOWN
    return CustomerMatch.SAME if payers == {order.customer.id} else CustomerMatch.DIFFERENT


_PRECEDENCE = (
    Verdict.UNKNOWN,
    Verdict.DISPUTED,
    Verdict.PART_REFUNDED,
    Verdict.CAPTURED,
    Verdict.PENDING,
    Verdict.AUTHORISED,
    Verdict.FAILED_SOFT,
    Verdict.REFUNDED,
    Verdict.FAILED_DEFINITE,
    Verdict.VOIDED,
)


def _overall(payments: tuple[Payment, ...]) -> Verdict:
    """Return the verdict that calls for the most care among the order's payments."""
    verdicts = {p.verdict for p in payments}
    return next((v for v in _PRECEDENCE if v in verdicts), Verdict.NONE)


def _amount_match(order: Order, payments: tuple[Payment, ...]) -> AmountMatch:
    """Compare the captured money with the total; money that went back is not beside the rest."""
    captured = [p for p in payments if not p.captured.is_zero]
    if not captured:
        nothing_due = order.total.is_zero and any(p.verdict is Verdict.CAPTURED for p in payments)
        return AmountMatch.FULL if nothing_due else AmountMatch.NOTHING
    if any(p.captured.currency != order.total.currency for p in captured):
        return AmountMatch.OTHER_CURRENCY
    held = _held(payments)
    if len(held) > 1 and any(p.captured - p.refunded == order.total for p in held):
        return AmountMatch.SURPLUS_PAYMENT
    if not held and any(p.captured == order.total for p in captured):
        return AmountMatch.FULL
    paid = total((p.captured for p in held or captured), order.total.currency)
    if paid == order.total:
        return AmountMatch.FULL
    return AmountMatch.SHORT if paid < order.total else AmountMatch.OVER


def _customer_match(payments: tuple[Payment, ...]) -> CustomerMatch:
    matches = {p.customer_match for p in payments if not p.authorised.is_zero or p.captured_at}
    if CustomerMatch.DIFFERENT in matches:
        return CustomerMatch.DIFFERENT
    return CustomerMatch.SAME if matches == {CustomerMatch.SAME} else CustomerMatch.UNKNOWN
