"""The sandbox's world: both halves, the clock, what is going to happen, and the known truth.

The server asks it for everything; nothing here knows HTTP. What lies in the future (a late
capture, a timer, a refund's arrival) waits in `jobs` and happens, in order of time, before the
next request is looked at.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from agent_app.engines.sandbox.clock import VirtualClock
from agent_app.engines.sandbox.documents import Payment, Refund, Sale
from agent_app.engines.sandbox.provider import ProviderBooks
from agent_app.engines.sandbox.refusal import RefusedError
from agent_app.engines.sandbox.shop import ShopBooks


class Settings(msgspec.Struct):
    """How the shop and provider behave; `POST /faults` changes it."""

    keys: bool = True
    """Whether action keys are recognised. Without them every request is another action."""
    key_lifetime_s: float = 86_400.0
    cap: bool = False
    """Whether the provider refuses refunds beyond the captured sum."""
    query_lag_s: float = 0.0
    refund_latency_s: float = 2.0
    refund_result: str = "succeeded"
    processing_s: float = 15.0
    requests_per_s: float = 50.0
    late_window_s: float = 3_600.0
    newer_words: list[str] = []
    """References of orders whose stage is told in a word that no connector knows yet."""


class Job(msgspec.Struct, frozen=True):
    """Something that is going to happen. `what` names a method of `World` in `_JOBS`."""

    at: datetime
    what: str
    reference: str
    payment: str = ""
    refund: str = ""
    result: str = ""


class Step(msgspec.Struct, frozen=True):
    """One right step of a case: `after_s` of the sandbox's clock later, `action` is safe."""

    action: str
    after_s: float = 0.0
    payment: str | None = None


class Truth(msgspec.Struct, frozen=True):
    """What is really the matter with a sale; for tests only, no connector reads it."""

    reference: str
    cause: str | None
    """None: a healthy order."""
    steps: tuple[Step, ...]
    ends: str
    """The stage after the right steps."""
    captures: int
    refunds: int
    voids: int
    unreturned: bool
    """Whether it belongs into the queue."""


class Answered(msgspec.Struct, frozen=True):
    """A request that took effect under a key."""

    fingerprint: str
    status: int
    body: bytes
    at: datetime


class World(msgspec.Struct):
    """Everything there is. Written to the state file as it stands."""

    seed: int
    shop: ShopBooks
    provider: ProviderBooks
    settings: Settings
    jobs: list[Job] = []
    truths: dict[str, Truth] = {}
    answered: dict[str, Answered] = {}
    sales: int = 0
    offset_s: float = 0.0

    def run_due(self, now: datetime) -> None:
        """Let happen what is due, in order of time."""
        while self.jobs and self.jobs[0].at <= now:
            job = self.jobs.pop(0)
            _JOBS[job.what](self, job)
            self.touch(job.reference, job.at)

    def schedule(self, job: Job) -> None:
        """Put something into the future."""
        bisect.insort(self.jobs, job, key=lambda j: j.at)

    def touch(self, reference: str, at: datetime) -> None:
        """Tell both feeds that something about the reference changed."""
        self.shop.changes.append(reference)
        self.provider.note_change(reference, at)

    def queried(self, reference: str, now: datetime) -> list[Payment]:
        """Return what a query to the provider shows at `now`: its books, some seconds ago."""
        return self.provider.as_of(reference, now - timedelta(seconds=self.settings.query_lag_s))

    def capture(self, reference: str, payment_id: str, now: datetime) -> Sale:
        """Take the reserved money and confirm the order with it.

        Raises:
            RefusedError: no order of this payment, not fulfillable, or the provider refuses.
        """
        sale = self._sale_of(reference, payment_id)
        self.shop.check_fulfillable(sale)
        self.provider.capture(payment_id, now)
        self.shop.confirm(sale, self.provider.find(payment_id), now, by="agent")
        return sale

    def void(self, reference: str, payment_id: str, now: datetime) -> Sale:
        """Let go of reserved money.

        Raises:
            RefusedError: no such payment of this order, or nothing is reserved.
        """
        sale = self._sale_of(reference, payment_id)
        self.provider.void(payment_id, now)
        self.shop.note_payment(sale, payment_id, "voided", now, 0)
        return sale

    def refund(
        self, reference: str, payment_id: str, amount_minor: int, currency: str, key: str | None,
        now: datetime,
    ) -> Refund:  # fmt: skip
        """Ask the provider to pay back; a second call pays a second time.

        Raises:
            RefusedError: no such payment of this order, or the provider refuses.
        """
        sale = self._sale_of(reference, payment_id)
        refund = self.provider.accept_refund(
            payment_id, amount_minor, currency, now, key=key, cap=self.settings.cap
        )
        self.shop.note_refund(sale, refund, "pending", now)
        self.schedule(
            Job(
                now + timedelta(seconds=self.settings.refund_latency_s),
                "refund_settles",
                reference,
                payment_id,
                refund.id,
                self.settings.refund_result,
            )
        )
        return refund

    def _sale_of(self, reference: str, payment_id: str) -> Sale:
        sale = self.shop.find(reference)
        if self.provider.find(payment_id).reference != reference:
            raise RefusedError(422, "other_reference", "the payment is not of this order")
        return sale


