"""Every cause code of field.md 2 as a world with known truth: how an order gets into that state.

`seed` is what the server calls. Each function tells one past, by the public thread that field.md
names for the code, and says what a right person does next (`Step`) and where that leads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agent_app.engines.sandbox.documents import Happening, Payment
from agent_app.engines.sandbox.people import identifier
from agent_app.engines.sandbox.plot import Plot
from agent_app.engines.sandbox.world import Step, Truth, World

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_RESUBMIT = (Step("resubmit"), Step("resolve"))
_RESYNC = (Step("resync"), Step("resolve"))
_ESCALATE = (Step("escalate"),)


def tell(world: World, cause: str, now: datetime, variant: str = "") -> Truth:
    """Make one sale that suffers from the cause.

    Raises:
        KeyError: no such cause.
    """
    teller, youngest_s, oldest_s = PLOTS[cause]
    # Drawn from the number that the sale is going to have, so that it depends on nothing else.
    spread = (world.sales * 37 + world.seed * 11) % 100 / 100
    plot = Plot(world, now, youngest_s + (oldest_s - youngest_s) * spread)
    return teller(plot, variant)


def _return_needed(plot: Plot, variant: str) -> Truth:
    """S1: the tab was closed after paying; only the return page makes orders."""
    payment = plot.captured(40)
    plot.deadline("auto_refund", 5 * _DAY)
    plot.later("auto_refund", 5 * _DAY, payment)
    plot.callback(payment, 60, 200, "acknowledged, no handler for carts")
    return plot.end("S1", _RESUBMIT, "confirmed")


def _callback_race(plot: Plot, variant: str) -> Truth:
    """S2: two deliveries in the same second; each lost against the other's lock."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 500, "lock wait: another delivery is being worked on")
    plot.callback(payment, 52.2, 409, "transition already in progress")
    _auto_cancel(plot, 6 * _HOUR)
    return plot.end("S2", _RESYNC, "confirmed")


def _event_before_order(plot: Plot, variant: str) -> Truth:
    """S3: the event came before the order, was acknowledged and thrown away."""
    payment = plot.captured(5)
    plot.callback(payment, 21, 200, "no such order yet, ignored")
    plot.submit(24)
    plot.callback(payment, 90, 200, "duplicate event, ignored")
    return plot.end("S3", _RESYNC, "confirmed")


def _rolled_back(plot: Plot, variant: str) -> Truth:
    """S4: a deadlock after the capture rolled the order back."""
    payment = plot.captured(35)
    plot.callback(payment, 52, 500, "deadlock found, transaction rolled back")
    plot.callback(payment, 112, 500, "deadlock found, transaction rolled back")
    return plot.end("S4", _RESUBMIT, "confirmed")


def _validation_after_payment(plot: Plot, variant: str) -> Truth:
    """S5: sold out between paying and ordering."""
    payment = plot.captured(35)
    plot.out_of_stock()
    plot.sale.problems.append(
        Happening("validation_failed", plot.at(52), by="shop", note="an item is out of stock")
    )
    plot.callback(payment, 52, 422, "validation failed: out of stock")
    steps = (Step("refund", payment=payment.id), Step("resolve", 10))
    return plot.end("S5", steps, "absent", refunds=1)


def _reference_reused(plot: Plot, variant: str) -> Truth:
    """S6: two payments of the same second share a reference; this one is another customer's."""
    plot.submit(20)
    plot.stage("paying", 21)
    stranger = plot.draw.customer(which=1).id
    payment = plot.pay(25, customer=stranger, known=False)
    plot.provider(payment, "captured", 31)
    plot.callback(payment, 33, 409, "payer does not fit")
    return plot.end("S6", _ESCALATE, "paying")


