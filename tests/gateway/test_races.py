"""Promise: of two people at the same click one wins, and the other is told who it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway import racing
from tests.gateway.racing import Ring


@pytest.fixture
def ring(where: Path | str, tmp_path: Path) -> Iterator[Ring]:
    with racing.ring(where, tmp_path) as made:
        yield made


def test_of_two_agents_one_claims_and_the_other_is_told_who(ring: Ring) -> None:
    tally = racing.claim_races(ring, 300)
    assert (tally.rounds, tally.one_winner, tally.loser_knows) == (300, 300, 300)


def test_of_two_leads_one_approves_and_the_refund_is_paid_once(ring: Ring) -> None:
    tally = racing.double_approvals(ring, 60)
    assert (tally.one_winner, tally.loser_knows, tally.paid_once) == (60, 60, 60)


def test_it_is_the_same_for_desks_that_ask_over_http(ring: Ring) -> None:
    with racing.over_http(ring, racing.CLAIM) as click:
        tally = racing.claim_races(ring, 60, click)
    assert (tally.one_winner, tally.loser_knows) == (60, 60)
    with racing.over_http(ring, racing.APPROVAL, racing.APPROVED) as click:
        tally = racing.double_approvals(ring, 20, click, first=1_000)
    assert (tally.one_winner, tally.loser_knows, tally.paid_once) == (20, 20, 20)


def test_a_claim_that_looks_before_it_writes_has_two_winners(ring: Ring) -> None:
    """The control of the first test."""
    tally = racing.claim_races(ring, 100, racing.unguarded_claim)
    assert tally.one_winner < tally.rounds


def test_an_approval_that_looks_before_it_writes_has_two_winners(ring: Ring) -> None:
    """The control of the second test."""
    tally = racing.double_approvals(ring, 40, racing.unguarded_approval)
    assert tally.one_winner < tally.rounds
