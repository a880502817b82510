"""The navigation rail: where one is, where one can go, and how much waits there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from agent_app.desk.ui import design, formats, icons
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP
from agent_app.desk.work.queue_rows import Counts, QueueName


class Place(StrEnum):
    """The screens of the desk."""

    MINE = "mine"
    TEAM = "team"
    ORPHANS = "orphans"
    WAITING = "waiting"
    APPROVALS = "approvals"
    RESOLVED = "resolved"
    OUTBOX = "outbox"
    GUIDE = "guide"
    SETTINGS = "settings"

    @property
    def queue(self) -> QueueName | None:
        """Return the queue that the place shows, if it shows one."""
        return QueueName(self.value) if self.value in set(QueueName) else None


NAMES: Mapping[Place, str] = {
    Place.MINE: QT_TRANSLATE_NOOP("Place", "Mine"),
    Place.TEAM: QT_TRANSLATE_NOOP("Place", "Team"),
    Place.ORPHANS: QT_TRANSLATE_NOOP("Place", "Money without an order"),
    Place.WAITING: QT_TRANSLATE_NOOP("Place", "Waiting"),
    Place.APPROVALS: QT_TRANSLATE_NOOP("Place", "Approvals"),
    Place.RESOLVED: QT_TRANSLATE_NOOP("Place", "Resolved"),
    Place.OUTBOX: QT_TRANSLATE_NOOP("Place", "Not sent yet"),
    Place.GUIDE: QT_TRANSLATE_NOOP("Place", "Guide reference"),
    Place.SETTINGS: QT_TRANSLATE_NOOP("Place", "Settings"),
}
SHORT: Mapping[Place, str] = {
    Place.ORPHANS: QT_TRANSLATE_NOOP("Place", "No order"),
    Place.OUTBOX: QT_TRANSLATE_NOOP("Place", "Unsent"),
    Place.GUIDE: QT_TRANSLATE_NOOP("Place", "Guide"),
    Place.APPROVALS: QT_TRANSLATE_NOOP("Place", "Approve"),
}
"""Where the full name does not fit under an icon."""

MOST_IN_BUBBLE = 999
"""A longer number would cover the icon; the exact one is read out and stands at the foot."""


def name(place: Place) -> str:
    """Return what a place is called."""
    return QCoreApplication.translate("Place", NAMES[place])


class Rail(QWidget):
    """The places, one under another; narrow it shows icons with short names.

    Signals:
        place_chosen: the person wants to go there (`Place`).
    """

    place_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = {place: _PlaceButton(place, self) for place in Place}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, design.S2, 0, design.S2)
        layout.setSpacing(2)
        for place, button in self._buttons.items():
            if place is Place.OUTBOX:
                layout.addStretch(1)
            layout.addWidget(button)
            self._group.addButton(button)
        self._group.buttonClicked.connect(self._on_button_clicked)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.backgroundRole().AlternateBase)
        self.set_narrow(narrow=False)
        self.retranslate()

    def set_narrow(self, *, narrow: bool) -> None:
        """Show icons with short names instead of full names."""
        self.setFixedWidth(design.RAIL_NARROW + design.S3 if narrow else design.RAIL_WIDE)
        for button in self._buttons.values():
            button.set_narrow(narrow=narrow)

    def show_place(self, place: Place) -> None:
        """Mark where one is."""
        self._buttons[place].setChecked(True)

    def show_counts(self, counts: Counts | None) -> None:
        """Show how many cases wait in each queue."""
        for place, button in self._buttons.items():
            queue = place.queue
            if queue is not None:
                button.set_count(counts.by_queue[queue] if counts is not None else None)

    def show_unsent(self, count: int) -> None:
        """Show how many clicks are not done."""
        self._buttons[Place.OUTBOX].set_count(count or None)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for place, button in self._buttons.items():
            button.setText(name(place))
            button.setToolTip(name(place))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, button: _PlaceButton) -> None:
        self.place_chosen.emit(button.place)


class _PlaceButton(QAbstractButton):
    """One place: icon, name, count."""

    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self._count: int | None = None
        self._narrow = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, *, narrow: bool) -> None:
        """Paint for the narrow rail."""
        self._narrow = narrow
        self.setFixedHeight(52 if narrow else 36)
        self.update()

    def set_count(self, count: int | None) -> None:
        """Show how many cases wait; None for places that have none to count."""
        self._count = count
        said = name(self.place)
        self.setAccessibleName(said if count is None else f"{said}, {formats.number(count)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(design.RAIL_NARROW if self._narrow else design.RAIL_WIDE, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(design.S1, 1, -design.S1, -1)
        chosen = self.isChecked()
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(design.tone("selected" if chosen else "hover"))
            painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(design.tone("accent"))
            painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        tone = "accent" if chosen else "text"
        if self._narrow:
            self._paint_narrow(painter, tone)
        else:
            self._paint_wide(painter, tone)
        painter.end()

    def _paint_wide(self, painter: QPainter, tone: str) -> None:
        middle = self.height() / 2
        icons.paint(painter, self.place.value, tone, QRectF(design.S3, middle - 9, 18, 18))
        text = self.rect().adjusted(design.S3 + 18 + design.S2, 0, -design.S2, 0)
        painter.setFont(design.font(bold=self.isChecked()))
        painter.setPen(design.tone(tone))
        if self._count is not None:
            count = formats.number(self._count)
            painter.setFont(design.font(design.META, tabular=True))
            painter.setPen(design.tone("muted"))
            painter.drawText(
                text, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), count
            )
            text.setRight(text.right() - painter.fontMetrics().horizontalAdvance(count) - design.S1)
            painter.setFont(design.font(bold=self.isChecked()))
            painter.setPen(design.tone(tone))
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(
            text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown
        )

    def _paint_narrow(self, painter: QPainter, tone: str) -> None:
        middle = self.width() / 2
        icons.paint(painter, self.place.value, tone, QRectF(middle - 10, 7, 20, 20))
        painter.setFont(design.font(design.META - 1))
        painter.setPen(design.tone(tone))
        short = QCoreApplication.translate("Place", SHORT.get(self.place, NAMES[self.place]))
        below = QRect(0, 29, self.width(), 18)
        shown = painter.fontMetrics().elidedText(
            short, Qt.TextElideMode.ElideRight, below.width() - 4
        )
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), shown)
        if self._count:
            many = self._count > MOST_IN_BUBBLE
            count = f"{MOST_IN_BUBBLE}+" if many else formats.number(self._count)
            self._paint_bubble(painter, count, middle)

    def _paint_bubble(self, painter: QPainter, count: str, middle: float) -> None:
        painter.setFont(design.font(10, bold=True))
        width = max(painter.fontMetrics().horizontalAdvance(count) + 8, 16)
        bubble = QRectF(min(middle + 5, self.width() - width - 3), 3, width, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(design.tone("accent"))
        painter.drawRoundedRect(bubble, 7, 7)
        painter.setPen(design.tone("on_accent"))
        painter.drawText(bubble, int(Qt.AlignmentFlag.AlignCenter), count)