def _release_regression(plot: Plot, variant: str) -> Truth:
    """S7: since the release every webhook is a no-op that answers 200."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 200, "accepted, nothing to do")
    _auto_cancel(plot, 8 * _HOUR)
    return plot.end("S7", _RESYNC, "confirmed")


def _late_truth_refused(plot: Plot, variant: str) -> Truth:
    """S8: declined first, then paid; the state machine does not leave `failed`."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.pay(35)
    plot.provider(payment, "declined", 47, "issuer unavailable")
    plot.note(payment, "failed", 48)
    plot.stage("failed", 48)
    plot.provider(payment, "captured", 95)
    plot.callback(payment, 97, 409, "transition failed to paid is not allowed")
    return plot.end("S8", _RESUBMIT, "confirmed")


def _auto_cancelled(plot: Plot, variant: str) -> Truth:
    """S9: paid at the provider; the unpaid-order timer cancelled it."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 502, "bad gateway")
    plot.stage("cancelled", 60 * _MINUTE, by="timer", note="unpaid order timer")
    return plot.end("S9", _RESUBMIT, "confirmed")


def _worker_stuck(plot: Plot, variant: str) -> Truth:
    """S10: the shop took the payment in; the worker that confirms orders stands still."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 200, "queued", effect=True)
    plot.note(payment, "captured", 52)
    plot.stage("paid", 52)
    return plot.end("S10", _RESYNC, "confirmed")


def _callback_old_host(plot: Plot, variant: str) -> Truth:
    """N1: the webhook still points at the old host, which answers 200."""
    payment = _paying_and_captured(plot)
    plot.callback(payment, 52, 200, "delivered", host="old.staging.example")
    return plot.end("N1", _RESYNC, "confirmed")


def _callback_blocked(plot: Plot, variant: str) -> Truth:
    """N2: the firewall before the shop answers in its place."""
    payment = _paying_and_captured(plot)
    for seconds in (52, 112, 352):
        plot.callback(payment, seconds, 403, "blocked by web application firewall")
    return plot.end("N2", _RESYNC, "confirmed")


def _subscription_disabled(plot: Plot, variant: str) -> Truth:
    """N3: the subscription was switched off after five failures of other deliveries."""
    payment = _paying_and_captured(plot)
    plot.callback(payment, 52, None, "subscription disabled after 5 failures")
    return plot.end("N3", _RESYNC, "confirmed")


def _provider_silent(plot: Plot, variant: str) -> Truth:
    """N4: the provider never calls."""
    _paying_and_captured(plot)
    return plot.end("N4", _RESYNC, "confirmed")


def _connection_died(plot: Plot, variant: str) -> Truth:
    """N5: reserved; the connection died before the capture."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.pay(35)
    plot.provider(payment, "authorised", 44)
    plot.note(payment, "authorised", 45)
    payment.expires_at = plot.deadline("authorisation_expires", 5 * _DAY)
    plot.later("authorisation_expires", 5 * _DAY, payment)
    plot.callback(payment, 46, 200, "authorised", effect=True, topic="payment.authorised")
    return plot.end("N5", (Step("capture", payment=payment.id), Step("resolve")), "confirmed")


def _late_authorisation(plot: Plot, variant: str) -> Truth:
    """N6: no answer from the bank, called failed; it comes through twenty minutes later."""
    payment = plot.pay(35)
    plot.provider(payment, "timed_out", 65, "no answer from the bank")
    window_s = plot.world.settings.late_window_s
    payment.late_until = plot.deadline("late_window_closes", window_s)
    if variant == "never":
        steps = (Step("recheck"), Step("notify", window_s + 60), Step("resolve"))
        return plot.end("N6", steps, "absent", captures=0)
    plot.later("late_capture", 20 * _MINUTE, payment)
    steps = (Step("recheck"), Step("resubmit", 21 * _MINUTE, payment.id), Step("resolve"))
    return plot.end("N6", steps, "confirmed")


def _refund_unknown(plot: Plot, variant: str) -> Truth:
    """N7: the shop asked for a refund, the answer was lost; it is on its way, or fails."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.note(payment, "captured", 50)
    plot.stage("paid", 50)
    plot.stage("cancelled", 400, by="customer")
    key = identifier("backoffice", plot.world.seed, plot.ref)
    refund = plot.refund(payment, 410, key=key, by="shop")
    plot.world.shop.note_refund(plot.sale, refund, "requested", plot.at(409))
    plot.world.shop.note_refund(plot.sale, refund, "unknown", plot.at(440))
    result = "failed" if variant == "fails" else "succeeded"
    plot.later("refund_settles", 30 * _MINUTE, payment, refund, result)
    if variant == "fails":
        plot.out_of_stock()
        again = Step("refund", 31 * _MINUTE, payment.id)
        return plot.end("N7", (Step("recheck"), again, Step("resolve", 10)), "cancelled", refunds=1)
    steps = (Step("recheck"), Step("resolve", 31 * _MINUTE))
    return plot.end("N7", steps, "cancelled", refunds=1)


