"""What Ctrl+Z can do about the last click: take it back, do the contrary, or say why not. Pure.

Only what has not left yet is taken back; a claim and a release each have their contrary. Money, and
words that a customer may have read, are never called undone.
"""

from __future__ import annotations

from enum import StrEnum

from agent_app.desk.work.local import Click, ClickKind, ClickState
from agent_app.desk.work.outbox_clicks import typed_text, wish_of
from agent_app.domain.actions import ActionKind


class WayBack(StrEnum):
    """What can be done about a click."""

    TAKE_BACK = "take_back"
    """It has not left: it is dropped."""
    RELEASE = "release"
    CLAIM = "claim"
    HAS_TEXT = "has_text"
    """It has not left, but holds what somebody typed, which would be lost."""
    NOT_DONE = "not_done"
    """It was refused or is too old, and stands in the outbox."""
    ON_ITS_WAY = "on_its_way"
    MONEY = "money"
    MESSAGE = "message"
    FOR_GOOD = "for_good"
    ELSEWHERE = "elsewhere"
    """It could be undone in its case, which is not open."""


_BY_STATE = {
    ClickState.SENT: WayBack.ON_ITS_WAY,
    ClickState.REFUSED: WayBack.NOT_DONE,
    ClickState.STALE: WayBack.NOT_DONE,
}
_CONTRARY = {ClickKind.CLAIM: WayBack.RELEASE, ClickKind.RELEASE: WayBack.CLAIM}
_MESSAGES = frozenset({ActionKind.NOTIFY})


def way_back(click: Click, pending: Click | None, *, is_open: bool) -> WayBack:
    """Return what can be done about a click.

    `pending`: as it stands in the outbox; None: it was carried out. `is_open`: its case is.
    """
    if pending is not None:
        if pending.state is ClickState.WAITING:
            return WayBack.HAS_TEXT if typed_text(pending) else WayBack.TAKE_BACK
        return _BY_STATE[pending.state]
    if click.kind in _CONTRARY:
        return _CONTRARY[click.kind] if is_open else WayBack.ELSEWHERE
    wish = wish_of(click)
    if wish is not None and wish.kind in _MESSAGES:
        return WayBack.MESSAGE
    return WayBack.MONEY if click.is_money else WayBack.FOR_GOOD
