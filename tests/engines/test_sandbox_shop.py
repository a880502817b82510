"""The sandbox shop keeps the port's contract, and shows what a shop without keys does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import Source
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.truth import fold_truth
from agent_app.engines.port import Command, Conflict, Message, Outcome, OutcomeUnknown, Rejected
from agent_app.engines.sandbox.connector import SandboxShop
from tests.engines.bench import SandboxBench
from tests.engines.conftest import QUICK
from tests.engines.contract import ShopContract
from tests.processes import SandboxProcess


@pytest.fixture
def bench(box: SandboxProcess, shop: SandboxShop) -> SandboxBench:
    return SandboxBench(box, shop)


class TestSandboxKeepsTheContract(ShopContract):
    @pytest.fixture
    def bench(self, box: SandboxProcess, shop: SandboxShop) -> SandboxBench:
        return SandboxBench(box, shop)


def test_without_keys_a_repeat_pays_twice_and_the_ledger_shows_it(bench: SandboxBench) -> None:
    """The negative control of every promise of one refund: here there are two."""
    bench.box.faults(settings={"keys": False})
    command = bench.ready(ActionKind.REFUND)
    bench.shop.perform(command)
    bench.shop.perform(command)
    assert bench.effects(command) == 2
    bench.box.advance(5)
    paid_back = sum(e.amount_minor for e in bench.box.ledger(command.order, "refund"))
    assert command.amount is not None
    assert paid_back == 2 * command.amount.amount_minor


def test_two_refunds_under_one_key_are_not_read_as_one(bench: SandboxBench) -> None:
    bench.box.faults(settings={"keys": False})
    command = bench.ready(ActionKind.REFUND)
    bench.shop.perform(command)
    bench.shop.perform(command)
    reading = bench.shop.read(command.order)
    assert reading.order is not None
    refunds = fold_truth(reading.order, reading.events, reading.evidence).payments[0].refunds
    assert len(refunds) == 2
    assert refunds[0].id == command.key


def test_without_keys_the_shop_declares_none(bench: SandboxBench) -> None:
    assert bench.shop.capabilities.action_key_lifetime_s == 86_400
    bench.box.faults(settings={"keys": False, "query_lag_s": 20})
    fresh = SandboxShop(bench.box.base_url, ShopId("sandbox"), clock=bench.box.now)
    assert fresh.capabilities.action_key_lifetime_s is None
    assert fresh.capabilities.settle_s == 35
    fresh.close()


def test_without_keys_a_message_still_leaves_once(bench: SandboxBench) -> None:
    bench.box.faults(settings={"keys": False})
    ref = bench.unpaid()
    message = Message(ref, "aa-once", "checking", "en", "Your order", "We are checking.")
    bench.shop.send_message(message)
    bench.shop.send_message(message)
    assert bench.messages(ref) == 1


def test_a_key_is_forgotten_after_its_lifetime(bench: SandboxBench) -> None:
    command = bench.ready(ActionKind.REFUND)
    bench.shop.perform(command)
    bench.box.advance(86_401)
    bench.shop.perform(command)
    assert bench.effects(command) == 2


def test_a_capped_provider_refuses_beyond_the_captured_sum(bench: SandboxBench) -> None:
    bench.box.faults(settings={"keys": False, "cap": True})
    command = bench.ready(ActionKind.REFUND)
    bench.shop.perform(command)
    with pytest.raises(Rejected, match="over_captured"):
        bench.shop.perform(command)
    assert bench.effects(command) == 1


def test_queries_trail_the_books_by_the_lag(bench: SandboxBench) -> None:
    bench.box.faults(settings={"query_lag_s": 30})
    command = bench.ready(ActionKind.REFUND)
    before = bench.shop.changes(None, 200)
    while before.more:
        before = bench.shop.changes(before.cursor, 200)
    bench.shop.perform(command)
    assert bench.shop.outcome(command) is Outcome.ABSENT
    bench.box.advance(31)
    assert bench.shop.outcome(command) in {Outcome.PENDING, Outcome.DONE}
    page = bench.shop.changes(before.cursor, 200)
    told = [e for r in page.readings for e in r.events if e.refund == command.key]
    assert any(e.source is Source.PROVIDER for e in told)


def test_a_failed_refund_reads_as_refused(bench: SandboxBench) -> None:
    bench.box.faults(settings={"refund_result": "failed"})
    command = bench.ready(ActionKind.REFUND)
    bench.shop.perform(command)
    assert bench.shop.outcome(command) is Outcome.PENDING
    bench.box.advance(5)
    assert bench.shop.outcome(command) is Outcome.REFUSED


def test_a_refund_in_another_currency_is_rejected(bench: SandboxBench) -> None:
    command = bench.ready(ActionKind.REFUND)
    assert command.amount is not None
    other = "EUR" if command.amount.currency != "EUR" else "USD"
    with pytest.raises(Rejected, match="other_currency"):
        bench.shop.perform(replace(command, amount=replace(command.amount, currency=other)))
    assert bench.effects(command) == 0


def test_a_cart_that_cannot_be_fulfilled_is_not_completed(bench: SandboxBench) -> None:
    refund = bench.ready(ActionKind.REFUND)
    with pytest.raises(Rejected, match="not_fulfillable"):
        bench.shop.perform(replace(refund, kind=ActionKind.RESUBMIT, key="aa-unfit"))
    assert bench.box.books(refund.order).number is None


def test_a_confirmed_order_is_not_completed_again(bench: SandboxBench) -> None:
    command = bench.ready(ActionKind.RESUBMIT)
    bench.shop.perform(command)
    with pytest.raises(Conflict):
        bench.shop.perform(replace(command, key="aa-another"))
    assert bench.effects(command) == 1


def test_what_is_no_action_of_the_shop_is_rejected(bench: SandboxBench) -> None:
    command = replace(bench.ready(ActionKind.RESYNC), kind=ActionKind.ESCALATE)
    with pytest.raises(Rejected):
        bench.shop.perform(command)
    with pytest.raises(Rejected):
        bench.shop.outcome(command)


def test_corrected_input_is_checked_and_found_again(bench: SandboxBench) -> None:
    ref = bench.unpaid()
    bad = Command(ActionKind.CORRECT_INPUT, ref, "aa-bad", correction=(("phone", "12"),))
    with pytest.raises(Rejected, match="invalid_phone"):
        bench.shop.perform(bad)
    good = replace(bad, key="aa-good", correction=(("phone", "+49 30 23125 101"),))
    assert bench.shop.outcome(good) is Outcome.ABSENT
    bench.shop.perform(good)
    assert bench.shop.outcome(good) is Outcome.DONE
    assert bench.box.books(ref).input_problem is None


def test_two_refunds_at_once_without_keys_race_into_two(bench: SandboxBench) -> None:
    """What our own ledger is for: the shop alone does not stop two agents."""
    bench.box.faults(settings={"keys": False})
    command = bench.ready(ActionKind.REFUND)
    with ThreadPoolExecutor(2) as pool:
        for answer in [pool.submit(bench.shop.perform, command) for _ in range(2)]:
            answer.result()
    assert bench.effects(command) == 2


def test_a_request_that_is_applied_after_we_gave_up_is_found_later(bench: SandboxBench) -> None:
    """Why "not found" counts only after the processing time."""
    command = bench.ready(ActionKind.REFUND)
    bench.box.faults({"what": "apply_late", "method": "POST", "seconds": 1.5})
    with pytest.raises(OutcomeUnknown):
        bench.shop.perform(command)
    assert bench.shop.outcome(command) is Outcome.ABSENT
    bench.box.wait_until(lambda: bench.effects(command) == 1)
    assert bench.shop.outcome(command) in {Outcome.PENDING, Outcome.DONE}


def test_the_unreachable_shop_locks_everything_and_says_so() -> None:
    nobody = SandboxShop("http://127.0.0.1:9", ShopId("gone"), bounds=QUICK)
    assert not nobody.capabilities.reads_provider
    assert nobody.capabilities.label == "gone"
    assert "gone" in next(iter(nobody.problems()))
    reading = nobody.read(OrderRef("PG-1"))
    assert reading.order is None
    assert {e.verdict for e in reading.evidence} == {"no_answer"}
    nobody.close()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("cause", ["S8", "S9"])
def test_an_ended_order_is_restored_once_whatever_gets_lost(
    bench: SandboxBench, cause: str, fault: str
) -> None:
    """The way over two requests (complete, then restore) is one action too."""
    ref = OrderRef(bench.box.seed(cause)[0].reference)
    payment = PaymentId(bench.payment(ref, ActionKind.RESUBMIT).id)
    command = Command(ActionKind.RESUBMIT, ref, "aa-restore-me", payment)
    bench.box.faults({"what": fault, "path": "/orders/*/restore"})
    with pytest.raises(OutcomeUnknown):
        bench.shop.perform(command)
    first = bench.shop.perform(command)
    assert bench.shop.perform(command) == first
    assert bench.effects(command) == 1
    assert bench.box.books(ref).stage == "confirmed"


def test_a_page_is_never_longer_than_the_shop_gives(bench: SandboxBench) -> None:
    ref = bench.ready(ActionKind.RESYNC).order
    page = bench.shop.changes(None, 10_000)
    assert [r.order.ref for r in page.readings if r.order] == [ref]
