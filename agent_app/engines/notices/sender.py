"""The port of a sender: one message to one customer, and how surely it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Channel(StrEnum):
    """By which a message goes out, and which contact it needs."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `to` is an e-mail address or a phone number: never logged, never shown."""

    key: str
    channel: Channel
    to: str = field(repr=False)
    language: str
    subject: str
    text: str
    template: str
    shop: str
    order: str
    at: datetime


class Sender(Protocol):
    """Sends by one channel; safe to use from several threads at once."""

    @property
    def channel(self) -> Channel: ...

    @property
    def honours_keys(self) -> bool:
        """Return whether a repeat under the same key surely does not go out a second time."""
        ...

    @property
    def longest_s(self) -> float:
        """Return the longest that `send` takes, in seconds, whatever happens."""
        ...

    def send(self, notice: Notice) -> str:
        """Hand the message over, and return the receiver's words or number for it.

        Raises:
            Rejected: the receiver refuses it for good; it was not sent.
            Throttled, Unreachable: it was not sent; a later try may do.
            OutcomeUnknown: it may have been sent.
        """
        ...

    def problems(self) -> Sequence[str]:
        """Connect and sign in, send nothing; return what is wrong, in sentences."""
        ...
