"""Words for refusals and failures: what happened, what it means, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, entrance, filled, locks, people, say
from agent_app.desk.work import errors
from agent_app.desk.work.local import DiskFull, LocalStoreFailed
from agent_app.desk.work.seals import Setback


class Kind(StrEnum):
    """The leaves of the error tree, as the screen tells them apart."""

    UNREACHABLE = "unreachable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    INCOMPATIBLE = "incompatible"
    GATEWAY_FAILED = "gateway_failed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_VISIBLE = "not_visible"
    LOCKED = "locked"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    SHOP_UNREACHABLE = "shop_unreachable"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    CLAIM_LOST = "claim_lost"
    CONFLICT_HELD = "conflict_held"
    """Somebody was first, and the gateway named him."""
    OWN_REQUEST = "own_request"
    OVER_LIMIT = "over_limit"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    DISK = "disk"
    DISK_FULL = "disk_full"
    STORE = "store"
    """What the desk keeps on this machine cannot be written or read."""


SENTENCES: Mapping[Kind, str] = {
    Kind.UNREACHABLE: QT_TRANSLATE_NOOP(
        "Problem",
        "The gateway cannot be reached. Nothing was sent; the desk reconnects by itself.",
    ),
    Kind.OUTCOME_UNKNOWN: QT_TRANSLATE_NOOP(
        "Problem",
        "The gateway did not answer. It may or may not have gone through: look at the ledger of "
        "the case before you do anything else.",
    ),
    Kind.INCOMPATIBLE: QT_TRANSLATE_NOOP(
        "Problem",
        "This gateway speaks version {theirs}, this desk knows version {ours}. "
        "Install the desk that goes with it.",
    ),
    Kind.GATEWAY_FAILED: QT_TRANSLATE_NOOP(
        "Problem",
        "The gateway's answer could not be used. Nothing was changed; try again in a moment.",
    ),
    Kind.UNAUTHENTICATED: QT_TRANSLATE_NOOP(
        "Problem", "The access token was refused. Ask your team lead for a new one."
    ),
    Kind.FORBIDDEN: QT_TRANSLATE_NOOP(
        "Problem", "Your role may not {scope}. Nothing was done. Ask: {roles}."
    ),
    Kind.NOT_VISIBLE: QT_TRANSLATE_NOOP(
        "Problem", "This is not there, or not shown to your account. Nothing was done."
    ),
    Kind.LOCKED: QT_TRANSLATE_NOOP("Problem", "The gateway locks this: {why}. Nothing was done."),
    Kind.CONFLICT: QT_TRANSLATE_NOOP(
        "Problem", "The case has changed meanwhile. Nothing was done; read it again."
    ),
    Kind.THROTTLED: QT_TRANSLATE_NOOP(
        "Problem", "Too many requests at once. Nothing was done; try again in a moment."
    ),
    Kind.SHOP_UNREACHABLE: QT_TRANSLATE_NOOP(
        "Problem", "The shop did not answer. What is shown is as old as it says; try again."
    ),
    Kind.REJECTED: QT_TRANSLATE_NOOP("Problem", "The gateway did not take this: {detail}"),
    Kind.UNAVAILABLE: QT_TRANSLATE_NOOP(
        "Problem",
        "The gateway cannot work at the moment. Nothing was changed; the desk asks again by "
        "itself. If it stays so, tell a technician.",
    ),
    Kind.CLAIM_LOST: QT_TRANSLATE_NOOP(
        "Problem", "{name} is working on this case. Ask {name} for it, or take another."
    ),
    Kind.CONFLICT_HELD: QT_TRANSLATE_NOOP(
        "Problem", "{name} was first. Nothing more was done; the case is shown as it is now."
    ),
    Kind.OWN_REQUEST: QT_TRANSLATE_NOOP(
        "Problem",
        "You asked for this or approved it: a second person decides. Nothing was done. "
        "Ask: {roles}.",
    ),
    Kind.OVER_LIMIT: QT_TRANSLATE_NOOP(
        "Problem", "This is over the limit of your role. Nothing was done. Ask: {roles}."
    ),
    Kind.UNSUPPORTED: QT_TRANSLATE_NOOP(
        "Problem",
        "This gateway is older than the desk and does not know this yet. Nothing was done.",
    ),
    Kind.TOO_LARGE: QT_TRANSLATE_NOOP(
        "Problem", "This is longer than the gateway takes. Nothing was done; shorten it."
    ),
    Kind.DISK: QT_TRANSLATE_NOOP("Problem", "This could not be written on this computer: {detail}"),
    Kind.DISK_FULL: QT_TRANSLATE_NOOP(
        "Problem",
        "The disk of this computer is full. This was not kept and not sent; make room, then do it "
        "again.",
    ),
    Kind.STORE: QT_TRANSLATE_NOOP(
        "Problem",
        "What this desk keeps on the computer cannot be read or written. This was not kept and not "
        "sent; start the desk again, and tell a technician if it stays so.",
    ),
}

_KINDS: tuple[tuple[type[Exception], Kind], ...] = (
    (errors.Unreachable, Kind.UNREACHABLE),
    (errors.OutcomeUnknown, Kind.OUTCOME_UNKNOWN),
    (errors.Incompatible, Kind.INCOMPATIBLE),
    (errors.Unavailable, Kind.UNAVAILABLE),
    (errors.GatewayFailed, Kind.GATEWAY_FAILED),
    (errors.Unauthenticated, Kind.UNAUTHENTICATED),
    (errors.Forbidden, Kind.FORBIDDEN),
    (errors.NotVisible, Kind.NOT_VISIBLE),
    (errors.Locked, Kind.LOCKED),
    (errors.ClaimLost, Kind.CLAIM_LOST),
    (errors.Conflict, Kind.CONFLICT),
    (errors.Throttled, Kind.THROTTLED),
    (errors.ShopUnreachable, Kind.SHOP_UNREACHABLE),
    (errors.Unsupported, Kind.UNSUPPORTED),
    (errors.TooLarge, Kind.TOO_LARGE),
    (errors.Rejected, Kind.REJECTED),
    (DiskFull, Kind.DISK_FULL),
    (LocalStoreFailed, Kind.STORE),
    (OSError, Kind.DISK),
)

FIELDS: Mapping[str, str] = {
    "gateway_url": QT_TRANSLATE_NOOP(
        "Field", "This is not an address. It looks like https://gateway.example.com"
    ),
    "gateway_plain": QT_TRANSLATE_NOOP(
        "Field", "Another computer is reached by https only; http would send the token in the open."
    ),
    "link": QT_TRANSLATE_NOOP(
        "Field", "This is no link to a case. One looks like agent-app://case/C000042"
    ),
    "token": QT_TRANSLATE_NOOP("Field", "The access token holds characters that no token has."),
    "user": QT_TRANSLATE_NOOP(
        "Field",
        "Nobody with this ID may work on this case. Nothing was done; look at how it is written, "
        "or ask an administrator.",
    ),
    "reference": QT_TRANSLATE_NOOP(
        "Field",
        "The provider's books do not settle it. Nothing was done: name who was asked there, and "
        "the ticket.",
    ),
}

_FORBIDDEN_BY_RULE = {kind.value: kind for kind in (Kind.OWN_REQUEST, Kind.OVER_LIMIT)}
"""Rules of two persons and of limits stand where a missing permission stands otherwise."""


def kind_of(error: Exception) -> Kind:
    """Return which leaf of the tree an error is."""
    if isinstance(error, errors.Forbidden) and error.scope in _FORBIDDEN_BY_RULE:
        return _FORBIDDEN_BY_RULE[error.scope]
    if isinstance(error, errors.Conflict) and error.holder:
        lost = isinstance(error, errors.ClaimLost)
        return Kind.CLAIM_LOST if lost else Kind.CONFLICT_HELD
    return next(kind for known, kind in _KINDS if isinstance(error, known))


def at_sign_in(error: Exception) -> str:
    """Return why signing in came to nothing: nothing is on screen yet that could grow old."""
    if isinstance(error, errors.Unreachable):
        return QCoreApplication.translate(
            "problems",
            "No gateway answers at this address. Look at the address and at your network; the "
            "desk tries again every few seconds.",
        )
    return sentence(error)


def log_set_back(fell: Setback) -> str:
    """Return that the gateway's audit log lost what it held."""
    when = formats.moment(fell.before.at)
    if fell.is_rewritten:
        text = QCoreApplication.translate(
            "problems",
            "The gateway's audit log was changed: its entry {was} is not the one of {when}. Tell "
            "a technician now; this desk keeps the proof.",
        )
    else:
        text = QCoreApplication.translate(
            "problems",
            "The gateway's audit log was cut: it ends at entry {now}, and held entry {was} at "
            "{when}. Tell a technician now; this desk keeps the proof.",
        )
    return filled(text, was=str(fell.before.seq), now=str(fell.now.seq), when=when)


def sentence(error: Exception) -> str:
    """Return a known error in words for the agent."""
    if entrance.knows(error):
        return entrance.sentence(error)
    if isinstance(error, errors.Rejected) and error.field is not None and error.field in FIELDS:
        return QCoreApplication.translate("Field", FIELDS[error.field])
    text = say("Problem", SENTENCES, kind_of(error))
    if isinstance(error, errors.Incompatible):
        return filled(text, theirs=error.theirs, ours=error.ours)
    if isinstance(error, errors.Forbidden):
        scope = people.scope_named(error.scope or "")
        nobody = QCoreApplication.translate("problems", "your team lead")
        return filled(text, scope=scope, roles=people.roles(error.roles) or nobody)
    if isinstance(error, errors.Conflict):
        return filled(text, name=error.holder)
    if isinstance(error, errors.Locked):
        unknown = QCoreApplication.translate("problems", "for a reason this desk does not know")
        joint = QCoreApplication.translate("locks", "; ")
        return filled(text, why=joint.join(map(locks.why_code, error.why)) or unknown)
    return filled(text, detail=str(error))
