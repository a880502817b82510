"""A shop and its payment provider as the gateway's one `port.Shop`.

What it adds to the two sides: one reading out of both, one cursor over both, and the rules of
money before anything leaves (`guard`). It keeps nothing that matters across restarts.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.engines.joined import guard
from agent_app.engines.joined.books import books_of
from agent_app.engines.joined.lately import Lately
from agent_app.engines.joined.provider import PaymentProvider, ProviderLook
from agent_app.engines.joined.store import StoreLook, StorePayment, StoreSide
from agent_app.engines.joined.together import Position, touched_refs
from agent_app.engines.joined.translate import reading_of
from agent_app.engines.looks import Looked, ask
from agent_app.engines.port import (
    ChangePage,
    Command,
    Conflict,
    Doubtful,
    EngineError,
    Forbidden,
    Message,
    NotVisible,
    Outcome,
    OutcomeUnknown,
    Reading,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
    Unreadable,
)

_LONGEST_PAGE = 20
"""An order is some three requests: a longer page would hold up what it found, and a stop."""
_MOST_UNREADABLE = 50
_PROBLEMS_EVERY_S = 60.0
_OLDEST = timedelta(days=90)
"""How old the payments of an order may be that the shop does not show."""
_BEFORE_ORDER = timedelta(days=1)
"""A cart is paid before it is an order, and clocks differ."""
_LOCKS = 64
_TOLD = (OutcomeUnknown, Doubtful, Rejected, Conflict, Throttled, Forbidden, NotVisible)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Looks:
    store: Looked[StoreLook]
    provider: Looked[ProviderLook]
    reading: Reading


class JoinedShop:
    """Implements `port.Shop` for one shop's side and one payment provider.

    Without a provider no money action is possible, unless `books` is chosen: then the shop's own
    payment rows count as the provider's word, with the risk that `books` tells. `processing_s` is
    how long the shop may still carry out a request whose answer we stopped waiting for. Money is
    not sent when looking at shop and provider before it took longer than `look_s` seconds.
    `clock` gives the gateway's time; it is read before a question is put: an answer is never
    younger than its question.

    Raises:
        ValueError: both a provider and `books` were given.
    """

    def __init__(
        self,
        store: StoreSide,
        provider: PaymentProvider | None,
        *,
        books: bool = False,
        clock: Callable[[], datetime] = _utc_now,
        processing_s: float = 60.0,
        max_requests_per_s: float = 10.0,
        look_s: float = 20.0,
    ) -> None:
        if books and provider is not None:
            raise ValueError(f"{store.id}: a provider was given, so its books are not the shop's")
        self._store, self._provider, self._books = store, provider, books
        self._clock = clock
        self._processing_s, self._rate, self._look_s = processing_s, max_requests_per_s, look_s
        self._complaints: dict[str, str] = {}
        self._told: tuple[str, ...] = ()
        self._ask_again_at = float("-inf")
        # One command per order at a time: two that look at the same moment would both be let go.
        self._sending = [threading.Lock() for _ in range(_LOCKS)]
        self._lately = Lately()
        self._given: Position | None = None
        self._reader = secrets.token_hex(4)

    @property
    def id(self) -> ShopId:
        """Return the name under which the gateway knows this shop."""
        return self._store.id

    @property
    def capabilities(self) -> Capabilities:
        """Return what the shop's API can do; no shop here dedupes by a key of ours."""
        can, provider = self._store.abilities, self._provider
        return Capabilities(
            label=self._store.label,
            reads_provider=provider is not None or self._books,
            can_resync=can.can_resync,
            can_complete=can.can_complete,
            can_restore=can.can_restore,
            can_capture=can.can_capture,
            can_void=can.can_void,
            can_refund=can.can_refund,
            can_refund_part=can.can_refund_part,
            can_correct_input=can.can_correct_input,
            can_refund_cart=can.can_refund_cart,
            can_refund_unrecorded=can.can_refund_unrecorded,
            can_notify=False,
            action_key_lifetime_s=None,
            query_lag_s=provider.query_lag_s if provider else 0.0,
            processing_s=self._processing_s,
            max_requests_per_s=self._rate,
            late_window_s=provider.late_window_s if provider else 0.0,
        )

    @property
    def flag_policy(self) -> FlagPolicy:
        """Return the shop's own thresholds."""
        return self._store.flag_policy

    @property
    def longest_call_s(self) -> float:
        """Return the seconds after which nothing is sent any more, and what was has its answer.

        A look that takes longer than `look_s` ends without sending.
        """
        return self._look_s + self._store.longest_request_s

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        """Read what shop and provider list as changed, each order once. For one thread at a time.

        Raises:
            EngineError: a source did not answer; the cursor stays, so that nothing is missed.
        """
        at = Position.parse(cursor)
        self._lately.goes_on(self._given is not None and at == self._given)
        limit = max(1, min(limit - len(at.unreadable), _LONGEST_PAGE))
        told = self._store.changes(at.store, limit)
        refs = {ref: set[str]() for ref in (*map(OrderRef, at.unreadable), *told.refs)}
        provider_at, more = at.provider, told.more
        room = limit - len(told.refs)
        if self._provider is not None and room > 0:
            news = self._provider.changes(at.provider, room)
            provider_at, more = news.cursor, more or news.more
            for ref, touched in touched_refs(self._store, news.payments).items():
                if unread := self._lately.unread(ref, touched):
                    refs.setdefault(ref, set()).update(one.id for one in unread)
        elif self._provider is not None:
            more = True
        readings, unreadable = self._read_all(refs.items(), frozenset(told.refs))
        self._given = Position(told.cursor, provider_at, tuple(unreadable), self._reader)
        return ChangePage(readings, self._given.text(), more)

    def read(self, ref: OrderRef) -> Reading:
        """Ask shop and provider; a source's refusal is evidence, no exception."""
        return self._look(ref, strict=False).reading

    def perform(self, command: Command) -> Receipt:
        """Look, check, and send one changing request; under a key that the books know, nothing.

        Raises:
            OutcomeUnknown: it may have happened.
            Doubtful: refused, and that has been seen to follow a payout.
            Rejected, Conflict, Throttled, Forbidden, NotVisible: it surely did not.
        """
        if command.kind not in _COMMANDS:
            raise Rejected(f"{command.kind} is no action of the shop")
        give_up_at = time.monotonic() + self._look_s
        lock = self._sending[hash(command.order) % _LOCKS]
        if not lock.acquire(timeout=self._look_s):
            raise Unreachable("another command for this order is being sent; this one was not")
        try:
            look, done, command = self._before(command)
            if done is not None:
                return done
            if time.monotonic() > give_up_at:
                raise Unreachable("looking at shop and provider took too long; nothing was sent")
            return self._send(command, look)
        finally:
            lock.release()

    def outcome(self, command: Command) -> Outcome:
        """Ask the books of both: refunds by key, captures by the provider's state, else the shop.

        Raises:
            EngineError: a source did not answer, so nothing can be said.
        """
        looks = self._look(command.order, strict=True)
        if command.kind in guard.MOVES_PAYMENT:
            if looks.provider.answer is None:
                raise EngineError(f"the provider does not say ({looks.provider.verdict})")
            return guard.outcome(command, looks.reading)
        return self._store.outcome(command, _shown(looks.store))

    def send_message(self, message: Message) -> Receipt:
        """Refuse: messages go by the gateway's own senders."""
        raise Rejected(f"{self.id} sends no messages of ours")

    def problems(self) -> Sequence[str]:
        """Return what is wrong with either side, and which orders could not be understood.

        The sides are asked once a minute at most: a gateway wants to know at every round.
        """
        now = time.monotonic()
        if now >= self._ask_again_at:
            # Before they are asked, so that two threads do not both do it.
            self._ask_again_at = now + _PROBLEMS_EVERY_S
            provider = self._provider.problems() if self._provider else ()
            self._told = (*self._store.problems(), *provider)
        odd = (
            f"{why}. It is asked for again; the connector may need an update."
            for why in self._complaints.values()
        )
        return (*self._told, *odd)

    def close(self) -> None:
        """Let go of the connections of both sides."""
        self._store.close()
        if self._provider is not None:
            self._provider.close()

    def _read_all(
        self, refs: Iterable[tuple[OrderRef, set[str]]], told: frozenset[OrderRef]
    ) -> tuple[tuple[Reading, ...], list[str]]:
        """Return the readings, and the references of those that one odd word makes unreadable.

        `told`: those that the shop itself listed; they are listed again if this page is lost.

        Raises:
            Unreadable: so many that not the order but a connector must be out of date.
        """
        readings: list[Reading] = []
        complaints: dict[str, str] = {}
        for ref, known in refs:
            try:
                looks = self._look(ref, known, strict=True)
            except Unreadable as error:
                complaints[str(ref)] = str(error)
                continue
            readings.append(looks.reading)
            if ref in told and looks.provider.answer is not None:
                self._lately.note(ref, looks.provider.answer)
        if len(complaints) > _MOST_UNREADABLE:
            first = next(iter(complaints.values()))
            raise Unreadable(f"{len(complaints)} orders, the first: {first}")
        self._complaints = complaints
        return tuple(readings), list(complaints)

    def _look(self, ref: OrderRef, known: Iterable[str] = (), *, strict: bool) -> _Looks:
        """Ask the shop, then the provider about the payments that the shop knows and all others.

        `known`: ids of payments that the provider said are this order's.
        """
        asked_at = self._clock()
        store = ask(lambda: self._store.look(ref), strict=strict)
        provider = self._ask_provider(ref, store, known, asked_at, strict=strict)
        reading = reading_of(self.id, ref, asked_at, store, provider)
        return _Looks(store, provider, reading)

    def _ask_provider(
        self,
        ref: OrderRef,
        store: Looked[StoreLook],
        known: Iterable[str],
        asked_at: datetime,
        *,
        strict: bool,
    ) -> Looked[ProviderLook]:
        provider, look = self._provider, store.answer
        if provider is None:
            if self._books and look is not None:
                return Looked(books_of(look), "")
            return Looked(None, store.verdict if self._books else "no_answer")
        ids = list(dict.fromkeys(known))
        since = asked_at - _OLDEST
        if look is not None:
            ids += [p.provider_id for p in look.payments if p.provider_id]
            since = look.order.placed_at - _BEFORE_ORDER
        every = tuple(dict.fromkeys(ids))
        return ask(lambda: provider.look(str(ref), every, since), strict=strict)

    def _before(self, command: Command) -> tuple[StoreLook, Receipt | None, Command]:
        """Return the look that the command is sent on, and the receipt of what is done already.

        With the command as it is sent: one that needs its payment named has it.
        """
        names_payment = self._store.abilities.resync_names_payment
        try:
            looks = self._look(command.order, strict=True)
            look = _shown(looks.store)
            resync = {ActionKind.RESYNC} if names_payment else set()
            if command.kind in guard.MOVES_PAYMENT | {ActionKind.RESUBMIT} | resync:
                _check_answered(looks.provider)
            shop_tells = command.kind not in guard.MOVES_PAYMENT
            if shop_tells and self._store.outcome(command, look) is Outcome.DONE:
                return look, Receipt(Outcome.DONE, _reference(look)), command
        except (Rejected, Conflict, Throttled, Forbidden, NotVisible):
            raise
        except EngineError as error:
            raise Unreachable(
                f"could not look before sending, nothing was sent: {error}"
            ) from error
        if names_payment:
            command = guard.carried(command, looks.reading)
        return look, guard.before(command, looks.reading), command

    def _send(self, command: Command, look: StoreLook) -> Receipt:
        try:
            return self._store.perform(command, look, _row_of(command, look))
        except _TOLD:
            raise
        except EngineError as error:
            raise OutcomeUnknown(f"{command.kind}: {error}") from error


_COMMANDS = guard.MOVES_PAYMENT | {
    ActionKind.RESUBMIT,
    ActionKind.RESYNC,
    ActionKind.CORRECT_INPUT,
}


def _shown(store: Looked[StoreLook]) -> StoreLook:
    if store.answer is not None:
        return store.answer
    if store.verdict == "forbidden":
        raise Forbidden("our account at the shop may not read this order")
    raise NotVisible("the shop does not show this order")


def _check_answered(provider: Looked[ProviderLook]) -> None:
    if provider.answer is None:
        raise Forbidden(f"no money moves unless the provider can be read ({provider.verdict})")


def _row_of(command: Command, look: StoreLook) -> StorePayment | None:
    if command.payment is None:
        return None
    names = str(command.payment)
    return next((p for p in look.payments if names in {p.payment_id, p.id}), None)


def _reference(look: StoreLook) -> str:
    return look.order.shop_number or str(look.order.ref)
