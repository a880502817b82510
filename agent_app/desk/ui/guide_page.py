"""The guide reference: every cause as a card, by family; works without a gateway."""

from __future__ import annotations

import html
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, say
from agent_app.domain.causes import Family
from agent_app.domain.guide import CauseCard, Guide

translate = QCoreApplication.translate

FAMILIES: Mapping[Family, str] = {
    Family.SYSTEM: QT_TRANSLATE_NOOP("Family", "System"),
    Family.NETWORK: QT_TRANSLATE_NOOP("Family", "Network and payment"),
    Family.USER: QT_TRANSLATE_NOOP("Family", "Customer's entry"),
    Family.PERMISSION: QT_TRANSLATE_NOOP("Family", "Permission"),
    Family.NONE: QT_TRANSLATE_NOOP("Family", "No fault"),
}


class GuidePage(QWidget):
    """Cards on the left, the chosen one on the right; one search over both languages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide: Guide | None = None
        self._chosen = ""
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setMinimumHeight(32)
        self.search.addAction(
            icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.card = QTextBrowser(openExternalLinks=False)
        self.card.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.card.document().setDocumentMargin(design.S4)
        left = QVBoxLayout()
        left.addWidget(self._title)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        holder = QWidget()
        holder.setLayout(left)
        holder.setFixedWidth(380)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(design.S2, design.S2, design.S4, design.S2)
        layout.addWidget(holder)
        layout.addWidget(self.card, 1)
        self.search.textChanged.connect(self._on_search_edited)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.retranslate()

    def show_guide(self, guide: Guide | None) -> None:
        """Show a guide's cards."""
        self._guide = guide
        self._fill()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("GuidePage", "Guide reference"))
        self.search.setPlaceholderText(translate("GuidePage", "Search symptoms and causes"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.list.setAccessibleName(translate("GuidePage", "Causes"))
        self._fill()

    def _fill(self) -> None:
        chosen = self._chosen
        self.list.clear()
        if self._guide is None:
            self.card.setPlainText(translate("GuidePage", "No guide is installed."))
            return
        words = self.search.text().casefold().split()
        for family in Family:
            cards = [
                c
                for c in self._guide.causes
                if c.cause.family is family and all(w in _all_text(c) for w in words)
            ]
            if cards:
                self._add_heading(say("Family", FAMILIES, family))
            for card in cards:
                entry = QListWidgetItem(f"{card.title[tag()]}", self.list)
                entry.setData(Qt.ItemDataRole.UserRole, card.cause.value)
                if card.cause.value == chosen:
                    self.list.setCurrentItem(entry)
        if self.list.currentItem() is None and self.list.count() > 1:
            self.list.setCurrentRow(1)
        if self.list.count() == 0:
            self.card.setPlainText(translate("GuidePage", "No card matches your search."))

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
        code = item.data(Qt.ItemDataRole.UserRole)
        card = next((c for c in self._guide.causes if c.cause.value == code), None)
        if card is not None:
            self._chosen = str(code)
            self.card.setHtml(_html(card))

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.ApplicationPaletteChange}
        if event.type() in kinds:
            self.retranslate()
        super().changeEvent(event)


def _all_text(card: CauseCard) -> str:
    texts = (card.title, card.symptom, card.supports, card.refutes, card.remedy)
    return " ".join(t for text in texts for t in text.values()).casefold()


def _html(card: CauseCard) -> str:
    """Return one card as rich text; the content's own characters are escaped."""
    language = tag()
    parts = (
        (translate("GuidePage", "What one sees"), card.symptom),
        (translate("GuidePage", "What speaks for it"), card.supports),
        (translate("GuidePage", "What speaks against it"), card.refutes),
        (translate("GuidePage", "What to do"), card.remedy),
        (translate("GuidePage", "What to tell the customer"), card.tell_customer),
        (translate("GuidePage", "Who repairs it"), card.owner),
    )
    muted = design.colours().muted
    body = "".join(
        f"<p style='color:{muted}; margin-bottom:2px; font-size:{design.META}px'>"
        f"<b>{_plain(head)}</b></p><p style='margin-top:0'>{_plain(text[language])}</p>"
        for head, text in parts
    )
    family = say("Family", FAMILIES, card.cause.family)
    return (
        f"<p style='font-size:{design.HEADLINE}px'><b>{_plain(card.title[language])}</b></p>"
        f"<p style='color:{muted}'>{_plain(family)}</p>{body}"
    )


def _plain(text: str) -> str:
    """Return content as rich text that shows it letter by letter."""
    return html.escape(text).replace("\n", "<br>")
