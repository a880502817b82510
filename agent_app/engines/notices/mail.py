"""The e-mail itself: plain text, one recipient, no header that a customer's text could add."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from agent_app.engines.notices.sender import Notice
from agent_app.engines.port import Rejected


def address_of(text: str, name: str = "") -> Address:
    """Return the address, its domain in ASCII (IDNA).

    Raises:
        ValueError: it is not one plain e-mail address.
    """
    text = text.strip()
    local, at, domain = text.rpartition("@")
    plain = text.isprintable() and not any(c.isspace() or c in '<>,;:"()[]\\' for c in text)
    if not (at and local and "@" not in local and "." in domain.strip(".") and plain):
        raise ValueError("not an e-mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        return Address(display_name=name, username=local, domain=ascii_domain)
    except (UnicodeError, MessageError, IndexError) as error:
        raise ValueError("not an e-mail address") from error


def message_id(key: str, sender: Address) -> str:
    """Return the same Message-ID for the same key: receivers drop what they have already."""
    return f"<{key}@{sender.domain}>"


def _encoding(text: str) -> Literal["base64", "quoted-printable"]:
    return "quoted-printable" if text.isascii() else "base64"


def mail_of(notice: Notice, sender: Address, reply_to: Address | None = None) -> EmailMessage:
    """Return the e-mail.

    Raises:
        Rejected: the recipient is no e-mail address, or the subject would break the header.
    """
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = sender
        mail["To"] = address_of(notice.to)
        mail["Subject"] = notice.subject
    except ValueError as error:
        # The address itself is customer data and is not repeated.
        raise Rejected(f"the e-mail cannot be written: {error}") from None
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Date"] = format_datetime(notice.at)
    mail["Message-ID"] = message_id(notice.key, sender)
    # RFC 3834: vacation answers to it are not wanted.
    mail["Auto-Submitted"] = "auto-generated"
    # Seven bits: servers that know no 8BITMIME take it as well.
    mail.set_content(notice.text, charset="utf-8", cte=_encoding(notice.text))
    # Set now: to set the content takes away every header that speaks of it.
    mail["Content-Language"] = notice.language.replace("_", "-")
    return mail
