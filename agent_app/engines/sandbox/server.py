"""The sandbox's HTTP face: the shop's and the provider's routes, and those of a test's own hand.

`application` is started by `__main__`. Handlers run on one event loop and never wait in the
middle, so that each request takes effect whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_app import typed_json
from agent_app.engines.sandbox.documents import (
    Callbacks,
    InputCommand,
    LedgerEntry,
    MessageCommand,
    PaymentCommand,
    Payments,
    Problem,
    Profile,
    RefundCommand,
    Sent,
    Taken,
)
from agent_app.engines.sandbox.faults import tell
from agent_app.engines.sandbox.healthy import tell_healthy
from agent_app.engines.sandbox.refusal import RefusedError
from agent_app.engines.sandbox.transport import FaultyTransport, TransportFault
from agent_app.engines.sandbox.world import Answered, Running, Truth, World

_MAX_PAGE = 200
T = TypeVar("T")
Act = Callable[[str, bytes, str | None, datetime], Taken]


class SeedOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many orders that suffer from one cause."""

    cause: str
    count: int = 1
    variant: str = ""


class SeedRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /seed`."""

    orders: list[SeedOrder] = []
    healthy: int = 0


class Seeded(msgspec.Struct, frozen=True):
    """Answer of `POST /seed`: the known truth of each sale made."""

    orders: list[Truth]
    healthy: list[Truth]


class FaultsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /faults`: `settings` are merged, `transport` rules appended.

    `clear` takes the rules away that were there before.
    """

    clear: bool = False
    settings: dict[str, float | bool | str | list[str]] = {}
    transport: list[TransportFault] = []


class ClockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /clock`."""

    advance_s: float


class ClockAnswer(msgspec.Struct, frozen=True):
    """Answer of both `/clock` calls."""

    now: datetime
    offset_s: float


class Ledger(msgspec.Struct, frozen=True):
    """Answer of `GET /provider/ledger`."""

    entries: list[LedgerEntry]


