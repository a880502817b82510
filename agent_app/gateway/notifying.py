"""Messages to customers of shops that cannot send any: handed over by our own senders, once.

Written before the first byte is `begun`, after the receiver's answer `accepted`. What broke off in
between may have been sent: it is not sent again by itself, and a person decides, as with money.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import EventId, OrderRef
from agent_app.domain.ledger import Outcome
from agent_app.domain.order import Customer, Order
from agent_app.engines.notices.sender import Channel, Notice, Sender
from agent_app.engines.port import (
    Command,
    EngineError,
    Message,
    OutcomeUnknown,
    Reading,
    Receipt,
    Rejected,
    Shop,
    Throttled,
)
from agent_app.gateway.store import notices, order_log
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.notices import HandedOver, HandOver
from agent_app.gateway.wrapped_shop import WrappedShop


class NotifyingShop(WrappedShop):
    """Sends messages itself where the shop under it cannot; everything else is the shop's."""

    def __init__(
        self,
        shop: Shop,
        senders: Sequence[Sender],
        database: Database,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Take the senders in the order in which they are to be preferred."""
        super().__init__(shop)
        self._senders = tuple(senders)
        self._database = database
        self._now = clock or database.clock.now
        self._troubles: dict[Channel, str] = {}

    @property
    def capabilities(self) -> Capabilities:
        """Return the shop's, able to notify where a sender is there.

        A shop that has not declared itself yet stays as it is: the ledger waits for that.
        """
        declared = self._shop.capabilities
        undeclared = declared == replace(READ_ONLY, label=declared.label)
        if declared.can_notify or undeclared or not self._senders:
            return declared
        return replace(declared, can_notify=True)

    @property
    def longest_call_s(self) -> float:
        longest = max((s.longest_s for s in self._senders), default=0.0)
        return max(self._shop.longest_call_s, longest)

    def read(self, ref: OrderRef) -> Reading:
        """Read the order, and tell of the messages that we sent for it."""
        reading = self._shop.read(ref)
        if not self._senders or reading.order is None:
            return reading
        with self._database.read() as connection:
            sent = notices.of_order(connection, self._shop.id, ref)
        now = self._now()
        ours = tuple(
            OrderEvent(
                EventId(f"sent:{one.key}"), ref, EventKind.MESSAGE_SENT, Source.AGENT, one.at,
                now, note=one.template,
            )
            for one in sent
            if one.state is HandOver.ACCEPTED
        )  # fmt: skip
        return replace(reading, events=(*reading.events, *ours))

    def outcome(self, command: Command) -> Outcome:
        """Answer for messages from what was recorded.

        Raises:
            EngineError: it may have been sent, and nobody can be asked.
        """
        if command.kind is not ActionKind.NOTIFY:
            return self._shop.outcome(command)
        with self._database.read() as connection:
            known = notices.get(connection, command.key)
        if known is None and self._is_the_shops:
            return self._shop.outcome(command)
        if known is None or known.state is HandOver.NOT_SENT:
            return Outcome.ABSENT
        if known.state is HandOver.ACCEPTED:
            return Outcome.DONE
        if self._repeats_safely(known) is not None:
            return Outcome.ABSENT
        raise EngineError("the message may have been sent; no receiver can be asked")

    def send_message(self, message: Message) -> Receipt:
        """Hand the message over once for its key.

        Raises:
            OutcomeUnknown: it may have been sent, now or by an earlier try.
            Rejected: it cannot be sent: no contact, or the receiver refuses it.
            Throttled, Unreachable: it was not sent.
        """
        if self._is_the_shops:
            return self._shop.send_message(message)
        now = self._now()
        # Looked up and begun in one write: of two that come at once the second finds the first.
        with self._database.write() as connection:
            known = notices.get(connection, message.key)
            order = order_log.known(connection, self._shop.id, message.order)
            if known is not None and known.state is HandOver.ACCEPTED:
                return Receipt(Outcome.DONE, known.reply)
            again = known is not None and known.state is HandOver.BEGUN
            sender, to = self._choose(known if again else None, order.order if order else None)
            notices.begin(
                connection,
                self._shop.id,
                message.order,
                message.key,
                sender.channel,
                message.template,
                now,
            )
        return self._hand_over(sender, self._notice(message, sender.channel, to, now), again)

    def problems(self) -> Sequence[str]:
        """Return the shop's, and what kept the last message from being taken.

        No sender is asked for it; that is what `doctor` does.
        """
        return (*self._shop.problems(), *tuple(self._troubles.values()))

    @property
    def _is_the_shops(self) -> bool:
        return not self._senders or self._shop.capabilities.can_notify

    def _repeats_safely(self, begun: HandedOver) -> Sender | None:
        """Return the sender by which what was begun may be repeated without a second message."""
        same = (s for s in self._senders if s.channel == begun.channel and s.honours_keys)
        return next(same, None)

    def _choose(self, begun: HandedOver | None, order: Order | None) -> tuple[Sender, str]:
        customer = order.customer if order is not None else None
        senders: Sequence[Sender] = self._senders
        if begun is not None:
            same = self._repeats_safely(begun)
            if same is None:
                raise OutcomeUnknown("an earlier try may have sent it")
            senders = (same,)
        for sender in senders:
            to = _contact(customer, sender.channel)
            if to:
                return sender, to
        if begun is not None:
            raise OutcomeUnknown("an earlier try may have sent it, and the contact is gone")
        wanted = " or ".join(_NAMES[s.channel] for s in self._senders)
        raise Rejected(f"the order has no {wanted} to write to; tell the customer otherwise")

    def _notice(self, message: Message, channel: Channel, to: str, now: datetime) -> Notice:
        return Notice(
            key=message.key,
            channel=channel,
            to=to,
            language=message.language,
            subject=message.subject,
            text=message.short or message.body if channel is Channel.SMS else message.body,
            template=message.template,
            shop=self._shop.capabilities.label or str(self._shop.id),
            order=str(message.order),
            at=now,
        )

    def _hand_over(self, sender: Sender, notice: Notice, again: bool) -> Receipt:
        try:
            reply = _without(notice.to, sender.send(notice))
        except EngineError as error:
            # Servers repeat whom they were asked to write to; that belongs with the order alone.
            error.args = (_without(notice.to, str(error)),)
            if isinstance(error, Throttled):
                self._troubles[sender.channel] = f"messages by {sender.channel}: {error}"
            if isinstance(error, OutcomeUnknown):
                raise
            if again:
                # That this try sent nothing says nothing of the one before.
                raise OutcomeUnknown(f"an earlier try may have sent it ({error})") from error
            self._end(notice.key, HandOver.NOT_SENT)
            raise
        self._troubles.pop(sender.channel, None)
        self._end(notice.key, HandOver.ACCEPTED, reply)
        return Receipt(Outcome.DONE, reply)

    def _end(self, key: str, state: HandOver, reply: str | None = None) -> None:
        with self._database.write() as connection:
            notices.end(connection, key, state, self._now(), reply)


_NAMES = {Channel.EMAIL: "e-mail address", Channel.SMS: "phone number"}


def _contact(customer: Customer | None, channel: Channel) -> str:
    if customer is None:
        return ""
    return customer.email if channel is Channel.EMAIL else customer.phone


def _without(to: str, text: str) -> str:
    """Return the text with an address or number taken out, however it is written there."""
    local, at, _ = to.partition("@")
    told = rf"{re.escape(local)}@[^\s<>]+" if at else r"[\s()./-]*".join(re.findall(r"\d", to))
    return re.sub(told, "…", text, flags=re.IGNORECASE) if told else text
