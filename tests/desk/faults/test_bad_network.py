"""Promise: whatever the network does, a click takes effect once or surely not, and the desk lives.

The short form of `dev.py bench desk-faults`, on real processes and sockets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.domain.roles import Role
from agent_app.tryout.world import World
from tests.desk.faults.clicking import FAULTS, clicked, gateway, known_cases
from tests.desk.faults.hearts import sitting
from tests.desk.faults.proxy import Fault, FaultyNetwork

pytestmark = pytest.mark.slow
LATE_S = 2.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with gateway(tmp_path_factory.mktemp("world")) as made:
        yield made


def test_every_click_takes_effect_once_or_surely_not(world: World) -> None:
    report = clicked(world, 600)
    assert report.missing == []
    assert report.repeated == []
    assert report.unasked == []
    assert report.odd == []
    assert report.clicks["answered"] > 100
    assert all(report.faults[fault.value] for fault in FAULTS), "every fault has happened"


def test_a_key_for_each_sending_repeats_clicks(world: World) -> None:
    """The control: the same clicks, each try as if it were a new one."""
    assert clicked(world, 400, key_per_sending=True).repeated != []


def test_late_answers_hold_up_nothing_on_screen(world: World, tmp_path: Path) -> None:
    """With its control: the same desk with a request on the Qt thread stands still that long."""
    hearts = []
    token, cases = world.token_files[Role.SENIOR], known_cases(world)
    for words in ((), ("--block",)):
        with FaultyNetwork(world.gateway, {}, late_s=LATE_S) as network:
            folder = tmp_path / ("block" if words else "desk")
            with sitting(network.url, token, folder, cases, *words) as desk:
                clicked(world, 150, network=network)
                network.set({Fault.LATE: 1.0})
                network.wait_for(Fault.LATE, 12)
        assert desk.heart is not None
        hearts.append(desk.heart)
    working, blocking = hearts
    assert blocking.longest_ms > 0.9 * LATE_S * 1000
    assert working.longest_ms < blocking.longest_ms / 2
    assert working.beats > blocking.beats
