"""How rows hold values: JSON bodies of domain types, and times as text that sorts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from agent_app import typed_json

T = TypeVar("T")
_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> bytes:
    """Return the value as JSON, the same bytes for the same value."""
    return _encoder.encode(value)


def decode(body: bytes, of: type[T]) -> T:
    """Return the value that `encode` wrote.

    Raises:
        msgspec.ValidationError: the body was written by another version or damaged.
    """
    return typed_json.decode(body, of)


def fingerprint(value: object) -> str:
    """Return the SHA-256 of the value's JSON."""
    return hashlib.sha256(encode(value)).hexdigest()


def time_text(at: datetime) -> str:
    """Return the time in UTC with microseconds, always 27 characters."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def optional_time_text(at: datetime | None) -> str | None:
    return time_text(at) if at is not None else None


def read_time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def read_optional_time(text: str | None) -> datetime | None:
    return read_time(text) if text is not None else None
