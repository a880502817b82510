"""The contract of `port.Shop` on a real Medusa with its payment provider."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import Verdict, fold_truth
from agent_app.engines.port import Outcome
from tests.engines.contract import MONEY_COMMANDS, Bench, ShopContract
from tests.engines.medusa.bench import MedusaBench, caught_up
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.medusa.relay import Relay
from tests.engines.real.running import running


@pytest.fixture(scope="module")
def trade() -> Iterator[MedusaTrade]:
    made = MedusaTrade(running("medusa"))
    yield made
    made.close()


class TestMedusa(ShopContract):
    @pytest.fixture
    def bench(self, trade: MedusaTrade) -> Iterator[Bench]:
        with Relay(trade.base_url) as relay:
            made = MedusaBench(trade, relay)
            yield made
            made.shop.close()

    @staticmethod
    def _all_changes(bench: Bench, cursor: str | None, *, limit: int) -> tuple[set[OrderRef], str]:
        """Two lists take turns: only two quiet polls say that there is no more.

        What was there before the test is not read again for each: the shop is everybody's.
        """
        assert isinstance(bench, MedusaBench)
        if cursor is None:
            cursor = caught_up(bench.trade)
        seen: set[OrderRef] = set()
        quiet = 0
        while quiet < 2:
            page = bench.shop.changes(cursor, limit)
            assert len(page.readings) <= limit
            seen |= {r.order.ref for r in page.readings if r.order is not None}
            cursor = page.cursor
            quiet = 0 if page.more else quiet + 1
        assert cursor is not None
        return seen, cursor

    def test_changes_cost_what_changed(self, bench: Bench) -> None:
        """Others may be at this shop at the same time, so what they did may be among the news."""
        _, cursor = self._all_changes(bench, None, limit=200)
        first = bench.ready(ActionKind.RESYNC).order
        seen, cursor = self._all_changes(bench, cursor, limit=200)
        assert first in seen
        second = bench.ready(ActionKind.REFUND).order
        seen, _ = self._all_changes(bench, cursor, limit=200)
        assert second in seen
        assert first not in seen

    def test_changes_in_pages_of_one_miss_nothing(self, bench: Bench) -> None:
        _, cursor = self._all_changes(bench, None, limit=200)
        refs = {bench.ready(kind).order for kind in MONEY_COMMANDS}
        seen, _ = self._all_changes(bench, cursor, limit=1)
        assert refs <= seen

    def test_money_without_an_order_is_among_the_changes(self, bench: Bench) -> None:
        """In both of its forms: a cart that the shop knows the payment of, or does not."""
        _, cursor = self._all_changes(bench, None, limit=200)
        ref = bench.ready(ActionKind.RESUBMIT).order
        seen, _ = self._all_changes(bench, cursor, limit=200)
        assert ref in seen
        reading = bench.shop.read(ref)
        assert reading.order is not None
        assert fold_stage(reading.events).stage is Stage.ABSENT
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        assert truth.verdict is Verdict.CAPTURED

    @pytest.mark.parametrize("kind", MONEY_COMMANDS)
    def test_the_same_key_twice_has_one_effect(self, bench: Bench, kind: ActionKind) -> None:
        """A refund's receipt names the shop's row first and the provider's refund when known."""
        command = bench.ready(kind)
        assert bench.shop.outcome(command) is Outcome.ABSENT
        first = bench.shop.perform(command)
        second = bench.shop.perform(command)
        assert first.outcome is second.outcome is Outcome.DONE
        if kind is not ActionKind.REFUND:
            assert first == second
        assert bench.effects(command) == 1
        assert bench.shop.outcome(command) is Outcome.DONE

    def test_the_same_key_from_many_threads_has_one_effect(self, bench: Bench) -> None:
        """Eight at once, in one process; over several it is the ledger's."""
        command = bench.ready(ActionKind.REFUND)
        with ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(bench.shop.perform, command) for _ in range(8)]
            assert {answer.result().outcome for answer in answers} == {Outcome.DONE}
        assert bench.effects(command) == 1
