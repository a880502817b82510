"""The READMEs' picture: one claimed case, captured without an order, in each language."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from agent_app.desk.ui.commands import Command
from agent_app.desk.work.preferences import Language, Theme
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import ENDED
from agent_app.domain.payment import Verdict
from agent_app.domain.roles import Role
from agent_app.domain.stage import Stage
from agent_app.tryout.world import World, running_world, wait_until_filled
from tests.tour.drive import TOUR_SEED, DrivenDesk

SIZE = (1366, 768)
PICTURES = {Language.ENGLISH: "case.png", Language.CHINESE: "case.zh-CN.png"}
MOST_BYTES = 200_000
COLOURS = 256


class PictureTooLarge(OSError):
    """A picture weighs more than a README's reader should have to load."""


def pictures(folder: Path) -> int:
    """Save the READMEs' pictures in `folder`; return how many.

    Raises:
        PictureTooLarge: one is over `MOST_BYTES`.
    """
    with tempfile.TemporaryDirectory(prefix="agent-app-readme-") as name:
        place = Path(name)
        with running_world(place, seed=TOUR_SEED) as world:
            wait_until_filled(world, Role.AGENT, at_least=20)
            for language, file in PICTURES.items():
                _one(world, place, language, folder / file)
    return len(PICTURES)


def _one(world: World, place: Path, language: Language, file: Path) -> None:
    token = world.token(Role.AGENT)
    desk = DrivenDesk(place / "desk", world.gateway, token, language, Theme.LIGHT)
    try:
        desk.wait_for_queue()
        desk.open(desk.find(_captured_without_order, "money without an order"))
        desk.claim()
        desk.recheck()
        desk.picture(file, SIZE)
        _slim(file)
        # Free again, so that the next language shows the same case.
        desk.press(Command.CLAIM)
        page = desk.window.work.case
        desk.wait(lambda: page.file is not None and page.file.line.claim is None, "the release")
    finally:
        desk.close()
    if file.stat().st_size > MOST_BYTES:
        raise PictureTooLarge(f"{file.name} has {file.stat().st_size} bytes, over {MOST_BYTES}")


def _slim(file: Path) -> None:
    """Keep the picture's 256 commonest colours: the text stays sharp at half the weight."""
    full = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    seen = Counter(memoryview(full.constBits()).cast("B").cast("I"))
    # A table of its own: Qt's is an even cube of colours, which it dithers.
    table = [colour | 0xFF000000 for colour, _count in seen.most_common(COLOURS)]
    few = full.convertToFormat(
        QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither
    )
    # Quality 0 is the strongest compression of a PNG, and loses nothing.
    if not few.save(str(file), quality=0):
        raise OSError(f"could not write {file}")


def _captured_without_order(line: QueueLine) -> bool:
    return (
        line.stage is Stage.ABSENT
        and line.verdict is Verdict.CAPTURED
        and line.remedy is ActionKind.RESUBMIT
        and line.total.currency == "CNY"
        and line.claim is None
        and line.acting is None
        and line.state not in ENDED
    )