def _paid_twice(plot: Plot, variant: str) -> Truth:
    """U1: told "failed, try again", the customer paid again; the order stands."""
    plot.submit(30)
    plot.stage("paying", 31)
    first = plot.captured(35)
    plot.callback(first, 200, 200, "ok", effect=True)
    second = plot.captured(140)
    plot.callback(second, 156, 200, "ok", effect=True)
    plot.note(first, "captured", 200)
    plot.note(second, "captured", 156)
    plot.stage("paid", 200)
    plot.stage("confirmed", 203)
    steps = (Step("refund", payment=second.id), Step("resolve", 10))
    return plot.end("U1", steps, "confirmed", captures=2, refunds=1)


def _two_intents(plot: Plot, variant: str) -> Truth:
    """U2: two windows, two intents: one captured, one still reserved; nobody told the order."""
    plot.submit(30)
    plot.stage("paying", 31)
    extra = plot.pay(33)
    plot.provider(extra, "authorised", 41)
    paid = plot.captured(60)
    plot.callback(paid, 78, 409, "the order has another payment intent")
    steps = (Step("resync"), Step("void", payment=extra.id), Step("resolve"))
    return plot.end("U2", steps, "confirmed", voids=1)


def _invalid_input(plot: Plot, variant: str) -> Truth:
    """U3: the phone number was refused; the customer read "payment error"."""
    plot.submit(30)
    plot.sale.input_problem = "phone"
    plot.sale.customer.phone = plot.sale.customer.phone.replace(" ", "")[:6]
    plot.sale.problems.append(
        Happening("payment_error", plot.at(36), by="shop", note="invalid phone number")
    )
    steps = (Step("correct_input"), Step("notify"), Step("resolve"))
    return plot.end("U3", steps, "submitted", captures=0)


def _truly_unpaid(plot: Plot, variant: str) -> Truth:
    """U4: declined; nothing was taken."""
    plot.submit(30)
    payment = plot.pay(35)
    plot.provider(payment, "declined", 47, "insufficient funds")
    plot.note(payment, "failed", 48)
    plot.callback(payment, 49, 200, "declined", effect=True, topic="payment.failed")
    return plot.end("U4", (Step("notify"), Step("resolve")), "submitted", captures=0)


def _scope_window(plot: Plot, variant: str) -> Truth:
    """P1: the order is fine and older than our account's window: 404, not 403."""
    _confirmed(plot)
    plot.hide(404)
    return plot.end("P1", _ESCALATE, "confirmed")


def _key_lacks_read(plot: Plot, variant: str) -> Truth:
    """P2: our key may not read orders."""
    _confirmed(plot)
    plot.hide(403)
    return plot.end("P2", _ESCALATE, "confirmed")


def _other_identity(plot: Plot, variant: str) -> Truth:
    """P3: an account made at the checkout owns the order; the payer is the guest."""
    guest = plot.sale.customer.id
    plot.sale.customer.id = identifier("acc", plot.world.seed, plot.ref)
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.pay(35, customer=guest)
    plot.provider(payment, "captured", 44)
    plot.callback(payment, 46, 409, "order belongs to another account")
    return plot.end("P3", _ESCALATE, "paying")


