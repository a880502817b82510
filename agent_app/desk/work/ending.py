"""What is left to do on a case of which nothing is left to find out. No Qt, tested without it."""

from __future__ import annotations

from enum import StrEnum

from agent_app.domain.actions import ActionKind
from agent_app.domain.decide import Decisions
from agent_app.domain.reasons import Why


class Left(StrEnum):
    """The last steps before a case ends, in their order."""

    TELL = "tell"
    RECHECK = "recheck"
    RESOLVE = "resolve"


def left_to_do(decisions: Decisions) -> Left | None:
    """Return the next of the last steps; None while the case calls for anything else."""
    if decisions.remedy.action is not ActionKind.RESOLVE:
        return None
    locks = {reason.why for reason in decisions[ActionKind.RESOLVE].locks}
    if not locks:
        return Left.RESOLVE
    if Why.CUSTOMER_NOT_TOLD in locks:
        return Left.TELL
    if locks <= {Why.STALE_READ, Why.NEVER_READ}:
        return Left.RECHECK
    return None
