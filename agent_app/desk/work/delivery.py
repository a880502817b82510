"""What became of a click that was sent: from the outbox to the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent_app.desk.work.action_progress import ActionProgress
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.errors import PlatformError
from agent_app.desk.work.local import Click


class End(StrEnum):
    """What a delivery came to."""

    DONE = "done"
    REFUSED = "refused"
    STALE = "stale"
    WAITS = "waits"
    """No answer: it is sent again by itself."""
    SIGN_IN = "sign_in"
    """It waits until somebody has signed in again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one click; `file` or `progress` where the gateway told one."""

    click: Click
    end: End
    file: CaseFile | None = None
    progress: ActionProgress | None = None
    error: PlatformError | None = None
