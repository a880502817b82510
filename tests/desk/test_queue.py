"""The queue: what belongs where, in which order, and that rows move without losing the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from agent_app.contract.messages import Queue
from agent_app.desk.ui.queue_model import LINE_ROLE, QueueModel
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.follow import LONGEST_PAUSE_S, POLL_S, FollowQueue
from agent_app.desk.work.queue_rows import Column, Order, QueueLine, QueueName, Shelf, line_of
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId, OrderRef, UserId
from agent_app.domain.money import Money
from tests.fakes.platform import FakePlatform

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ME = UserId("me")


@pytest.fixture(scope="module")
def line() -> QueueLine:
    platform = FakePlatform()
    platform.add_captured_without_order(1)
    return line_of(platform.cases(Queue.TEAM).rows[0])


def _lines(line: QueueLine, *numbers: int) -> tuple[QueueLine, ...]:
    return tuple(replace(line, id=CaseId(f"c{n}"), ref=OrderRef(f"PG-{n}")) for n in numbers)


def _in(line: QueueLine, queue: QueueName) -> bool:
    shelf = Shelf()
    shelf.put([line])
    return bool(shelf.lines(queue, ME, NOW, Order()))


def test_a_claim_that_ran_out_leaves_my_queue(line: QueueLine) -> None:
    held = replace(line, claim=Claim(ME, "Me", NOW + timedelta(seconds=1)))
    gone = replace(line, claim=Claim(ME, "Me", NOW))
    other = replace(line, claim=Claim(UserId("you"), "You", NOW + timedelta(hours=1)))
    assert [_in(each, QueueName.MINE) for each in (held, gone, other)] == [True, False, False]


def test_each_queue_holds_its_own(line: QueueLine) -> None:
    ended = replace(line, state=CaseState.RESOLVED)
    waits = replace(
        line,
        state=CaseState.WAITING_APPROVAL,
        acting=ActionKind.REFUND,
        action_state=ActionState.AWAITING_APPROVAL,
    )
    calm = replace(line, at_risk=Money(0, "CNY"))
    assert _in(line, QueueName.TEAM)
    assert not _in(ended, QueueName.TEAM)
    assert _in(ended, QueueName.RESOLVED)
    assert _in(waits, QueueName.WAITING)
    assert _in(waits, QueueName.APPROVALS)
    assert _in(line, QueueName.ORPHANS)
    assert not _in(calm, QueueName.ORPHANS)


def test_an_older_version_never_replaces_a_newer_one(line: QueueLine) -> None:
    shelf = Shelf()
    shelf.put([replace(line, version=5), replace(line, version=4, state=CaseState.RESOLVED)])
    known = shelf.line(line.id)
    assert known is not None
    assert known.version == 5


def test_the_loudest_and_most_urgent_stand_on_top(line: QueueLine) -> None:
    a, b, c = _lines(line, 1, 2, 3)
    assert line.deadline is not None
    sooner = replace(line.deadline, at=line.deadline.at - timedelta(minutes=9))
    shelf = Shelf()
    shelf.put(
        [
            replace(a, level=Level.FLAG),
            replace(b, level=Level.CRITICAL),
            replace(c, level=Level.CRITICAL, deadline=sooner),
        ]
    )
    found = shelf.lines(QueueName.TEAM, ME, NOW, Order())
    assert [each.id for each in found] == ["c3", "c2", "c1"]
    by_ref = shelf.lines(QueueName.TEAM, ME, NOW, Order(Column.ORDER, descending=True))
    assert [each.ref for each in by_ref] == ["PG-3", "PG-2", "PG-1"]


def test_search_takes_every_word(line: QueueLine) -> None:
    shelf = Shelf()
    shelf.put(_lines(line, 17, 18))
    assert len(shelf.lines(QueueName.TEAM, ME, NOW, Order(), "pg-17 test")) == 1
    assert shelf.lines(QueueName.TEAM, ME, NOW, Order(), "pg-17 other") == ()


def test_what_the_gateway_found_is_shown_though_no_line_tells_why(line: QueueLine) -> None:
    """A phone number is found by the gateway alone: lines hold no contact data."""
    shelf = Shelf()
    one, other = _lines(line, 17, 18)
    shelf.put([other])
    assert shelf.lines(QueueName.TEAM, ME, NOW, Order(), "138 0013") == ()
    shelf.put_found("138 0013", [one])
    assert shelf.lines(QueueName.TEAM, ME, NOW, Order(), " 138 0013 ") == (one,)
    assert shelf.lines(QueueName.TEAM, ME, NOW, Order(), "138 0014") == ()
    shelf.clear()
    assert shelf.lines(QueueName.TEAM, ME, NOW, Order(), "138 0013") == ()


@pytest.mark.parametrize("column", list(Column))
def test_every_column_sorts(line: QueueLine, column: Column) -> None:
    shelf = Shelf()
    bare = replace(line, id=CaseId("bare"), deadline=None, claim=None)
    shelf.put([*_lines(line, 1, 2), bare])
    assert len(shelf.lines(QueueName.TEAM, ME, NOW, Order(column))) == 3


def test_rows_come_go_and_move_and_the_current_one_stays(line: QueueLine, qapp: object) -> None:
    model = QueueModel(lambda: NOW)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    a, b, c, d = _lines(line, 1, 2, 3, 4)
    model.show_lines((a, b, c))
    kept = QPersistentModelIndex(model.index(1, 0))
    for shown in ((c, b, a), (d, c, b), (b, replace(d, version=9)), (a, b, c, d), (d, b)):
        model.show_lines(shown)
        assert [model.line_at(row) for row in range(model.rowCount())] == list(shown)
        assert kept.data(LINE_ROLE).id == "c2"
    model.show_lines(())
    assert not kept.isValid()


def test_the_queue_is_followed_page_by_page_then_by_changes() -> None:
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    follow = FollowQueue(platform, GatewayClock())
    assert follow.pause_s == 0
    assert follow.step().complete
    assert follow.pause_s == POLL_S
    assert follow.step().lines == ()
    platform.end(case)
    assert [each.state for each in follow.step().lines] == [CaseState.RESOLVED]


def test_an_unreachable_gateway_is_asked_less_and_less_often() -> None:
    platform = FakePlatform()
    platform.away = Unreachable("gone")
    follow = FollowQueue(platform, GatewayClock())
    pauses = []
    for _ in range(8):
        with pytest.raises(Unreachable):
            follow.step()
        pauses.append(follow.pause_s)
    assert pauses == sorted(pauses)
    assert pauses[0] == POLL_S
    assert pauses[-1] == LONGEST_PAUSE_S
    platform.away = None
    assert follow.step().complete
    assert follow.pause_s == POLL_S


def test_an_order_is_called_what_people_can_read(line: QueueLine) -> None:
    cart = OrderRef("cart_01M834BA7NG45T0HHZ09NZC2RX")
    assert replace(line, ref=OrderRef("PG-7"), shop_number="00000012").name == "PG-7"
    assert replace(line, ref=OrderRef("9G5C5V46Y49L97KL"), shop_number="12").name != "#12"
    assert replace(line, ref=cart, shop_number=None).name == "cart_…NZC2RX"
    assert replace(line, ref=cart, shop_number="126").name == "#126"
    assert replace(line, ref=cart, shop_number="N-126").name == "N-126"
