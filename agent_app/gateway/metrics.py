"""Figures for Prometheus: few labels with few values each, none from outside, no customer data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from agent_app.gateway.clock import Clock
from agent_app.gateway.store import figures
from agent_app.gateway.store.database import Database
from agent_app.gateway.vitals import Vitals

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WAITS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# A second series per figure, of use to nobody here.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What one gateway process counts itself, and what it reads from its store when asked."""

    def __init__(self, database: Database, clock: Clock, vitals: Vitals) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Histogram(
            "agent_app_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("method", "address", "status"),
            buckets=_LATENCIES,
            registry=registry,
        )
        self._running = Gauge(
            "agent_app_requests_running",
            "Requests that are being answered; for the live stream, the desks that listen.",
            ("address",),
            registry=registry,
        )
        self._waits = Histogram(
            "agent_app_database_write_wait_seconds",
            "How long a write of this process waited for its turn.",
            buckets=_WAITS,
            registry=registry,
        )
        self._rounds = Counter(
            "agent_app_shop_rounds",
            "Rounds in which this process read a shop, by whether it answered.",
            ("shop", "outcome"),
            registry=registry,
        )
        built = Gauge(
            "agent_app_build_info", "The gateway's version.", ("version",), registry=registry
        )
        built.labels(version("agent-app")).set(1)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        registry.register(_Store(database, clock, vitals))
        database.waited = self._waits.observe

    def began(self, address: str) -> None:
        self._running.labels(address).inc()

    def ended(self, method: str, address: str, status: int, seconds: float) -> None:
        """Count an answer; `address` is its template, and `method` one of few words."""
        self._running.labels(address).dec()
        self._requests.labels(method, address, str(status)).observe(seconds)

    def shop_round(self, shop: str, answered: bool) -> None:
        self._rounds.labels(shop, "answered" if answered else "failed").inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them.

        Raises:
            OperationalError: the store cannot be read.
        """
        return generate_latest(self._registry)


class _Store(Collector):
    """The figures that are read from the store at each asking."""

    def __init__(self, database: Database, clock: Clock, vitals: Vitals) -> None:
        self._database = database
        self._clock = clock
        self._vitals = vitals

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Describe nothing, so that registering does not ask the store."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ready = GaugeMetricFamily("agent_app_ready", "1 while this process can take work.")
        ready.add_metric((), 0 if self._vitals.problems() else 1)
        yield ready
        now = self._clock.now()
        with self._database.read() as connection:
            actions = figures.open_actions(connection)
            queues = figures.queues(connection)
            reads = figures.shop_reads(connection)
            claims = figures.claims(connection, now)
            entries = figures.audit_entries(connection)
        yield from _of_actions(actions, now)
        yield from _of_shops(reads, now)
        cases = GaugeMetricFamily(
            "agent_app_cases", "Cases in each team's queues.", labels=("team", "queue")
        )
        for team, queue, count in queues:
            cases.add_metric((team, queue), count)
        yield cases
        yield GaugeMetricFamily("agent_app_claims", "Open cases that somebody holds.", claims)
        yield GaugeMetricFamily(
            "agent_app_audit_entries", "Entries of the audit log; it only grows.", entries
        )


def _of_actions(actions: list[figures.OpenActions], now: datetime) -> Iterator[GaugeMetricFamily]:
    labels = ("kind", "state")
    count = GaugeMetricFamily("agent_app_actions_open", "Open actions.", labels=labels)
    oldest = GaugeMetricFamily(
        "agent_app_action_oldest_seconds", "Age of the oldest open action.", labels=labels
    )
    for group in actions:
        count.add_metric((group.kind, group.state), group.count)
        age = max(0.0, (now - group.oldest).total_seconds())
        oldest.add_metric((group.kind, group.state), age)
    yield count
    yield oldest


def _of_shops(reads: list[figures.ShopRead], now: datetime) -> Iterator[GaugeMetricFamily]:
    lag = GaugeMetricFamily(
        "agent_app_shop_read_age_seconds", "Since a shop was last read.", labels=("shop",)
    )
    failing = GaugeMetricFamily(
        "agent_app_shop_failing", "1 while a shop cannot be read.", labels=("shop",)
    )
    for shop in reads:
        if shop.last_read_at is not None:
            lag.add_metric((shop.shop,), max(0.0, (now - shop.last_read_at).total_seconds()))
        failing.add_metric((shop.shop,), int(shop.failing))
    yield lag
    yield failing
