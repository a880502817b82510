"""Moments as whole microseconds since 1970, UTC: they sort as numbers and come back unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def number_of(moment: datetime) -> int:
    return (moment - _START) // _MICROSECOND


def moment_of(number: int) -> datetime:
    return _START + timedelta(microseconds=number)
