"""`[mail]` and `[sms]`: by what the gateway sends messages for shops that cannot send any."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from agent_app.engines.http import tls_context
from agent_app.engines.notices.mail import address_of
from agent_app.engines.notices.sender import Sender
from agent_app.engines.notices.smtp import MailServer, Security, SmtpSender
from agent_app.engines.notices.webhook import Receiver, WebhookSender, secret_of

_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_LONGEST_S = 120.0


class MailConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail server that messages to customers are handed to."""

    host: str
    sender: str
    """The address that they come from."""
    sender_name: str = ""
    reply_to: str | None = None
    """Where a customer's answer goes; None: to `sender`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    port: int | None = None
    """None: the usual one, 587, 465 or 25."""
    username: str | None = None
    password_file: str | None = None
    """A file whose first line is the password."""
    ca_file: str | None = None
    """The certificate authority of the server, where this machine does not know it."""
    timeout_s: float = 20.0
    """Longest conversation for one message."""


class SmsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The receiver that text messages are handed to, by signed requests (docs/notifications.md)."""

    url: str
    secret_file: str
    """A file whose first line is the secret, `whsec_` and base64."""
    previous_secret_file: str | None = None
    """While the secret is changed: the one before, which signs as well."""
    honours_keys: bool = False
    """Whether a repeat under the same `webhook-id` surely sends nothing a second time."""
    ca_file: str | None = None
    use_proxies: bool = True
    timeout_s: float = 10.0


def checked_mail(mail: MailConfig, folder: Path) -> MailConfig:
    """Return the settings with their files' paths made absolute.

    Raises:
        ValueError: a sentence that names setting and remedy; without the section's name.
    """
    _bounded(mail.timeout_s)
    if not mail.host.strip():
        raise ValueError("`host` is empty; name the mail server")
    if mail.port is not None and not 0 < mail.port < 65536:
        raise ValueError("`port` is from 1 to 65535")
    for name, address in (("sender", mail.sender), ("reply_to", mail.reply_to)):
        try:
            if address is not None and not address_of(address).addr_spec.isascii():
                raise ValueError("letters that not every mail server takes")
        except ValueError:
            raise ValueError(f"`{name}` {address!r} is not a plain e-mail address") from None
    if not mail.sender_name.isprintable():
        raise ValueError("`sender_name` is one line of text")
    if mail.security == "none" and not _is_loopback(mail.host):
        raise ValueError(
            '`security = "none"` sends messages readable by anyone; use "starttls" or "tls"'
        )
    if (mail.username is None) is not (mail.password_file is None):
        raise ValueError("`username` and `password_file` are given together or not at all")
    if mail.username is not None and mail.security == "none":
        raise ValueError('a password is not sent without TLS; use security "starttls" or "tls"')
    return msgspec.structs.replace(
        mail,
        password_file=_inside(folder, mail.password_file),
        ca_file=_inside(folder, mail.ca_file),
    )


def checked_sms(sms: SmsConfig, folder: Path) -> SmsConfig:
    """Return the settings with their files' paths made absolute.

    Raises:
        ValueError: as `checked_mail`.
    """
    _bounded(sms.timeout_s)
    try:
        parts = urlsplit(sms.url)
        parts.port  # noqa: B018 - it is only looked at here
    except ValueError as error:
        raise ValueError(f"`url` {sms.url!r} is not a URL ({error})") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"`url` {sms.url!r} is not a URL that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("`url` holds a user's name or password; the requests are signed instead")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("`url` begins with http://; messages go by https:// only")
    return msgspec.structs.replace(
        sms,
        secret_file=str(folder / sms.secret_file),
        previous_secret_file=_inside(folder, sms.previous_secret_file),
        ca_file=_inside(folder, sms.ca_file),
    )


def senders_of(mail: MailConfig | None, sms: SmsConfig | None) -> tuple[Sender, ...]:
    """Return the senders of checked settings, e-mail before text message; reads their secrets.

    Raises:
        ValueError: a secret's or certificate's file cannot be read, or holds none.
    """
    senders: list[Sender] = []
    if mail is not None:
        senders.append(_mail_sender(mail))
    if sms is not None:
        senders.append(_sms_sender(sms))
    return tuple(senders)


def _mail_sender(mail: MailConfig) -> Sender:
    password = None if mail.password_file is None else _first_line("mail", mail.password_file)
    _readable("mail", mail.ca_file)
    return SmtpSender(
        MailServer(
            host=mail.host,
            port=mail.port or _PORTS[mail.security],
            security=mail.security,
            sender=mail.sender,
            sender_name=mail.sender_name,
            reply_to=mail.reply_to,
            username=mail.username,
            password=password,
            ca_file=mail.ca_file,
            timeout_s=mail.timeout_s,
        )
    )


def _sms_sender(sms: SmsConfig) -> Sender:
    secrets = []
    for path in filter(None, (sms.secret_file, sms.previous_secret_file)):
        try:
            secrets.append(secret_of(_first_line("sms", path)))
        except ValueError as error:
            raise ValueError(f"[sms]: {path}: {error}") from None
    _readable("sms", sms.ca_file)
    return WebhookSender(
        Receiver(
            url=sms.url,
            secrets=tuple(secrets),
            honours_keys=sms.honours_keys,
            ca_file=sms.ca_file,
            use_proxies=sms.use_proxies,
            timeout_s=sms.timeout_s,
        )
    )


def _bounded(timeout_s: float) -> None:
    if not 0 < timeout_s <= _LONGEST_S:
        raise ValueError(f"`timeout_s` is above 0 and at most {_LONGEST_S:g}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _inside(folder: Path, path: str | None) -> str | None:
    return None if path is None else str(folder / path)


def _first_line(section: str, path: str) -> str:
    try:
        line = Path(path).read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise ValueError(f"[{section}]: {path}: cannot be read ({why})") from error
    if not line:
        raise ValueError(f"[{section}]: {path}: its first line is empty; it is the secret")
    return line


def _readable(section: str, path: str | None) -> None:
    if path is None:
        return
    try:
        tls_context(path)
    except ssl.SSLError:
        raise ValueError(f"[{section}]: {path}: holds no certificate (PEM)") from None
    except OSError as error:
        raise ValueError(f"[{section}]: {path}: cannot be read ({error.strerror})") from error
