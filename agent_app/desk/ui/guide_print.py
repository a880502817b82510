"""The whole guide on paper: one document of all steps and causes, printed or saved as PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QMarginsF, QObject, Slot
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QDialog, QFileDialog

from agent_app.desk.ui import design, guide_text
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import filled, problems
from agent_app.domain.guide import Guide

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

translate = QCoreApplication.translate
_LINK = re.compile(r"<a href='[^']*' style='[^']*'>(.*?)</a>")
_PIXELS_AN_INCH = 96
"""As the sizes in the guide's pages mean them; letters stay outlines, whatever this is."""


def whole_html(guide: Guide) -> str:
    """Return the guide as one text in the language in force, for white paper.

    The causes begin a page; otherwise a step or a cause follows the one before.
    """
    about = translate("GuidePrint", "Version {version}. {steps} steps, {causes} causes.")
    told = filled(
        about,
        version=str(guide.version),
        steps=str(len(guide.steps)),
        causes=str(len(guide.causes)),
    )
    parts = [f"<h1>{guide_text.plain(guide.title[tag()])}</h1><p>{guide_text.plain(told)}</p>"]
    section = ""
    for page in guide_text.pages(guide):
        if page.section != section:
            begins = "page-break-before:always" if section else ""
            section = page.section
            parts.append(f"<h2 style='{begins}'>{guide_text.plain(section)}</h2>")
        parts.append((guide_text.page_html(guide, page.key) or "") + "<hr>")
    # On screen the pages have the colours of the theme; paper is white, and nothing to click on.
    whole, on_screen, light = "".join(parts), design.colours(), design.LIGHT
    for tone in ("muted", "text"):
        whole = whole.replace(getattr(on_screen, tone), getattr(light, tone))
    return _LINK.sub(r"\1", whole)


def pdf_of(text: str, title: str) -> bytes:
    """Return rich text as PDF on A4, with page numbers; on the Qt thread, in about 80 ms.

    A document has timers, which a worker's thread does not run.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(_PIXELS_AN_INCH)
    # The document leaves 2 cm free by itself.
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()
        )
    )
    document_of(text).print_(writer)
    # Its end is written when it goes.
    del writer
    return bytes(buffer.data().data())


def document_of(text: str) -> QTextDocument:
    """Return rich text as it is printed."""
    document = QTextDocument()
    document.setDefaultFont(design.font())
    document.setHtml(text)
    return document


def save(made: bytes, path: Path) -> Path:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(made)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


class GuidePaper(QObject):
    """Prints the guide and saves it; made by main.py."""

    def __init__(self, window: DeskWindow, runner: Runner) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner
        window.guide_page.print_requested.connect(self.ask_printer)
        window.guide_page.save_requested.connect(self.ask_file)
        window.commands.serve(
            {Command.PRINT_GUIDE: self.ask_printer, Command.SAVE_GUIDE: self.ask_file}
        )

    @Slot()
    def ask_file(self) -> None:
        """Ask where to save it, and save it there."""
        guide = self._window.guide_page.guide
        if guide is None:
            self._say_none()
            return
        name = f"{guide.title[tag()]}.pdf".replace("/", "-")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            translate("GuidePrint", "Save the guide as PDF"),
            str(Path.home() / name),
            "PDF (*.pdf)",
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Save it, whole or not at all, and say where."""
        guide = self._window.guide_page.guide
        if guide is None:
            self._say_none()
            return
        made = pdf_of(whole_html(guide), guide.title[tag()])
        self._runner.run(lambda: save(made, path), self._on_saved, self._on_failed, owner=self)

    @Slot()
    def ask_printer(self) -> None:
        """Ask which printer, and print it there."""
        guide = self._window.guide_page.guide
        if guide is None:
            self._say_none()
            return
        # Loaded by who prints: a start without it is quicker.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(guide.title[tag()])
        dialog = QPrintDialog(printer, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_to(printer)

    def print_to(self, printer: QPrinter) -> None:
        """Print it, and say that it went to the printer."""
        guide = self._window.guide_page.guide
        assert guide is not None
        document_of(whole_html(guide)).print_(printer)
        text = translate("GuidePrint", "The guide went to the printer {name}.")
        name = printer.printerName() or printer.outputFileName()
        self._window.notice.say_done(filled(text, name=name))

    def _on_saved(self, path: Path) -> None:
        text = translate("GuidePrint", "The guide was saved as {file}.")
        self._window.notice.say_done(filled(text, file=str(path)))

    def _on_failed(self, error: Exception) -> None:
        self._window.show_complaint(problems.sentence(error))

    def _say_none(self) -> None:
        self._window.show_complaint(translate("GuidePage", "No guide is installed."))
