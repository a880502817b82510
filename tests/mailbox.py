"""A real mail server for tests: SMTP on loopback, which keeps what it was sent."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it arrived; `text` is its body, decoded."""

    to: tuple[str, ...]
    subject: str
    text: str
    headers: EmailMessage


@dataclass
class Mailbox:
    """Where the server listens, and what came."""

    host: str = ""
    port: int = 0
    _letters: list[Letter] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def settings(self) -> str:
        """The gateway's TOML that sends by this server."""
        lines = ("[mail]", f'host = "{self.host}"', f"port = {self.port}", 'security = "none"')
        return "\n".join((*lines, 'sender = "shop@shop.example"', 'sender_name = "The shop"'))

    def letters_to(self, address: str) -> list[Letter]:
        with self._lock:
            return [letter for letter in self._letters if address in letter.to]

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a letter in, as aiosmtpd calls it."""
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        letter = Letter(tuple(envelope.rcpt_tos), str(message["Subject"]), text, message)
        with self._lock:
            self._letters.append(letter)
        return "250 taken in"


@contextlib.contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server on a free port for the block."""
    box = Mailbox()
    # aiosmtpd greets itself at the port it was told, so 0 would not do.
    with socket.create_server(("127.0.0.1", 0)) as probe:
        box.host, box.port = probe.getsockname()[:2]
    controller = Controller(box, hostname=box.host, port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
