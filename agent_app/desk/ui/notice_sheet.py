"""The sheet in which a person chooses what he is told while he looks elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui.choice import Tick
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import notices as words
from agent_app.desk.work.notices import NoticeChoice, NoticeKind

translate = QCoreApplication.translate


class NoticeSheet(Sheet):
    """One tick for each kind.

    Signals:
        chosen: what is wanted from now on (`NoticeChoice`).
    """

    chosen = Signal(object)

    def __init__(self, choice: NoticeChoice, parent: QWidget) -> None:
        super().__init__(
            translate("NoticeSheet", "Notices"),
            translate(
                "NoticeSheet",
                "Told while you work in another window. A notice says how many cases, never which "
                "or whose.",
            ),
            parent,
        )
        self.ticks: dict[NoticeKind, Tick] = {}
        for kind in NoticeKind:
            tick = self.ticks[kind] = Tick(words.kind(kind))
            tick.setChecked(choice.wants(kind))
            self.body.addWidget(tick)
        self.confirm_button.setText(translate("NoticeSheet", "Tell me these"))
        self.ticks[NoticeKind.SIGN_IN].setFocus()

    def confirm(self) -> bool:
        """Hand the choice over."""
        self.chosen.emit(
            NoticeChoice(**{kind.value: tick.isChecked() for kind, tick in self.ticks.items()})
        )
        return True
