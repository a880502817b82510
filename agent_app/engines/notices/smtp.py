"""Sending by SMTP (RFC 5321): what is not surely handed over is told apart from what surely is not.

Up to the final dot nothing was sent; from the dot until the server's 250 nobody can tell.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import BinaryIO, Literal

from agent_app.engines.http import tls_context
from agent_app.engines.notices.mail import address_of, mail_of
from agent_app.engines.notices.sender import Channel, Notice
from agent_app.engines.port import (
    EngineError,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unreachable,
)

Security = Literal["starttls", "tls", "none"]
_RETRY_S = 60.0
_DOT = b".\r\n"
_WORDS = 300
_LOOK_UP_S = 10.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom. `timeout_s` bounds the whole conversation."""

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    reply_to: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout_s: float = 20.0


class SmtpSender:
    """Implements `sender.Sender` over one mail server; a connection for each message."""

    channel = Channel.EMAIL
    honours_keys = False

    def __init__(self, server: MailServer) -> None:
        """Take the server's settings.

        Raises:
            ValueError: `sender` or `reply_to` is no e-mail address.
        """
        self._server = server
        self._sender: Address = address_of(server.sender, server.sender_name)
        self._reply_to = address_of(server.reply_to) if server.reply_to else None

    @property
    def longest_s(self) -> float:
        """Return the bound of connection and conversation, and a second to notice it.

        The name's look-up is the system's and comes before it; it has some seconds more.
        """
        return self._server.timeout_s + 1.0 + _LOOK_UP_S

    def send(self, notice: Notice) -> str:
        """Hand the message over, and return the server's answer to it.

        Raises:
            As `sender.Sender.send` does.
        """
        mail = mail_of(notice, self._sender, self._reply_to)
        with self._signed_in() as smtp:
            self._envelope(smtp, mail)
            self._content(smtp, mail)
            return self._end(smtp)

    def problems(self) -> Sequence[str]:
        """Connect, secure and sign in; return what is wrong."""
        try:
            with self._signed_in():
                return ()
        except EngineError as error:
            return (f"mail server {self._server.host}: {error}",)

    @contextlib.contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        smtp = _Conversation(
            server.timeout_s, self._context() if server.security == "tls" else None
        )
        try:
            with self._surely_unsent():
                smtp.connect(server.host, server.port)
                _accepted(*smtp.ehlo(), "the connection")
                if server.security == "starttls":
                    smtp.starttls(context=self._context())
                    _accepted(*smtp.ehlo(), "the connection")
                if server.username is not None:
                    smtp.login(server.username, server.password or "")
            yield smtp
        finally:
            smtp.end()

    def _context(self) -> ssl.SSLContext:
        return tls_context(self._server.ca_file)

    def _envelope(self, smtp: smtplib.SMTP, mail: EmailMessage) -> None:
        to = mail["To"].addresses[0].addr_spec
        with self._surely_unsent():
            options: list[str] = []
            if not to.isascii():
                if not smtp.has_extn("smtputf8"):
                    raise Rejected("the mail server takes no address with such letters (SMTPUTF8)")
                options = ["SMTPUTF8"]
                smtp.command_encoding = "utf-8"
            _accepted(*smtp.mail(self._sender.addr_spec, options), "the sender")
            _accepted(*smtp.rcpt(to), "the recipient")
            code, words = smtp.docmd("DATA")
            if code != 354:
                _accepted(code, words, "the message")

    def _content(self, smtp: smtplib.SMTP, mail: EmailMessage) -> None:
        ascii_only = str(mail["To"]).isascii()
        content = mail.as_bytes(policy=SMTP if ascii_only else SMTP.clone(utf8=True))
        # RFC 5321 4.5.2: a line that begins with a dot would end the message.
        content = re.sub(rb"(?m)^\.", b"..", content)
        if not content.endswith(b"\r\n"):
            content += b"\r\n"
        with self._surely_unsent():
            smtp.send(content)

    def _end(self, smtp: smtplib.SMTP) -> str:
        try:
            smtp.send(_DOT)
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(
                f"the mail server did not say whether it took the message ({_name(error)})"
            ) from error
        if code // 100 not in {2, 4, 5}:
            raise OutcomeUnknown(f"the mail server answered the message with {code}")
        _accepted(code, words, "the message")
        return _text(words)

    @contextlib.contextmanager
    def _surely_unsent(self) -> Iterator[None]:
        """Turn what goes wrong before the final dot into errors that say "not sent"."""
        try:
            yield
        except EngineError:
            raise
        except ssl.SSLError as error:
            raise Unreachable(f"no secure connection ({error.reason or _name(error)})") from error
        except smtplib.SMTPAuthenticationError as error:
            raise Throttled(f"sign-in refused: {_text(error.smtp_error)}", _RETRY_S) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unreachable(f"the mail server does not offer it: {error}") from error
        except smtplib.SMTPResponseException as error:
            _accepted(error.smtp_code, error.smtp_error, "the connection")
            raise Unreachable(f"unexpected answer {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the connection broke off ({_name(error)})") from error