class Sandbox:
    """Turns requests into calls on the world and its answers into responses."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.transport: FaultyTransport | None = None
        self._acts: dict[str, Act] = {
            "resync": self._resync,
            "complete": self._complete,
            "restore": self._restore,
            "capture": self._capture,
            "void": self._void,
            "refund": self._refund,
            "input": self._input,
            "messages": self._message,
        }

    @property
    def world(self) -> World:
        """Return the world as it is now; a reset puts another in its place."""
        return self.running.world

    async def capabilities(self, request: Request) -> Response:
        """Answer with what this shop and provider can do."""
        s = self.world.settings
        return _json(
            Profile(
                "Sandbox shop",
                s.keys,
                s.key_lifetime_s,
                s.query_lag_s,
                s.processing_s,
                s.requests_per_s,
                s.late_window_s,
                s.cap,
            )
        )

    async def orders(self, request: Request) -> Response:
        """Answer with the references that changed at the shop."""
        self.running.now()
        cursor, limit = _page(request)
        return _json(self.world.shop.feed(cursor, limit))

    async def order(self, request: Request) -> Response:
        """Answer with an order; a cart is not found here."""
        self.running.now()
        sale = self.world.shop.order(request.path_params["reference"])
        if sale.reference in self.world.settings.newer_words:
            latest = msgspec.structs.replace(sale.stages[-1], kind="parked")
            sale = msgspec.structs.replace(sale, stages=[*sale.stages[:-1], latest])
        return _json(sale)

    async def cart(self, request: Request) -> Response:
        """Answer with a cart, or the order that was made of it."""
        self.running.now()
        return _json(self.world.shop.find(request.path_params["reference"]))

    async def shop_payments(self, request: Request) -> Response:
        """Answer with the shop's own payment table."""
        self.running.now()
        return _json(self.world.shop.find(_reference(request)).rows)

    async def callbacks(self, request: Request) -> Response:
        """Answer with the provider's callback log of a reference."""
        self.running.now()
        return _json(Callbacks(self.world.provider.callbacks.get(_reference(request), [])))

    async def provider_payments(self, request: Request) -> Response:
        """Answer with the provider's payments, or the references that changed there."""
        now = self.running.now()
        until = now - timedelta(seconds=self.world.settings.query_lag_s)
        if "changed_since" in request.query_params:
            cursor, limit = _page(request)
            return _json(self.world.provider.feed(cursor, limit, until))
        return _json(Payments(self.world.queried(_reference(request), now), until))

    async def act(self, request: Request) -> Response:
        """Carry out a command, once for its key if the shop recognises keys."""
        reference, verb = request.path_params["reference"], request.path_params["verb"]
        act = self._acts.get(verb)
        if act is None:
            raise RefusedError(404, "no_such_command", verb)
        body = await request.body()
        now = self.running.now()
        key = request.headers.get("idempotency-key")
        fingerprint = hashlib.sha256(request.url.path.encode() + b"\0" + body).hexdigest()
        known = self._known(key, now)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise RefusedError(422, "key_reused", "the key was used for something else")
            return Response(known.body, known.status, {"Idempotent-Replay": "true"})
        taken = msgspec.json.encode(act(reference, body, key, now))
        if key is not None:
            self.world.answered[key] = Answered(fingerprint, 200, taken, now)
        self.world.touch(reference, now)
        # A zero latency makes a refund arrive within its own request.
        self.world.run_due(now)
        self.running.save()
        return Response(taken, 200, media_type="application/json")

    def _known(self, key: str | None, now: datetime) -> Answered | None:
        settings = self.world.settings
        known = self.world.answered.get(key) if key and settings.keys else None
        if known is None or now - known.at > timedelta(seconds=settings.key_lifetime_s):
            return None
        return known

    def _resync(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        sale = self.world.shop.resync(reference, self.world.queried(reference, now), now)
        return Taken("done", sale.number or "")

    def _complete(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        wanted = _decode(body, PaymentCommand).payment
        known = self.world.queried(reference, now)
        return Taken("done", self.world.shop.complete(reference, wanted, known, now).number or "")

    def _restore(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        wanted = _decode(body, PaymentCommand).payment
        known = self.world.queried(reference, now)
        return Taken("done", self.world.shop.restore(reference, wanted, known, now).number or "")

    def _capture(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        payment = _decode(body, PaymentCommand).payment
        self.world.capture(reference, payment, now)
        return Taken("done", payment)

    def _void(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        payment = _decode(body, PaymentCommand).payment
        self.world.void(reference, payment, now)
        return Taken("done", payment)

    def _refund(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        want = _decode(body, RefundCommand)
        refund = self.world.refund(
            reference, want.payment, want.amount_minor, want.currency, key, now
        )
        return Taken("pending", refund.id)

    def _input(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        self.world.shop.correct(reference, _decode(body, InputCommand).fields, now)
        return Taken("done", reference)

    def _message(self, reference: str, body: bytes, key: str | None, now: datetime) -> Taken:
        message = _decode(body, MessageCommand)
        self.world.shop.send(reference, Sent(key or "", message.template, message.language, now))
        return Taken("done", key or "")

    async def clock(self, request: Request) -> Response:
        """Tell the time, after pushing it forward if asked to."""
        if request.method == "POST":
            seconds = _decode(await request.body(), ClockRequest).advance_s
            if seconds < 0:
                raise RefusedError(422, "backward", "time does not run backward")
            self.running.advance(seconds)
            self.running.save()
        return _json(ClockAnswer(self.running.now(), self.running.clock.offset_s))

    async def reset(self, request: Request) -> Response:
        """Begin anew: nothing seeded, no faults, usual settings."""
        self.running.reset()
        if self.transport is not None:
            self.transport.rules.clear()
        self.running.save()
        return _json({})

    async def seed(self, request: Request) -> Response:
        """Make orders that suffer from causes, and healthy ones."""
        wanted = _decode(await request.body(), SeedRequest)
        now = self.running.now()
        try:
            told = [
                tell(self.world, order.cause, now, order.variant)
                for order in wanted.orders
                for _ in range(order.count)
            ]
        except KeyError as error:
            raise RefusedError(422, "no_such_cause", str(error)) from None
        healthy = [tell_healthy(self.world, now) for _ in range(wanted.healthy)]
        self.running.save()
        return _json(Seeded(told, healthy))

    async def faults(self, request: Request) -> Response:
        """Set how shop, provider and transport behave from now on."""
        wanted = _decode(await request.body(), FaultsRequest)
        transport = self.transport
        if transport is None:
            raise RefusedError(503, "no_transport")
        if wanted.clear:
            transport.rules.clear()
        transport.rules.extend(wanted.transport)
        merged = msgspec.to_builtins(self.world.settings) | wanted.settings
        try:
            self.world.settings = typed_json.convert(merged, type(self.world.settings))
        except msgspec.ValidationError as error:
            raise RefusedError(422, "bad_settings", str(error)) from None
        self.running.save()
        return _json(self.world.settings)

    async def ledger(self, request: Request) -> Response:
        """Answer with what really happened to the money."""
        self.running.now()
        reference = request.query_params.get("reference")
        entries = self.world.provider.ledger
        return _json(Ledger([e for e in entries if reference is None or e.reference == reference]))

    async def truth(self, request: Request) -> Response:
        """Answer with the known truth of one sale, or of all."""
        reference = request.path_params.get("reference")
        if reference is None:
            return _json(list(self.world.truths.values()))
        known = self.world.truths.get(reference)
        if known is None:
            raise RefusedError(404, "not_found")
        return _json(known)

    async def books(self, request: Request) -> Response:
        """Answer with the sale as the shop has it, also where our account is not shown it."""
        self.running.now()
        sale = self.world.shop.sales.get(request.path_params["reference"])
        if sale is None:
            raise RefusedError(404, "not_found")
        return _json(sale)


def application(running: Running) -> FaultyTransport:
    """Return the ASGI application over a running world."""
    box = Sandbox(running)
    routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/capabilities", box.capabilities),
        ("GET", "/orders", box.orders),
        ("GET", "/orders/{reference}", box.order),
        ("GET", "/carts/{reference}", box.cart),
        ("GET", "/payments", box.shop_payments),
        ("GET", "/callbacks", box.callbacks),
        ("GET", "/provider/payments", box.provider_payments),
        ("POST", "/orders/{reference}/{verb}", box.act),
        ("GET", "/clock", box.clock),
        ("POST", "/clock", box.clock),
        ("POST", "/reset", box.reset),
        ("POST", "/seed", box.seed),
        ("POST", "/faults", box.faults),
        ("GET", "/provider/ledger", box.ledger),
        ("GET", "/truth", box.truth),
        ("GET", "/truth/{reference}", box.truth),
        ("GET", "/truth/{reference}/books", box.books),
    ]
    app = Starlette(
        routes=[Route(path, handler, methods=[method]) for method, path, handler in routes],
        exception_handlers={RefusedError: _refused},
    )
    box.transport = FaultyTransport(app)
    return box.transport


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _json(Problem(error.code, error.detail), error.status)


def _json(answer: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


def _decode(body: bytes, into: type[T]) -> T:
    try:
        return typed_json.decode(body, into)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedError(422, "bad_request", str(error)) from None


def _reference(request: Request) -> str:
    reference = request.query_params.get("reference")
    if not reference:
        raise RefusedError(422, "bad_request", "reference is missing")
    return reference


def _page(request: Request) -> tuple[int, int]:
    try:
        cursor = int(request.query_params.get("changed_since") or "0")
        limit = int(request.query_params.get("limit", "100"))
    except ValueError:
        raise RefusedError(422, "bad_request", "changed_since and limit are numbers") from None
    if cursor < 0 or not 1 <= limit <= _MAX_PAGE:
        raise RefusedError(422, "bad_request", f"limit is 1 to {_MAX_PAGE}")
    return cursor, limit
