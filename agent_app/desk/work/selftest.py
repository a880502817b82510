"""The network test: which part of the way to the gateway is slow or broken, from measured times.

Pure: `desk.platform.selftest` measures, the screen says it in words. Compared with this desk's own
last good run, for what is quick in one office is slow in another.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent_app.desk.work.ports import Platform

ROUNDS = 5
CLOCK_OFF_S = 60.0
"""Evidence counts as fresh for a minute; TLS and signed proofs bear about as much."""
_RATIO = 3.0
_MORE_MS = 80.0
"""Three times of next to nothing is still next to nothing."""


class Part(StrEnum):
    """The parts of the way, in the order in which they are gone."""

    NAME = "name"
    CONNECT = "connect"
    TLS = "tls"
    ANSWER = "answer"
    CLOCK = "clock"
    SIGN_IN = "sign_in"
    STREAM = "stream"


SLOW_MS: Mapping[Part, float] = {
    Part.NAME: 300.0,
    Part.CONNECT: 400.0,
    Part.TLS: 800.0,
    Part.ANSWER: 1_500.0,
    Part.SIGN_IN: 2_000.0,
    Part.STREAM: 2_500.0,
}
"""Beyond this a part is slow whatever it was before: an agent on the telephone feels it."""


class Trouble(StrEnum):
    """Why a part is broken."""

    NAME_UNKNOWN = "name_unknown"
    NAME_SILENT = "name_silent"
    REFUSED = "refused"
    NO_CONNECTION = "no_connection"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    NO_TLS = "no_tls"
    SILENT = "silent"
    BROKEN_OFF = "broken_off"
    NOT_A_GATEWAY = "not_a_gateway"
    GATEWAY_FAILS = "gateway_fails"
    CLOCK = "clock"
    TOKEN = "token"  # noqa: S105  (a trouble's name)
    STREAM_HELD = "stream_held"


class Outcome(StrEnum):
    FINE = "fine"
    SLOW = "slow"
    BROKEN = "broken"
    NOT_TRIED = "not_tried"
    """A part before it is broken, or there is nothing to try: no name, no TLS, nobody signed in."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The times of one part, in ms; `trouble` where a try failed, and `failed` how many did."""

    times_ms: tuple[float, ...] = ()
    trouble: Trouble | None = None
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One test. `via`: the proxy in between, without a password; `clock_off_s`: ours minus his."""

    at: datetime
    host: str
    via: str
    parts: Mapping[Part, Measured]
    clock_off_s: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a part. `ratio`: how many times as long as in the last good run."""

    part: Part
    outcome: Outcome
    median_ms: float | None = None
    ratio: float | None = None
    trouble: Trouble | None = None
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings in order, and which of them to begin with."""

    run: Run
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding | None:
        """Return the first broken part, else the slow one that costs most, else None."""
        for outcome in (Outcome.BROKEN, Outcome.SLOW):
            found = [f for f in self.findings if f.outcome is outcome]
            if found and outcome is Outcome.BROKEN:
                return found[0]
            if found:
                return max(found, key=lambda f: f.median_ms or 0.0)
        return None

    @property
    def is_good(self) -> bool:
        """Return whether later runs may be compared with this one."""
        tried = {f.part for f in self.findings if f.outcome is Outcome.FINE}
        return self.worst is None and Part.ANSWER in tried

    def medians(self) -> dict[Part, float]:
        """Return the median times of what was measured, ms."""
        return {f.part: f.median_ms for f in self.findings if f.median_ms is not None}


class Probe(Protocol):
    """Measures; takes some seconds, so never on the Qt thread. Raises nothing of the network's."""

    def __call__(
        self, gateway_url: str, platform: Platform | None, told: Callable[[Part], None]
    ) -> Run:
        """Go the way to the gateway several times; `platform` where somebody is signed in."""
        ...


class LastGood(Protocol):
    """Keeps the median times of this desk's last good run for each gateway; ms."""

    def times(self, host: str) -> Mapping[Part, float]: ...

    def keep(self, host: str, times: Mapping[Part, float]) -> None:
        """Keep them; may raise `OSError`."""
        ...


class NetworkTest:
    """Carries the test out and remembers what to compare the next one with."""

    def __init__(self, probe: Callable[[], Probe], last_good: LastGood) -> None:
        """`probe` gives one that measures by the settings in force; it may raise `Rejected`."""
        self._probe = probe
        self._last_good = last_good

    def run(
        self, gateway_url: str, platform: Platform | None, told: Callable[[Part], None]
    ) -> Verdict:
        """Measure and judge; takes some seconds.

        Raises:
            Rejected: the network settings cannot be used.
        """
        run = self._probe()(gateway_url, platform, told)
        verdict = judge(run, self._last_good.times(run.host))
        if verdict.is_good:
            # What cannot be kept only costs the comparison.
            with contextlib.suppress(OSError):
                self._last_good.keep(run.host, verdict.medians())
        return verdict


def judge(run: Run, last_good: Mapping[Part, float]) -> Verdict:
    """Say of each part whether it is fine, slow or broken; `last_good`: medians in ms."""
    return Verdict(run, tuple(_found(part, run, last_good.get(part)) for part in Part))


def _found(part: Part, run: Run, before_ms: float | None) -> Finding:
    if part is Part.CLOCK:
        return _clock(run)
    measured = run.parts.get(part)
    if measured is None or not (measured.times_ms or measured.trouble):
        return Finding(part, Outcome.NOT_TRIED)
    median = statistics.median(measured.times_ms) if measured.times_ms else None
    ratio = median / before_ms if median is not None and before_ms else None
    if measured.trouble is not None:
        return Finding(
            part, Outcome.BROKEN, median, ratio, measured.trouble, failed=measured.failed
        )
    assert median is not None
    slower = before_ms is not None and median > max(_RATIO * before_ms, before_ms + _MORE_MS)
    is_slow = slower or median > SLOW_MS[part]
    return Finding(part, Outcome.SLOW if is_slow else Outcome.FINE, median, ratio)


def _clock(run: Run) -> Finding:
    if run.clock_off_s is None:
        return Finding(Part.CLOCK, Outcome.NOT_TRIED)
    if abs(run.clock_off_s) > CLOCK_OFF_S:
        return Finding(Part.CLOCK, Outcome.BROKEN, trouble=Trouble.CLOCK)
    return Finding(Part.CLOCK, Outcome.FINE)
