"""The sandbox shop behind the port: asks shop, provider and callback log over HTTP.

Only the gateway makes one, from its connections; safe to use from several threads at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.domain.events import OrderEvent
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.order import Order
from agent_app.engines.http import Answer, Bounds, ShopHttp
from agent_app.engines.looks import Looked, ask
from agent_app.engines.port import (
    ChangePage,
    Command,
    Conflict,
    EngineError,
    Forbidden,
    Message,
    NotVisible,
    Outcome,
    Reading,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
    Unreadable,
)
from agent_app.engines.sandbox import dialect
from agent_app.engines.sandbox.documents import (
    Callbacks,
    Feed,
    InputCommand,
    MessageCommand,
    Payment,
    PaymentCommand,
    Payments,
    Profile,
    RefundCommand,
    Sale,
    Taken,
)
from agent_app.engines.sandbox.looks import evidence_of

_PROFILE_FRESH_S = 30.0
_PROFILE_RETRY_S = 3.0
_LONGEST_PAGE = 200
_MOST_UNREADABLE = 50
BOUNDS = Bounds(connect_s=2.0, read_s=5.0, whole_s=5.0)
"""Two requests at most for a command: a worker that died is replaced within 30 s."""
_REQUESTS_PER_COMMAND = 2
_REFUND_OUTCOMES = {"succeeded": Outcome.DONE, "failed": Outcome.REFUSED}


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Capabilities
    at: datetime
    until: datetime


class SandboxShop:
    """Implements `port.Shop` for one running sandbox.

    `clock` gives the gateway's time; evidence carries it, so that freshness is judged by one
    clock. It is read before a question is put: an answer is never younger than its question.
    """

    def __init__(
        self,
        base_url: str,
        shop_id: ShopId,
        *,
        clock: Callable[[], datetime] = _utc_now,
        bounds: Bounds | None = None,
    ) -> None:
        self._id = shop_id
        self._clock = clock
        # On loopback: a proxy of the environment must not be asked.
        self._bounds = bounds or BOUNDS
        self._http = ShopHttp(base_url, bounds=self._bounds, use_proxies=False)
        self._known: _Known | None = None
        self._complaints: dict[str, str] = {}
        self._profile_lock = threading.Lock()

    @property
    def id(self) -> ShopId:
        """Return the name under which the gateway knows this shop."""
        return self._id

    @property
    def capabilities(self) -> Capabilities:
        """Return what the shop declares; READ_ONLY, which locks everything, until it has said."""
        with self._profile_lock:
            known, now = self._known, self._clock()
            if known is not None and known.at <= now < known.until:
                return known.profile
            try:
                profile = _capabilities(self._http.get("/capabilities", Profile).value)
                fresh_s = _PROFILE_FRESH_S
            except EngineError:
                profile = known.profile if known else replace(READ_ONLY, label=str(self._id))
                # A shop that is away must not make everyone wait for it at every look.
                fresh_s = _PROFILE_RETRY_S
            self._known = _Known(profile, now, now + timedelta(seconds=fresh_s))
            return profile

    @property
    def flag_policy(self) -> FlagPolicy:
        """Return the usual thresholds: the sandbox confirms within seconds."""
        return FlagPolicy()

    @property
    def longest_call_s(self) -> float:
        """Return the longest that a command takes: a cart is completed or its order restored."""
        return _REQUESTS_PER_COMMAND * self._bounds.longest_s

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        """Read what shop and provider list as changed, each order once.

        Raises:
            EngineError: a source did not answer; the cursor stays, so that nothing is missed.
        """
        shop_at, provider_at, unreadable = _cursor(cursor)
        limit = min(limit, _LONGEST_PAGE)
        shop = self._feed("/orders", shop_at, limit)
        refs = dict.fromkeys((*unreadable, *shop.references))
        more = shop.more
        if len(refs) < limit:
            provider = self._feed("/provider/payments", provider_at, limit - len(refs))
            refs |= dict.fromkeys(provider.references)
            provider_at, more = provider.cursor, more or provider.more
        else:
            more = True
        readings, unreadable = self._read_all(refs)
        # What could not be read is part of the position: it is asked for until it can be.
        position = f"{shop.cursor}.{provider_at}.{' '.join(map(_segment, unreadable))}"
        return ChangePage(readings, position, more)

    def _read_all(self, refs: Iterable[str]) -> tuple[tuple[Reading, ...], list[str]]:
        """Return the readings, and the references of those that one odd word makes unreadable.

        Raises:
            Unreadable: so many that not the order but this connector must be out of date.
        """
        readings: list[Reading] = []
        complaints: dict[str, str] = {}
        for ref in refs:
            try:
                readings.append(self._read(OrderRef(ref), strict=True))
            except Unreadable as error:
                complaints[ref] = str(error)
        if len(complaints) > _MOST_UNREADABLE:
            raise Unreadable(
                f"{len(complaints)} orders, the first: {next(iter(complaints.values()))}"
            )
        self._complaints = complaints
        return tuple(readings), list(complaints)

    def read(self, ref: OrderRef) -> Reading:
        """Ask shop, provider and callback log; a source's refusal is evidence, no exception."""
        return self._read(ref, strict=False)

    def perform(self, command: Command) -> Receipt:
        """Send the command under its key; the shop dedupes where it declares keys.

        Raises:
            OutcomeUnknown: it may or may not have happened.
            Rejected, Conflict, Throttled, Forbidden, NotVisible: it did not.
        """
        if command.kind is ActionKind.RESUBMIT:
            return self._resubmit(command)
        verb, body = _request(command)
        return self._post(command.order, verb, body, command.key)

    def outcome(self, command: Command) -> Outcome:
        """Ask the books: refunds by our key, the rest by the state they lead to."""
        if command.kind is ActionKind.REFUND:
            refunds = [r for p in self._payments(command.order) for r in p.refunds]
            own = next((r for r in refunds if r.key == command.key), None)
            return _REFUND_OUTCOMES.get(own.status, Outcome.PENDING) if own else Outcome.ABSENT
        if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
            wanted = "captured" if command.kind is ActionKind.CAPTURE else "voided"
            payments = self._payments(command.order)
            done = any(p.id == command.payment and p.status == wanted for p in payments)
            return Outcome.DONE if done else Outcome.ABSENT
        sale = self._sale(command.order).value
        if command.kind is ActionKind.CORRECT_INPUT:
            done = all(getattr(sale.customer, f, None) == v for f, v in command.correction)
        elif command.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC}:
            done = sale.stage == "confirmed"
        elif command.kind is ActionKind.NOTIFY:
            done = any(sent.key == command.key for sent in sale.messages)
        else:
            raise Rejected(f"{command.kind} is no action of the shop")
        return Outcome.DONE if done else Outcome.ABSENT

    def send_message(self, message: Message) -> Receipt:
        """Send the message once for its key, by asking first where the shop has no keys."""
        began = time.monotonic()
        if self.capabilities.action_key_lifetime_s is None and self._was_sent(message):
            return Receipt(Outcome.DONE, message.key)
        if time.monotonic() - began > self._bounds.longest_s:
            raise Unreachable("asking whether it was sent before took too long; it was not sent")
        body = MessageCommand(message.template, message.language, message.subject, message.body)
        return self._post(message.order, "messages", body, message.key)

    def problems(self) -> Sequence[str]:
        """Return one sentence if the sandbox does not answer."""
        try:
            self._http.get("/capabilities", Profile)
        except EngineError as error:
            return (f"{self._id}: {error}",)
        return tuple(
            f"{why}. It is asked for again; the connector may need an update."
            for why in self._complaints.values()
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _read(self, ref: OrderRef, *, strict: bool) -> Reading:
        asked_at = self._clock()
        query = {"reference": ref}
        sale = ask(lambda: self._sale(ref), strict=strict)
        provider = ask(lambda: self._http.get("/provider/payments", Payments, query), strict=strict)
        log = ask(lambda: self._http.get("/callbacks", Callbacks, query), strict=strict)
        payments = provider.answer.value.payments if provider.answer else []
        events = (
            *_shop_events(sale, payments, asked_at),
            *dialect.provider_events(payments, asked_at),
            *_log_events(log, asked_at),
        )
        order = self._order(sale, payments)
        evidence = evidence_of(ref, asked_at, sale, provider, log, events)
        return Reading(order, events, evidence)

    def _order(self, sale: Looked[Answer[Sale]], payments: Sequence[Payment]) -> Order | None:
        if sale.answer is not None:
            return dialect.order_of(self._id, sale.answer.value, payments)
        if sale.hidden and payments:
            return dialect.order_of_payment(self._id, payments[0], payments)
        return None

    def _sale(self, ref: OrderRef) -> Answer[Sale]:
        """Return the order or, where the shop made none, the cart.

        Raises:
            NotVisible: it shows neither; that is not the same as having neither (P1).
        """
        try:
            return self._http.get(f"/orders/{_segment(ref)}", Sale)
        except NotVisible:
            return self._http.get(f"/carts/{_segment(ref)}", Sale)

    def _payments(self, ref: OrderRef) -> list[Payment]:
        return self._http.get("/provider/payments", Payments, {"reference": ref}).value.payments

    def _feed(self, path: str, cursor: int, limit: int) -> Feed:
        params = {"changed_since": str(cursor), "limit": str(limit)}
        return self._http.get(path, Feed, params).value

    def _resubmit(self, command: Command) -> Receipt:
        """Complete the cart or, where the shop says that an order stands there, restore it.

        Each has its own key made of the command's, so that a repeat meets what it repeats.
        """
        body = PaymentCommand(_payment_of(command), command.note)
        try:
            return self._post(command.order, "complete", body, command.key)
        except Conflict as refusal:
            if "order_" not in str(refusal):
                raise
        return self._post(command.order, "restore", body, f"{command.key}-restore")

    def _post(self, ref: OrderRef, verb: str, body: object, key: str) -> Receipt:
        taken = self._http.post(f"/orders/{_segment(ref)}/{verb}", body, Taken, key=key).value
        outcome = Outcome.DONE if taken.status == "done" else Outcome.PENDING
        return Receipt(outcome, taken.reference or None)

    def _was_sent(self, message: Message) -> bool:
        try:
            sale = self._sale(message.order).value
        except (NotVisible, Forbidden, Throttled):
            raise
        except EngineError as error:
            raise Unreachable(f"could not ask whether it was sent before ({error})") from error
        return any(sent.key == message.key for sent in sale.messages)


def _capabilities(profile: Profile) -> Capabilities:
    return Capabilities(
        label=profile.label,
        reads_provider=True,
        can_resync=True,
        can_complete=True,
        can_restore=True,
        can_capture=True,
        can_void=True,
        can_refund=True,
        can_refund_part=True,
        can_correct_input=True,
        can_notify=True,
        action_key_lifetime_s=profile.key_lifetime_s if profile.keys else None,
        query_lag_s=profile.query_lag_s,
        processing_s=profile.processing_s,
        max_requests_per_s=profile.requests_per_s,
        late_window_s=profile.late_window_s,
    )


def _request(command: Command) -> tuple[str, object]:
    """Return the command's verb and body in the shop's dialect."""
    if command.kind is ActionKind.RESYNC:
        return "resync", {}
    if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
        return command.kind.value, PaymentCommand(_payment_of(command), command.note)
    if command.kind is ActionKind.CORRECT_INPUT:
        return "input", InputCommand(dict(command.correction))
    if command.kind is ActionKind.REFUND:
        if command.amount is None:
            raise Rejected("a refund names its amount")
        amount = command.amount
        return "refund", RefundCommand(
            _payment_of(command), amount.amount_minor, amount.currency, command.note
        )
    raise Rejected(f"{command.kind} is no action of the shop")


def _payment_of(command: Command) -> str:
    if command.payment is None:
        raise Rejected(f"{command.kind} names its payment")
    return command.payment


def _shop_events(
    sale: Looked[Answer[Sale]], payments: Sequence[Payment], seen_at: datetime
) -> tuple[OrderEvent, ...]:
    if sale.answer is not None:
        return tuple(dialect.shop_events(sale.answer.value, seen_at))
    if sale.hidden and payments:
        return (dialect.hidden_event(payments[0], seen_at),)
    return ()


def _log_events(log: Looked[Answer[Callbacks]], seen_at: datetime) -> tuple[OrderEvent, ...]:
    if log.answer is None:
        return ()
    return tuple(dialect.callback_events(log.answer.value.callbacks, seen_at))


def _cursor(cursor: str | None) -> tuple[int, int, list[str]]:
    """Return the positions in both feeds, and the references that could not be read so far."""
    if cursor is None:
        return 0, 0, []
    shop, provider, unreadable = (*cursor.split(".", 2), "", "")[:3]
    if not (shop.isdecimal() and provider.isdecimal()):
        raise EngineError(f"{cursor!r} is no cursor of this shop")
    return int(shop), int(provider), [unquote(ref) for ref in unreadable.split()]


def _segment(ref: str) -> str:
    return quote(ref, safe="")
