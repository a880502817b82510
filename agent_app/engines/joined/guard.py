"""The rules of money before a command leaves, and what the books say of one that left.

Pure: judges a command by a look at both sources made just now. Only `shop.JoinedShop` uses it. No
shop dedupes refunds by a key of ours (measured: Vendure and Medusa pay several times), so the look
is what keeps a refund from being paid twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import OrderEvent, Source, arrange
from agent_app.domain.evidence import CustomerMatch
from agent_app.domain.money import Money
from agent_app.domain.own_refunds import SKEW
from agent_app.domain.payment import PaymentWord, RefundState, fold_payment
from agent_app.domain.truth import Payment, PaymentTruth, Refund, Verdict, fold_truth
from agent_app.engines.port import (
    Command,
    Conflict,
    Outcome,
    Reading,
    Receipt,
    Rejected,
)

MOVES_PAYMENT = frozenset({ActionKind.REFUND, ActionKind.CAPTURE, ActionKind.VOID})
"""What the provider's books tell the outcome of; the shop tells the rest."""
_HELD = frozenset({Verdict.CAPTURED, Verdict.PART_REFUNDED})


def before(command: Command, reading: Reading) -> Receipt | None:
    """Return the receipt of what is already done, None when the command may leave now.

    Raises:
        Rejected: it must not be sent, now or later.
        Conflict: the money is not what it was thought to be: read again, then decide anew.
    """
    if command.kind is ActionKind.REFUND:
        return _before_refund(command, reading)
    if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
        return _before_taking(command, reading)
    completes = command.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC}
    if completes and command.payment is not None:
        _check_carries(command, reading)
    return None


def carried(command: Command, reading: Reading) -> Command:
    """Return a RESYNC or RESUBMIT with the captured payment that it stands on, and its amount.

    For shops that cannot ask their provider again, and have to be told what was paid. A RESYNC
    gets the payment that carries the order; the amount is what was captured by the books just read.

    Raises:
        Conflict: no captured payment of this order's own customer carries it (I8).
    """
    if command.kind not in {ActionKind.RESYNC, ActionKind.RESUBMIT}:
        return command
    truth = _truth(reading)
    named = command.payment or truth.carrier
    stands_on = next((p for p in truth.payments if p.id == named), None)
    if (
        stands_on is None
        or stands_on.verdict is not Verdict.CAPTURED
        or stands_on.customer_match is not CustomerMatch.SAME
    ):
        raise Conflict("no captured payment of this order's own customer carries it: read again")
    return replace(command, payment=stands_on.id, amount=stands_on.captured)


def outcome(command: Command, reading: Reading) -> Outcome:
    """Return what the books show of a refund, capture or void.

    A refund that only the provider knows, and that ours may have caused, is never "absent".
    """
    if command.kind is not ActionKind.REFUND:
        return _taken(command, reading)
    payment = _find(command, reading)
    if payment is None:
        return Outcome.ABSENT
    own = _own(command, payment)
    if own is not None and not _failed_in_the_shop_alone(own):
        return _state(own)
    if _may_be_ours(command, payment) is not None:
        return Outcome.PENDING
    return Outcome.REFUSED if own is not None else Outcome.ABSENT


def _before_refund(command: Command, reading: Reading) -> Receipt | None:
    amount = command.amount
    if amount is None or amount.amount_minor <= 0:
        raise Rejected("a refund names the amount to pay back, more than nothing")
    elsewhere = _used_elsewhere(command, reading.events)
    payment = _payment(command, reading)
    own = _own(command, payment)
    if own is not None and own.amount != amount:
        elsewhere = True
    if elsewhere:
        raise Rejected(f"{command.key} is in the books for something else")
    if own is not None:
        if outcome(command, reading) is Outcome.REFUSED:
            raise Rejected(f"the refund {own.id} under this key has failed")
        return Receipt(_receipt(own), str(own.id))
    maybe = _may_be_ours(command, payment)
    if maybe is not None:
        return Receipt(Outcome.PENDING, str(maybe.id))
    if payment.conflicts:
        said = ", ".join(sorted(payment.conflicts))
        raise Conflict(f"shop and provider contradict each other about {payment.id}: {said}")
    if payment.verdict not in _HELD:
        raise Rejected(f"{payment.id} is {payment.verdict}: nothing to pay back")
    if amount.currency != payment.captured.currency:
        raise Rejected(f"{payment.id} was paid in {payment.captured.currency}")
    if payment.remaining < amount:
        raise Rejected(
            f"{_words(payment.remaining)} of {payment.id} is left, "
            f"{_words(payment.refunded)} was paid back and {_words(payment.refund_open)} is on "
            "its way"
        )
    return None


