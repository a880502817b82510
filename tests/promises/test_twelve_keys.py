"""Promise: a captured order without confirmation takes twelve keys from the queue to its end.

Both messages to the customer are among them: do not pay again, and that the order is there. The
real desk, worked by keys alone, on a real gateway process and the real sandbox process.
"""

from __future__ import annotations

from PySide6.QtCore import Qt

from agent_app.desk.work.action_progress import Phase
from agent_app.domain.case import CaseState
from agent_app.domain.stage import Stage
from agent_app.tryout.world import World
from tests.promises.hands import Counted
from tests.promises.test_stuck_order_is_resolved import desk, moves, sandbox, world
from tests.tour.drive import DrivenDesk

__all__ = ["desk", "world"]
MOST_KEYS = 12


def test_from_the_queue_to_resolved_with_both_messages(world: World, desk: DrivenDesk) -> None:
    hands, window = Counted(desk), desk.window
    page, case = window.work.case, window.case
    desk.wait_for_queue()
    line = desk.find(lambda one: one.stage is Stage.ABSENT, "the order without an order")
    window.activateWindow()
    assert window.work.queue.table.hasFocus(), "the queue has the keys after a start"

    hands.press(Qt.Key.Key_Return)
    desk.wait(lambda: page.file is not None and page.file.line.id == line.id, "the case")
    hands.press(Qt.Key.Key_C)
    desk.wait_for_state(CaseState.CLAIMED)
    hands.press(Qt.Key.Key_P)
    hands.confirm()
    desk.wait(lambda: len(page.file.messages if page.file else ()) == 1, "the first message")
    hands.press(Qt.Key.Key_R)
    hands.press(Qt.Key.Key_S)
    hands.confirm()
    desk.wait(
        lambda: case.progress is not None and case.progress.phase is Phase.CONFIRMED,
        "the confirmed order",
    )
    hands.press(Qt.Key.Key_N)
    hands.confirm()
    desk.wait(lambda: len(page.file.messages if page.file else ()) == 2, "the second one")
    hands.press(Qt.Key.Key_D)
    hands.confirm()
    desk.wait_for_state(CaseState.RESOLVED)

    assert sent(world, line.ref) == ["checking", "confirmed"]
    assert moves(world, line.ref) == ["capture"]
    assert len(hands.pressed) <= MOST_KEYS, hands.pressed


def sent(world: World, reference: str) -> list[str]:
    """Return the templates of what the customer was told."""
    return [one["template"] for one in sandbox(world, f"/truth/{reference}/books")["messages"]]
