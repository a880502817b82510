"""The main screens of the desk on the fake gateway, for tests that look at all that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import Looker, Note, NoteKind
from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.palette_sheet import PaletteSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.settle_sheet import SettleSheet
from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.errors import Conflict, Unreachable
from agent_app.desk.work.keys import KeyringChanged, WrongPassphrase
from agent_app.desk.work.local import ClickState, KeyPlace
from agent_app.desk.work.refusals import kept
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId
from agent_app.domain.money import Money
from agent_app.domain.roles import Actor
from agent_app.guides import load_guide
from tests.desk.care.shown import diagnostics, network_test
from tests.fakes.platform import AMINA, LEAD, ME, FakePlatform

SMALL_SCREEN = QSize(1366, 768)
Opener = Callable[[Desk, QtBot], QWidget]
TYPED = "客户又来电，稍后把银行短信发来。"
"""What an agent wrote, in his own language whatever the desk's is."""


def _queue(desk: Desk, qtbot: QtBot) -> QWidget:
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3)
    return desk.window


def _case(desk: Desk, qtbot: QtBot) -> QWidget:
    _queue(desk, qtbot)
    page = desk.window.work.case
    desk.window.open_case(CaseId("case-1"))
    qtbot.waitUntil(lambda: page.file is not None)
    return desk.window


def _claimed(desk: Desk, qtbot: QtBot) -> QWidget:
    _case(desk, qtbot)
    page = desk.window.work.case
    desk.window.commands[Command.CLAIM].trigger()
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.claim is not None)
    desk.window.commands[Command.RECHECK].trigger()
    qtbot.waitUntil(
        lambda: page.decisions is not None and page.decisions[ActionKind.RESUBMIT].allowed
    )
    return desk.window


def _sheet(command: Command) -> Opener:
    def open_sheet(desk: Desk, qtbot: QtBot) -> QWidget:
        _claimed(desk, qtbot)
        desk.window.commands[command].trigger()
        qtbot.waitUntil(lambda: bool(_open_sheets(desk)))
        return _open_sheets(desk)[-1]

    return open_sheet


def _open_sheets(desk: Desk) -> list[QDialog]:
    return [sheet for sheet in desk.window.findChildren(QDialog) if sheet.isVisible()]


def platform_of(desk: Desk) -> FakePlatform:
    """Return the fake gateway that the desk is connected to."""
    platform = desk._adapters.entry._connect("", "")
    assert isinstance(platform, FakePlatform)
    return platform


def sign_in_as(actor: Actor, desk: Desk, qtbot: QtBot) -> None:
    """Have another person sit at the desk."""
    platform_of(desk).actor = actor
    desk.window.sign_in("http://127.0.0.1:1", "token")
    qtbot.waitUntil(
        lambda: desk.connection.user is not None and desk.connection.user.actor == actor
    )
    _queue(desk, qtbot)


def _watched(desk: Desk, qtbot: QtBot) -> QWidget:
    until = datetime.now(UTC) + timedelta(seconds=45)
    looker = Looker(user=AMINA.user, name=AMINA.name, until=until)
    platform_of(desk).held(CaseId("case-1")).lookers[AMINA.user] = looker
    _case(desk, qtbot)
    qtbot.waitUntil(desk.window.work.case.header.onlookers.isVisible)
    return desk.window


def _waiting(desk: Desk, qtbot: QtBot) -> QWidget:
    platform_of(desk).held(CaseId("case-1")).ask_refund(ME)
    _case(desk, qtbot)
    qtbot.waitUntil(desk.window.work.case.approval.withdraw.isVisible)
    return desk.window


def _handed_over(desk: Desk, qtbot: QtBot) -> QWidget:
    """Open a case whose last agent left a note for the next one."""
    platform = platform_of(desk)
    note = Note(
        at=datetime.now(UTC),
        by=AMINA.user,
        by_name=AMINA.name,
        text=TYPED,
        kind=NoteKind.HANDOVER,
    )
    platform.held(CaseId("case-1")).notes.append(note)
    _case(desk, qtbot)
    qtbot.waitUntil(desk.window.work.case.handover.isVisible)
    return desk.window


