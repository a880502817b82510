"""The action bar: the remedy first, locked ones in their place, their reason in a line below."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.action_button import DRAWINGS, ActionButton
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words import actions, keyed, locks
from agent_app.desk.work.action_bar import Bar, BarItem
from agent_app.domain.actions import ActionKind

_COMMANDS: Mapping[ActionKind, Command] = {
    ActionKind.RECHECK: Command.RECHECK,
    ActionKind.REFUND: Command.REFUND,
    ActionKind.NOTIFY: Command.NOTIFY,
    ActionKind.ESCALATE: Command.ESCALATE,
    ActionKind.RESOLVE: Command.RESOLVE,
}


class ActionBarView(QWidget):
    """Shows a `Bar`.

    Signals:
        chosen: the agent wants this done (`ActionKind`).
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar: Bar | None = None
        self._buttons: dict[ActionKind, ActionButton] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(design.S2)
        self._more = QPushButton()
        self._more.setIcon(icons.icon("more"))
        self._more.setMinimumHeight(34)
        self._menu = QMenu(self)
        self._more.setMenu(self._menu)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.reason = ToneLabel("muted", size=design.META, wrap=True)
        self.reason.setMinimumHeight(34)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, design.S1, 0, design.S1)
        layout.setSpacing(design.S1)
        layout.addLayout(self._row)
        layout.addWidget(self.reason)
        self._menu.triggered.connect(self._on_menu_triggered)

    @property
    def bar(self) -> Bar | None:
        """Return what is shown."""
        return self._bar

    def button(self, kind: ActionKind) -> ActionButton | None:
        """Return the button of an action in view."""
        return self._buttons.get(kind)

    def show_bar(self, bar: Bar) -> None:
        """Show a bar; buttons stay the same objects while their set and order stay."""
        if bar == self._bar:
            return
        commands = {**_COMMANDS, bar.completing.kind: Command.COMPLETE}
        keys = {i.kind: keyed.key_of(commands.get(i.kind, "")) for i in bar.shown}
        same = (
            self._bar is not None
            and [i.kind for i in bar.shown] == list(self._buttons)
            and bar.completing.kind is self._bar.completing.kind
            and [i.is_remedy for i in bar.shown] == [i.is_remedy for i in self._bar.shown]
        )
        self._bar = bar
        if same:
            for item in bar.shown:
                self._buttons[item.kind].show_item(item)
        else:
            self._rebuild(bar.shown, keys)
        self._fill_menu(bar.more)
        self._on_explained("")

    def press(self, kind: ActionKind) -> None:
        """Do what a key asks for: choose the action, or explain its lock."""
        if self._bar is None:
            return
        item = self._bar.item(kind)
        button = self._buttons.get(kind)
        if button is not None:
            button.click()
        elif item.allowed:
            self.chosen.emit(kind)
        else:
            self._on_explained(locks.locked(kind, item.reasons))

    def press_completing(self) -> None:
        """Do what the key for completing the order does in this case."""
        if self._bar is not None:
            self.press(self._bar.completing.kind)

    def _rebuild(self, items: tuple[BarItem, ...], keys: dict[ActionKind, str]) -> None:
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for place, item in enumerate(items):
            button = ActionButton(item, keys[item.kind], self)
            button.chosen.connect(self.chosen)
            button.explained.connect(self._on_explained)
            self._buttons[item.kind] = button
            self._row.insertWidget(place, button)

    def _fill_menu(self, items: tuple[BarItem, ...]) -> None:
        self._menu.clear()
        self._more.setText(QCoreApplication.translate("ActionBar", "More"))
        self._more.setVisible(bool(items))
        for item in items:
            drawing = DRAWINGS[item.kind] if item.allowed else "lock"
            entry = QAction(icons.icon(drawing), actions.kind(item.kind), self._menu)
            entry.setData(item.kind.value)
            if not item.allowed:
                entry.setToolTip(locks.locked(item.kind, item.reasons))
            self._menu.addAction(entry)
        self._menu.setToolTipsVisible(True)

    @Slot(QAction)
    def _on_menu_triggered(self, entry: QAction) -> None:
        self.press(ActionKind(entry.data()))

    @Slot(str)
    def _on_explained(self, reason: str) -> None:
        self.reason.setText(reason or self._of_remedy())

    def _of_remedy(self) -> str:
        """Return why the proposed action is locked: the first thing that one needs to know."""
        if self._bar is None:
            return ""
        locked = [i for i in self._bar.shown if i.is_remedy and not i.allowed]
        return locks.locked(locked[0].kind, locked[0].reasons) if locked else ""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._bar is not None:
            bar, self._bar = self._bar, None
            self.show_bar(bar)
        super().changeEvent(event)
