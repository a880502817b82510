"""Promise: a captured order that was never confirmed is found, put right, verified, and told.

The real desk, worked by its keys, on a real gateway process and the real sandbox process.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.evidence import CustomerMatch
from agent_app.domain.payment import Verdict
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Role
from agent_app.domain.stage import Stage
from agent_app.tryout.world import World, running_world, wait_until_filled
from tests.promises.hands import key, ledger_states, to_the_case
from tests.tour.drive import DrivenDesk

SEED: dict[str, object] = {"orders": [{"cause": "S1", "count": 1}], "healthy": 6}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_world(tmp_path, seed=SEED) as running:
        wait_until_filled(running, Role.AGENT, at_least=1)
        yield running


@pytest.fixture
def desk(world: World, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[DrivenDesk]:
    driven = DrivenDesk(
        tmp_path / "profile", world.gateway, world.token(Role.AGENT), Language.ENGLISH, Theme.LIGHT
    )
    yield driven
    driven.close()
    driven.window.deleteLater()


def sandbox(world: World, path: str) -> Any:
    with urllib.request.urlopen(f"{world.sandbox}{path}", timeout=10) as answer:
        return json.load(answer)


def moves(world: World, reference: str) -> list[str]:
    """Return what really happened to the order's money, by the provider's ledger."""
    entries = sandbox(world, f"/provider/ledger?reference={reference}")["entries"]
    return [entry["what"] for entry in entries]


def test_a_captured_order_without_confirmation_is_resolved_and_cannot_be_refunded_after(
    world: World, desk: DrivenDesk
) -> None:
    desk.wait_for_queue()
    line = desk.find(lambda one: one.stage is Stage.ABSENT, "the order without an order")
    assert line.verdict is Verdict.CAPTURED
    assert moves(world, line.ref) == ["capture"]

    page = desk.window.work.case
    desk.open(line)
    to_the_case(desk)
    key(desk, Qt.Key.Key_C)
    desk.wait_for_state(CaseState.CLAIMED)
    desk.recheck()
    assert page.file is not None
    assert page.file.truth.customer_match is CustomerMatch.SAME
    assert page.file.decisions.remedy.action is ActionKind.RESUBMIT

    key(desk, Qt.Key.Key_S)
    desk.wait(lambda: desk.sheet() is not None, "the sheet that repeats order and amount")
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    never_early(world, desk, line.ref)
    assert "Confirmed" in page.progress.text

    to_the_case(desk)
    desk.wait(lambda: refund_locks(desk) == {Why.ORDER_COMPLETED}, "the refund's lock")
    key(desk, Qt.Key.Key_F)
    assert desk.sheet() is None, "a locked refund opened its sheet"
    desk.wait(lambda: page.bar.reason.text() != "", "the reason in words")

    key(desk, Qt.Key.Key_N)
    desk.wait(lambda: (s := desk.sheet()) is not None and s.confirm_button.isEnabled(), "preview")
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: page.file is not None and bool(page.file.messages), "the message as sent")
    assert sandbox(world, f"/truth/{line.ref}/books")["messages"][0]["template"] == "confirmed"

    to_the_case(desk)
    desk.recheck()
    key(desk, Qt.Key.Key_D)
    if (sheet := desk.sheet()) is not None:
        sheet.confirm_button.click()
    desk.wait_for_state(CaseState.RESOLVED)
    assert moves(world, line.ref) == ["capture"]


def never_early(world: World, desk: DrivenDesk, reference: str) -> None:
    """Wait for the end of the action; nothing says success before the books do."""
    case, page = desk.window.case, desk.window.work.case

    def settled() -> bool:
        if "Confirmed" in page.progress.text:
            assert sandbox(world, f"/truth/{reference}/books")["stages"][-1]["kind"] == "confirmed"
        return case.progress is not None and case.progress.phase is Phase.CONFIRMED

    desk.wait(settled, "the confirmed action")
    desk.wait(lambda: ledger_states(desk) == [ActionState.CONFIRMED], "the ledger's line")


def refund_locks(desk: DrivenDesk) -> set[Why]:
    file = desk.window.work.case.file
    assert file is not None
    return {reason.why for reason in file.decisions[ActionKind.REFUND].locks} - {Why.STALE_READ}
