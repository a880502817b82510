"""The tour's screens that need no particular case: queues, pages, the gateway away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.shortcut_sheet import ShortcutSheet
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.roles import Role
from agent_app.tryout.world import World, running_world, wait_until_filled
from tests.tour.drive import TOUR_SEED, DrivenDesk


@dataclass
class Show:
    """One desk in one look, and where its pictures go."""

    desk: DrivenDesk
    place: Path
    role: Role
    size: tuple[int, int]
    world: World | None = None
    taken: int = 0

    def picture(self, name: str, over: QWidget | None = None) -> None:
        """Save what is on screen now, with the sheet that is open or lies `over` it."""
        self.desk.picture(self.place / f"{name}.png", self.size, over)
        self.taken += 1


QUEUES = {
    "queue-team": Command.GO_TEAM,
    "queue-orphans": Command.GO_ORPHANS,
    "queue-waiting": Command.GO_WAITING,
    "queue-approvals": Command.GO_APPROVALS,
    "queue-resolved": Command.GO_RESOLVED,
    "queue-mine": Command.GO_MINE,
}


def queues(show: Show) -> None:
    """Show each queue, a search, and a search without result."""
    for name, command in QUEUES.items():
        show.desk.press(command)
        show.picture(name)
    show.desk.press(Command.GO_TEAM)
    panel = show.desk.window.work.queue
    for name, text in (("queue-search", "PG-1"), ("queue-nothing-found", "zzzz")):
        panel.search.setText(text)
        panel.view_changed.emit()
        show.picture(name)
    panel.search.clear()
    panel.view_changed.emit()


def pages(show: Show) -> None:
    """Show the guide, the settings and the keys."""
    show.desk.press(Command.GO_GUIDE)
    show.picture("guide")
    show.desk.press(Command.GO_SETTINGS)
    show.picture("settings")
    show.desk.press(Command.GO_TEAM)
    show.desk.press(Command.SHORTCUTS)
    sheet = show.desk.window.findChildren(ShortcutSheet)[-1]
    file = show.place / "keys.png"
    show.desk.settle()
    if not sheet.grab().save(str(file)):
        raise OSError(f"could not write {file}")
    show.taken += 1
    sheet.reject()
    show.desk.settle()


def away(folder: Path, album: Path) -> int:
    """Show the desk after its gateway has gone, and the connect page; return the count."""
    for language in (Language.ENGLISH, Language.CHINESE):
        _away_in(language, folder / f"away-{language.value}", album)
    return 4


def _away_in(language: Language, folder: Path, album: Path) -> None:
    folder.mkdir()
    with running_world(folder, seed=TOUR_SEED) as world:
        wait_until_filled(world, Role.AGENT, at_least=10)
        token = world.token(Role.AGENT)
        desk = DrivenDesk(folder / "desk", world.gateway, token, language, Theme.LIGHT)
        desk.wait_for_queue()
        desk.open(desk.find(lambda _line: True, "any case"))
    show = Show(desk, album / f"{language.value}-away", Role.AGENT, (1366, 768))
    desk.wait(desk.window.away_bar.isVisible, "the banner")
    show.picture("gateway-away")
    desk.close()
    late = DrivenDesk(folder / "late", world.gateway, token, language, Theme.LIGHT)
    late.wait(late.window.connect_page.complaint.isVisible, "the complaint")
    Show(late, show.place, Role.AGENT, (1366, 768)).picture("connect-unreachable")
    late.close()
