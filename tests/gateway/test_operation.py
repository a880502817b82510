"""Promise: a gateway says whether it can work, and stops in good order and in time."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway import systemd
from agent_app.gateway.clock import SystemClock
from agent_app.gateway.store import accounts, moved
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.moved import Moved, MovedTo
from agent_app.gateway.vitals import Vitals
from tests.processes import ROOT, Program, SandboxProcess, sandbox

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to answer")


@contextlib.contextmanager
def watched(database: Database, *threads: str, slow_s: float = 0.3) -> Iterator[Vitals]:
    vitals = Vitals(database, SystemClock(), threads, every_s=0.05, slow_s=slow_s)
    vitals.start()
    try:
        yield vitals
    finally:
        vitals.stop()
        vitals._thread.join(20)


def until(vitals: Vitals, word: str | None, within_s: float = 30) -> None:
    """Wait until a problem holds the word, or until there is none."""
    end = time.monotonic() + within_s
    while True:
        problems = vitals.problems()
        if any(word in p for p in problems) if word else not problems:
            return
        assert time.monotonic() < end, problems
        time.sleep(0.02)


def test_it_is_ready_when_its_database_is_written(where: Path | str) -> None:
    with contextlib.closing(Database(where)) as database, watched(database) as vitals:
        assert vitals.problems(), "before the first try nothing is known"
        until(vitals, None)


def test_a_database_that_cannot_be_written_makes_it_not_ready_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    database = Database(path, busy_timeout_ms=100)
    with contextlib.closing(database), watched(database) as vitals:
        until(vitals, None)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        until(vitals, "cannot be written")
        other.execute("ROLLBACK")
        other.close()
        until(vitals, None)


def test_a_database_that_hangs_makes_it_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    database = Database(path, busy_timeout_ms=8_000)
    with contextlib.closing(database), watched(database) as vitals:
        until(vitals, None)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        until(vitals, "has not answered", within_s=6)
        other.execute("ROLLBACK")
        other.close()


def test_a_newer_program_at_the_database_makes_it_not_ready(where: Path | str) -> None:
    with contextlib.closing(Database(where)) as database, watched(database) as vitals:
        until(vitals, None)
        with database.write() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        until(vitals, "another program version")


def test_a_thread_that_ended_makes_it_not_ready(tmp_path: Path) -> None:
    ending = threading.Event()
    worker = threading.Thread(target=ending.wait, name="worker-here")
    worker.start()
    database = Database(tmp_path / "gateway.db")
    with contextlib.closing(database), watched(database, "worker-here") as vitals:
        until(vitals, None)
        ending.set()
        worker.join()
        until(vitals, "worker-here has ended")


def test_a_database_that_moved_away_is_told_once(tmp_path: Path) -> None:
    told: list[Moved] = []
    database = Database(tmp_path / "gateway.db")
    with contextlib.closing(database), watched(database) as vitals:
        vitals.on_moved = told.append
        until(vitals, None)
        with database.write() as connection:
            moved.mark_moved(connection, MovedTo("postgresql://there/db", "1"))
        until(vitals, "moved away")
    assert "postgresql://there/db" in str(told[0])


def configured(folder: Path, shop: SandboxProcess | None, *more: str) -> Path:
    """Write a configuration; return its file."""
    lines = ["port = 0", "watch_every_s = 0.2", *more]
    if shop is not None:
        lines += ["[[shops]]", 'id = "sandbox"', 'engine = "sandbox"', f'url = "{shop.base_url}"']
        lines += ["timeout_s = 60"]
    path = folder / "gateway.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@contextlib.contextmanager
def gateway(folder: Path, shop: SandboxProcess | None, *more: str) -> Iterator[Program]:
    config = str(configured(folder, shop, *more))
    running = Program("agent_app.gateway", "--config", config, "serve", ready="gateway ")
    try:
        yield running
    finally:
        running.kill()


def asked(program: Program, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{program.ready}{path}", headers=headers, trust_env=False, verify=False)


def ready_within(program: Program, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while (answer := asked(program, "/v1/ready")).status_code != 200:
        assert time.monotonic() < end, answer.text
        time.sleep(0.05)


@posix
def test_on_sigterm_it_is_not_ready_still_answers_and_ends_with_0(tmp_path: Path) -> None:
    with sandbox() as shop, gateway(tmp_path, shop, "drain_s = 1.0") as running:
        ready_within(running)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        red = asked(running, "/v1/ready")
        assert red.status_code == 503
        assert "stopping" in red.json()["detail"]
        assert asked(running, "/v1/health").status_code == 200
        assert running.process.wait(8) == 0
        assert "process_failed" not in running.errors()


@posix
def test_a_request_that_is_being_answered_ends(tmp_path: Path) -> None:
    with sandbox() as shop, gateway(tmp_path, shop) as running:
        ready_within(running)
        token = signed_up(tmp_path)
        shop.seed("S5", count=1)
        case = a_case(running, token)
        shop.faults({"what": "late", "seconds": 1.5, "times": None, "path": "/orders/*"})
        answers: list[httpx.Response] = []

        def recheck() -> None:
            answers.append(post(running, f"/v1/cases/{case}/recheck", token))

        thread = threading.Thread(target=recheck)
        thread.start()
        time.sleep(0.5)
        running.process.send_signal(signal.SIGTERM)
        thread.join()
        assert [answer.status_code for answer in answers] == [200]
        assert running.process.wait(10) == 0


def signed_up(folder: Path) -> str:
    database = Database(folder / "gateway.db")
    with contextlib.closing(database), database.write() as connection:
        accounts.save_user(connection, accounts.User(UserId("marta"), "Marta", Role.LEAD, False))
        return accounts.issue_token(connection, UserId("marta"), SystemClock().now())


def post(program: Program, path: str, token: str, body: object = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    return httpx.post(
        f"{program.ready}{path}",
        json=body,
        headers=headers,
        trust_env=False,
        verify=False,
        timeout=30,
    )


def a_case(program: Program, token: str) -> str:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        page = asked(program, "/v1/cases", Authorization=f"Bearer {token}").json()
        if page["rows"]:
            return str(page["rows"][0]["id"])
        time.sleep(0.05)
    raise AssertionError("nothing was flagged")


def seconds_to_stop(folder: Path, stop_within_s: float, patience_s: float) -> float | None:
    """Stop a gateway whose shop hangs in the middle of a refund; None: it took too long."""
    with sandbox() as shop, gateway(folder, shop, f"stop_within_s = {stop_within_s}") as running:
        ready_within(running)
        token = signed_up(folder)
        shop.seed("S5", count=1)
        case = a_case(running, token)
        post(running, f"/v1/cases/{case}/claim", token)
        post(running, f"/v1/cases/{case}/recheck", token)
        shop.faults({"what": "late", "seconds": 60, "times": None})
        body = {"kind": "refund", "reason": "by the table"}
        asked_for = post(running, f"/v1/cases/{case}/actions", token, body)
        assert asked_for.status_code == 202, asked_for.text
        time.sleep(1.0)
        begun = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        try:
            code = running.process.wait(patience_s)
        except Exception:  # noqa: BLE001 - it did not end
            return None
        assert code == 0
        return time.monotonic() - begun


@posix
@pytest.mark.slow
def test_it_ends_in_time_though_its_shop_hangs_and_the_refund_stands_as_unknown(
    tmp_path: Path,
) -> None:
    took = seconds_to_stop(tmp_path, 4, patience_s=10)
    assert took is not None
    assert took < 5
    database = Database(tmp_path / "gateway.db")
    with contextlib.closing(database), database.read() as connection:
        states = connection.execute(sa.text("SELECT state FROM actions")).scalars().all()
    assert states in (["unknown"], ["prepared"])


@posix
@pytest.mark.slow
def test_control_with_all_the_time_of_the_world_it_waits_for_the_shop(tmp_path: Path) -> None:
    assert seconds_to_stop(tmp_path, 300, patience_s=8) is None


@posix
def test_a_gateway_whose_database_moves_away_ends_and_says_where_it_went(tmp_path: Path) -> None:
    with gateway(tmp_path, None) as running:
        ready_within(running)
        database = Database(tmp_path / "gateway.db")
        with contextlib.closing(database), database.write() as connection:
            moved.mark_moved(connection, MovedTo("postgresql://there/db", "1"))
        assert running.process.wait(15) == 1
        assert "moved to postgresql://there/db" in running.errors()


def first_word(heard: socket.socket) -> bytes:
    while (word := heard.recv(100)) == b"WATCHDOG=1":
        pass
    return word


@posix
def test_systemd_hears_that_it_is_ready_and_that_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(tmp_path / "notify"))
    heard.settimeout(10)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with contextlib.closing(heard), gateway(tmp_path, None) as running:
        # That it lives may be said before and between.
        assert first_word(heard) == b"READY=1"
        ready_within(running)
        running.process.send_signal(signal.SIGTERM)
        assert first_word(heard) == b"STOPPING=1"
        assert running.process.wait(10) == 0


def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    systemd.tell("READY=1")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_systemd_unit_is_one_and_lets_little_be_done(tmp_path: Path) -> None:
    text = (ROOT / "resources/systemd/agent-app-gateway.service").read_text("utf-8")
    # What the unit names is not installed here.
    text = text.replace("/opt/agent-app/bin/agent-app-gateway", sys.executable)
    text = text.replace("=agent-app\nGroup=agent-app", "=root\nGroup=root")
    unit = tmp_path / "agent-app-gateway.service"
    unit.write_text(text, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    control = tmp_path / "control.service"
    control.write_text(text.replace("Type=notify", "Tipe=notify"), "utf-8")
    wrong = subprocess.run(
        ["systemd-analyze", "verify", str(control)], capture_output=True, text=True, check=False
    )
    assert "Tipe" in wrong.stderr
