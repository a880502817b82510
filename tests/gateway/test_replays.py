"""Promise: a request that is repeated happens once and is answered as the first time.

The short form of `dev.py bench replays`: real processes, two of them where the database is shared.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.nest import CAN_FORK
from tests.kills.replays import Answers, burst, flagged, in_flight, opened, replay
from tests.postgres import NoPostgresError, server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_FORK, reason="this system does not fork processes"),
]
REPLAYS = 500
BURSTS = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path | str, int]:
    """Where the database is, and how many gateways share it."""
    if request.param == "sqlite":
        return tmp_path / "gateway.db", 1
    try:
        return server().database(), 2
    except NoPostgresError as problem:
        pytest.skip(str(problem))


def test_what_is_repeated_happens_once_and_is_answered_alike(
    tmp_path: Path, place: tuple[Path | str, int]
) -> None:
    with opened(tmp_path, *place) as (desks, site):
        answers = replay(desks, site, REPLAYS)
        burst(desks, site, BURSTS, answers)
    assert answers.replays + answers.changed == REPLAYS
    assert answers.changed > 0
    assert not answers.wrong
    assert not answers.effects


def test_a_repeat_that_comes_meanwhile_is_told_so_by_every_process(
    tmp_path: Path, place: tuple[Path | str, int]
) -> None:
    with opened(tmp_path, *place, patches=["slow_to_finish"]) as (desks, site):
        flagged(desks, site.shop, 1)
        told = [(a.status_code, a.json()["type"]) for a in in_flight(desks, site)]
    assert told == [(409, "urn:agent-app:problem:in-progress")] * place[1]


def test_a_gateway_that_forgets_keys_is_found_out(tmp_path: Path) -> None:
    """The negative control."""
    with opened(tmp_path, tmp_path / "gateway.db", 1, ["forgetful_of_keys"]) as (desks, site):
        flagged(desks, site.shop, 1)
        answers = Answers()
        burst(desks, site, 3, answers)
    assert answers.wrong
    assert answers.effects


def test_a_gateway_that_forgets_refusals_is_found_out(tmp_path: Path) -> None:
    """The negative control: early findings, refused at first, are taken once there is a claim."""
    where = tmp_path / "gateway.db"
    with opened(tmp_path, where, 1, ["forgetful_of_refusals"]) as (desks, site):
        answers = replay(desks, site, 100)
    assert answers.wrong
    assert all("/findings" in sentence for sentence in answers.wrong)
    assert [sentence for sentence in answers.effects if sentence.startswith("findings")]
