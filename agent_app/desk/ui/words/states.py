"""Words for what we see: stages, verdicts, conflicts, rules, deadlines, sources, events."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, say
from agent_app.domain.case import CaseState
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind
from agent_app.domain.flags import FlagRule, Level
from agent_app.domain.order import DeadlineKind, PaymentMethod
from agent_app.domain.payment import RefundState, Verdict
from agent_app.domain.stage import Stage
from agent_app.domain.truth import AmountMatch, Conflict

STAGES: Mapping[Stage, str] = {
    Stage.ABSENT: QT_TRANSLATE_NOOP("Stage", "no order"),
    Stage.SUBMITTING: QT_TRANSLATE_NOOP("Stage", "submitting"),
    Stage.SUBMITTED: QT_TRANSLATE_NOOP("Stage", "submitted"),
    Stage.PAYING: QT_TRANSLATE_NOOP("Stage", "paying"),
    Stage.PAID: QT_TRANSLATE_NOOP("Stage", "marked paid"),
    Stage.CONFIRMED: QT_TRANSLATE_NOOP("Stage", "confirmed"),
    Stage.FAILED: QT_TRANSLATE_NOOP("Stage", "failed"),
    Stage.CANCELLED: QT_TRANSLATE_NOOP("Stage", "cancelled"),
    Stage.EXPIRED: QT_TRANSLATE_NOOP("Stage", "expired"),
    Stage.NOT_VISIBLE: QT_TRANSLATE_NOOP("Stage", "not shown to us"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.NONE: QT_TRANSLATE_NOOP("Verdict", "no payment"),
    Verdict.PENDING: QT_TRANSLATE_NOOP("Verdict", "pending"),
    Verdict.UNKNOWN: QT_TRANSLATE_NOOP("Verdict", "unknown"),
    Verdict.AUTHORISED: QT_TRANSLATE_NOOP("Verdict", "reserved"),
    Verdict.CAPTURED: QT_TRANSLATE_NOOP("Verdict", "captured"),
    Verdict.FAILED_SOFT: QT_TRANSLATE_NOOP("Verdict", "timed out"),
    Verdict.FAILED_DEFINITE: QT_TRANSLATE_NOOP("Verdict", "declined"),
    Verdict.VOIDED: QT_TRANSLATE_NOOP("Verdict", "released"),
    Verdict.PART_REFUNDED: QT_TRANSLATE_NOOP("Verdict", "partly refunded"),
    Verdict.REFUNDED: QT_TRANSLATE_NOOP("Verdict", "refunded"),
    Verdict.DISPUTED: QT_TRANSLATE_NOOP("Verdict", "disputed"),
}
CASE_STATES: Mapping[CaseState, str] = {
    CaseState.FLAGGED: QT_TRANSLATE_NOOP("CaseState", "new"),
    CaseState.CLAIMED: QT_TRANSLATE_NOOP("CaseState", "claimed"),
    CaseState.DIAGNOSING: QT_TRANSLATE_NOOP("CaseState", "being diagnosed"),
    CaseState.WAITING_CUSTOMER: QT_TRANSLATE_NOOP("CaseState", "waiting for the customer"),
    CaseState.WAITING_PROVIDER: QT_TRANSLATE_NOOP("CaseState", "waiting for the provider"),
    CaseState.WAITING_TECH: QT_TRANSLATE_NOOP("CaseState", "waiting for a technician"),
    CaseState.WAITING_APPROVAL: QT_TRANSLATE_NOOP("CaseState", "waiting for approval"),
    CaseState.WAITING_RECHECK: QT_TRANSLATE_NOOP("CaseState", "waiting for the next check"),
    CaseState.ACTING: QT_TRANSLATE_NOOP("CaseState", "action under way"),
    CaseState.VERIFYING: QT_TRANSLATE_NOOP("CaseState", "being verified"),
    CaseState.RESOLVED: QT_TRANSLATE_NOOP("CaseState", "resolved"),
    CaseState.ESCALATED: QT_TRANSLATE_NOOP("CaseState", "escalated"),
    CaseState.FALSE_ALARM: QT_TRANSLATE_NOOP("CaseState", "false alarm"),
    CaseState.REOPENED: QT_TRANSLATE_NOOP("CaseState", "reopened"),
}
LEVELS: Mapping[Level, str] = {
    Level.WATCH: QT_TRANSLATE_NOOP("Level", "Watched"),
    Level.FLAG: QT_TRANSLATE_NOOP("Level", "Flagged"),
    Level.CRITICAL: QT_TRANSLATE_NOOP("Level", "Critical"),
}
RULES: Mapping[FlagRule, str] = {
    FlagRule.SUBMITTING_TOO_LONG: QT_TRANSLATE_NOOP(
        "FlagRule", "The submission never came back from the shop"
    ),
    FlagRule.NO_PAYMENT_ATTEMPT: QT_TRANSLATE_NOOP(
        "FlagRule", "Submitted, and no payment was ever tried"
    ),
    FlagRule.PAYING_TOO_LONG: QT_TRANSLATE_NOOP(
        "FlagRule", "The payment has been running too long"
    ),
    FlagRule.CAPTURED_UNCONFIRMED: QT_TRANSLATE_NOOP(
        "FlagRule", "Money captured, the order is not confirmed"
    ),
    FlagRule.MONEY_WITHOUT_ORDER: QT_TRANSLATE_NOOP(
        "FlagRule", "Money captured, the shop has no order"
    ),
    FlagRule.PAID_LABEL_WITHOUT_MONEY: QT_TRANSLATE_NOOP(
        "FlagRule", "The shop says paid, the provider does not"
    ),
    FlagRule.PAID_TWICE: QT_TRANSLATE_NOOP("FlagRule", "The customer paid more than once"),
    FlagRule.CAPTURED_AND_ENDED: QT_TRANSLATE_NOOP(
        "FlagRule", "Money captured, the order was cancelled or expired"
    ),
    FlagRule.REFUND_UNRESOLVED: QT_TRANSLATE_NOOP(
        "FlagRule", "A refund has been under way too long"
    ),
    FlagRule.DEADLINE_NEAR: QT_TRANSLATE_NOOP(
        "FlagRule", "The platform will act by itself within half an hour"
    ),
}
DEADLINES: Mapping[DeadlineKind, str] = {
    DeadlineKind.AUTO_CANCEL: QT_TRANSLATE_NOOP("DeadlineKind", "auto-cancel"),
    DeadlineKind.AUTO_REFUND: QT_TRANSLATE_NOOP("DeadlineKind", "auto-refund"),
    DeadlineKind.AUTHORISATION_EXPIRES: QT_TRANSLATE_NOOP("DeadlineKind", "reservation ends"),
    DeadlineKind.LATE_WINDOW_CLOSES: QT_TRANSLATE_NOOP("DeadlineKind", "late window closes"),
}
METHODS: Mapping[PaymentMethod, str] = {
    PaymentMethod.CARD: QT_TRANSLATE_NOOP("PaymentMethod", "credit card"),
    PaymentMethod.DEBIT_CARD: QT_TRANSLATE_NOOP("PaymentMethod", "debit card"),
    PaymentMethod.WALLET: QT_TRANSLATE_NOOP("PaymentMethod", "wallet"),
    PaymentMethod.BANK_TRANSFER: QT_TRANSLATE_NOOP("PaymentMethod", "bank transfer"),
    PaymentMethod.CASH_VOUCHER: QT_TRANSLATE_NOOP("PaymentMethod", "payment slip"),
    PaymentMethod.STORE_CREDIT: QT_TRANSLATE_NOOP("PaymentMethod", "store credit"),
    PaymentMethod.UNKNOWN: QT_TRANSLATE_NOOP("PaymentMethod", "payment method not known"),
}
CONFLICTS: Mapping[Conflict, str] = {
    Conflict.SAME_EVENT_TWO_FACTS: QT_TRANSLATE_NOOP(
        "Conflict", "One and the same event was reported with two different contents."
    ),
    Conflict.SOURCE_AGAINST_ITSELF: QT_TRANSLATE_NOOP(
        "Conflict", "One source contradicts itself about this payment."
    ),
    Conflict.SHOP_PAID_PROVIDER_NOT: QT_TRANSLATE_NOOP(
        "Conflict", "The shop says that it was paid, the provider does not know of the money."
    ),
    Conflict.SHOP_FAILED_PROVIDER_PAID: QT_TRANSLATE_NOOP(
        "Conflict", "The shop says that the payment failed, the provider has captured it."
    ),
    Conflict.SHOP_REFUNDED_PROVIDER_NOT: QT_TRANSLATE_NOOP(
        "Conflict", "The shop says that it refunded, the provider has paid nothing back."
    ),
    Conflict.AMOUNT_NOT_NAMED: QT_TRANSLATE_NOOP(
        "Conflict", "Money moved, and no source says how much."
    ),
    Conflict.CURRENCIES_DIFFER: QT_TRANSLATE_NOOP(
        "Conflict", "One payment was reported in two currencies."
    ),
}
SOURCES: Mapping[Source, str] = {
    Source.PLATFORM: QT_TRANSLATE_NOOP("Source", "Shop"),
    Source.PROVIDER: QT_TRANSLATE_NOOP("Source", "Provider"),
    Source.CALLBACK_LOG: QT_TRANSLATE_NOOP("Source", "Payment notices"),
    Source.MONITOR: QT_TRANSLATE_NOOP("Source", "Monitoring"),
    Source.CUSTOMER: QT_TRANSLATE_NOOP("Source", "Customer"),
    Source.AGENT: QT_TRANSLATE_NOOP("Source", "Agent"),
}
EVENTS: Mapping[EventKind, str] = {
    EventKind.SUBMIT_RECEIVED: QT_TRANSLATE_NOOP("EventKind", "Order submitted"),
    EventKind.SUBMIT_TIMEOUT: QT_TRANSLATE_NOOP("EventKind", "Submission timed out"),
    EventKind.STAGE_REPORTED: QT_TRANSLATE_NOOP("EventKind", "Shop reports a stage"),
    EventKind.ORDER_CONFIRMED: QT_TRANSLATE_NOOP("EventKind", "Order confirmed"),
    EventKind.AUTO_CANCELLED: QT_TRANSLATE_NOOP("EventKind", "Order cancelled"),
    EventKind.ORDER_EXPIRED: QT_TRANSLATE_NOOP("EventKind", "Order expired"),
    EventKind.VALIDATION_FAILED: QT_TRANSLATE_NOOP("EventKind", "The shop refused an entry"),
    EventKind.PAYMENT_STARTED: QT_TRANSLATE_NOOP("EventKind", "Payment started"),
    EventKind.PAYMENT_PENDING: QT_TRANSLATE_NOOP("EventKind", "Payment pending"),
    EventKind.PAYMENT_AUTHORISED: QT_TRANSLATE_NOOP("EventKind", "Money reserved"),
    EventKind.PAYMENT_CAPTURED: QT_TRANSLATE_NOOP("EventKind", "Money captured"),
    EventKind.PAYMENT_FAILED_SOFT: QT_TRANSLATE_NOOP("EventKind", "Payment timed out"),
    EventKind.PAYMENT_FAILED: QT_TRANSLATE_NOOP("EventKind", "Payment declined"),
    EventKind.PAYMENT_VOIDED: QT_TRANSLATE_NOOP("EventKind", "Reservation released"),
    EventKind.PAYMENT_DISPUTED: QT_TRANSLATE_NOOP("EventKind", "Payment disputed"),
    EventKind.REFUND_REQUESTED: QT_TRANSLATE_NOOP("EventKind", "Refund requested"),
    EventKind.REFUND_PENDING: QT_TRANSLATE_NOOP("EventKind", "Refund under way"),
    EventKind.REFUND_UNKNOWN: QT_TRANSLATE_NOOP("EventKind", "Refund: outcome unknown"),
    EventKind.REFUND_SUCCEEDED: QT_TRANSLATE_NOOP("EventKind", "Refund paid out"),
    EventKind.REFUND_FAILED: QT_TRANSLATE_NOOP("EventKind", "Refund failed"),
    EventKind.CALLBACK_RECEIVED: QT_TRANSLATE_NOOP("EventKind", "Payment notice received"),
    EventKind.CALLBACK_REJECTED: QT_TRANSLATE_NOOP("EventKind", "Payment notice turned away"),
    EventKind.MESSAGE_SENT: QT_TRANSLATE_NOOP("EventKind", "Message sent to the customer"),
}
LOOKS: Mapping[EvidenceKind, str] = {
    EvidenceKind.ORDER: QT_TRANSLATE_NOOP("EvidenceKind", "Order looked up"),
    EvidenceKind.PAYMENTS: QT_TRANSLATE_NOOP("EvidenceKind", "Payments looked up"),
    EvidenceKind.CALLBACKS: QT_TRANSLATE_NOOP("EvidenceKind", "Notices looked up"),
    EvidenceKind.HEALTH: QT_TRANSLATE_NOOP("EvidenceKind", "Health checked"),
    EvidenceKind.FULFILMENT: QT_TRANSLATE_NOOP("EvidenceKind", "Stock and delivery checked"),
    EvidenceKind.STATEMENT: QT_TRANSLATE_NOOP("EvidenceKind", "Statement"),
}
AMOUNTS: Mapping[AmountMatch, str] = {
    AmountMatch.NOTHING: QT_TRANSLATE_NOOP("AmountMatch", "nothing captured"),
    AmountMatch.FULL: QT_TRANSLATE_NOOP("AmountMatch", "the order's full amount"),
    AmountMatch.SHORT: QT_TRANSLATE_NOOP("AmountMatch", "less than the order's amount"),
    AmountMatch.OVER: QT_TRANSLATE_NOOP("AmountMatch", "more than the order's amount"),
    AmountMatch.SURPLUS_PAYMENT: QT_TRANSLATE_NOOP("AmountMatch", "paid more than once"),
    AmountMatch.OTHER_CURRENCY: QT_TRANSLATE_NOOP("AmountMatch", "another currency"),
}
PAYERS: Mapping[CustomerMatch, str] = {
    CustomerMatch.SAME: QT_TRANSLATE_NOOP("CustomerMatch", "paid by this customer"),
    CustomerMatch.DIFFERENT: QT_TRANSLATE_NOOP("CustomerMatch", "paid by someone else"),
    CustomerMatch.UNKNOWN: QT_TRANSLATE_NOOP("CustomerMatch", "payer not known"),
}
REFUNDS: Mapping[RefundState, str] = {
    RefundState.REQUESTED: QT_TRANSLATE_NOOP("RefundState", "requested"),
    RefundState.PENDING: QT_TRANSLATE_NOOP("RefundState", "under way"),
    RefundState.UNKNOWN: QT_TRANSLATE_NOOP("RefundState", "outcome unknown"),
    RefundState.SUCCEEDED: QT_TRANSLATE_NOOP("RefundState", "paid out"),
    RefundState.FAILED: QT_TRANSLATE_NOOP("RefundState", "failed"),
}
ANSWERS: Mapping[str, str] = {
    "ok": QT_TRANSLATE_NOOP("Look", "works"),
    "down": QT_TRANSLATE_NOOP("Look", "is down"),
    "no_answer": QT_TRANSLATE_NOOP("Look", "did not answer"),
    "not_visible": QT_TRANSLATE_NOOP("Look", "does not show it to us"),
    "forbidden": QT_TRANSLATE_NOOP("Look", "refuses us access"),
}
"""Verdicts of looks that are neither a stage nor a payment verdict."""


def stage(code: Stage) -> str:
    """Return the shop's word for where its order stands."""
    return say("Stage", STAGES, code)


