"""Words for actions: verb, object, amount. The running ones speak in the progress strip."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, say
from agent_app.desk.work.action_progress import ActionProgress, Ending, Phase
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.remedy import RemedyWhy

translate = QCoreApplication.translate

KINDS: Mapping[ActionKind, str] = {
    ActionKind.RECHECK: QT_TRANSLATE_NOOP("ActionKind", "Recheck"),
    ActionKind.RESYNC: QT_TRANSLATE_NOOP("ActionKind", "Have the shop read the payment"),
    ActionKind.RESUBMIT: QT_TRANSLATE_NOOP("ActionKind", "Complete the order"),
    ActionKind.CAPTURE: QT_TRANSLATE_NOOP("ActionKind", "Capture and complete"),
    ActionKind.VOID: QT_TRANSLATE_NOOP("ActionKind", "Release the reservation"),
    ActionKind.REFUND: QT_TRANSLATE_NOOP("ActionKind", "Refund"),
    ActionKind.CORRECT_INPUT: QT_TRANSLATE_NOOP("ActionKind", "Correct the entry"),
    ActionKind.NOTIFY: QT_TRANSLATE_NOOP("ActionKind", "Notify"),
    ActionKind.ESCALATE: QT_TRANSLATE_NOOP("ActionKind", "Escalate"),
    ActionKind.RESOLVE: QT_TRANSLATE_NOOP("ActionKind", "Resolve"),
}
STATES: Mapping[ActionState, str] = {
    ActionState.AWAITING_APPROVAL: QT_TRANSLATE_NOOP("ActionState", "waiting for approval"),
    ActionState.PREPARED: QT_TRANSLATE_NOOP("ActionState", "recorded, not yet sent"),
    ActionState.UNKNOWN: QT_TRANSLATE_NOOP("ActionState", "outcome unknown, being checked"),
    ActionState.ACCEPTED: QT_TRANSLATE_NOOP("ActionState", "accepted, being verified"),
    ActionState.CONFIRMED: QT_TRANSLATE_NOOP("ActionState", "confirmed"),
    ActionState.REJECTED: QT_TRANSLATE_NOOP("ActionState", "rejected, nothing was done"),
    ActionState.NEEDS_PERSON: QT_TRANSLATE_NOOP("ActionState", "needs a person"),
    ActionState.REFUSED: QT_TRANSLATE_NOOP("ActionState", "not approved, never sent"),
}
REMEDIES: Mapping[RemedyWhy, str] = {
    RemedyWhy.NOT_VISIBLE: QT_TRANSLATE_NOOP(
        "RemedyWhy",
        "The shop does not show us this order. That is not the same as having none: "
        "someone with more rights must look.",
    ),
    RemedyWhy.CONFLICT: QT_TRANSLATE_NOOP(
        "RemedyWhy", "Shop and provider contradict each other. Nothing may be done with the money."
    ),
    RemedyWhy.IDENTITY: QT_TRANSLATE_NOOP(
        "RemedyWhy", "Someone other than this customer paid. Finance must look at it."
    ),
    RemedyWhy.AMOUNT: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money captured is not the order's amount. Finance must look at it."
    ),
    RemedyWhy.PLATFORM_REFUNDS: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The platform is already paying the money back by itself."
    ),
    RemedyWhy.REFUND_OPEN: QT_TRANSLATE_NOOP(
        "RemedyWhy", "A refund is under way. Ask for its outcome; never start a second one."
    ),
    RemedyWhy.AWAITING_APPROVAL: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The refund waits for a second person. Nothing was sent yet."
    ),
    RemedyWhy.UNKNOWN: QT_TRANSLATE_NOOP(
        "RemedyWhy", "Nobody can say yet what happened to the money. Ask again."
    ),
    RemedyWhy.PAID_TWICE: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The customer paid more than once. Keep one payment, refund the surplus."
    ),
    RemedyWhy.CAPTURED_NO_ORDER: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money was captured, and the shop has no order. Complete it."
    ),
    RemedyWhy.CAPTURED_UNFULFILLABLE: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money was captured, and the order cannot be delivered. Refund it."
    ),
    RemedyWhy.PAY_BACK_AT_PROVIDER: QT_TRANSLATE_NOOP(
        "RemedyWhy",
        "The money must go back, and the shop cannot pay it back: it stands in none of its orders. "
        "Escalate, to have it refunded at the payment provider.",
    ),
    RemedyWhy.CAPTURED_STALE_STAGE: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money was captured, and the shop does not know of it yet."
    ),
    RemedyWhy.CAPTURED_ENDED: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money was captured, and the order was ended. Bring it back."
    ),
    RemedyWhy.EXTRA_AUTHORISATION: QT_TRANSLATE_NOOP(
        "RemedyWhy", "Beside the payment a second reservation stands. Release it."
    ),
    RemedyWhy.AUTHORISED_ONLY: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money is reserved and not captured. Capture it and complete the order."
    ),
    RemedyWhy.AUTHORISED_UNFULFILLABLE: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The money is reserved, and the order will not be delivered. Release it."
    ),
    RemedyWhy.INPUT_REFUSED: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The shop refused an entry of the customer. Have it corrected."
    ),
    RemedyWhy.UNPAID: QT_TRANSLATE_NOOP(
        "RemedyWhy", "No money was taken. Tell the customer that he may pay again."
    ),
    RemedyWhy.REFUNDED: QT_TRANSLATE_NOOP("RemedyWhy", "The money was paid back in full."),
    RemedyWhy.ALL_WELL: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The order is confirmed and paid once. Nothing is left to repair."
    ),
    RemedyWhy.DISPUTED: QT_TRANSLATE_NOOP(
        "RemedyWhy", "The payment is disputed at the provider. Finance must look at it."
    ),
}
PHASES: Mapping[Phase, str] = {
    Phase.SENDING: QT_TRANSLATE_NOOP("Phase", "{what}: sending…"),
    Phase.ANSWER_LOST: QT_TRANSLATE_NOOP(
        "Phase",
        "{what}: the gateway's answer was lost. It may or may not have gone through. "
        "We are asking; do not send it again.",
    ),
    Phase.AWAITING_APPROVAL: QT_TRANSLATE_NOOP(
        "Phase", "{what}: waiting for a second person's approval. Nothing was sent yet."
    ),
    Phase.RECORDED: QT_TRANSLATE_NOOP("Phase", "{what}: recorded, about to be sent…"),
    Phase.UNKNOWN: QT_TRANSLATE_NOOP(
        "Phase", "{what}: sent, outcome unknown. We are checking; do not send it again."
    ),
    Phase.VERIFYING: QT_TRANSLATE_NOOP(
        "Phase", "{what}: accepted. Checking in the books of shop and provider…"
    ),
    Phase.REJECTED: QT_TRANSLATE_NOOP("Phase", "{what}: rejected. Nothing was done."),
    Phase.REFUSED: QT_TRANSLATE_NOOP("Phase", "{what}: not approved. It was never sent."),
    Phase.NEEDS_PERSON: QT_TRANSLATE_NOOP(
        "Phase",
        "{what}: the outcome could not be found out. Someone must ask the provider; "
        "do not send it again.",
    ),
    Phase.CONFIRMED: QT_TRANSLATE_NOOP("Phase", "Confirmed: {done}"),
    Phase.NOT_SENT: QT_TRANSLATE_NOOP(
        "Phase",
        "{what}: the gateway did not answer in time. “Not sent yet” shows what is known; "
        "nothing more is sent until you decide there.",
    ),
}
ENDINGS: Mapping[Ending, str] = {
    Ending.WITHDRAWN: QT_TRANSLATE_NOOP(
        "Ending", "{what}: withdrawn by {name}. It was never sent."
    ),
    Ending.NOT_APPROVED: QT_TRANSLATE_NOOP(
        "Ending", "{what}: not approved by {name}. It was never sent. Reason: “{reason}”"
    ),
    Ending.FOUND_DONE: QT_TRANSLATE_NOOP("Ending", "Confirmed by a person: {what} was done."),
    Ending.FOUND_NOT_DONE: QT_TRANSLATE_NOOP(
        "Ending", "{what}: a person found that it was not done. The order is free again."
    ),
}
"""What a person ended, in the progress strip."""
ENDED: Mapping[Ending, str] = {
    Ending.WITHDRAWN: QT_TRANSLATE_NOOP("Ended", "withdrawn, never sent"),
    Ending.NOT_APPROVED: QT_TRANSLATE_NOOP("Ended", "not approved, never sent"),
    Ending.FOUND_DONE: QT_TRANSLATE_NOOP("Ended", "confirmed by a person"),
    Ending.FOUND_NOT_DONE: QT_TRANSLATE_NOOP("Ended", "found by a person: not done"),
}
"""The same in a word, in the ledger."""
DONE: Mapping[ActionKind, str] = {
    ActionKind.RECHECK: QT_TRANSLATE_NOOP("Done", "shop and provider were asked again."),
    ActionKind.RESYNC: QT_TRANSLATE_NOOP("Done", "the shop has taken the payment in."),
    ActionKind.RESUBMIT: QT_TRANSLATE_NOOP("Done", "the order exists, and nothing was charged."),
    ActionKind.CAPTURE: QT_TRANSLATE_NOOP("Done", "captured once, and the order exists."),
    ActionKind.VOID: QT_TRANSLATE_NOOP("Done", "the reservation was released."),
    ActionKind.REFUND: QT_TRANSLATE_NOOP("Done", "the provider has taken the refund in."),
    ActionKind.CORRECT_INPUT: QT_TRANSLATE_NOOP("Done", "the entry was corrected."),
    ActionKind.NOTIFY: QT_TRANSLATE_NOOP("Done", "the message was handed over for delivery."),
    ActionKind.ESCALATE: QT_TRANSLATE_NOOP("Done", "the case was escalated."),
    ActionKind.RESOLVE: QT_TRANSLATE_NOOP("Done", "the case is resolved and watched for 72 hours."),
}


def kind(code: ActionKind) -> str:
    """Return an action's verb."""
    return say("ActionKind", KINDS, code)


def state(code: ActionState) -> str:
    """Return how far an action has come."""
    return say("ActionState", STATES, code)


def ended(code: Ending) -> str:
    """Return how a person ended an action."""
    return say("Ended", ENDED, code)


def remedy(code: RemedyWhy) -> str:
    """Return why the safe default is what it is."""
    return say("RemedyWhy", REMEDIES, code)


def progress(run: ActionProgress) -> str:
    """Return the sentence of the progress strip; success is said at CONFIRMED only (I12)."""
    what = kind(run.kind)
    if run.amount is not None:
        what = f"{what} {formats.money(run.amount)}"
    if run.ending is not None:
        reason = run.problem or "–"
        return filled(
            say("Ending", ENDINGS, run.ending), what=what, name=run.ended_by, reason=reason
        )
    sentence = say("Phase", PHASES, run.phase)
    text = filled(sentence, what=what, done=say("Done", DONE, run.kind))
    if run.problem and not run.succeeded:
        said = translate("actions", "The shop said: “{words}”")
        text = f"{text} {filled(said, words=run.problem)}"
    return text
