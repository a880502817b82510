"""Bars above the screen: the gateway is away, a request failed, a settings file was bad."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from agent_app.desk.ui import design, icons

_DONE = ("success", "done")


class NoticeBar(QWidget):
    """One sentence in a tone, with a close button or one thing to do.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(self, tone: str, drawing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = self._look = (tone, drawing)
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True)
        self._button = QPushButton()
        self._button.clicked.connect(self.acted)
        self._button.hide()
        self._close = QToolButton(autoRaise=True)
        self._close.setIcon(icons.icon("close", "muted"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(design.S4, design.S2, design.S3, design.S2)
        layout.setSpacing(design.S2)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._close)
        self._tint()
        self.retranslate()
        self.hide()

    @property
    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def say(
        self, text: str, *, action: str = "", closable: bool = True, aloud: bool = True
    ) -> None:
        """Show a sentence and read it out; not aloud when only a number in it counts on."""
        self._show(self._own, text, action=action, closable=closable, aloud=aloud)

    def say_done(self, text: str) -> None:
        """Tell that something was done, and read it out."""
        self._show(_DONE, text, action="", closable=True, aloud=True)

    def _show(
        self, look: tuple[str, str], text: str, *, action: str, closable: bool, aloud: bool
    ) -> None:
        if look != self._look:
            self._look = look
            self._tint()
            self.update()
        changed = aloud and (text != self._text.text() or self.isHidden())
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._close.setVisible(closable)
        self.show()
        if changed:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def retranslate(self) -> None:
        """Name the close button in the language in force."""
        self._close.setAccessibleName(QCoreApplication.translate("NoticeBar", "Close this notice"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone, _ = self._look
        wash = design.tone(tone)
        painter.fillRect(self.rect(), design.tone("sunken"))
        wash.setAlpha(28)
        painter.fillRect(self.rect(), wash)
        painter.fillRect(0, 0, 3, self.height(), design.tone(tone))
        painter.end()

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        tone, drawing = self._look
        self._icon.setPixmap(icons.pixmap(drawing, tone, 16, ratio))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        elif event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
