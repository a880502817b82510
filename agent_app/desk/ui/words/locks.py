"""Words for locked actions: why, and what would unlock them. Two sentences, figures filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import (
    QT_TRANSLATE_NOOP,
    actions,
    filled,
    looks,
    people,
    say,
    states,
)
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.roles import Role
from agent_app.domain.stage import Stage
from agent_app.domain.truth import AmountMatch, Conflict

WHYS: Mapping[Why, str] = {
    Why.OFFLINE: QT_TRANSLATE_NOOP("Why", "the gateway cannot be reached"),
    Why.NO_SCOPE: QT_TRANSLATE_NOOP("Why", "your role may not {scope}"),
    Why.NOT_CLAIMED: QT_TRANSLATE_NOOP("Why", "you have not claimed the case"),
    Why.CLAIM_UNSENT: QT_TRANSLATE_NOOP("Why", "your claim has not reached the gateway yet"),
    Why.CLAIMED_BY_OTHER: QT_TRANSLATE_NOOP("Why", "{name} is working on the case"),
    Why.CASE_ENDED: QT_TRANSLATE_NOOP("Why", "the case is closed"),
    Why.SHOP_CANNOT: QT_TRANSLATE_NOOP("Why", "{shop} cannot do this from here"),
    Why.NO_PROVIDER: QT_TRANSLATE_NOOP(
        "Why", "the payment provider of {shop} cannot be asked from here"
    ),
    Why.ACTION_OPEN: QT_TRANSLATE_NOOP("Why", "“{action}” is not settled yet: {state}"),
    Why.NEVER_READ: QT_TRANSLATE_NOOP("Why", "the provider has not been asked yet"),
    Why.STALE_READ: QT_TRANSLATE_NOOP("Why", "the payment result is {age} old"),
    Why.NOT_VISIBLE: QT_TRANSLATE_NOOP("Why", "the shop does not show us the order"),
    Why.PAYMENT_UNKNOWN: QT_TRANSLATE_NOOP("Why", "the payment result is unknown"),
    Why.PAYMENT_CONFLICT: QT_TRANSLATE_NOOP(
        "Why", "the sources contradict each other: {conflicts}"
    ),
    Why.LATE_WINDOW_OPEN: QT_TRANSLATE_NOOP(
        "Why", "the timed-out payment may still arrive until {until}"
    ),
    Why.NOTHING_CAPTURED: QT_TRANSLATE_NOOP("Why", "no money was captured"),
    Why.ONLY_AUTHORISED: QT_TRANSLATE_NOOP("Why", "the money is only reserved, not captured"),
    Why.NOT_AUTHORISED: QT_TRANSLATE_NOOP("Why", "no money is reserved"),
    Why.NOTHING_LEFT: QT_TRANSLATE_NOOP("Why", "nothing is left to refund"),
    Why.REFUND_OPEN: QT_TRANSLATE_NOOP("Why", "a refund is already under way"),
    Why.REFUNDED_ALREADY: QT_TRANSLATE_NOOP("Why", "money was already paid back"),
    Why.PLATFORM_REFUNDS: QT_TRANSLATE_NOOP("Why", "the platform is refunding by itself"),
    Why.AMOUNT_DIFFERS: QT_TRANSLATE_NOOP("Why", "the amount does not match: {match}"),
    Why.CUSTOMER_DIFFERS: QT_TRANSLATE_NOOP("Why", "someone other than this customer paid"),
    Why.PAYER_UNKNOWN: QT_TRANSLATE_NOOP("Why", "the provider does not say who paid"),
    Why.ORDER_COMPLETED: QT_TRANSLATE_NOOP(
        "Why", "the order was completed with this payment at {at}"
    ),
    Why.ORDER_CONFIRMED: QT_TRANSLATE_NOOP("Why", "the shop has confirmed the order"),
    Why.ORDER_EXISTS: QT_TRANSLATE_NOOP("Why", "the shop already has the order"),
    Why.STAGE_CURRENT: QT_TRANSLATE_NOOP("Why", "the shop's stage and the payment agree"),
    Why.NOT_FULFILLABLE: QT_TRANSLATE_NOOP("Why", "the order cannot be delivered {why}"),
    Why.FULFILMENT_UNKNOWN: QT_TRANSLATE_NOOP(
        "Why", "the shop has not said whether the order can be delivered"
    ),
    Why.RESERVATION_EXPIRED: QT_TRANSLATE_NOOP("Why", "the reservation has expired"),
    Why.NO_INPUT_PROBLEM: QT_TRANSLATE_NOOP("Why", "the shop has refused no entry"),
    Why.NO_CONTACT: QT_TRANSLATE_NOOP("Why", "there is no address to write to"),
    Why.NOT_VERIFIED: QT_TRANSLATE_NOOP("Why", "order and money are not settled yet"),
    Why.CUSTOMER_NOT_TOLD: QT_TRANSLATE_NOOP("Why", "the customer was not told the outcome yet"),
    Why.DISPUTED: QT_TRANSLATE_NOOP("Why", "the payment is disputed at the provider"),
}
UNLOCKS: Mapping[Unlock, str] = {
    Unlock.RECONNECT: QT_TRANSLATE_NOOP("Unlock", "It opens when the connection is back."),
    Unlock.ASK_ROLE: QT_TRANSLATE_NOOP("Unlock", "Ask: {roles}."),
    Unlock.CLAIM: QT_TRANSLATE_NOOP("Unlock", "Claim it ({key_claim})."),
    Unlock.WAIT_FOR_CLAIM: QT_TRANSLATE_NOOP(
        "Unlock", "Ask for the case, or wait until it is released."
    ),
    Unlock.WAIT_FOR_SENDING: QT_TRANSLATE_NOOP(
        "Unlock", "It opens when the gateway has taken the claim."
    ),
    Unlock.REOPEN: QT_TRANSLATE_NOOP("Unlock", "Reopen the case first."),
    Unlock.IN_THE_SHOP: QT_TRANSLATE_NOOP("Unlock", "It can only be done in the shop itself."),
    Unlock.AT_THE_PROVIDER: QT_TRANSLATE_NOOP(
        "Unlock", "It can only be done at the payment provider: escalate ({key_escalate})."
    ),
    Unlock.WAIT_FOR_ACTION: QT_TRANSLATE_NOOP("Unlock", "Wait for its outcome."),
    Unlock.RECHECK: QT_TRANSLATE_NOOP("Unlock", "Recheck ({key_recheck})."),
    Unlock.WAIT_WINDOW: QT_TRANSLATE_NOOP("Unlock", "Wait until then, then recheck."),
    Unlock.ESCALATE: QT_TRANSLATE_NOOP("Unlock", "Escalate ({key_escalate})."),
    Unlock.CAPTURE_OR_VOID: QT_TRANSLATE_NOOP("Unlock", "Capture it or release it instead."),
    Unlock.REFUND_INSTEAD: QT_TRANSLATE_NOOP("Unlock", "Refund instead ({key_refund})."),
    Unlock.RESYNC_INSTEAD: QT_TRANSLATE_NOOP(
        "Unlock", "Have the shop read the payment instead ({key_complete})."
    ),
    Unlock.RESUBMIT_INSTEAD: QT_TRANSLATE_NOOP(
        "Unlock", "Complete the order instead ({key_complete})."
    ),
    Unlock.NOTIFY_FIRST: QT_TRANSLATE_NOOP("Unlock", "Notify the customer first ({key_notify})."),
    Unlock.REMEDY_FIRST: QT_TRANSLATE_NOOP("Unlock", "Carry out the proposed action first."),
    Unlock.NOTHING: QT_TRANSLATE_NOOP("Unlock", "It would be wrong here."),
}


def locked(kind: ActionKind, reasons: Iterable[Reason]) -> str:
    """Return why an action is locked and what opens it, as sentences for screen and reader."""
    first, *others = reasons
    sentence = QCoreApplication.translate("locks", "“{action}” is locked: {why}. {unlock}")
    text = filled(sentence, action=actions.kind(kind), why=why(first), unlock=unlock(first)).strip()
    if others:
        # Whoever has mended the first one must not be surprised by the next.
        also = QCoreApplication.translate("locks", "Also: {reasons}.")
        joint = QCoreApplication.translate("locks", "; ")
        text = f"{text} {filled(also, reasons=joint.join(map(why, others)))}"
    return text


def why(reason: Reason) -> str:
    """Return one reason, its figures filled in."""
    return filled(say("Why", WHYS, reason.why), **_values(reason)).strip()


def why_code(code: Why) -> str:
    """Return a reason of which only the code is known (a refusal by the gateway)."""
    blank = {"age_s": "0"} if code is Why.STALE_READ else {}
    return why(Reason(code, Unlock.NOTHING, blank))


def unlock(reason: Reason) -> str:
    """Return what opens the lock."""
    return filled(with_keys(say("Unlock", UNLOCKS, reason.unlock)), **_values(reason))


def _values(reason: Reason) -> dict[str, str]:
    """Return the figures of a reason in words; codes in them never reach the screen raw."""
    values = dict.fromkeys(
        ("scope", "roles", "name", "shop", "action", "state", "age", "conflicts", "until",
         "match", "at", "why"), "",
    )  # fmt: skip
    given = reason.params
    if "scope" in given:
        values["scope"] = people.scope_named(given["scope"])
    if "roles" in given:
        values["roles"] = people.roles(Role(r) for r in given["roles"].split(",") if r)
    values["name"] = given.get("name") or QCoreApplication.translate("locks", "someone else")
    values["shop"] = given.get("shop") or QCoreApplication.translate("locks", "this shop")
    if "action" in given:
        values["action"] = actions.kind(ActionKind(given["action"]))
    if "state" in given:
        values["state"] = actions.state(ActionState(given["state"]))
    if "age_s" in given:
        values["age"] = formats.length(timedelta(seconds=int(given["age_s"])))
    if given.get("conflicts"):
        said = (states.conflict(Conflict(c)) for c in given["conflicts"].split(","))
        values["conflicts"] = " ".join(said).rstrip(".。")
    for name in ("until", "at"):
        if name in given:
            values[name] = formats.moment(datetime.fromisoformat(given[name]))
    if "match" in given:
        values["match"] = states.amount_match(AmountMatch(given["match"]))
    if given.get("why"):
        values["why"] = f"({looks.reason(given['why'])})"
    if "stage" in given:
        values["stage"] = states.stage(Stage(given["stage"]))
    return values
