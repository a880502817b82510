"""Promise: while a whole case is handled, errors included, no customer data is in the log.

Canaries stand where customer data stands: names, addresses, references, notes, reasons, and the
texts of errors. The control writes the log as libraries do, and the canaries are in it.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from sqlalchemy.exc import IntegrityError

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, UserId
from agent_app.domain.order import Customer
from agent_app.engines.port import Command, EngineError, OutcomeUnknown, Reading, Receipt
from agent_app.gateway import logs
from agent_app.gateway.config import LogConfig
from agent_app.gateway.http.app import make_app
from agent_app.gateway.observed import Observed
from agent_app.gateway.serving import listen
from agent_app.gateway.store import accounts
from tests.gateway.world import World

CANARY = "Kanarienvogel"
CHINESE = "金丝雀"
CANARIES = (CANARY, CHINESE, "555-0199")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give what the process logs; afterwards all is as it was."""
    hooks = (threading.excepthook, sys.excepthook, sys.unraisablehook)
    root = logging.getLogger()
    handlers, level, to = list(root.handlers), root.level, io.StringIO()
    logs.configure(LogConfig(level="debug"), to)
    try:
        yield to
    finally:
        threading.excepthook, sys.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


class Site:
    """A gateway whose every text of a customer's is a canary, asked over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.ref = self.world.shop.stuck(f"{CANARY}-1", 4_200)
        order = self.world.shop._orders[self.ref]
        customer = Customer(
            order.customer.id, f"{CANARY} {CHINESE}", f"{CANARY}@example.test", "555-0199"
        )
        self.world.shop._orders[self.ref] = replace(order, customer=customer)
        with self.world.database.write() as connection:
            self.token = accounts.issue_token(
                connection, UserId("marta"), self.world.clock.now(), label=CANARY
            )
        app = Observed(make_app(self.world.gateway), self.world.gateway.metrics)
        self._listener = listen("127.0.0.1", 0)
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}
        )
        self._thread.start()
        address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.client = httpx.Client(base_url=address, trust_env=False, verify=False, timeout=20)
        self._keys = 0

    def ask(self, method: str, path: str, **more: Any) -> Any:
        self._keys += 1
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"{CANARY}-{self._keys}",
            "X-Customer": CANARY,
            **more.pop("headers", {}),
        }
        return self.client.request(method, path, headers=headers, **more)

    def close(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self.world.close()


@pytest.fixture
def site(tmp_path: Path, log: io.StringIO) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def handle_a_case(site: Site) -> None:
    """Find, open, claim, note, look, reveal, refund: everything that answers 2xx."""
    world = site.world
    world.watch()
    found = site.ask("GET", "/v1/cases", params={"q": CANARY}).json()["rows"]
    assert len(found) == 1
    case = f"/v1/cases/{found[0]['id']}"
    for method, path, body in (
        ("GET", case, None),
        ("POST", f"{case}/claim", None),
        ("POST", f"{case}/recheck", None),
        ("POST", f"{case}/notes", {"text": f"{CANARY} {CHINESE} called"}),
        ("POST", f"{case}/reveal", None),
        ("POST", f"{case}/actions", {"kind": "refund", "reason": f"{CANARY} wants it back"}),
    ):
        answer = site.ask(method, path, json=body)
        assert answer.status_code < 300, (path, answer.text)
        assert answer.headers["x-request-id"]
    world.work()
    assert world.shop.books.count(ActionKind.REFUND, site.ref) == 1


def everything_fails(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each part fail with a text that holds customer data."""
    world, shop = site.world, site.world.shop
    ref = shop.stuck(f"{CANARY}-2", 4_300)
    case = world.claimed(ref, world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason=CANARY)

    def lost(command: Command) -> Receipt:
        raise OutcomeUnknown(f"no answer about {CANARY}") from ValueError(CHINESE)

    def broken(ref: OrderRef) -> Reading:
        raise RuntimeError(f"cannot read {CANARY}")

    def unreachable(*_: object) -> Any:
        raise EngineError(f"{CANARY} is not reachable")

    with monkeypatch.context() as patched:
        patched.setattr(shop, "perform", lost)
        world.work(5)
        patched.setattr(shop, "read", broken)
        site.ask("POST", f"/v1/cases/{case}/recheck")
        patched.setattr(shop, "changes", unreachable)
        watcher = world.gateway.watchers[shop.id]
        watcher._every_s = 0.01
        watcher.start()
        world.gateway.worker.start()
        world.clock.turn(60)
        wait = threading.Event()
        wait.wait(0.5)
        watcher.stop()
        world.gateway.worker.stop()
    with monkeypatch.context() as patched:
        from agent_app.gateway import casefile

        def refuse(*_: object, **__: object) -> Any:
            raise IntegrityError(
                f"INSERT … {CANARY}", {"name": CANARY}, ValueError(f"DETAIL: Key ({CANARY})")
            )

        patched.setattr(casefile, "detail", refuse)
        assert site.ask("GET", f"/v1/cases/{case}").status_code == 500
    assert asked.id
    for path in (f"/v1/cases/{CANARY}", f"/{CANARY}", f"/v1/cases?{CANARY}=1", "/v1/%E9%87%91"):
        assert site.ask("GET", path).status_code >= 400
    site.ask("POST", f"/v1/cases/{case}/notes", content=f'{{"text": {CANARY}'.encode())
    site.ask("POST", f"/v1/cases/{case}/notes", json={CANARY: CANARY, "text": [CANARY]})
    site.ask(CANARY.upper(), "/v1/cases")


def libraries_log(site: Site) -> None:
    """Let libraries and threads write what they stumbled over."""
    logging.getLogger("httpx").warning("GET https://shop/orders/%s", CANARY)
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: {CANARY}")
    with contextlib.suppress(ValueError):
        try:
            raise ValueError(CANARY)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception for %s", CHINESE)
            raise
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"{CANARY} is deprecated", stacklevel=1)

    def die() -> None:
        raise RuntimeError(CANARY)

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    logger = structlog.get_logger()
    logger.warning(CHINESE, name=CANARY, path=f"/cases/{CHINESE}", problem=CHINESE, case=[CANARY])


def test_no_customer_data_is_in_the_log_of_a_whole_case(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle_a_case(site)
    everything_fails(site, monkeypatch)
    libraries_log(site)
    written = log.getvalue()
    for canary in CANARIES:
        assert canary not in written
        assert canary not in json.dumps(lines(log), ensure_ascii=False)
    events = [line["event"] for line in lines(log)]
    assert {"request", "action", "request_failed", "library", "thread_ended"} <= set(events)
    assert {"shop_not_read", "worker_round_failed"} & set(events)


def test_a_line_tells_who_asked_for_what_and_how_it_went(site: Site, log: io.StringIO) -> None:
    handle_a_case(site)
    request = next(x for x in lines(log) if x.get("address") == "/v1/cases/{case}/notes")
    assert (request["method"], request["status"], request["user"]) == ("POST", 200, "marta")
    assert request["ms"] >= 0
    states = [x["state"] for x in lines(log) if x["event"] == "action"]
    assert states[-1] == "confirmed"


def test_an_errors_kind_and_place_are_told(site: Site, log: io.StringIO) -> None:
    libraries_log(site)
    error = next(x["error"] for x in lines(log) if x["event"] == "thread_ended")
    assert error[0]["type"] == "builtins.RuntimeError"
    assert error[0]["at"][-1].endswith(" die")


def test_control_a_log_as_usual_holds_them(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(processors=usual)
    everything_fails(site, monkeypatch)
    assert CANARY in log.getvalue()
