"""Ctrl+Z: undoes the last click where that is real, and says why where it is not.

Made by main.py. While somebody types, Ctrl+Z is the text field's own.
"""

from __future__ import annotations

from collections import deque
from functools import partial

from PySide6.QtCore import QObject, Slot

from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import undo as words
from agent_app.desk.work.local import Click, ClickKind
from agent_app.desk.work.undo import WayBack, way_back

MOST = 20
_DOES = frozenset({WayBack.TAKE_BACK, WayBack.RELEASE, WayBack.CLAIM})


class UndoLast(QObject):
    """Remembers what was clicked at this desk since it was opened, the newest last."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window, self._case, self._outbox = window, window.case, window.outbox
        self._steps: deque[Click | str] = deque(maxlen=MOST)
        self._own: ClickKind | None = None
        self._search = window.work.queue.search
        self._searched = self._search.text()
        self._case.written.connect(self._on_written)
        self._outbox.let_go.connect(self._on_let_go)
        self._search.textChanged.connect(self._on_search_changed)
        window.connection.closing.connect(self._on_closing)
        window.commands.serve({Command.UNDO: self.undo})

    @Slot()
    def undo(self) -> None:
        """Undo what was done last, or say why that cannot be."""
        if self._steps:
            step = self._steps.pop()
            if isinstance(step, str):
                self._search.setText(step)
                self._window.notice.say_done(words.search_back())
                return
            pending = next((each for each in self._outbox.pending() if each.key == step.key), None)
            self._undo(step, pending)
            return
        self._window.notice.say(words.nothing())

    def _undo(self, click: Click, pending: Click | None) -> None:
        way = way_back(click, pending, is_open=self._case.case == click.case)
        if way is WayBack.TAKE_BACK:
            self._outbox.drop(click.number, partial(self._on_taken_back, click))
            return
        if way in _DOES:
            mine = self._window.work.case.header.is_mine
            if mine != (way is WayBack.RELEASE):
                # Somebody was faster, or the claim ran out.
                self._window.notice.say(words.nothing())
                return
            self._own = ClickKind.RELEASE if mine else ClickKind.CLAIM
            (self._case.release if mine else self._case.claim)()
            self._window.notice.say_done(words.sentence(way, click))
            return
        # It is asked about again until something newer is done.
        self._steps.append(click)
        self._window.notice.say(words.sentence(way, click))

    def _on_taken_back(self, click: Click, is_dropped: bool) -> None:
        if is_dropped:
            self._window.notice.say_done(words.sentence(WayBack.TAKE_BACK, click))
        else:
            self._steps.append(click)
            self._window.notice.say(words.sentence(WayBack.ON_ITS_WAY, click))

    @Slot(object)
    def _on_written(self, click: Click) -> None:
        own, self._own = self._own, None
        if click.kind is not own:
            self._steps.append(click)

    @Slot(int)
    def _on_let_go(self, number: int) -> None:
        """Forget what was dropped elsewhere: there is nothing to undo."""
        for step in list(self._steps):
            if isinstance(step, Click) and step.number == number:
                self._steps.remove(step)

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        before, self._searched = self._searched, text
        if len(before) > 1 and not text:
            self._steps.append(before)

    @Slot()
    def _on_closing(self) -> None:
        """Forget everything: another person may come."""
        self._steps.clear()