def _withdraw(desk: Desk, qtbot: QtBot) -> QWidget:
    _waiting(desk, qtbot)
    desk.window.work.case.approval.withdraw.click()
    return _open_sheets(desk)[-1]


def _stuck(desk: Desk, qtbot: QtBot) -> QWidget:
    sign_in_as(LEAD, desk, qtbot)
    platform_of(desk).held(CaseId("case-1")).stick(ME, timedelta(minutes=20))
    _case(desk, qtbot)
    qtbot.waitUntil(desk.window.work.case.approval.settle.isVisible)
    return desk.window


def _settle(desk: Desk, qtbot: QtBot) -> QWidget:
    _stuck(desk, qtbot)
    desk.window.work.case.approval.settle.click()
    sheet = _open_sheets(desk)[-1]
    assert isinstance(sheet, SettleSheet)
    sheet.was_not_done.setChecked(True)
    return sheet


def _assign(desk: Desk, qtbot: QtBot) -> QWidget:
    sign_in_as(LEAD, desk, qtbot)
    _case(desk, qtbot)
    desk.window.work.case.header.assign.click()
    return _open_sheets(desk)[-1]


def _override(desk: Desk, qtbot: QtBot) -> QWidget:
    _claimed(desk, qtbot)
    desk.window.work.case.guide.override_requested.emit(load_guide().steps[0])
    return _open_sheets(desk)[-1]


def _settings(desk: Desk, qtbot: QtBot) -> QWidget:
    _queue(desk, qtbot)
    desk.window.go(Place.SETTINGS)
    return desk.window


def _guide(desk: Desk, qtbot: QtBot) -> QWidget:
    desk.window.go(Place.GUIDE)
    qtbot.waitUntil(lambda: desk.window.guide_page.list.count() > 0)
    return desk.window


def _connect(desk: Desk, qtbot: QtBot) -> QWidget:
    _queue(desk, qtbot)
    desk.window.settings.sign_out_requested.emit()
    assert desk.window.screens.currentWidget() is desk.window.connect_page
    return desk.window


def _both_ways(desk: Desk, qtbot: QtBot) -> QWidget:
    """The connect page of a gateway with a provider, on a computer without a keyring."""
    _connect(desk, qtbot)
    page = desk.window.connect_page
    page.show_ways(page.gateway.text(), by_browser=True)
    page.show_keeping(keeps=False)
    page.key_choice.by_passphrase.click()
    page.show_busy(busy=True, in_browser=True)
    return desk.window


def _locked(place: KeyPlace, error: Exception | None = None) -> Opener:
    def make(desk: Desk, qtbot: QtBot) -> QWidget:
        _queue(desk, qtbot)
        desk.entrance.lock.lock()
        desk.entrance.lock.page.show_place(place)
        if error is not None:
            desk.entrance.lock.page.show_error(error)
        return desk.window

    return make


def _pending(desk: Desk, qtbot: QtBot) -> QWidget:
    """Open a case off line with a claim, a note and an answer that wait to be sent."""
    _case(desk, qtbot)
    platform_of(desk).away = Unreachable("no network")
    desk.connection.try_now()
    qtbot.waitUntil(lambda: desk.connection.is_away, timeout=20_000)
    desk.window.case.claim()
    desk.window.case.add_note(TYPED)
    qtbot.waitUntil(lambda: len(desk.window.work.case.pending.notes) == 1)
    desk.window.work.case.tabs.setCurrentIndex(2)
    return desk.window


