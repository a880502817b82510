"""What a look at the gateway found: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it is, what was looked at, and what to do about it."""

    level: Level
    about: str
    told: str


Findings = Iterator[Finding]
