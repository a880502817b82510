"""Orders with nothing wrong, which must not be flagged: done, fresh, and rightly slow ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agent_app.engines.sandbox.plot import Plot
from agent_app.engines.sandbox.world import Truth, World

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


def tell_healthy(world: World, now: datetime) -> Truth:
    """Make one healthy sale; the kinds take turns, most are simply confirmed."""
    kind = _KINDS[(world.sales + world.seed) % len(_KINDS)]
    return kind(world, now)


def _confirmed(world: World, now: datetime) -> Truth:
    spread = (world.sales * 53 + world.seed) % 100 / 100
    plot = Plot(world, now, 20 * _MINUTE + spread * 2 * _DAY)
    plot.submit(20)
    plot.stage("paying", 21)
    payment = plot.captured(30)
    plot.callback(payment, 46, 200, "ok", effect=True)
    plot.note(payment, "captured", 47)
    plot.stage("paid", 47)
    plot.stage("confirmed", 49)
    return _well(plot, "confirmed")


def _paying_now(world: World, now: datetime) -> Truth:
    """Placed seconds ago; the customer is in his bank's app."""
    plot = Plot(world, now, 25)
    plot.submit(2)
    plot.stage("paying", 4)
    payment = plot.pay(5)
    plot.provider(payment, "pending", 6)
    plot.later("customer_pays", 40, payment)
    return _well(plot, "confirmed")


def _slow_method(world: World, now: datetime) -> Truth:
    """A slip or transfer that is paid tomorrow: days are normal."""
    spread = (world.sales * 29 + world.seed) % 100 / 100
    plot = Plot(world, now, 3 * _HOUR + spread * _DAY, slow=True)
    plot.submit(20)
    plot.stage("paying", 21)
    payment = plot.pay(30)
    plot.provider(payment, "pending", 31, "waiting for the customer")
    plot.later("customer_pays", _DAY, payment)
    return _well(plot, "confirmed")


def _choosing(world: World, now: datetime) -> Truth:
    """Submitted some minutes ago; the customer has not chosen how to pay yet."""
    plot = Plot(world, now, 8 * _MINUTE)
    plot.submit(3)
    return _well(plot, "submitted", captures=0)


def _cancelled_unpaid(world: World, now: datetime) -> Truth:
    """Never paid, rightly cancelled by the timer."""
    plot = Plot(world, now, 5 * _HOUR)
    plot.submit(20)
    payment = plot.pay(40)
    plot.provider(payment, "declined", 55, "abandoned at the bank's check")
    plot.note(payment, "failed", 56)
    plot.stage("cancelled", _HOUR, by="timer")
    return _well(plot, "cancelled", captures=0)


def _refunded(world: World, now: datetime) -> Truth:
    """Cancelled by the customer and paid back, all settled."""
    plot = Plot(world, now, 2 * _DAY)
    plot.submit(20)
    plot.stage("paying", 21)
    payment = plot.captured(30)
    plot.note(payment, "captured", 47)
    plot.stage("paid", 47)
    plot.stage("confirmed", 49)
    plot.stage("cancelled", 2 * _HOUR, by="customer")
    refund = plot.refund(payment, 2 * _HOUR + 5, key=None, by="shop")
    plot.world.shop.note_refund(plot.sale, refund, "pending", plot.at(2 * _HOUR + 5))
    settled_at = plot.at(3 * _HOUR)
    plot.world.provider.settle_refund(payment.id, refund.id, "succeeded", settled_at)
    plot.world.shop.note_refund(plot.sale, refund, "succeeded", settled_at)
    return _well(plot, "cancelled", refunds=1)


def _well(plot: Plot, ends: str, *, captures: int = 1, refunds: int = 0) -> Truth:
    return plot.end(None, (), ends, captures=captures, refunds=refunds, unreturned=False)


_KINDS: tuple[Callable[[World, datetime], Truth], ...] = (
    _confirmed,
    _confirmed,
    _slow_method,
    _confirmed,
    _paying_now,
    _confirmed,
    _cancelled_unpaid,
    _confirmed,
    _choosing,
    _refunded,
)
