"""Each transport fault reaches the gateway as the error that says what may follow."""

from __future__ import annotations

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import Source
from agent_app.domain.evidence import EvidenceKind, has_fresh_provider_read, latest
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.engines.port import EngineError, OutcomeUnknown, Throttled, Unreachable
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.engines.sandbox.transport import Fault
from tests.engines.bench import SandboxBench
from tests.engines.conftest import QUICK
from tests.processes import SandboxProcess, start_sandbox

APPLIED = {Fault.DROP_AFTER, Fault.LATE, Fault.ERROR_AFTER, Fault.GARBAGE, Fault.HALF}
NOT_APPLIED = {Fault.DROP_BEFORE, Fault.ERROR_BEFORE}
# test_sandbox_shop shows APPLY_LATE; THROTTLE is no unknown outcome.
ELSEWHERE = {Fault.APPLY_LATE, Fault.THROTTLE}


@pytest.fixture
def bench(box: SandboxProcess, shop: SandboxShop) -> SandboxBench:
    return SandboxBench(box, shop)


def test_every_fault_is_tested() -> None:
    assert set(Fault) == APPLIED | NOT_APPLIED | ELSEWHERE


@pytest.mark.parametrize("fault", sorted(APPLIED | NOT_APPLIED))
def test_a_command_that_meets_it_is_unknown_and_one_repeat_mends_it(
    bench: SandboxBench, fault: Fault
) -> None:
    command = bench.ready(ActionKind.REFUND)
    bench.box.faults({"what": fault, "path": "/orders/*/refund", "seconds": 1.5})
    with pytest.raises(OutcomeUnknown):
        bench.shop.perform(command)
    assert bench.effects(command) == (1 if fault in APPLIED else 0)
    bench.shop.perform(command)
    assert bench.effects(command) == 1


@pytest.mark.parametrize("fault", sorted(APPLIED))
def test_without_keys_the_same_repeat_pays_twice(bench: SandboxBench, fault: Fault) -> None:
    """The negative control: take the key away and the faults do what they threaten."""
    bench.box.faults(settings={"keys": False})
    command = bench.ready(ActionKind.REFUND)
    bench.box.faults({"what": fault, "path": "/orders/*/refund", "seconds": 1.5})
    with pytest.raises(OutcomeUnknown):
        bench.shop.perform(command)
    bench.shop.perform(command)
    assert bench.effects(command) == 2


def test_throttling_says_when_to_come_back_and_does_nothing(bench: SandboxBench) -> None:
    command = bench.ready(ActionKind.REFUND)
    bench.box.faults({"what": "throttle", "method": "POST", "seconds": 7})
    with pytest.raises(Throttled) as refusal:
        bench.shop.perform(command)
    assert refusal.value.retry_after_s == 7
    assert bench.effects(command) == 0


@pytest.mark.parametrize("fault", sorted(APPLIED | NOT_APPLIED))
def test_a_silent_provider_is_evidence_and_the_shop_still_counts(
    bench: SandboxBench, fault: Fault
) -> None:
    ref = bench.ready(ActionKind.RESYNC).order
    bench.box.faults({"what": fault, "path": "/provider/payments", "seconds": 1.5})
    reading = bench.shop.read(ref)
    look = latest(reading.evidence, Source.PROVIDER, EvidenceKind.PAYMENTS)
    assert look is not None
    assert look.verdict == "no_answer"
    assert not has_fresh_provider_read(reading.evidence, bench.box.now())
    assert reading.order is not None
    assert reading.order.customer.name
    assert {e.source for e in reading.events} >= {Source.PLATFORM, Source.CALLBACK_LOG}
    assert Source.PROVIDER not in {e.source for e in reading.events}


def test_a_silent_shop_gives_no_order_and_the_provider_still_counts(bench: SandboxBench) -> None:
    """No order made of the provider's words may take the place of one that is known better."""
    ref = bench.ready(ActionKind.RESYNC).order
    bench.box.faults({"what": "error_before", "path": "/orders/*"})
    reading = bench.shop.read(ref)
    assert reading.order is None
    assert has_fresh_provider_read(reading.evidence, bench.box.now())
    assert Source.PROVIDER in {e.source for e in reading.events}


def test_changes_keep_their_place_when_a_source_is_silent(bench: SandboxBench) -> None:
    cursor = None
    more = True
    while more:
        page = bench.shop.changes(cursor, 200)
        cursor, more = page.cursor, page.more
    ref = bench.ready(ActionKind.RESYNC).order
    bench.box.faults({"what": "error_before", "path": "/provider/payments", "times": 2})
    for _ in range(2):
        with pytest.raises(EngineError):
            bench.shop.changes(cursor, 200)
    page = bench.shop.changes(cursor, 200)
    assert {r.order.ref for r in page.readings if r.order} == {ref}


def test_a_foreign_cursor_is_refused(bench: SandboxBench) -> None:
    with pytest.raises(EngineError, match="no cursor"):
        bench.shop.changes("from another shop", 10)


def test_nobody_listening_means_nothing_was_sent() -> None:
    box = start_sandbox(seed=3)
    shop = SandboxShop(box.base_url, ShopId("sandbox"), bounds=QUICK)
    bench = SandboxBench(box, shop)
    command = bench.ready(ActionKind.REFUND)
    box.kill()
    with pytest.raises(Unreachable):
        shop.perform(command)
    assert shop.read(OrderRef(command.order)).order is None
    shop.close()