def new_world(seed: int) -> World:
    """Return an empty world with usual settings."""
    return World(seed, ShopBooks(), ProviderBooks(seed), Settings())


class Running:
    """A world under a clock, optionally kept in a file; `now` first lets happen what is due."""

    def __init__(self, world: World, keep: Callable[[bytes], None] | None = None) -> None:
        self.world = world
        self.clock = VirtualClock(world.offset_s)
        self._keep = keep

    def now(self) -> datetime:
        """Return the sandbox's time, with everything before it done."""
        now = self.clock.now()
        self.world.run_due(now)
        return now

    def advance(self, seconds: float) -> datetime:
        """Push the clock forward and let happen what becomes due.

        Raises:
            ValueError: `seconds` is negative.
        """
        self.clock.advance(seconds)
        self.world.offset_s = self.clock.offset_s
        return self.now()

    def reset(self) -> None:
        """Begin a new world of the same seed; the time goes on."""
        self.world = new_world(self.world.seed)
        self.world.offset_s = self.clock.offset_s

    def save(self) -> None:
        """Write the world to its file, if it has one."""
        if self._keep is not None:
            self._keep(msgspec.json.encode(self.world))


def _customer_pays(world: World, job: Job) -> None:
    """A slow customer pays, the callback arrives, the shop confirms: all is well."""
    payment = world.provider.find(job.payment)
    if payment.status in {"captured", "voided"}:
        return
    world.provider.add(payment, "captured", job.at)
    _confirm(world, job)


def _late_capture(world: World, job: Job) -> None:
    """The bank answers at last; nobody tells the shop (N6)."""
    payment = world.provider.find(job.payment)
    if payment.status != "captured":
        world.provider.add(payment, "captured", job.at, note="late authorisation")


def _confirm(world: World, job: Job) -> None:
    sale = world.shop.sales[job.reference]
    if sale.stage != "confirmed":
        world.shop.confirm(sale, world.provider.find(job.payment), job.at, by="shop")


def _auto_cancel(world: World, job: Job) -> None:
    sale = world.shop.sales[job.reference]
    if sale.number is not None and sale.stage in {"submitted", "paying", "paid"}:
        world.shop.enter_stage(sale, "cancelled", job.at, by="timer")
        sale.deadlines = [d for d in sale.deadlines if d.kind != "auto_cancel"]


def _auto_refund(world: World, job: Job) -> None:
    """The provider gives back money that no order stands on."""
    sale = world.shop.sales[job.reference]
    payment = world.provider.find(job.payment)
    begun = any(r.status != "failed" for r in payment.refunds)
    if sale.stage == "confirmed" or payment.captured_minor == 0 or begun:
        return
    refund = world.provider.accept_refund(
        payment.id, payment.captured_minor, payment.currency, job.at,
        key=None, cap=True, automatic=True,
    )  # fmt: skip
    done_at = job.at + timedelta(hours=1)
    world.schedule(
        Job(done_at, "refund_settles", job.reference, payment.id, refund.id, "succeeded")
    )


def _refund_settles(world: World, job: Job) -> None:
    world.provider.settle_refund(job.payment, job.refund, job.result, job.at)
    sale = world.shop.sales[job.reference]
    refund = next(r for r in world.provider.find(job.payment).refunds if r.id == job.refund)
    world.shop.note_refund(sale, refund, refund.status, job.at)


def _authorisation_expires(world: World, job: Job) -> None:
    payment = world.provider.find(job.payment)
    if payment.status == "authorised":
        world.provider.add(payment, "voided", job.at, note="reservation lapsed")


_JOBS: dict[str, Callable[[World, Job], None]] = {
    "customer_pays": _customer_pays,
    "late_capture": _late_capture,
    "confirm": _confirm,
    "auto_cancel": _auto_cancel,
    "auto_refund": _auto_refund,
    "refund_settles": _refund_settles,
    "authorisation_expires": _authorisation_expires,
}
