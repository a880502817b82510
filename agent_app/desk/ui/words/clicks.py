"""Words for clicks that are not done: what was wanted, how far it is, what may be done now."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, actions, filled, problems, say
from agent_app.desk.work import refusals
from agent_app.desk.work.local import Click, ClickKind, ClickState
from agent_app.desk.work.outbox_clicks import Fate, fate_known, is_yes, typed_text, wish_of

translate = QCoreApplication.translate

KINDS: Mapping[ClickKind, str] = {
    ClickKind.CLAIM: QT_TRANSLATE_NOOP("ClickKind", "Claim the case"),
    ClickKind.RELEASE: QT_TRANSLATE_NOOP("ClickKind", "Release the case"),
    ClickKind.ASSIGN: QT_TRANSLATE_NOOP("ClickKind", "Assign the case"),
    ClickKind.REOPEN: QT_TRANSLATE_NOOP("ClickKind", "Reopen the case"),
    ClickKind.NOTE: QT_TRANSLATE_NOOP("ClickKind", "Note"),
    ClickKind.FINDING: QT_TRANSLATE_NOOP("ClickKind", "Answer to the guide"),
    ClickKind.ACT: QT_TRANSLATE_NOOP("ClickKind", "Action"),
    ClickKind.APPROVE: QT_TRANSLATE_NOOP("ClickKind", "Approve"),
    ClickKind.WITHDRAW: QT_TRANSLATE_NOOP("ClickKind", "Withdraw the request"),
    ClickKind.SETTLE: QT_TRANSLATE_NOOP("ClickKind", "Settle by hand"),
}
STATES: Mapping[ClickState, str] = {
    ClickState.WAITING: QT_TRANSLATE_NOOP("ClickState", "waiting to be sent"),
    ClickState.SENT: QT_TRANSLATE_NOOP("ClickState", "sent, no answer yet"),
    ClickState.REFUSED: QT_TRANSLATE_NOOP("ClickState", "not taken by the gateway"),
    ClickState.STALE: QT_TRANSLATE_NOOP("ClickState", "too old: you decide"),
}
FATES: Mapping[Fate, str] = {
    Fate.NOT_DONE: QT_TRANSLATE_NOOP(
        "Fate",
        "It was not done: the gateway never carried it out. After two minutes it is not sent "
        "without you. Look at the case; then send it or let it go.",
    ),
    Fate.UNKNOWN: QT_TRANSLATE_NOOP(
        "Fate",
        "It may have been done: the gateway does not tell. Look at the case first. Sent again, it "
        "still happens once at most.",
    ),
}


def what(click: Click) -> str:
    """Return what the click wants, without what was typed."""
    wish = wish_of(click)
    if wish is not None:
        verb = actions.kind(wish.kind)
        return f"{verb} {formats.money(wish.amount)}" if wish.amount is not None else verb
    if click.kind is ClickKind.APPROVE and not is_yes(click):
        return translate("clicks", "Do not approve")
    return say("ClickKind", KINDS, click.kind)


def state(click: Click) -> str:
    """Return how far it has come, in a few words."""
    return say("ClickState", STATES, click.state)


def wanted(click: Click) -> str:
    """Return what the agent wanted, with what he typed."""
    text = typed_text(click)
    if not text:
        return filled(translate("clicks", "You wanted: {what}"), what=what(click))
    typed = translate("clicks", "You wanted: {what}: “{text}”")
    return filled(typed, what=what(click), text=text)


def answered(click: Click) -> str:
    """Return what the gateway said to it, or why it is not sent."""
    if click.state is ClickState.REFUSED:
        error = refusals.read(click.problem)
        if click.kind is ClickKind.CLAIM and error is not None:
            error = refusals.of_claim(error)
        return problems.sentence(error) if error is not None else ""
    if click.state is ClickState.STALE:
        fate = fate_known(click)
        return say("Fate", FATES, fate if fate in FATES else Fate.UNKNOWN)
    if click.state is ClickState.SENT:
        return translate("clicks", "The answer is asked for again by itself.")
    return translate("clicks", "It is sent by itself when the gateway answers.")
