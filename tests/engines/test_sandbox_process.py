"""The sandbox process starts, keeps its world, repeats itself by seed and ends without orphans."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent_app.domain.causes import Cause
from agent_app.domain.money import Money
from tests.processes import (
    ROOT,
    ProcessFailedError,
    Program,
    SandboxProcess,
    sandbox,
    start_sandbox,
)

ALL = [cause.value for cause in Cause]


def _told(box: SandboxProcess) -> list[tuple[object, ...]]:
    """Return what two worlds of one seed must share: everything but the times."""
    told: list[tuple[object, ...]] = []
    for truth in box.seed(*ALL, healthy=10):
        sale = box.books(truth.reference)
        payments = box.get(f"/provider/payments?reference={truth.reference}")["payments"]
        told.append(
            (
                truth.reference,
                truth.cause,
                sale.customer,
                sale.total_minor,
                sale.currency,
                sale.method,
                [s.kind for s in sale.stages],
                [(p["id"], p["customer"], p["amount_minor"]) for p in payments],
            )
        )
    return told


def test_one_seed_tells_one_world_and_another_seed_another() -> None:
    with sandbox(seed=11) as first, sandbox(seed=11) as second, sandbox(seed=12) as other:
        told = _told(first)
        assert told == _told(second)
        assert told != _told(other)


def test_customers_come_from_everywhere_and_pay_plausible_sums() -> None:
    with sandbox(seed=5) as box:
        sales = [box.books(t.reference) for t in box.seed("S1", count=60, healthy=60)]
    assert len({s.reference for s in sales}) == 120
    assert {s.currency for s in sales} >= {"CNY", "JPY", "EUR", "USD"}
    assert {s.customer.language for s in sales} >= {"zh-CN", "en-US", "ja-JP"}
    for sale in sales:
        total = Money(sale.total_minor, sale.currency)
        assert 3 <= total.amount_minor / 10**total.minor_digits <= 1_000_000
        assert sale.customer.email.split("@")[1].startswith("example.")
        assert not sale.customer.phone.count("#")


def test_the_world_outlives_a_crash_in_its_state_file(tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    box = start_sandbox(seed=7, state=state)
    truth = box.seed("S1")[0]
    box.advance(100)
    box.kill()
    with sandbox(seed=7, state=state) as again:
        assert again.truth(truth.reference) == truth
        assert len(again.ledger(truth.reference, "capture")) == 1
        assert again.get("/clock")["offset_s"] == 100
        assert again.seed("S1")[0].reference != truth.reference


def test_a_foreign_state_file_is_named_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    state.write_text("not a world", "utf-8")
    with pytest.raises(ProcessFailedError, match=r"world\.json: not a sandbox state file"):
        start_sandbox(seed=7, state=state)
    assert state.read_text("utf-8") == "not a world"


def test_a_program_that_never_gets_ready_fails_with_its_own_words() -> None:
    with pytest.raises(ProcessFailedError, match="unrecognized arguments"):
        Program("agent_app.engines.sandbox", "--no-such-option", ready="sandbox ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked(asked: signal.Signals) -> None:
    box = start_sandbox()
    box.process.send_signal(asked)
    assert box.process.wait(10) == 0
    assert box.errors() == ""
    box.stop()


def test_it_ends_when_its_parent_is_gone() -> None:
    box = start_sandbox()
    assert box.process.stdin is not None
    box.process.stdin.close()
    assert box.process.wait(10) == 0
    box.stop()


def test_without_a_parent_to_follow_a_closed_input_does_not_end_it() -> None:
    """The negative control of the test above."""
    with subprocess.Popen(
        [sys.executable, "-m", "agent_app.engines.sandbox"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"sandbox ")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.terminate()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/seed", {"orders": [{"cause": "Z9"}]}),
        ("/seed", {"order": []}),
        ("/clock", {"advance_s": -1}),
        ("/faults", {"settings": {"query_lag_s": "much"}}),
        ("/faults", {"transport": [{"what": "explode"}]}),
    ],
)
def test_nonsense_from_a_test_is_refused(box: SandboxProcess, path: str, body: object) -> None:
    from urllib.error import HTTPError

    with pytest.raises(HTTPError) as refusal:
        box.post(path, body)
    with refusal.value as answer:
        assert answer.code == 422
