"""The guide reference: the checklist and every cause, searchable; works without a gateway."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design, guide_text, icons
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.domain.guide import Guide

translate = QCoreApplication.translate
LIST_WIDTH = 380
_KEY = Qt.ItemDataRole.UserRole


class GuidePage(QWidget):
    """Steps and causes on the left, the chosen one on the right; one search over all.

    Signals:
        print_requested, save_requested: the whole guide on paper, or as a file.
    """

    print_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide: Guide | None = None
        self._chosen = ""
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setMinimumHeight(32)
        self._lens = self.search.addAction(
            icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        # Links lead to other pages of the guide, never out of the program.
        self.card = QTextBrowser(openLinks=False)
        self.card.setFrameShape(QTextBrowser.Shape.NoFrame)
        FocusOutline(self.card)
        self.card.document().setDocumentMargin(design.S4)
        self.print = QPushButton()
        self.save = QPushButton()
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        for button in (self.print, self.save):
            button.setMinimumHeight(32)
            FocusOutline(button)
            top.addWidget(button)
        left = QVBoxLayout()
        left.addLayout(top)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        holder = QWidget()
        holder.setLayout(left)
        holder.setFixedWidth(LIST_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(design.S2, design.S2, design.S4, design.S2)
        layout.addWidget(holder)
        layout.addWidget(self.card, 1)
        self.search.textChanged.connect(self._on_search_edited)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.card.anchorClicked.connect(self._on_card_link_clicked)
        self.print.clicked.connect(self.print_requested)
        self.save.clicked.connect(self.save_requested)
        self.retranslate()

    @property
    def guide(self) -> Guide | None:
        """Return the guide that is shown."""
        return self._guide

    def show_guide(self, guide: Guide | None) -> None:
        """Show a guide's steps and causes."""
        self._guide = guide
        for button in (self.print, self.save):
            button.setEnabled(guide is not None)
        self._fill()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("GuidePage", "Guide reference"))
        self.search.setPlaceholderText(translate("GuidePage", "Search steps, symptoms and causes"))
        self.search.setAccessibleName(self.search.placeholderText())
        self._lens.setText(self.search.placeholderText())
        self.list.setAccessibleName(translate("GuidePage", "Steps and causes"))
        self.card.setAccessibleName(translate("GuidePage", "The chosen step or cause"))
        self.print.setText(translate("GuidePage", "Print…"))
        self.save.setText(translate("GuidePage", "PDF…"))
        self.save.setToolTip(translate("GuidePage", "Save the whole guide as PDF"))
        self._fill()

    def _fill(self) -> None:
        chosen = self._chosen
        self.list.clear()
        if self._guide is None:
            self.card.setPlainText(translate("GuidePage", "No guide is installed."))
            return
        words = self.search.text().casefold().split()
        section = ""
        for page in guide_text.pages(self._guide):
            if not page.matches(words):
                continue
            if page.section != section:
                section = page.section
                self._add_heading(section)
            entry = QListWidgetItem(page.title, self.list)
            entry.setData(_KEY, page.key)
            if page.key == chosen:
                self.list.setCurrentItem(entry)
        if self.list.currentItem() is None and self.list.count() > 1:
            self.list.setCurrentRow(1)
        if self.list.count() == 0:
            self.card.setPlainText(
                translate("GuidePage", "No step and no cause matches your search.")
            )

    def _add_heading(self, text: str) -> None:
        heading = QListWidgetItem(text, self.list)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setFont(design.font(design.META, bold=True))
        heading.setForeground(design.tone("muted"))

    @Slot(str)
    def _on_search_edited(self, _text: str) -> None:
        self._fill()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current_changed(self, item: QListWidgetItem | None, _old: object) -> None:
        if item is None or self._guide is None:
            return
        text = guide_text.page_html(self._guide, str(item.data(_KEY)))
        if text is not None:
            self._chosen = str(item.data(_KEY))
            self.card.setHtml(text)

    @Slot(QUrl)
    def _on_card_link_clicked(self, link: QUrl) -> None:
        key = link.toString()
        self._chosen = key
        entries = (self.list.item(row) for row in range(self.list.count()))
        entry = next((one for one in entries if one.data(_KEY) == key), None)
        if entry is not None:
            self.list.setCurrentItem(entry)
        else:
            # The search hides it: what was linked to counts more than the filter.
            self.search.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.list.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}
        if event.type() in kinds:
            self.retranslate()
        super().changeEvent(event)