def _false_alarm(plot: Plot, variant: str) -> Truth:
    """X: it came right by itself; with variant `heals` only a minute from now."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 503, "shop is being released")
    if variant == "heals":
        plot.later("confirm", _MINUTE, payment)
        return plot.end("X", (Step("resolve", 70),), "confirmed")
    plot.callback(payment, 352, 200, "ok", effect=True)
    plot.note(payment, "captured", 352)
    plot.stage("paid", 352)
    plot.stage("confirmed", 353)
    return plot.end("X", (Step("resolve"),), "confirmed", unreturned=False)


def _compensation(plot: Plot, variant: str) -> Truth:
    """X2: the platform gave up on the order and is paying back by itself."""
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 52, 500, "confirmation failed")
    plot.stage("cancelled", 300, by="timer", note="compensation")
    refund = plot.refund(payment, 301, key=None, by="timer")
    plot.world.shop.note_refund(plot.sale, refund, "pending", plot.at(301))
    plot.later("refund_settles", 2 * _HOUR, payment, refund, "succeeded")
    steps = (Step("recheck"), Step("resolve", 2 * _HOUR + 60))
    return plot.end("X2", steps, "cancelled", refunds=1)


def _paying_and_captured(plot: Plot) -> Payment:
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    _auto_cancel(plot, 12 * _HOUR)
    return payment


def _confirmed(plot: Plot) -> Payment:
    plot.submit(30)
    plot.stage("paying", 31)
    payment = plot.captured(35)
    plot.callback(payment, 51, 200, "ok", effect=True)
    plot.note(payment, "captured", 52)
    plot.stage("paid", 52)
    plot.stage("confirmed", 53)
    return payment


def _auto_cancel(plot: Plot, seconds: float) -> None:
    plot.deadline("auto_cancel", seconds)
    plot.later("auto_cancel", seconds)


Teller = Callable[[Plot, str], Truth]

PLOTS: dict[str, tuple[Teller, float, float]] = {
    "S1": (_return_needed, 8 * _MINUTE, 50 * _MINUTE),
    "S2": (_callback_race, 8 * _MINUTE, 50 * _MINUTE),
    "S3": (_event_before_order, 8 * _MINUTE, 50 * _MINUTE),
    "S4": (_rolled_back, 8 * _MINUTE, 50 * _MINUTE),
    "S5": (_validation_after_payment, 8 * _MINUTE, 50 * _MINUTE),
    "S6": (_reference_reused, 8 * _MINUTE, 50 * _MINUTE),
    "S7": (_release_regression, 8 * _MINUTE, 50 * _MINUTE),
    "S8": (_late_truth_refused, 8 * _MINUTE, 50 * _MINUTE),
    "S9": (_auto_cancelled, 65 * _MINUTE, 120 * _MINUTE),
    "S10": (_worker_stuck, 8 * _MINUTE, 50 * _MINUTE),
    "N1": (_callback_old_host, 8 * _MINUTE, 50 * _MINUTE),
    "N2": (_callback_blocked, 8 * _MINUTE, 50 * _MINUTE),
    "N3": (_subscription_disabled, 8 * _MINUTE, 50 * _MINUTE),
    "N4": (_provider_silent, 8 * _MINUTE, 50 * _MINUTE),
    "N5": (_connection_died, 15 * _MINUTE, 90 * _MINUTE),
    "N6": (_late_authorisation, 15 * _MINUTE, 40 * _MINUTE),
    "N7": (_refund_unknown, 65 * _MINUTE, 180 * _MINUTE),
    "U1": (_paid_twice, 8 * _MINUTE, 50 * _MINUTE),
    "U2": (_two_intents, 8 * _MINUTE, 50 * _MINUTE),
    "U3": (_invalid_input, 65 * _MINUTE, 150 * _MINUTE),
    "U4": (_truly_unpaid, 15 * _MINUTE, 90 * _MINUTE),
    "P1": (_scope_window, 61 * _DAY, 90 * _DAY),
    "P2": (_key_lacks_read, 20 * _MINUTE, 90 * _MINUTE),
    "P3": (_other_identity, 8 * _MINUTE, 50 * _MINUTE),
    "X": (_false_alarm, 8 * _MINUTE, 50 * _MINUTE),
    "X2": (_compensation, 8 * _MINUTE, 50 * _MINUTE),
}
"""Cause code → its plot, and the youngest and oldest that such an order is when it is found."""
