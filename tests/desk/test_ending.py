"""Promise: the desk says why a case is here, what is left to do, and under which licences it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.about_sheet import AboutSheet
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.words import flagged
from agent_app.desk.work.ending import Left, left_to_do
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import Claim
from agent_app.domain.decide import Decision, Decisions, decide
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.flags import Flag, FlagRule, Level
from agent_app.domain.ids import CaseId, EventId, UserId
from agent_app.domain.promise import Why as PromiseWhy
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.roles import Actor, Role
from tests.fakes.held_case import HeldCase, captured_without_order

ME = Actor(UserId("chen"), "Chen", Role.AGENT)


@pytest.fixture
def held() -> HeldCase:
    made = captured_without_order(CaseId("C1"), 1, 1200)
    now = datetime.now(UTC)
    made.look(now)
    made.claim = Claim(ME.user, ME.name, now.replace(year=now.year + 1))
    return made


def confirmed(held: HeldCase) -> HeldCase:
    """Let the shop confirm the order, and look again."""
    now = datetime.now(UTC)
    held.events.append(
        OrderEvent(
            EventId("done"), held.order.ref, EventKind.ORDER_CONFIRMED, Source.PLATFORM, now, now
        )
    )
    held.look(now)
    return held


def locked(decisions: Decisions, *whys: Why) -> Decisions:
    reasons = tuple(Reason(why, Unlock.NOTHING) for why in whys)
    resolve = Decision(ActionKind.RESOLVE, reasons)
    return replace(decisions, by_kind={**decisions.by_kind, ActionKind.RESOLVE: resolve})


def test_while_something_is_to_be_repaired_the_guide_goes_on(held: HeldCase) -> None:
    assert left_to_do(decide(held.view(ME))) is None


@pytest.mark.parametrize(
    ("whys", "left"),
    [
        ((), Left.RESOLVE),
        ((Why.CUSTOMER_NOT_TOLD,), Left.TELL),
        ((Why.STALE_READ, Why.CUSTOMER_NOT_TOLD), Left.TELL),
        ((Why.STALE_READ,), Left.RECHECK),
        ((Why.NOT_CLAIMED,), None),
    ],
)
def test_of_a_settled_case_the_next_of_the_last_steps_is_said(
    held: HeldCase, whys: tuple[Why, ...], left: Left | None
) -> None:
    decisions = decide(confirmed(held).view(ME))
    assert decisions.remedy.action is ActionKind.RESOLVE
    assert left_to_do(locked(decisions, *whys)) is left


@pytest.mark.parametrize("code", list(PromiseWhy), ids=lambda code: code.value)
def test_a_learnt_flag_is_told_with_its_figures(code: PromiseWhy, qapp: object) -> None:
    figures = (
        "flag_days=5.83",
        "method=cash_voucher",
        "promised_ship_by=2026-03-14T00:00:00+00:00",
    )
    said = flagged.why(
        Flag(FlagRule.CAPTURED_UNCONFIRMED, Level.FLAG, datetime.now(UTC), (code.value, *figures))
    )
    assert "6 days" in said
    assert "{" not in said
    assert code.value not in said


@pytest.mark.parametrize("rule", list(FlagRule), ids=lambda rule: rule.name)
def test_every_rule_is_told_in_words(rule: FlagRule, qapp: object) -> None:
    said = flagged.why(Flag(rule, Level.FLAG, datetime.now(UTC)))
    assert len(said.split()) > 3
    assert rule.value not in said


def test_about_holds_what_the_lgpl_asks_for(desk: Desk, qtbot: QtBot) -> None:
    desk.window.commands[Command.ABOUT].trigger()
    sheet = desk.window.findChild(AboutSheet)
    assert sheet is not None
    texts = [page.toPlainText() for page in sheet.findChildren(QPlainTextEdit)]
    assert any("GNU LESSER GENERAL PUBLIC LICENSE" in text for text in texts)
    assert any("GNU GENERAL PUBLIC LICENSE" in text for text in texts)
    sheet.close()
