"""Words for what a look brought: its verdict, and the source's own words as a quotation.

The timeline uses it. The verdicts are codes that connectors and the gateway write.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, states
from agent_app.domain.evidence import NO_ANSWER, EvidenceKind, Fulfilment
from agent_app.domain.probes import CallbackVerdict

CALLBACKS: Mapping[CallbackVerdict, str] = {
    CallbackVerdict.RECEIVED: QT_TRANSLATE_NOOP(
        "Callbacks", "the shop replied that it was received"
    ),
    CallbackVerdict.NO_EFFECT: QT_TRANSLATE_NOOP(
        "Callbacks", "the shop replied that it had received it, and did nothing"
    ),
    CallbackVerdict.REPEATED: QT_TRANSLATE_NOOP("Callbacks", "delivered twice at the same moment"),
    CallbackVerdict.TOO_EARLY: QT_TRANSLATE_NOOP(
        "Callbacks", "delivered before the shop had made the order"
    ),
    CallbackVerdict.REFUSED: QT_TRANSLATE_NOOP(
        "Callbacks", "reached the shop, which answered with an error"
    ),
    CallbackVerdict.WRONG_ADDRESS: QT_TRANSLATE_NOOP(
        "Callbacks", "delivered to an address that is not the shop's"
    ),
    CallbackVerdict.BLOCKED: QT_TRANSLATE_NOOP(
        "Callbacks", "turned away before it reached the shop"
    ),
    CallbackVerdict.SWITCHED_OFF: QT_TRANSLATE_NOOP(
        "Callbacks", "payment notices are switched off, none was sent"
    ),
    CallbackVerdict.NEVER_SENT: QT_TRANSLATE_NOOP(
        "Callbacks", "the provider never sent a payment notice"
    ),
}
FULFILMENT: Mapping[Fulfilment, str] = {
    Fulfilment.FULFILLABLE: QT_TRANSLATE_NOOP("Fulfilment", "can be delivered"),
    Fulfilment.UNFULFILLABLE: QT_TRANSLATE_NOOP("Fulfilment", "cannot be delivered"),
}
REASONS: Mapping[str, str] = {
    "out_of_stock": QT_TRANSLATE_NOOP("Fulfilment", "out of stock"),
    "unavailable": QT_TRANSLATE_NOOP("Fulfilment", "no longer offered"),
}
"""Why an order cannot be delivered, by the connectors' codes; a shop may say anything else."""
HEALTH: Mapping[str, str] = {
    "ok": QT_TRANSLATE_NOOP("Health", "shop and provider answer"),
    "silent:platform": QT_TRANSLATE_NOOP("Health", "the shop does not answer"),
    "silent:provider": QT_TRANSLATE_NOOP("Health", "the provider does not answer"),
    "silent:platform,provider": QT_TRANSLATE_NOOP(
        "Health", "neither the shop nor the provider answers"
    ),
}
TABLES: Mapping[EvidenceKind, tuple[str, Mapping[str, str]]] = {
    EvidenceKind.ORDER: ("Stage", {code.value: said for code, said in states.STAGES.items()}),
    EvidenceKind.PAYMENTS: (
        "Verdict",
        {code.value: said for code, said in states.VERDICTS.items()},
    ),
    EvidenceKind.CALLBACKS: (
        "Callbacks",
        {code.value: said for code, said in CALLBACKS.items()},
    ),
    EvidenceKind.HEALTH: ("Health", HEALTH),
    EvidenceKind.FULFILMENT: (
        "Fulfilment",
        {code.value: said for code, said in FULFILMENT.items()},
    ),
    EvidenceKind.STATEMENT: ("Look", {}),
}
"""Per kind of look: the translation's context, and the words of each verdict."""


def known(kind: EvidenceKind, verdict: str) -> bool:
    """Return whether the desk has words of its own for a verdict."""
    return verdict in NO_ANSWER or verdict in TABLES[kind][1]


def answer(kind: EvidenceKind, verdict: str) -> str:
    """Return a look's verdict in words; only "answered" for a code that a newer gateway sent."""
    if verdict in NO_ANSWER:
        return QCoreApplication.translate("Look", states.ANSWERS[verdict])
    context, words = TABLES[kind]
    if verdict in words:
        return QCoreApplication.translate(context, words[verdict])
    return QCoreApplication.translate("records", "answered")


def reason(why: str) -> str:
    """Return why an order cannot be delivered: our words for a known code, else the shop's own."""
    return QCoreApplication.translate("Fulfilment", REASONS[why]) if why in REASONS else why


def quoted(words: str) -> str:
    """Return a source's own words marked as such: they stand in the source's language."""
    return filled(QCoreApplication.translate("Look", "in its own words: “{words}”"), words=words)
