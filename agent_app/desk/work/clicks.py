"""One click, one idempotency key: however often a request is sent, it happens once (I3).

The use cases here run on worker threads. A request whose answer was lost is sent again under the
same key, because the gateway gives a repeat the first answer.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

from agent_app.desk.work.errors import OutcomeUnknown, Throttled, Unreachable

T = TypeVar("T")

RESEND_AFTER_S: Sequence[float] = (0.5, 1.0, 2.0, 4.0)
"""Pauses between sendings under one key: about half a minute of trying, time-outs included."""
LONGEST_WAIT_S = 10.0


def new_key() -> str:
    """Return the key of one click; made before the first sending, reused by every other."""
    return f"desk-{uuid.uuid4()}"


def send_until_answered(
    send: Callable[[str], T],
    key: str,
    *,
    stop: threading.Event,
    unanswered: Callable[[], None] = lambda: None,
    pauses: Sequence[float] = RESEND_AFTER_S,
) -> T:
    """Send a change under `key` until the gateway answers, and return its answer.

    `unanswered` is told each time that an answer was lost, so that the screen can say "unknown"
    while this goes on. `stop` ends the waiting when the desk closes.

    Raises:
        OutcomeUnknown: no sending was answered; it may have happened.
        PlatformError: the gateway refused, or nothing was ever sent.
    """
    sent_once = False
    for pause in (*pauses, None):
        try:
            return send(key)
        except OutcomeUnknown:
            sent_once = True
            unanswered()
            wait = pause
            if pause is None:
                raise
        except Throttled as error:
            wait = min(error.retry_after_s, LONGEST_WAIT_S)
            if pause is None:
                raise
        except Unreachable as error:
            # After a lost answer, "could not connect" does not make the first sending undone.
            if not sent_once:
                raise
            wait = pause
            if pause is None:
                raise OutcomeUnknown(str(error)) from error
        if stop.wait(wait):
            break
    raise OutcomeUnknown("the desk was closed while the answer was awaited")
