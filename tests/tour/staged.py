"""The tour's states that take hours to reach or a broken gateway: on the gateway of the tests."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

from agent_app.contract.messages import AuditHead
from agent_app.desk.ui.settle_sheet import SettleSheet
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor, Role
from tests.fakes.platform import LEAD, ME, FakePlatform
from tests.tour.drive import DrivenDesk
from tests.tour.screens import Show

FIRST = CaseId("case-1")
NOWHERE = "http://127.0.0.1:1"


def pictures(
    folder: Path, album: Path, language: Language, theme: Theme, size: tuple[int, int]
) -> int:
    """Show an action that needs a person, as who asked for it and as who settles it."""
    place = album / f"{language.value}-{theme.value}-{size[0]}x{size[1]}"
    taken = 0
    for actor in (ME, LEAD):
        platform = _platform(actor)
        profile = folder / f"staged-{place.name}-{actor.role}"
        connector = partial(_connected, platform)
        desk = DrivenDesk(profile, NOWHERE, "t", language, theme, connector)
        try:
            desk.wait_for_queue()
            show = Show(desk, place, actor.role, size)
            _stuck(show)
            if actor is LEAD:
                _settled(show, platform)
            taken += show.taken
        finally:
            desk.close()
    return taken


def _connected(platform: FakePlatform, gateway_url: str, token: str) -> FakePlatform:
    return platform


def _platform(actor: Actor) -> FakePlatform:
    platform = FakePlatform(actor)
    for number in range(1, 6):
        platform.add_captured_without_order(number)
    platform.held(FIRST).stick(ME, timedelta(minutes=20))
    platform.head = AuditHead(seq=1042, hash="a" * 64)
    return platform


def _stuck(show: Show) -> None:
    desk = show.desk
    desk.open(desk.find(lambda line: line.id == FIRST, "the stuck case"))
    show.picture(f"case-stuck-{show.role}")


def _settled(show: Show, platform: FakePlatform) -> None:
    desk, page = show.desk, show.desk.window.work.case
    assert show.role is Role.LEAD
    page.approval.settle.click()
    sheet = desk.sheet()
    assert isinstance(sheet, SettleSheet), desk.situation()
    sheet.was_not_done.setChecked(True)
    show.picture("sheet-settle-not-done")
    sheet.was_done.setChecked(True)
    sheet.reference.setText("re_3PqT77")
    sheet.reason.setText("Asked on the telephone; it stands in the books since 14:20")
    sheet.read.setChecked(True)
    show.picture("sheet-settle-done")
    sheet.confirm_button.click()
    desk.wait(page.approval.isHidden, "the settled action")
    show.picture("case-settled")
    platform.head = AuditHead(seq=980, hash="b" * 64)
    desk.window.connection.try_now()
    desk.wait(desk.window.audit_bar.isVisible, "the warning")
    show.picture("audit-log-cut")
