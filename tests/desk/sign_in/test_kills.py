"""Promise: a desk that dies while it renews its session is signed in at its next start.

Where the provider binds tokens to the desk's key. Where he does not, refresh tokens change at every
use, and a desk that dies between his answer and the disk has lost the new one: that is counted.
"""

from __future__ import annotations

import pytest

from tests.desk.sign_in.kills import run
from tests.desk.sign_in.place import Place
from tests.kills.nest import CAN_FORK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_FORK, reason="this system does not fork processes"),
]


def test_bound_tokens_survive_every_kill(desk: Place) -> None:
    outcome = run(desk, kills=25, seed=5)
    assert outcome.renewals > outcome.kills
    assert (outcome.forced, outcome.lost) == (0, 0)


def test_tokens_that_change_at_every_use_do_not_and_nothing_else_is_lost(bearing: Place) -> None:
    """Also the control: the harness sees a session that was lost."""
    outcome = run(bearing, kills=25, seed=5)
    assert outcome.forced > 0
    assert outcome.lost == 0
