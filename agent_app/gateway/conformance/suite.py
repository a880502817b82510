"""All checks, made one after the other; one that fails does not end the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from agent_app.gateway.conformance import reading, writing
from agent_app.gateway.conformance.platform import Check, Fails, Platform, Skips

CHECKS: tuple[Check, ...] = (*reading.CHECKS, *writing.CHECKS)


class Verdict(StrEnum):
    OK = "OK"
    FAIL = "FAIL"
    SKIP = "SKIP"


@dataclass(frozen=True, slots=True)
class Result:
    """What one check showed; `told` says what was expected and seen, or what it needs."""

    check: Check
    verdict: Verdict
    told: str = ""


def run(platform: Platform, only: Collection[str] = ()) -> Iterator[Result]:
    """Make every check, or those that are named.

    Raises:
        LookupError: there is no check of that name.
    """
    unknown = set(only) - {check.name for check in CHECKS}
    if unknown:
        raise LookupError(f"there is no check {', '.join(sorted(unknown))}")
    for check in CHECKS:
        if not only or check.name in only:
            yield _made(check, platform)


def _made(check: Check, platform: Platform) -> Result:
    try:
        check.make(platform)
    except Fails as error:
        told = f"expected {error.expected}; seen: {error.seen}"
        return Result(check, Verdict.FAIL, told)
    except Skips as error:
        return Result(check, Verdict.SKIP, str(error))
    return Result(check, Verdict.OK)