def _accepted(code: int, words: bytes | str, what: str) -> None:
    """Let 2xx pass.

    Raises:
        Throttled: 4xx, try later.
        Rejected: 5xx and whatever else.
    """
    if 200 <= code < 300:
        return
    said = f"the mail server refuses {what}: {code} {_text(words)}"
    if 400 <= code < 500:
        raise Throttled(said, _RETRY_S)
    raise Rejected(said)


class _Conversation(smtplib.SMTP):
    """One connection that lasts `seconds` at most, whatever drips, and does not wait at its end."""

    def __init__(self, seconds: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(timeout=seconds)
        self._tls = tls
        self._until = time.monotonic() + seconds
        self._handle: socket.socket | None = None
        self._bound = threading.Timer(seconds, self._hang_up)
        self._bound.daemon = True
        self._bound.start()

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: object = None
    ) -> tuple[int, bytes]:
        """Connect and read the greeting.

        Raises:
            OSError, smtplib.SMTPException: no connection, or no greeting.
        """
        # For the check of the certificate, also after STARTTLS.
        self._host = host
        sock = self._dial(host, port)
        # Another handle on the same connection: it outlives what TLS makes of the first.
        self._handle = sock.dup()
        if self._tls is not None:
            sock = self._tls.wrap_socket(sock, server_hostname=host)
        self.sock = sock
        self.file = None
        code, words = self.getreply()
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, words)
        return code, words

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer; what was cut off within a line is none.

        `smtplib` would read the "25" of a lost "250" as a refusal.
        """
        if self.file is None and self.sock is not None:
            self.file = _WholeLines(self.sock.makefile("rb"))
        return super().getreply()

    def end(self) -> None:
        """Say goodbye and hang up; what the server answers to that is no matter."""
        self._bound.cancel()
        with contextlib.suppress(smtplib.SMTPException, OSError, ValueError):
            if self.sock is not None:
                self.putcmd("quit")
        self.close()
        if self._handle is not None:
            self._handle.close()

    def _dial(self, host: str, port: int) -> socket.socket:
        failed: OSError = OSError("no address")
        for family, kind, proto, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            left_s = self._until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("timed out")
            sock = socket.socket(family, kind, proto)
            sock.settimeout(left_s)
            try:
                sock.connect(address)
            except OSError as error:
                sock.close()
                failed = error
                continue
            return sock
        raise failed

    def _hang_up(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)


class _WholeLines:
    """What `smtplib` reads its answers from, by lines that have an end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        if line and not line.endswith(b"\n"):
            raise ConnectionAbortedError("the answer was cut off")
        return line

    def close(self) -> None:
        self._file.close()


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:_WORDS]


def _name(error: BaseException) -> str:
    return str(error) or type(error).__name__
