"""Drives the outbox: writes clicks down, has what is due sent, and tells what became of it.

Owned by the window. All waiting is done on the runner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.delivery import Delivery
from agent_app.desk.work.local import Click, ClickState
from agent_app.desk.work.outbox import Deliverer
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.domain.ids import CaseId

SHORTEST_WAIT_MS = 20


class OutboxSender(QObject):
    """The clicks that are not done.

    Signals:
        changed: what is pending is not what it was.
        delivered: what became of a click that was sent (`Delivery`).
        let_go: a click was dropped, and nothing of it is done (its number).
        failed: it could not be written down what became of one (the error); it is sent again.
    """

    changed = Signal()
    delivered = Signal(object)
    let_go = Signal(int)
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._outbox: Deliverer | None = None
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._on_next_due)

    def use(self, work: CaseWork | None) -> None:
        """Send this person's clicks from now on."""
        self._next.stop()
        self._outbox = work.outbox if work is not None else None
        self.changed.emit()
        self._go()

    def show_online(self, *, online: bool) -> None:
        """Send everything at once when the gateway is back."""
        if online and self._outbox is not None:
            self._outbox.wake()
            self._go()

    def click(
        self, new: NewClick, written: Callable[[Click], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write a click down, then send it; `written` when it is on the disk."""
        outbox = self._outbox
        if outbox is None:
            return
        # Its place is taken here: a worker thread that comes first overtakes nobody.
        outbox.accept(new)

        def done(click: Click) -> None:
            self.changed.emit()
            written(click)
            self._go()

        self._runner.run(partial(outbox.write, new.key), done, failed, owner=self)

    def pending(self) -> tuple[Click, ...]:
        """Return every click that is not done, oldest first."""
        return self._outbox.pending() if self._outbox is not None else ()

    def of_case(self, case: CaseId) -> tuple[Click, ...]:
        """Return the clicks of a case that are not done, oldest first."""
        return tuple(click for click in self.pending() if click.case == case)

    def send_again(self, number: int) -> None:
        """Send a click again that was refused or grew too old: the agent says so."""
        outbox = self._outbox
        if outbox is not None:
            self._runner.run(
                partial(outbox.again, number), self._on_changed, self.failed.emit, owner=self
            )

    def drop(self, number: int, told: Callable[[bool], None] | None = None) -> None:
        """Let a click go that was refused, grew too old, or was never sent.

        `told` hears whether it could: False for one that may be on its way.
        """
        outbox = self._outbox
        if outbox is None:
            return

        def done(is_dropped: bool) -> None:
            if is_dropped:
                self.let_go.emit(number)
            self._on_changed(is_dropped)
            if told is not None:
                told(is_dropped)

        self._runner.run(partial(outbox.drop, number), done, self.failed.emit, owner=self)

    def _go(self) -> None:
        outbox = self._outbox
        if outbox is None:
            return
        for click in outbox.take():
            self._runner.run(
                partial(outbox.deliver, click), self._on_delivered, self._on_failed, owner=self
            )
        pause_s = outbox.pause_s
        if pause_s is not None:
            self._next.start(max(round(pause_s * 1000), SHORTEST_WAIT_MS))

    @Slot()
    def _on_next_due(self) -> None:
        self._go()

    def _on_changed(self, _became: Click | bool | None) -> None:
        self.changed.emit()
        self._go()

    def _on_delivered(self, delivery: Delivery) -> None:
        self.changed.emit()
        self.delivered.emit(delivery)
        self._go()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._go()


def is_for_agent(click: Click) -> bool:
    """Return whether a click waits for the agent, and not for the gateway."""
    return click.state in {ClickState.REFUSED, ClickState.STALE}
