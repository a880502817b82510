"""Paints the rows of a queue: columns when the table is wide, two-line cards beside a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_app.desk.ui import badges, design, formats, icons
from agent_app.desk.ui.queue_model import COLUMNS, LINE_ROLE
from agent_app.desk.ui.words import actions, states
from agent_app.desk.work.ageing import countdown
from agent_app.desk.work.queue_rows import Column, QueueLine
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId

CARD_ROW = 64
LEVEL_LOOKS: dict[Level, tuple[str, str]] = {
    Level.WATCH: ("watch", "muted"),
    Level.FLAG: ("flag", "warning"),
    Level.CRITICAL: ("critical", "danger"),
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class QueueDelegate(QStyledItemDelegate):
    """One delegate for all columns: it reads the line once and paints it."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.cards = False
        """Whether rows are cards in the first column (the table stands beside a case)."""
        self.pending: frozenset[CaseId] = frozenset()
        """The cases of which something that was clicked here is not done yet."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(
            super().sizeHint(option, index).width(), CARD_ROW if self.cards else design.ROW
        )

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        line: QueueLine = index.data(LINE_ROLE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        self._ground(painter, rect, state, index)
        box = rect.adjusted(design.S3, 0, -design.S2, 0)
        if self.cards:
            self._card(painter, box, line)
        else:
            self._cell(painter, box, line, COLUMNS[index.column()])
        painter.restore()

    def _ground(
        self,
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, design.tone("selected"))
            if index.column() == 0:
                bar = QRect(rect.left(), rect.top(), 3, rect.height())
                painter.fillRect(bar, design.tone("accent"))
        painter.setPen(QPen(design.tone("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _cell(self, painter: QPainter, box: QRect, line: QueueLine, column: Column) -> None:
        match column:
            case Column.ORDER:
                self._order(painter, box, line)
            case Column.CUSTOMER:
                self._text(painter, box, line.customer or "–", muted=not line.customer)
            case Column.STATE:
                self._state(painter, box, line)
            case Column.AT_RISK:
                self._money(painter, box, line)
            case Column.AGE:
                self._two(
                    painter,
                    box,
                    formats.length(self._now() - line.placed_at),
                    states.case_now(line.state, claimed=line.claimed_by(self._now()) is not None),
                )
            case Column.DEADLINE:
                self._deadline(painter, box, line)
            case Column.NEXT:
                self._next(painter, box, line)
            case Column.CLAIMED:
                claim = line.claimed_by(self._now())
                self._text(painter, box, claim.name if claim else "–", muted=claim is None)

    def _order(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        drawing, tone = LEVEL_LOOKS[line.level]
        mark = QRectF(box.left(), box.center().y() - 8, 16, 16)
        icons.paint(painter, drawing, tone, mark)
        self._two(
            painter,
            box.adjusted(16 + design.S2, 0, -self._unsent(painter, box, line), 0),
            line.name,
            f"{states.level(line.level)} · {line.shop}",
            bold=True,
        )

    def _unsent(self, painter: QPainter, box: QRect, line: QueueLine) -> int:
        """Mark a case of which something waits to be sent; return the width that this takes."""
        if line.id not in self.pending:
            return 0
        icons.paint(painter, "outbox", "warning", QRectF(box.right() - 14, box.top() + 6, 14, 14))
        return 14 + design.S1

    def _state(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        painter.setFont(design.font(design.META))
        metrics = painter.fontMetrics()
        top = box.center().y() - badges.HEIGHT / 2
        width = badges.stage_width(line.stage, metrics)
        badges.paint_stage(painter, line.stage, QRectF(box.left(), top, width, badges.HEIGHT))
        left = box.left() + width + design.S1
        if line.conflict:
            sign = QRectF(left, top + 3, 16, 16)
            icons.paint(painter, "differs", "danger", sign)
            left += 16 + design.S1
        pill = min(badges.verdict_width(line.verdict, metrics), box.right() - left)
        if pill > badges.HEIGHT:
            badges.paint_verdict(painter, line.verdict, QRectF(left, top, pill, badges.HEIGHT))

    def _money(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        painter.setFont(design.font(tabular=True, bold=not line.at_risk.is_zero))
        painter.setPen(design.tone("muted" if line.at_risk.is_zero else "text"))
        painter.drawText(box, int(_RIGHT), formats.money(line.at_risk))

    def _deadline(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        if line.deadline is None:
            self._text(painter, box, "–", muted=True)
            return
        count = countdown(line.deadline.at, self._now())
        upper = box.adjusted(0, 4, 0, -box.height() // 2)
        lower = box.adjusted(0, box.height() // 2, 0, -4)
        painter.setFont(design.font(bold=count.urgent, tabular=True))
        painter.setPen(design.tone("danger" if count.urgent else "text"))
        painter.drawText(upper, int(_LEFT), formats.running(count))
        painter.setFont(design.font(design.META))
        painter.setPen(design.tone("muted"))
        painter.drawText(lower, int(_LEFT), states.deadline(line.deadline.kind))

    def _next(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        if line.acting is not None and line.action_state is not None:
            self._two(painter, box, actions.kind(line.acting), actions.state(line.action_state))
        else:
            self._text(painter, box, actions.kind(line.remedy))

    def _card(self, painter: QPainter, box: QRect, line: QueueLine) -> None:
        """Paint order, age and deadline above money, stage and truth."""
        drawing, tone = LEVEL_LOOKS[line.level]
        upper = QRect(box.left(), box.top() + 6, box.width(), 24)
        lower = QRect(box.left(), box.top() + 32, box.width(), 26)
        icons.paint(painter, drawing, tone, QRectF(upper.left(), upper.top() + 4, 16, 16))
        after = upper.adjusted(16 + design.S2, 0, -self._unsent(painter, upper, line), 0)
        when = formats.length(self._now() - line.placed_at)
        urgent = False
        if line.deadline is not None:
            count = countdown(line.deadline.at, self._now())
            urgent = count.urgent
            when = formats.running(count)
        painter.setFont(design.font(design.META, bold=urgent, tabular=True))
        painter.setPen(design.tone("danger" if urgent else "muted"))
        painter.drawText(after, int(_RIGHT), when)
        taken = painter.fontMetrics().horizontalAdvance(when)
        painter.setFont(design.font(bold=True))
        painter.setPen(design.tone("text"))
        self._elided(painter, after.adjusted(0, 0, -taken - design.S2, 0), line.name)
        painter.setFont(design.font(design.META, tabular=True))
        painter.setPen(design.tone("text"))
        sum_text = formats.money(line.at_risk if not line.at_risk.is_zero else line.total)
        painter.drawText(lower, int(_LEFT), sum_text)
        used = painter.fontMetrics().horizontalAdvance(sum_text) + design.S3
        self._state(painter, lower.adjusted(used, 0, 0, 0), line)

    def _two(
        self, painter: QPainter, box: QRect, above: str, below: str, *, bold: bool = False
    ) -> None:
        upper = box.adjusted(0, 4, 0, -box.height() // 2)
        lower = box.adjusted(0, box.height() // 2, 0, -4)
        painter.setFont(design.font(bold=bold, tabular=True))
        painter.setPen(design.tone("text"))
        self._elided(painter, upper, above)
        painter.setFont(design.font(design.META))
        painter.setPen(design.tone("muted"))
        self._elided(painter, lower, below)

    def _text(self, painter: QPainter, box: QRect, text: str, *, muted: bool = False) -> None:
        painter.setFont(design.font())
        painter.setPen(design.tone("muted" if muted else "text"))
        self._elided(painter, box, text)

    @staticmethod
    def _elided(painter: QPainter, box: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(_LEFT), shown)
