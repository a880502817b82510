"""A word that the connector does not know stops one order, not the shop, and nothing is lost."""

from __future__ import annotations

import pytest

from agent_app.domain.stage import fold_stage
from agent_app.engines.port import Unreadable
from agent_app.engines.sandbox.connector import SandboxShop
from tests.processes import SandboxProcess


def test_one_odd_order_is_named_and_read_as_soon_as_it_can_be(
    box: SandboxProcess, shop: SandboxShop
) -> None:
    odd, good = (truth.reference for truth in box.seed("N4", count=2))
    box.faults(settings={"newer_words": [odd]})
    page = shop.changes(None, 200)
    read = {reading.order.ref for reading in page.readings if reading.order}
    assert good in read
    assert odd not in read
    complaint = " ".join(shop.problems())
    assert odd in complaint
    assert "parked" in complaint
    with pytest.raises(Unreadable, match="parked"):
        shop.read(odd)  # type: ignore[arg-type]

    again = shop.changes(page.cursor, 200)
    assert again.readings == ()
    box.faults(settings={"newer_words": []})
    mended = shop.changes(again.cursor, 200)
    assert [r.order.ref for r in mended.readings if r.order] == [odd]
    assert fold_stage(mended.readings[0].events).stage == "paying"
    assert shop.problems() == ()
    assert shop.changes(mended.cursor, 200).readings == ()
