"""A real mail server (aiosmtpd) whose connections break where a test wants it; keeps what came.

`Mailbox` (tests/mailbox.py) is the plain one; this one has TLS, sign-in, refusals and faults.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk", "mail's own word"


class Break(StrEnum):
    """Where the next conversations break off."""

    AT_GREETING = "at_greeting"
    DRIPPING_GREETING = "dripping_greeting"
    BEFORE_DATA = "before_data"
    IN_DATA = "in_data"
    AFTER_DOT = "after_dot"
    """The message is kept, its 250 never sent."""
    AFTER_DOT_LOST = "after_dot_lost"
    """Neither: the two look alike from outside."""
    SILENT_AFTER_DOT = "silent_after_dot"
    DRIPPING_AFTER_DOT = "dripping_after_dot"
    """One byte of an answer after another, which never ends."""
    IN_ITS_ANSWER = "in_its_answer"
    """After the first two digits of its 250."""
    SILENT_AT_QUIT = "silent_at_quit"


@dataclass
class MailServerUnderTest:
    """What it answers, and what it got. `refuse` maps a command to its refusal."""

    port: int = 0
    host: str = "127.0.0.1"
    breaks: Break | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    on_connection: Callable[[], None] | None = None
    """Called before the server says anything."""
    before_answer: threading.Event | None = None
    """Set: kept back is the 250 until this event."""
    kept: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter, as aiosmtpd calls it; or break off."""
        if self.breaks is Break.AFTER_DOT_LOST:
            _abort(server)
            return "250 not heard"
        if "END" in self.refuse:
            return self.refuse["END"]
        assert isinstance(envelope.original_content, bytes)
        self.letters.append(Letter(tuple(envelope.rcpt_tos), envelope.original_content))
        self.kept.set()
        if self.breaks is Break.AFTER_DOT:
            _abort(server)
        elif self.breaks is Break.SILENT_AFTER_DOT:
            await asyncio.sleep(30)
        elif self.breaks is Break.DRIPPING_AFTER_DOT:
            await _drip(server, "2")
        elif self.breaks is Break.IN_ITS_ANSWER:
            server._writer.write(b"25")
            await server._writer.drain()
            server._writer.close()
        if self.before_answer is not None:
            await asyncio.to_thread(self.before_answer.wait, 30)
        return "250 kept as 17"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it arrived, without the doubled dots."""

    to: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class _Conversation(SMTP):
    """One connection; breaks off where its server says."""

    under_test: MailServerUnderTest

    async def _handle_client(self) -> None:
        self.under_test.connections += 1
        if self.under_test.on_connection is not None:
            self.under_test.on_connection()
        if self.under_test.breaks is Break.AT_GREETING:
            _abort(self)
            return
        if self.under_test.breaks is Break.DRIPPING_GREETING:
            await _drip(self, "2")
        await super()._handle_client()

    async def _refused(self, command: str) -> bool:
        self.under_test.commands.append(command)
        words = self.under_test.refuse.get(command)
        if words is not None:
            await self.push(words)
        return words is not None

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._refused("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if not await self._refused("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self._refused("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._refused("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._refused("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self._refused("DATA"):
            return
        if self.under_test.breaks is Break.BEFORE_DATA:
            _abort(self)
            return
        if self.under_test.breaks is Break.IN_DATA:
            await self.push("354 go on")
            await self._reader.read(4096)
            _abort(self)
            return
        await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        self.under_test.commands.append("QUIT")
        if self.under_test.breaks is Break.SILENT_AT_QUIT:
            await asyncio.sleep(30)
        await super().smtp_QUIT(arg)


def _abort(conversation: SMTP) -> None:
    assert isinstance(conversation.transport, asyncio.WriteTransport)
    conversation.transport.abort()


async def _hang_up(conversations: list[_Conversation]) -> None:
    for conversation in conversations:
        # None where the handshake failed.
        if conversation.transport is not None:
            _abort(conversation)
            conversation._writer.close()
    await asyncio.sleep(0.01)


async def _drip(conversation: SMTP, byte: str) -> None:
    for _ in range(300):
        conversation._writer.write(byte.encode())
        await asyncio.sleep(0.1)


@contextlib.contextmanager
def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    sign_in: bool = False,
    utf8: bool = True,
) -> Iterator[MailServerUnderTest]:
    """Run a mail server on a free port of loopback; `tls` from the first byte, or `starttls`."""
    made = MailServerUnderTest()
    conversations: list[_Conversation] = []
    with socket.create_server((made.host, 0)) as probe:
        made.port = probe.getsockname()[1]

    class Listening(Controller):
        def factory(self) -> SMTP:
            conversation = _Conversation(self.handler, **self.SMTP_kwargs)
            conversation.under_test = made
            conversations.append(conversation)
            return conversation

    def known(_: SMTP, __: Session, ___: Envelope, how: str, told: object) -> AuthResult:
        right = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=told == right, handled=False)

    controller = Listening(
        made,
        hostname=made.host,
        port=made.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        enable_SMTPUTF8=utf8,
        # aiosmtpd does not count TLS from the first byte as TLS.
        auth_required=sign_in and tls is None,
        auth_require_tls=tls is None,
        authenticator=known,
    )
    controller.start()
    made.connections = 0
    made.commands.clear()
    try:
        yield made
    finally:
        # A conversation that is still open would be left behind on a closed loop.
        asyncio.run_coroutine_threadsafe(_hang_up(conversations), controller.loop).result(10)
        controller.stop()