def _outbox(kind: ClickState) -> Opener:
    def opened(desk: Desk, qtbot: QtBot) -> QWidget:
        _case(desk, qtbot)
        store = desk.connection.store
        assert store is not None
        case = CaseId("case-1")
        new = clicks.note(case, TYPED)
        if kind is ClickState.STALE:
            new = clicks.act(case, Wish(ActionKind.REFUND, amount=Money(12_900, "CNY"), reason="?"))
        made = store.put(
            new.key, new.kind, case, case, new.body, datetime.now(UTC), is_money=new.is_money
        )
        if kind is not ClickState.WAITING:
            problem = kept(Conflict("changed", "Amina Okafor"))
            refused = kind is ClickState.REFUSED
            store.mark(made.number, kind, problem=problem if refused else b"unknown")
        assert desk.connection.user is not None
        me = desk.connection.user.actor.user
        desk.window.outbox.use(CaseWork(None, desk.connection.clock, store, me))
        desk.window.go(Place.OUTBOX)
        return desk.window

    return opened


def _all_sent(desk: Desk, qtbot: QtBot) -> QWidget:
    _queue(desk, qtbot)
    desk.window.go(Place.OUTBOX)
    return desk.window


def _sign_out(desk: Desk, qtbot: QtBot) -> QWidget:
    _outbox(ClickState.WAITING)(desk, qtbot)
    desk.window.settings.sign_out_requested.emit()
    qtbot.waitUntil(lambda: bool(_open_sheets(desk)))
    return _open_sheets(desk)[-1]


def _passphrase(desk: Desk, qtbot: QtBot) -> QWidget:
    _settings(desk, qtbot)
    desk.window.settings.passphrase_requested.emit()
    qtbot.waitUntil(lambda: bool(_open_sheets(desk)))
    return _open_sheets(desk)[-1]


def _palette(desk: Desk, qtbot: QtBot) -> QWidget:
    _queue(desk, qtbot)
    desk.window.commands[Command.PALETTE].trigger()
    sheet = desk.window.findChildren(PaletteSheet)[-1]
    sheet.field.setText("PG")
    qtbot.waitUntil(lambda: any(line.case for line in sheet.entries.entries))
    return sheet


SCREENS: Mapping[str, Opener] = {
    "queue": _queue,
    "case": _case,
    "claimed case": _claimed,
    "refund sheet": _sheet(Command.REFUND),
    "completion sheet": _sheet(Command.COMPLETE),
    "message sheet": _sheet(Command.NOTIFY),
    "escalation sheet": _sheet(Command.ESCALATE),
    "override sheet": _override,
    "hand-over sheet": _sheet(Command.HAND_OVER),
    "handed-over case": _handed_over,
    "shortcuts": _sheet(Command.SHORTCUTS),
    "change keys": _sheet(Command.CHANGE_KEYS),
    "notices": _sheet(Command.NOTICES),
    "palette": _palette,
    "about": _sheet(Command.ABOUT),
    "watched case": _watched,
    "waiting request": _waiting,
    "withdrawal sheet": _withdraw,
    "stuck action": _stuck,
    "settling sheet": _settle,
    "assignment sheet": _assign,
    "case off line": _pending,
    "waiting click": _outbox(ClickState.WAITING),
    "refused click": _outbox(ClickState.REFUSED),
    "old click": _outbox(ClickState.STALE),
    "all sent": _all_sent,
    "sign-out sheet": _sign_out,
    "settings": _settings,
    "passphrase sheet": _passphrase,
    "network test": network_test,
    "diagnostics": diagnostics,
    "guide": _guide,
    "connect": _connect,
    "both ways": _both_ways,
    "locked": _locked(KeyPlace.KEYRING, KeyringChanged("one.keyring", "another.keyring")),
    "locked by passphrase": _locked(KeyPlace.PASSPHRASE, WrongPassphrase(30)),
    "locked in memory": _locked(KeyPlace.MEMORY),
}


def shown(root: QWidget) -> Iterator[QWidget]:
    """Yield every widget of a screen that can be seen."""
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.window() is root.window() and widget.width() > 0:
            yield widget
