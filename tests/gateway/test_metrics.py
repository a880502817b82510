"""Promise: the figures tell how the gateway is, to whom they are meant, with few labels."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from prometheus_client.parser import text_string_to_metric_families

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import UserId
from agent_app.engines.port import ChangePage, EngineError
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.metrics_page import Readers, metrics_route
from agent_app.gateway.observed import Observed
from agent_app.gateway.serving import listen
from agent_app.gateway.store import accounts, shop_rows
from tests.fakes.shop import Fault
from tests.gateway.world import World


@contextlib.contextmanager
def scraped(world: World, readers: Readers = "loopback") -> Iterator[httpx.Client]:
    """Serve with the figures' page, as `serve` does."""
    app = make_app(world.gateway)
    app.routes.append(metrics_route(world.gateway, readers))
    observed = Observed(app, world.gateway.metrics, log_requests=False)
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        observed, log_config=None, access_log=False, lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, trust_env=False, verify=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def figures(world: World) -> dict[tuple[str, ...], float]:
    """Return every sample as (name, values of the labels by their names' order…) -> value."""
    found = {}
    for family in text_string_to_metric_families(world.gateway.metrics.text().decode()):
        for sample in family.samples:
            values = (value for _, value in sorted(sample.labels.items()))
            found[sample.name, *values] = sample.value
    return found


def test_actions_claims_queues_and_shops_are_counted(world: World) -> None:
    first, second = world.shop.stuck("PG-1"), world.shop.stuck("PG-2")
    case = world.claimed(first, world.lead)
    world.claimed(second, world.agent)
    world.shop.faults = [Fault.LOST_BEFORE] * 9
    world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    before = figures(world)
    assert before["agent_app_actions_open", "refund", "prepared"] == 1
    world.gateway.worker.run_once()
    world.clock.turn(40)
    seen = figures(world)
    assert ("agent_app_actions_open", "refund", "prepared") not in seen
    assert seen["agent_app_actions_open", "refund", "unknown"] == 1
    assert seen["agent_app_action_oldest_seconds", "refund", "unknown"] >= 40
    assert seen[("agent_app_claims",)] == 2
    assert seen["agent_app_shop_read_age_seconds", "fake"] == 40
    assert seen["agent_app_shop_failing", "fake"] == 0
    assert seen[("agent_app_audit_entries",)] > 0
    assert seen[("agent_app_database_write_wait_seconds_count",)] > 0
    assert seen["agent_app_cases", "team", "main"] == 2
    world.clock.turn(100)
    assert figures(world)[("agent_app_claims",)] == 0, "they ran out"


def test_requests_are_counted_by_template_and_never_by_what_was_asked(world: World) -> None:
    with scraped(world) as client:
        client.get("/v1/health")
        before = set(figures(world))
        for number in range(60):
            client.get(f"/v1/cases/customer-{number}")
            client.get(f"/customer-{number}?q=customer")
            client.request(f"CUSTOMER{number}", "/v1/health")
        text = client.get("/metrics").text
    assert "customer" not in text.lower()
    counted = figures(world)
    assert counted["agent_app_request_seconds_count", "/v1/cases/{case}", "GET", "401"] == 60
    assert counted["agent_app_request_seconds_count", "unknown", "GET", "404"] == 60
    buckets_of_a_series = 15
    assert len(set(counted) - before) < 6 * buckets_of_a_series
    assert counted["agent_app_requests_running", "/v1/health"] == 0


@pytest.mark.parametrize(
    ("readers", "plain", "forwarded", "with_token"),
    [
        ("loopback", 200, 401, 200),
        ("token", 401, 401, 200),
        ("open", 200, 200, 200),
        ("off", 404, 404, 404),
    ],
)
def test_only_those_read_them_whom_the_configuration_names(
    world: World, readers: Readers, plain: int, forwarded: int, with_token: int
) -> None:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, UserId("marta"), world.clock.now())
    with scraped(world, readers) as client:
        proxied = {"X-Forwarded-For": "127.0.0.1"}
        signed = {**proxied, "Authorization": f"Bearer {token}"}
        statuses = [
            client.get("/metrics", headers=headers).status_code for headers in ({}, proxied, signed)
        ]
    assert statuses == [plain, forwarded, with_token]


def test_a_caller_from_another_machine_needs_a_token(world: World) -> None:
    app = make_app(world.gateway)
    app.routes.append(metrics_route(world.gateway, "loopback"))
    status = {
        peer: asyncio.run(_status(app, peer)) for peer in ("10.1.2.3", "127.0.0.9", "::1", "unix")
    }
    assert status == {"10.1.2.3": 401, "127.0.0.9": 200, "::1": 200, "unix": 401}


async def _status(app: Any, peer: str) -> int:
    transport = httpx.ASGITransport(app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return (await client.get("/metrics")).status_code


def test_a_shop_that_cannot_be_read_is_told(world: World) -> None:
    world.claimed(world.shop.stuck("PG-1"))
    assert figures(world)["agent_app_shop_failing", "fake"] == 0
    with world.database.write() as connection:
        shop_rows.save_problem(connection, world.shop.id, "no answer")
    assert figures(world)["agent_app_shop_failing", "fake"] == 1

    def silent(cursor: str | None, limit: int) -> ChangePage:
        raise EngineError("no answer")

    world.shop.changes = silent  # type: ignore[method-assign]
    with pytest.raises(EngineError):
        world.watch()
    rounds = figures(world)
    assert rounds["agent_app_shop_rounds_total", "answered", "fake"] == 1
    assert rounds["agent_app_shop_rounds_total", "failed", "fake"] == 1
