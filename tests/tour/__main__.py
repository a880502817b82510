"""Save a picture of every screen and state of the desk: `python -m tests.tour DIR`.

`python -m tests.tour --readme DIR` saves the READMEs' two pictures instead.

Real desk, real gateway, real sandbox shop. The states are worked once, in one language; then the
desk is shown in every language, theme and size on the world as it then stands. What a real world
takes hours to reach is shown on the tests' gateway without a network. A session at each real shop
that is up comes last (`dev.py shop NAME up`).
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.roles import Role
from agent_app.tryout.world import World, running_world, wait_until_filled
from tests.tour import keeping, readme, real_shops, screens, staged, states
from tests.tour.drive import TOUR_SEED, DrivenDesk

LANGUAGES = (Language.ENGLISH, Language.CHINESE)
THEMES = (Theme.LIGHT, Theme.DARK)
SIZES = ((1366, 768), (1920, 1080))


def main(words: list[str]) -> int:
    """Make all pictures; return 2 for a bad command line."""
    if len(words) == 2 and words[0] == "--readme":
        print(f"{readme.pictures(Path(words[1]))} pictures in {words[1]}")
        return 0
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("usage: python -m tests.tour [--readme] DIR\n")
        return 2
    album = Path(words[0])
    with tempfile.TemporaryDirectory(prefix="agent-app-tour-") as name:
        folder = Path(name)
        with running_world(folder, seed=TOUR_SEED) as world:
            wait_until_filled(world, Role.AGENT, at_least=20)
            taken = sum(_one(world, folder, album, *look) for look in _looks())
        taken += screens.away(folder, album)
        taken += sum(staged.pictures(folder, album, *look) for look in _looks())
        taken += sum(keeping.pictures(folder, album, *look) for look in _looks())
        taken += real_shops.pictures(folder, album)
    print(f"{taken} pictures in {album}")
    return 0


def _looks() -> list[tuple[Language, Theme, tuple[int, int]]]:
    return list(itertools.product(LANGUAGES, THEMES, SIZES))


def _one(
    world: World, folder: Path, album: Path, language: Language, theme: Theme, size: tuple[int, int]
) -> int:
    """Show every screen in one look; return how many pictures were taken."""
    place = album / f"{language.value}-{theme.value}-{size[0]}x{size[1]}"
    taken = 0
    for role in (Role.AGENT, Role.LEAD):
        desk = DrivenDesk(folder / "desk", world.gateway, world.token(role), language, theme)
        try:
            desk.wait_for_queue()
            show = screens.Show(desk, place, role, size, world)
            if role is Role.AGENT:
                screens.queues(show)
                states.of_a_case(show)
                screens.pages(show)
            else:
                states.of_an_approval(show)
            taken += show.taken
        finally:
            desk.close()
    return taken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
