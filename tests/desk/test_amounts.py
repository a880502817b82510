"""Amounts in fields: shown in the currency's own digits, read back, and refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui import formats
from agent_app.desk.ui.money_sheet import MoneySheet
from agent_app.desk.work.case_file import CaseFile, case_file
from agent_app.domain.actions import ActionKind
from agent_app.domain.decide import Decision, Target
from agent_app.domain.ids import PaymentId
from agent_app.domain.money import Money
from tests.fakes.platform import FakePlatform

PAID = PaymentId("pay-1")
Opened = Callable[[ActionKind, Money], MoneySheet]


@pytest.fixture
def english(qapp: object) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def opened(english: None) -> Iterator[Opened]:
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    file: CaseFile = case_file(platform.case(case))
    parent = QWidget()

    def make(kind: ActionKind, limit: Money) -> MoneySheet:
        held = replace(file, order=replace(file.order, total=limit))
        return MoneySheet(held, Decision(kind, (), (Target(PAID, limit),)), parent)

    yield make
    # The sheets go with it; nothing of a window may outlast a test.
    shiboken6.delete(parent)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money(3900, "CNY"), "¥39.00"),
        (Money(37590, "KRW"), "₩37590"),
        (Money(2230, "JPY"), "JPY 2230"),
        (Money(1, "EUR"), "€0.01"),
    ],
)
def test_a_field_shows_the_currency_s_digits_and_reads_them_back(
    english: None, amount: Money, shown: str
) -> None:
    assert formats.amount_text(amount) == shown
    assert formats.parse_money(shown, amount.currency) == amount
    assert formats.parse_money(formats.money(amount), amount.currency) == amount


@pytest.mark.parametrize("typed", ["39.001", "abc", "", "-3", "$39", "0"])
def test_what_is_no_amount_is_none(english: None, typed: str) -> None:
    assert formats.parse_money(typed, "CNY") is None


def test_an_amount_that_cannot_be_changed_is_text(opened: Opened) -> None:
    sheet = opened(ActionKind.RESUBMIT, Money(37590, "KRW"))
    assert sheet.isAncestorOf(sheet.fixed_amount)
    assert sheet.fixed_amount.text() == "₩37,590"
    assert not sheet.isAncestorOf(sheet.amount)
    assert sheet.chosen_amount == Money(37590, "KRW")
    assert sheet.confirm_button.isEnabled()


def test_a_refund_s_amount_says_what_is_wrong_with_it(opened: Opened) -> None:
    sheet = opened(ActionKind.REFUND, Money(37590, "KRW"))
    assert sheet.amount.text() == "₩37590"
    assert not sheet.complaint.text()
    sheet.amount.setText("375.90")
    assert "Write it like ₩37590" in sheet.complaint.text()
    assert not sheet.confirm_button.isEnabled()
    sheet.amount.setText("₩37591")
    assert sheet.complaint.text() == "At most ₩37,590 may be moved here."
    sheet.amount.setText("37,590")
    assert sheet.chosen_amount == Money(37590, "KRW")
    assert sheet.confirm_button.isEnabled()
