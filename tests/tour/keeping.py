"""The tour's screens of working off line: the lock, the ways in, what is not sent yet, the care."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.roles import Role
from tests.desk.screens import SCREENS
from tests.fakes.platform import FakePlatform
from tests.tour.drive import DrivenDesk
from tests.tour.screens import Show

NAMES = (
    "case off line",
    "waiting click",
    "refused click",
    "old click",
    "all sent",
    "sign-out sheet",
    "passphrase sheet",
    "palette",
    "network test",
    "diagnostics",
    "both ways",
    "locked",
    "locked by passphrase",
    "locked in memory",
)
NOWHERE = "http://127.0.0.1:1"


class _Waits:
    """What the screens' makers wait by, without pytest."""

    def __init__(self, desk: DrivenDesk) -> None:
        self._desk = desk

    def waitUntil(self, seen: Callable[[], object], *, timeout: int = 30_000) -> None:  # noqa: N802
        self._desk.wait(seen, "the screen", timeout / 1000)


def pictures(
    folder: Path, album: Path, language: Language, theme: Theme, size: tuple[int, int]
) -> int:
    """Show each screen once in one look; return how many pictures were taken."""
    place = album / f"{language.value}-{theme.value}-{size[0]}x{size[1]}"
    for name in NAMES:
        platform = FakePlatform()
        for number in (1, 2, 3):
            platform.add_captured_without_order(number)
        profile = folder / f"kept-{place.name}-{name.replace(' ', '-')}"
        connector = partial(_connected, platform)
        desk = DrivenDesk(profile, NOWHERE, "t", language, theme, connector)
        try:
            desk.wait_for_queue()
            # Before the screen is made: what lies over the window is placed by its size.
            desk.window.resize(*size)
            opened = SCREENS[name](desk.desk, _Waits(desk))  # type: ignore[arg-type]
            show = Show(desk, place, Role.AGENT, size)
            over = None if opened is desk.window else opened
            show.picture(f"kept-{name.replace(' ', '-')}", over)
        finally:
            desk.close()
    return len(NAMES)


def _connected(platform: FakePlatform, gateway_url: str, token: str) -> FakePlatform:
    return platform
