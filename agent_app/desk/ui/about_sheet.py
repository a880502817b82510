"""About: what this is, which versions run, and under which licences."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import QCoreApplication, QLibraryInfo, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel
from agent_app.resources import resource

translate = QCoreApplication.translate
_LICENCES = ("LGPL-3.0.txt", "GPL-3.0.txt")


class AboutSheet(QDialog):
    """Says what the LGPL asks to be said, and holds the licence texts themselves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("AboutSheet", "About"))
        self.resize(640, 460)
        title = ToneLabel(size=design.HEADLINE, bold=True)
        title.setText(f"Agent App {own_version()}")
        texts = ToneLabel(wrap=True)
        texts.setText(
            translate(
                "AboutSheet",
                "Finds, diagnoses and resolves unreturned orders. Licence: Apache-2.0.\n\n"
                "This program uses Qt and Qt for Python (PySide6) under the GNU Lesser General "
                "Public License, version 3. You may replace these libraries in the program's "
                "folder by your own builds, and study the program to make them work. Their "
                "sources are published by The Qt Company at download.qt.io.",
            )
        )
        versions = ToneLabel("muted", size=design.META)
        versions.setText(f"Qt {QLibraryInfo.version().toString()} · PySide6 {PySide6.__version__} "
                         f"· Python {platform.python_version()}")  # fmt: skip
        tabs = QTabWidget()
        tabs.setAccessibleName(self.windowTitle())
        for name in _LICENCES:
            page = QPlainTextEdit(resource("licences", name).read_text("utf-8"))
            page.setReadOnly(True)
            page.setAccessibleName(name)
            page.setTabChangesFocus(True)
            FocusOutline(page)
            tabs.addTab(page, name.removesuffix(".txt"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        FocusOutline(buttons.button(QDialogButtonBox.StandardButton.Close))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        for widget in (title, texts, versions, tabs, buttons):
            layout.addWidget(widget)


def own_version() -> str:
    """Return the program's version; a frozen program without metadata says so by a dash."""
    try:
        return version("agent-app")
    except PackageNotFoundError:
        return "–"