def verdict(code: Verdict) -> str:
    """Return our word for the money."""
    return say("Verdict", VERDICTS, code)


def case_state(code: CaseState) -> str:
    """Return where our own work stands."""
    return say("CaseState", CASE_STATES, code)


def case_now(code: CaseState, *, claimed: bool) -> str:
    """Return where our work stands; a claim that has run out is said as such."""
    if code is CaseState.CLAIMED and not claimed:
        return QCoreApplication.translate("CaseState", "not claimed")
    return case_state(code)


def level(code: Level) -> str:
    """Return how loud a case is."""
    return say("Level", LEVELS, code)


def rule(code: FlagRule) -> str:
    """Return why an order counts as unreturned."""
    return say("FlagRule", RULES, code)


def deadline(code: DeadlineKind) -> str:
    """Return what the platform will do by itself."""
    return say("DeadlineKind", DEADLINES, code)


def method(code: PaymentMethod) -> str:
    """Return the family of a payment method."""
    return say("PaymentMethod", METHODS, code)


def conflict(code: Conflict) -> str:
    """Return a contradiction as a sentence."""
    return say("Conflict", CONFLICTS, code)


def source(code: Source) -> str:
    """Return who said it."""
    return say("Source", SOURCES, code)


def event(code: EventKind) -> str:
    """Return what happened."""
    return say("EventKind", EVENTS, code)


def look(code: EvidenceKind) -> str:
    """Return what was looked at."""
    return say("EvidenceKind", LOOKS, code)


def amount_match(code: AmountMatch) -> str:
    """Return how the captured sum compares with the order."""
    return say("AmountMatch", AMOUNTS, code)


def payer(code: CustomerMatch) -> str:
    """Return whether the payer is the customer."""
    return say("CustomerMatch", PAYERS, code)


def refund_state(code: RefundState) -> str:
    """Return how far a refund has come."""
    return say("RefundState", REFUNDS, code)
