"""An outline that shows where the keyboard is, for widgets whose style draws none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from agent_app.desk.ui import design


class FocusOutline(QWidget):
    """Lies over its parent while that has the focus; lets every press through."""

    def __init__(self, of: QWidget, tone: str = "accent") -> None:
        super().__init__(of)
        self._of = of
        self._tone = tone
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        # Not an event filter: it would be called in Python while its parent is being destroyed.
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    @Slot()
    def _on_focus_changed(self) -> None:
        # Without the signal's arguments: what loses the focus may be half destroyed by now, and
        # handing it to Python would bring a dead object back.
        if QApplication.focusWidget() is self._of:
            self.setGeometry(self._of.rect())
            self.raise_()
            self.show()
        else:
            self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.geometry() != self._of.rect():
            self.setGeometry(self._of.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(design.tone(self._tone), 2))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        painter.end()
