"""Icons from resources/icons, drawn for this desk, tinted by the palette in force."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from agent_app.desk.ui import design
from agent_app.resources import resource


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    drawing = _drawing(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def pixmap(name: str, tone: str = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return a drawing in one of the colour roles of `design.Colours`.

    Raises:
        FileNotFoundError: there is no such drawing.
    """
    return _pixmap(name, design.tone(tone).name(), size, ratio)


def paint(painter: QPainter, name: str, tone: str | QColor, box: QRectF) -> None:
    """Paint a drawing into a box, for delegates."""
    colour = design.tone(tone) if isinstance(tone, str) else tone
    ratio = painter.device().devicePixelRatio()
    drawn = _pixmap(name, colour.name(), round(box.width()), ratio)
    painter.drawPixmap(box.topLeft(), drawn)


def icon(name: str, tone: str = "text") -> QIcon:
    """Return an icon that follows the palette as it changes."""
    return QIcon(_Tinted(name, tone))


class _Tinted(QIconEngine):
    """Draws at the moment of painting, so that a theme switch needs no new icons."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def paint(self, painter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]
        muted = mode == QIcon.Mode.Disabled
        size = min(rect.width(), rect.height())
        box = QRectF(
            rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2, size, size
        )
        paint(painter, self._name, "muted" if muted else self._tone, box)

    def pixmap(self, size, mode, state) -> QPixmap:  # type: ignore[no-untyped-def]
        muted = mode == QIcon.Mode.Disabled
        return pixmap(
            self._name, "muted" if muted else self._tone, min(size.width(), size.height())
        )

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._tone)
