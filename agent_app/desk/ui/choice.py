"""Check boxes and radio buttons whose empty box can be seen: the style's is dark on dark."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QRadioButton, QStyle, QStyleOptionButton

from agent_app.desk.ui import design


class Tick(QCheckBox):
    """A check box with an outline in the colour of the texts."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        box = QRectF(self.style().subElementRect(element, option, self))
        painter = _pen(self)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.end()


class Radio(QRadioButton):
    """A radio button with an outline in the colour of the texts."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_RadioButtonIndicator
        box = QRectF(self.style().subElementRect(element, option, self))
        painter = _pen(self)
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


def _pen(button: QCheckBox | QRadioButton) -> QPainter:
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(design.tone("muted" if button.isEnabled() else "line"), 1))
    return painter
