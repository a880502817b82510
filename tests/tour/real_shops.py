"""The tour's sessions at real shops that are up: found, completed, verified, told, paid back."""

from __future__ import annotations

import importlib
from pathlib import Path

from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.money_sheet import MoneySheet
from agent_app.desk.work.action_progress import RESTS
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.ids import OrderRef
from agent_app.domain.roles import Role
from agent_app.tryout.world import World
from tests.engines.real.trade import Trade, Way
from tests.mailbox import mailbox
from tests.promises.real_session import gateway_on, real_shop, trade_of
from tests.tour.drive import DrivenDesk
from tests.tour.screens import Show

SHOPS = ("medusa", "vendure")
STUCK = {"medusa": Way.PAID_NOT_COMPLETED, "vendure": Way.PAID_UNTOLD}
"""The way in which each shop leaves a paid customer without an order most often."""
_PAID_BACK = {"medusa": Way.PAID_TWICE, "vendure": Way.CANCELLED_PAID}
_FOUND_WITHIN_S = 300.0
"""A gateway that is new to a shop first reads all that others left there."""
_SIZE = (1366, 768)


def pictures(folder: Path, album: Path) -> int:
    """Show a session at each shop that is up, in each language; say which is not."""
    taken = 0
    for name in SHOPS:
        state = importlib.import_module(f"tests.engines.{name}.bringup").status()
        if state is None:
            print(f"no pictures of {name}: it is not up (python3 dev.py shop {name} up)")
            continue
        place = folder / f"real-{name}"
        place.mkdir()
        trade = trade_of(name, state)
        try:
            with mailbox() as post, gateway_on(place, [real_shop(name, state)], post.settings) as w:
                for language in (Language.ENGLISH, Language.CHINESE):
                    taken += _session(w, trade, album, language)
        finally:
            trade.close()
    return taken


def _session(world: World, trade: Trade, album: Path, language: Language) -> int:
    stuck = trade.make(STUCK[trade.name])
    others = {way: trade.make(way).ref for way in (Way.DECLINED, _PAID_BACK[trade.name])}
    place = album / f"{language.value}-{trade.name}"
    desk = DrivenDesk(
        world.folder / f"desk-{language.value}",
        world.gateway,
        world.token(Role.LEAD),
        language,
        Theme.LIGHT,
    )
    try:
        desk.wait_for_queue()
        show = Show(desk, place, Role.LEAD, _SIZE, world)
        _open(desk, stuck.ref)
        show.picture("01-found")
        _complete(show)
        _tell(show)
        for number, (way, ref) in enumerate(others.items(), 10):
            _open(desk, ref)
            desk.claim()
            desk.recheck()
            show.picture(f"{number}-{way.value}")
        _pay_back(show, others[_PAID_BACK[trade.name]])
        return show.taken
    finally:
        desk.close()


def _open(desk: DrivenDesk, ref: OrderRef) -> None:
    desk.open(
        desk.find(lambda line: line.ref == ref, f"the case of {ref}", within_s=_FOUND_WITHIN_S)
    )


def _complete(show: Show) -> None:
    desk = show.desk
    desk.claim()
    desk.recheck()
    show.picture("02-claimed")
    desk.press(Command.COMPLETE)
    sheet = desk.sheet()
    if isinstance(sheet, MoneySheet):
        show.picture("03-sheet-complete")
        sheet.confirm_button.click()
    desk.wait_for_phase(*RESTS, within_s=120)
    desk.recheck()
    show.picture("04-confirmed")
    desk.press(Command.REFUND)
    show.picture("05-refund-locked")


def _tell(show: Show) -> None:
    desk, page = show.desk, show.desk.window.work.case
    desk.press(Command.NOTIFY)
    desk.wait(lambda: (s := desk.sheet()) is not None and s.confirm_button.isEnabled(), "preview")
    show.picture("06-sheet-notify")
    sheet = desk.sheet()
    assert sheet is not None
    sheet.confirm_button.click()
    desk.wait(lambda: page.file is not None and bool(page.file.messages), "the message as sent")
    _tabs(show, "07")
    desk.recheck()
    show.picture("08-told")


def _pay_back(show: Show, ref: OrderRef) -> None:
    desk = show.desk
    _open(desk, ref)
    desk.recheck()
    desk.press(Command.REFUND)
    sheet = desk.sheet()
    assert isinstance(sheet, MoneySheet), desk.situation()
    sheet.reason.setText("Sold out")
    show.picture("20-sheet-refund")
    sheet.confirm_button.click()
    desk.wait_for_phase(*RESTS, within_s=120)
    desk.recheck()
    show.picture("21-paid-back")
    _tabs(show, "22")


def _tabs(show: Show, number: str) -> None:
    tabs = show.desk.window.work.case.tabs
    for tab, name in enumerate(("timeline", "messages", "notes", "ledger")):
        tabs.setCurrentIndex(tab)
        show.picture(f"{number}-{name}")
    tabs.setCurrentIndex(0)
