"""Words for a file of this machine that was damaged and made anew."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import filled
from agent_app.desk.work.local import Rescued

translate = QCoreApplication.translate


def rescued(what: Rescued) -> str:
    """Return what happened, and what became of the clicks that were not sent."""
    parts = [translate("Rescue", "What this computer kept was damaged and is made anew.")]
    if what.clicks:
        saved = translate("Rescue", "Saved, and still to be sent: {count}.")
        parts.append(filled(saved, count=formats.number(len(what.clicks))))
    if what.lost is None:
        parts.append(
            translate(
                "Rescue",
                "Whether more waited to be sent cannot be told: look at the cases that you worked "
                "on last.",
            )
        )
    elif what.lost:
        lost = translate(
            "Rescue",
            "Not sent and lost: {count}. Look at the cases that you worked on last, and do it "
            "again.",
        )
        parts.append(filled(lost, count=formats.number(what.lost)))
    else:
        parts.append(translate("Rescue", "Nothing that waited to be sent is lost."))
    return " ".join(parts)
