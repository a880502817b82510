"""The play, fair and with one rule taken out: directed plays that each fault loses, and drawn ones.

A directed play goes through the same moves and the same check after each of them; the fair rules
win it. Drawn plays find the gross faults within some dozens of tries; a rare one they could miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.locks import nothing_in_flight
from agent_app.domain.money_locks import fresh_provider_read, not_refunded, not_resubmitted
from tests.domain.controls import without
from tests.domain.play import FORGETFUL, KEYED, KEYLESS, Play
from tests.domain.world import Fault

WRONG = r"done twice|paid back|carries|two orders"
PLAYED = settings(
    max_examples=400,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
HUNTED = settings(
    PLAYED,
    max_examples=20_000,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.generate],
)

Turn = Callable[[Play], None]


def clicks(kind: ActionKind, *, half: bool = False) -> Turn:
    return lambda play: play.agent_clicks(kind=kind, half=half, which=0)


def works(fault: Fault = Fault.NONE) -> Turn:
    return lambda play: play.worker_works(fault=fault)


def passes(seconds: int) -> Turn:
    return lambda play: play.time_passes(seconds=seconds)


def platform_pays_back(play: Play) -> None:
    play.platform_pays_back()


class NewKeys(Play):
    shop = KEYED
    fresh_key_each_time = True


class Hasty(Play):
    shop = KEYLESS
    believed = replace(KEYLESS, query_lag_s=0.0, processing_s=0.0)


class Trusting(Play):
    shop = FORGETFUL
    believed = replace(FORGETFUL, action_key_lifetime_s=1e9)


class Crowded(Play):
    shop = KEYLESS
    locks = without(nothing_in_flight, not_refunded)


class Generous(Play):
    locks = without(not_resubmitted)


class Forgetting(Play):
    locks = without(fresh_provider_read)
    old_reads_pass = True


DIRECTED: list[tuple[type[Play], tuple[Turn, ...]]] = [
    # The answer is lost, and the repetition is another action to the shop.
    (NewKeys, (clicks(ActionKind.REFUND), works(Fault.ANSWER_LOST), passes(5), works())),
    # Asked before the books can know, sent again, and then the first arrives as well.
    (Hasty, (clicks(ActionKind.REFUND), works(Fault.APPLIED_LATE), passes(1), works(), works(),
             passes(11))),
    # Of a half refund there is enough left to do it once more, and the key is forgotten.
    (Trusting, (clicks(ActionKind.REFUND, half=True), works(Fault.ANSWER_LOST), passes(125),
                works(), works())),
    # The same money goes back and carries the order.
    (Crowded, (clicks(ActionKind.REFUND), clicks(ActionKind.RESUBMIT), works())),
    # The order is completed, seen to be so, and then paid back.
    (Generous, (clicks(ActionKind.RESUBMIT), works(), works(), clicks(ActionKind.REFUND), works())),
    # The platform pays back after our last look.
    (Forgetting, (passes(61), platform_pays_back, clicks(ActionKind.REFUND), works())),
]  # fmt: skip


def play_out(machine: type[Play], turns: Sequence[Turn]) -> Play:
    """Play these turns, checking after each as the drawn plays do."""
    play = machine()
    play.money_moved_rightly()
    for turn in turns:
        turn(play)
        play.money_moved_rightly()
    return play


@pytest.mark.parametrize(("machine", "turns"), DIRECTED, ids=lambda v: getattr(v, "__name__", ""))
def test_a_directed_play_is_lost_by_the_fault_and_won_by_the_rules(
    machine: type[Play], turns: tuple[Turn, ...]
) -> None:
    with pytest.raises(AssertionError, match=WRONG):
        play_out(machine, turns)

    class Fair(Play):
        shop = machine.shop

    play_out(Fair, turns)


@pytest.mark.parametrize("machine", [NewKeys, Crowded], ids=lambda m: m.__name__)
def test_drawn_plays_find_a_gross_fault_by_themselves(machine: type[Play]) -> None:
    with pytest.raises(AssertionError, match=WRONG):
        run_state_machine_as_test(machine, settings=HUNTED)


@pytest.mark.parametrize("profile", [KEYED, FORGETFUL, KEYLESS], ids=["keys", "short", "none"])
def test_money_moves_once_and_rightly_whatever_is_played(profile: Capabilities) -> None:
    class Fair(Play):
        shop = profile

    run_state_machine_as_test(Fair, settings=PLAYED)


def test_the_play_moves_money() -> None:
    """The fair play is no proof if nothing is ever sent in it."""
    done: set[ActionKind] = set()

    class Counting(Play):
        def teardown(self) -> None:
            done.update(e.kind for e in self.world.effects)

    run_state_machine_as_test(Counting, settings=PLAYED)
    assert done == {ActionKind.REFUND, ActionKind.RESUBMIT} <= MONEY
