"""Promise: what the simulated ledger shows holds over the gateway's own store, end to end."""

from __future__ import annotations

import pytest

from tests.simulation.seeds import CONTROLS, quiet
from tests.simulation.store_world import simulate_on_store

SEEDS = 12


@pytest.mark.slow
def test_no_seed_over_sqlite_is_bad() -> None:
    with quiet():
        verdicts = list(simulate_on_store(range(SEEDS)))
    assert [(v.seed, v.faults) for v in verdicts if v.faults] == []
    assert sum(v.actions for v in verdicts) > SEEDS
    assert sum(v.crashes for v in verdicts) > SEEDS / 2


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["same_key", "waits", "intent_first"])
def test_without_any_one_rule_a_seed_over_sqlite_goes_bad(rule: str) -> None:
    """The negative controls: the first bad seed is enough."""
    with quiet():
        verdicts = simulate_on_store(range(100), CONTROLS[rule])
        assert any(v.faults for v in verdicts)


def test_a_seed_over_sqlite_replays_to_the_letter() -> None:
    with quiet():
        once, again = simulate_on_store((3, 3), trace=True)
    assert once.trace == again.trace
    assert once.trace