def _before_taking(command: Command, reading: Reading) -> Receipt | None:
    payment = _payment(command, reading)
    if outcome(command, reading) is Outcome.DONE:
        return Receipt(Outcome.DONE, str(payment.id))
    if payment.conflicts:
        raise Conflict(f"shop and provider contradict each other about {payment.id}")
    word = _by_provider(command, reading.events)
    if word.state is not Verdict.AUTHORISED:
        raise Rejected(f"{payment.id} is {word.state} at the provider: nothing is reserved")
    if command.amount is not None and command.amount != word.authorised:
        raise Rejected(f"{_words(word.authorised)} is reserved; another amount is not taken")
    return None


def _check_carries(command: Command, reading: Reading) -> None:
    """Refuse to complete an order on money that went back meanwhile, or is on its way back."""
    payment = _payment(command, reading)
    paid = payment.verdict in {Verdict.CAPTURED, Verdict.AUTHORISED}
    if not paid or any(r.is_open for r in payment.refunds):
        raise Conflict(f"{payment.id} is {payment.verdict}: it cannot carry the order any more")
    if payment.customer_match is not CustomerMatch.SAME:
        raise Conflict(f"{payment.id}: the provider does not say that the customer paid it")


def _taken(command: Command, reading: Reading) -> Outcome:
    """Return the outcome of a capture or void by the provider's state, which is final there."""
    state = _by_provider(command, reading.events).state
    done, never = (
        ({Verdict.CAPTURED, Verdict.DISPUTED}, {Verdict.VOIDED})
        if command.kind is ActionKind.CAPTURE
        else ({Verdict.VOIDED}, {Verdict.CAPTURED, Verdict.DISPUTED})
    )
    if state in done:
        return Outcome.DONE
    if state in never:
        return Outcome.REFUSED
    return Outcome.PENDING if state is Verdict.PENDING else Outcome.ABSENT


def _truth(reading: Reading) -> PaymentTruth:
    if reading.order is None:
        raise Rejected("neither shop nor provider shows this order")
    return fold_truth(reading.order, reading.events, reading.evidence)


def _find(command: Command, reading: Reading) -> Payment | None:
    return next((p for p in _truth(reading).payments if p.id == command.payment), None)


def _payment(command: Command, reading: Reading) -> Payment:
    if command.payment is None:
        raise Rejected(f"{command.kind} names its payment")
    found = _find(command, reading)
    if found is None:
        raise Rejected(f"{command.payment} is no payment of this order")
    return found


def _by_provider(command: Command, events: Sequence[OrderEvent]) -> PaymentWord:
    own = [e for e in arrange(events).events if e.payment == command.payment]
    currency = next((e.amount.currency for e in own if e.amount), "XXX")
    return fold_payment(own, Source.PROVIDER, currency)


def _own(command: Command, payment: Payment) -> Refund | None:
    return next((r for r in payment.refunds if command.key in {r.key, str(r.id)}), None)


def _used_elsewhere(command: Command, events: Sequence[OrderEvent]) -> bool:
    return any(e.key == command.key and e.payment != command.payment for e in events)


def _failed_in_the_shop_alone(refund: Refund) -> bool:
    return refund.source is Source.PLATFORM and refund.state is RefundState.FAILED


def _may_be_ours(command: Command, payment: Payment) -> Refund | None:
    """Return a payout that nothing explains but our command: its row may have been lost (N7)."""
    asked = command.requested_at
    return next(
        (
            r
            for r in payment.refunds
            if r.source is Source.PROVIDER
            and not r.recorded
            and r.key is None
            and not r.automatic
            and r.amount == command.amount
            and r.state is not RefundState.FAILED
            and (asked is None or r.since >= asked - SKEW - _WHOLE_SECOND)
        ),
        None,
    )


_WHOLE_SECOND = timedelta(seconds=1)
"""Providers that count in seconds round the time of a refund down."""


def _state(refund: Refund) -> Outcome:
    """Return the outcome of our refund; money is back only when the provider says so."""
    if refund.source is Source.PROVIDER and refund.state is RefundState.FAILED:
        return Outcome.REFUSED
    return _receipt(refund)


def _receipt(refund: Refund) -> Outcome:
    paid = refund.source is Source.PROVIDER and refund.state is RefundState.SUCCEEDED
    return Outcome.DONE if paid else Outcome.PENDING


def _words(money: Money) -> str:
    return f"{money.amount_minor} {money.currency} (minor units)"
