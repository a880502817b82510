"""The bar that says that the gateway's audit log lost entries. Stays until it is closed."""

from __future__ import annotations

from PySide6.QtCore import Slot

from agent_app.desk.ui.notice import NoticeBar
from agent_app.desk.ui.words import problems
from agent_app.desk.work.seals import Setback


class AuditBar(NoticeBar):
    """One warning, in words of the language in force."""

    def __init__(self) -> None:
        self._fell: Setback | None = None
        super().__init__("danger", "critical")

    @Slot(object)
    def show_setback(self, fell: Setback) -> None:
        """Say how the log went backwards."""
        self._fell = fell
        self.say(problems.log_set_back(fell))

    def retranslate(self) -> None:
        """Say it in the language in force."""
        super().retranslate()
        if self._fell is not None and not self.isHidden():
            self.say(problems.log_set_back(self._fell))
