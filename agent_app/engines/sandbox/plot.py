"""The words in which a sale's past is told to the sandbox's books; `faults` writes plots with it.

Seconds count from the moment at which the customer placed the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent_app.engines.sandbox.documents import Callback, Deadline, Payment, Refund, Sale
from agent_app.engines.sandbox.people import Draw, identifier, order_reference
from agent_app.engines.sandbox.world import Job, Step, Truth, World

OWN_HOST = "shop.example"


class Plot:
    """One sale, from its cart on."""

    def __init__(self, world: World, now: datetime, age_s: float, *, slow: bool = False) -> None:
        world.sales += 1
        self.world, self.now, self.age_s = world, now, age_s
        self.draw = Draw(world.seed, world.sales)
        self.placed_at = now - timedelta(seconds=age_s)
        reference = order_reference(world.seed, world.sales)
        self.sale = Sale(
            reference,
            self.draw.customer(),
            self.draw.amount_minor(),
            self.draw.market.currency,
            self.draw.method(slow=slow),
            self.placed_at,
        )
        world.shop.sales[reference] = self.sale

    @property
    def ref(self) -> str:
        """Return the sale's reference."""
        return self.sale.reference

    def at(self, seconds: float) -> datetime:
        """Return the moment so long after the order was placed."""
        return self.placed_at + timedelta(seconds=seconds)

    def submit(self, seconds: float = 0.0) -> None:
        """Let the shop make the order."""
        self.world.shop.create_order(self.sale)
        self.stage("submitted", seconds, by="customer")

    def stage(
        self, stage: str, seconds: float, *, by: str = "shop", note: str | None = None
    ) -> None:
        """Let the shop put the order into a stage."""
        self.world.shop.enter_stage(self.sale, stage, self.at(seconds), by=by, note=note)

    def pay(self, seconds: float, *, customer: str | None = None, known: bool = True) -> Payment:
        """Let a payment begin; `known` when the shop notes it in its own table."""
        payment = self.world.provider.begin(
            self.ref,
            customer or self.sale.customer.id,
            self.sale.total_minor,
            self.sale.currency,
            self.sale.method,
            self.at(seconds),
        )
        if known:
            self.note(payment, "started", seconds)
        return payment

    def provider(
        self, payment: Payment, kind: str, seconds: float, note: str | None = None
    ) -> None:
        """Let something happen in the provider's books."""
        self.world.provider.add(payment, kind, self.at(seconds), note=note)

    def note(self, payment: Payment, kind: str, seconds: float) -> None:
        """Let the shop write into its own payment table."""
        minor = payment.amount_minor if kind in {"captured", "authorised"} else 0
        self.world.shop.note_payment(self.sale, payment.id, kind, self.at(seconds), minor)

    def captured(self, seconds: float) -> Payment:
        """Let the customer pay; the shop knows only that it began."""
        payment = self.pay(seconds)
        self.provider(payment, "captured", seconds + self.draw.seconds(4, 15))
        return payment

    def refund(self, payment: Payment, seconds: float, *, key: str | None, by: str) -> Refund:
        """Let a refund of the whole payment be on its way at the provider."""
        return self.world.provider.accept_refund(
            payment.id, payment.amount_minor, payment.currency, self.at(seconds),
            key=key, cap=False, automatic=by == "timer",
        )  # fmt: skip

    def callback(
        self,
        payment: Payment,
        seconds: float,
        status: int | None,
        note: str,
        *,
        host: str = OWN_HOST,
        effect: bool = False,
        topic: str = "payment.captured",
    ) -> None:
        """Write a delivery into the provider's callback log."""
        log = self.world.provider.callbacks.get(self.ref, [])
        identity = identifier("evt", self.world.seed, self.ref, len(log))
        self.world.provider.deliver(
            Callback(
                identity, self.ref, payment.id, topic, self.at(seconds), host, status, effect, note
            )
        )

    def out_of_stock(self) -> None:
        """Let the last item be sold to somebody else."""
        self.sale.fulfillable = False
        self.sale.unfulfillable_why = "out_of_stock"

    def deadline(self, kind: str, seconds_from_now: float) -> datetime:
        """Announce what shop or provider will do by itself."""
        at = self.now + timedelta(seconds=seconds_from_now)
        self.sale.deadlines.append(Deadline(kind, at))
        return at

    def later(
        self,
        what: str,
        seconds_from_now: float,
        payment: Payment | None = None,
        refund: Refund | None = None,
        result: str = "",
    ) -> None:
        """Let something happen by the clock."""
        self.world.schedule(
            Job(
                self.now + timedelta(seconds=seconds_from_now),
                what,
                self.ref,
                payment.id if payment else "",
                refund.id if refund else "",
                result,
            )
        )

    def hide(self, status: int) -> None:
        """Keep our account from seeing cart and order."""
        self.world.shop.hidden[self.ref] = status

    def end(
        self,
        cause: str | None,
        steps: tuple[Step, ...],
        ends: str,
        *,
        captures: int = 1,
        refunds: int = 0,
        voids: int = 0,
        unreturned: bool = True,
    ) -> Truth:
        """Record the known truth and put the sale into the feeds."""
        truth = Truth(self.ref, cause, steps, ends, captures, refunds, voids, unreturned)
        self.world.truths[self.ref] = truth
        self.world.touch(self.ref, self.now)
        return truth
