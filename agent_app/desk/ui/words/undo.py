"""Words for what was undone, and why something cannot be."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, clicks, filled
from agent_app.desk.work.local import Click
from agent_app.desk.work.undo import WayBack

_SENTENCES: Mapping[WayBack, str] = {
    WayBack.TAKE_BACK: QT_TRANSLATE_NOOP("Undo", "Taken back before it was sent: {what}."),
    WayBack.RELEASE: QT_TRANSLATE_NOOP("Undo", "Undoing the claim: the case is being given back."),
    WayBack.CLAIM: QT_TRANSLATE_NOOP(
        "Undo", "Undoing the release: the case is being claimed again."
    ),
    WayBack.HAS_TEXT: QT_TRANSLATE_NOOP(
        "Undo",
        "What you typed would be lost: {what}. If you no longer want it, let it go under “Not sent "
        "yet”.",
    ),
    WayBack.NOT_DONE: QT_TRANSLATE_NOOP(
        "Undo",
        "There is nothing to undo: the gateway did not carry it out. It stands under “Not sent "
        "yet”: {what}.",
    ),
    WayBack.ON_ITS_WAY: QT_TRANSLATE_NOOP(
        "Undo", "It is on its way and may have been done, so it cannot be taken back: {what}."
    ),
    WayBack.MONEY: QT_TRANSLATE_NOOP(
        "Undo",
        "What moves money cannot be undone: {what}. If it was wrong, escalate the case.",
    ),
    WayBack.MESSAGE: QT_TRANSLATE_NOOP(
        "Undo",
        "A message cannot be taken back once the gateway has it. Send another one that corrects "
        "it.",
    ),
    WayBack.FOR_GOOD: QT_TRANSLATE_NOOP(
        "Undo", "It is done and in the case's record, and cannot be undone: {what}."
    ),
    WayBack.ELSEWHERE: QT_TRANSLATE_NOOP(
        "Undo", "Open the case again to undo what was done there: {what}."
    ),
}


def sentence(way: WayBack, click: Click) -> str:
    """Return what was undone, or why it was not."""
    return filled(QCoreApplication.translate("Undo", _SENTENCES[way]), what=clicks.what(click))


def nothing() -> str:
    """Say that there is nothing to undo."""
    return QCoreApplication.translate("Undo", "There is nothing to undo.")


def search_back() -> str:
    """Say that the search stands again."""
    return QCoreApplication.translate("Undo", "The search is back.")
