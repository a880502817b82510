"""Promise: what got stuck at a real shop is found, put right, verified, told, and paid once.

The real desk, worked by its keys, on a real gateway process, a real shop with its payment
provider, and a real mail server. Skipped where the shop is not up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.evidence import CustomerMatch
from agent_app.domain.ids import CaseId
from agent_app.domain.payment import Verdict
from agent_app.domain.roles import Role
from agent_app.domain.stage import Stage
from agent_app.tryout.world import World
from tests.engines.real.running import running
from tests.engines.real.trade import Made, Trade, Way
from tests.mailbox import Letter, Mailbox, mailbox
from tests.promises.hands import key, ledger_states, to_the_case
from tests.promises.real_session import Books, gateway_on, real_shop, trade_of
from tests.tour.drive import DrivenDesk

SHOPS = ("medusa", "vendure")
WAY = {"medusa": Way.PAID_NOT_COMPLETED, "vendure": Way.PAID_UNTOLD}
"""The way in which each shop leaves a paid customer without an order most often."""


@pytest.fixture(params=SHOPS)
def trade(request: pytest.FixtureRequest) -> Iterator[Trade]:
    made = trade_of(request.param, running(request.param))
    yield made
    made.close()


@pytest.fixture
def books(trade: Trade) -> Iterator[Books]:
    opened = Books(trade.name, running(trade.name))
    yield opened
    opened.close()


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with mailbox() as running_server:
        yield running_server


@pytest.fixture
def world(trade: Trade, post: Mailbox, tmp_path: Path) -> Iterator[World]:
    shop = real_shop(trade.name, running(trade.name))
    with gateway_on(tmp_path, [shop], post.settings) as serving:
        yield serving


@pytest.fixture
def desk(world: World, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[DrivenDesk]:
    driven = DrivenDesk(
        tmp_path / "profile", world.gateway, world.token(Role.AGENT), Language.ENGLISH, Theme.LIGHT
    )
    yield driven
    driven.close()
    driven.window.deleteLater()


@pytest.mark.slow
def test_a_paid_order_that_never_came_back_is_worked_to_its_end(
    trade: Trade, books: Books, post: Mailbox, world: World, desk: DrivenDesk
) -> None:
    made = trade.make(WAY[trade.name])
    assert [amount for _, amount in trade.captured(made.ref)] == [made.total_minor]

    desk.wait_for_queue()
    line = desk.find(lambda one: one.ref == made.ref, "the stuck order", within_s=300)
    assert line.verdict is Verdict.CAPTURED
    assert line.stage is not Stage.CONFIRMED
    assert line.total.amount_minor == made.total_minor

    page = desk.window.work.case
    desk.open(line)
    to_the_case(desk)
    key(desk, Qt.Key.Key_C)
    desk.wait_for_state(CaseState.CLAIMED)
    desk.recheck()
    assert page.file is not None
    assert page.file.truth.customer_match is CustomerMatch.SAME
    assert page.file.decisions.remedy.action is made.safe

    key(desk, Qt.Key.Key_S)
    if made.safe is ActionKind.RESUBMIT:
        desk.wait(lambda: desk.sheet() is not None, "the sheet that repeats order and amount")
        key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_for_phase(Phase.CONFIRMED, within_s=120)
    desk.wait(
        lambda: page.file is not None and page.file.line.stage is Stage.CONFIRMED,
        "the order as the shop now tells it",
    )
    desk.wait(lambda: ledger_states(desk) == [ActionState.CONFIRMED], "the ledger's line")
    # Asked of the shop itself, not through the product.
    there = books.order(made.ref)
    assert there.is_paid

    to_the_case(desk)
    key(desk, Qt.Key.Key_N)
    desk.wait(lambda: (s := desk.sheet()) is not None and s.confirm_button.isEnabled(), "preview")
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: page.file is not None and bool(page.file.messages), "the message as sent")
    told_once(post.letters_to(there.email), there.number)

    to_the_case(desk)
    desk.recheck()
    key(desk, Qt.Key.Key_D)
    if (sheet := desk.sheet()) is not None:
        sheet.confirm_button.click()
    # The desk goes on to the next case by itself.
    desk.wait(lambda: case_state(world, line.id) == CaseState.RESOLVED, "the resolved case")
    paid_once(trade, made)


def case_state(world: World, case: CaseId) -> str:
    """Ask the gateway, whatever the desk shows."""
    answer = httpx.get(
        f"{world.gateway}/v1/cases/{case}",
        headers={"Authorization": f"Bearer {world.token(Role.LEAD)}"},
        trust_env=False,
    )
    return str(answer.raise_for_status().json()["row"]["state"])


def told_once(letters: list[Letter], number: str) -> None:
    assert len(letters) == 1, letters
    assert number in letters[0].subject + letters[0].text


def paid_once(trade: Trade, made: Made) -> None:
    """By the provider's own books: one capture, nothing paid back."""
    assert [amount for _, amount in trade.captured(made.ref)] == [made.total_minor]
    assert trade.payouts(made.ref) == []


def test_control_money_that_moved_twice_and_a_silent_mailbox_are_seen(trade: Trade) -> None:
    twice = trade.make(Way.PAID_TWICE)
    with pytest.raises(AssertionError):
        paid_once(trade, twice)
    with pytest.raises(AssertionError):
        told_once([], "1")
