"""Words for what a case waits for another person for: what, from whom, and what one can do."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, actions, filled, people
from agent_app.desk.work.awaited import Awaited, For, Standing
from agent_app.desk.work.case_file import LedgerLine

translate = QCoreApplication.translate

STEPS: Mapping[tuple[For, Standing], str] = {
    (For.APPROVAL, Standing.MAY): QT_TRANSLATE_NOOP(
        "Awaited", "{name} waits for your yes or no to: {what}. Answer below."
    ),
    (For.APPROVAL, Standing.OWN): QT_TRANSLATE_NOOP(
        "Awaited",
        "Nothing to do now: {what} waits for a second person ({roles}). Nothing was sent yet.",
    ),
    (For.APPROVAL, Standing.OVER_LIMIT): QT_TRANSLATE_NOOP(
        "Awaited",
        "Nothing to do now: {what}, asked for by {name}, is over your limit and waits for: "
        "{roles}. Nothing was sent yet.",
    ),
    (For.APPROVAL, Standing.NO_SCOPE): QT_TRANSLATE_NOOP(
        "Awaited",
        "Nothing to do now: {what}, asked for by {name}, waits for: {roles}. Nothing was sent yet.",
    ),
    (For.OUTCOME, Standing.MAY): QT_TRANSLATE_NOOP(
        "Awaited",
        "Ask the provider what became of: {what}. Then settle it below. Never send it again.",
    ),
    (For.OUTCOME, Standing.OWN): QT_TRANSLATE_NOOP(
        "Awaited",
        "What became of {what} must be found out by a second person: {roles}. Never send it again.",
    ),
    (For.OUTCOME, Standing.OVER_LIMIT): QT_TRANSLATE_NOOP(
        "Awaited",
        "What became of {what} is over your limit to settle. Ask: {roles}. Never send it again.",
    ),
    (For.OUTCOME, Standing.NO_SCOPE): QT_TRANSLATE_NOOP(
        "Awaited",
        "What became of {what} must be found out and settled by: {roles}. Never send it again.",
    ),
}
"""What the panel of the next step says in place of a question."""
REFUSALS: Mapping[tuple[For, Standing], str] = {
    (For.APPROVAL, Standing.OWN): QT_TRANSLATE_NOOP(
        "Awaited", "Your own request: a second person approves it. Ask: {roles}."
    ),
    (For.APPROVAL, Standing.OVER_LIMIT): QT_TRANSLATE_NOOP(
        "Awaited", "Over your limit. Ask: {roles}."
    ),
    (For.APPROVAL, Standing.NO_SCOPE): QT_TRANSLATE_NOOP(
        "Awaited", "Your role may not approve refunds. Ask: {roles}."
    ),
    (For.OUTCOME, Standing.OWN): QT_TRANSLATE_NOOP(
        "Awaited", "You asked for it or approved it: a second person settles it. Ask: {roles}."
    ),
    (For.OUTCOME, Standing.OVER_LIMIT): QT_TRANSLATE_NOOP(
        "Awaited", "Over your limit. Ask: {roles}."
    ),
    (For.OUTCOME, Standing.NO_SCOPE): QT_TRANSLATE_NOOP(
        "Awaited", "Your role may not settle this. Ask: {roles}."
    ),
}
"""Why this person may not do it himself, and who can."""


def step(wait: Awaited) -> str:
    """Return what is awaited and from whom, as a sentence."""
    return _filled(STEPS[wait.what, wait.standing], wait)


def refusal(wait: Awaited) -> str:
    """Return why this person may not do it himself; empty when he may."""
    return "" if wait.may else _filled(REFUSALS[wait.what, wait.standing], wait)


def named(entry: LedgerLine) -> str:
    """Return an action with its amount, as in "Refund ¥128.45"."""
    record = entry.record
    amount = f" {formats.money(record.amount)}" if record.amount is not None else ""
    return actions.kind(record.kind) + amount


def _filled(sentence: str, wait: Awaited) -> str:
    nobody = translate("problems", "your team lead")
    return filled(
        translate("Awaited", sentence),
        what=named(wait.entry),
        name=wait.entry.requested_by,
        roles=people.roles(wait.roles) or nobody,
    )
