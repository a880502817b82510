"""Promise: what the gateway refused is not done by a copy that a network held back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.faults.clicking import gateway, held_back

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "control"])
def test_a_refused_click_is_not_done_by_its_late_copy(tmp_path: Path, keeps: bool) -> None:
    """The control is a gateway that forgets what it refused."""
    with gateway(tmp_path, keeps_refusals=keeps) as world:
        report = held_back(world)
    assert report.clicks["refused"] >= 20
    assert bool(report.unasked) is not keeps
