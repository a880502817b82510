"""Hands the open case over: asks for the note, keeps it, and gives the case back.

Made by the case's sheets.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui.case_page import CasePage
from agent_app.desk.ui.handover_sheet import HandoverSheet, Part
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.open_case import OpenCase
from agent_app.desk.ui.words import handover as words
from agent_app.desk.work import outbox_clicks
from agent_app.desk.work.handover import handover_facts
from agent_app.domain.ids import CaseId

translate = QCoreApplication.translate


class Handover(QObject):
    """Off line too: note and release wait together, in their order."""

    def __init__(self, page: CasePage, case: OpenCase, window: QWidget) -> None:
        super().__init__(window)
        self._page, self._case, self._window = page, case, window
        page.header.handover_requested.connect(self.ask)
        page.handover.read.connect(self._on_read)

    @Slot()
    def ask(self) -> None:
        """Open the sheet for the open case."""
        file = self._page.file
        if file is None:
            return
        case = file.line.id
        begun = words.begun(handover_facts(file), self._page.guide.guide, tag())
        parts = [
            Part(code, heading, self._case.drafts.text(case, _draft(code)) or begun[code])
            for code, heading in words.headings().items()
        ]
        about = f"{file.line.name} · {file.line.customer}"
        sheet = HandoverSheet(about, parts, self._window, releases=self._page.header.is_mine)
        sheet.edited.connect(partial(self._on_edited, case))
        sheet.written.connect(partial(self._on_written, case, self._page.header.is_mine))
        sheet.release_chosen.connect(self._case.release)
        sheet.open()

    def _on_edited(self, case: CaseId, code: str, text: str) -> None:
        self._case.drafts.write(case, _draft(code), text)

    def _on_written(self, case: CaseId, releases: bool, text: str) -> None:
        if self._case.case != case:
            return
        self._case.click(outbox_clicks.hand_over(case, text))
        for code in words.headings():
            self._case.drafts.sent(case, _draft(code))
        if releases:
            self._case.release()

    @Slot()
    def _on_read(self) -> None:
        if self._case.case is not None:
            said = translate("Handover", "The hand-over was read.")
            self._case.click(outbox_clicks.handover_read(self._case.case, said))


def _draft(code: str) -> str:
    return f"handover {code}"
