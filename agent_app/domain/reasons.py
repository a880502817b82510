"""Why an action is locked and what would unlock it, as codes; each program has the words.

A code that lacks words in either language fails a test of the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """One reason for which an action is locked."""

    OFFLINE = "offline"
    NO_SCOPE = "no_scope"
    NOT_CLAIMED = "not_claimed"
    CLAIM_UNSENT = "claim_unsent"
    """Claimed at the desk; the gateway does not know yet."""
    CLAIMED_BY_OTHER = "claimed_by_other"
    CASE_ENDED = "case_ended"
    SHOP_CANNOT = "shop_cannot"
    NO_PROVIDER = "no_provider"
    ACTION_OPEN = "action_open"
    NEVER_READ = "never_read"
    STALE_READ = "stale_read"
    NOT_VISIBLE = "not_visible"
    PAYMENT_UNKNOWN = "payment_unknown"
    PAYMENT_CONFLICT = "payment_conflict"
    LATE_WINDOW_OPEN = "late_window_open"
    NOTHING_CAPTURED = "nothing_captured"
    ONLY_AUTHORISED = "only_authorised"
    NOT_AUTHORISED = "not_authorised"
    NOTHING_LEFT = "nothing_left"
    REFUND_OPEN = "refund_open"
    REFUNDED_ALREADY = "refunded_already"
    PLATFORM_REFUNDS = "platform_refunds"
    AMOUNT_DIFFERS = "amount_differs"
    CUSTOMER_DIFFERS = "customer_differs"
    PAYER_UNKNOWN = "payer_unknown"
    ORDER_COMPLETED = "order_completed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_EXISTS = "order_exists"
    STAGE_CURRENT = "stage_current"
    NOT_FULFILLABLE = "not_fulfillable"
    FULFILMENT_UNKNOWN = "fulfilment_unknown"
    RESERVATION_EXPIRED = "reservation_expired"
    NO_INPUT_PROBLEM = "no_input_problem"
    NO_CONTACT = "no_contact"
    NOT_VERIFIED = "not_verified"
    CUSTOMER_NOT_TOLD = "customer_not_told"
    DISPUTED = "disputed"


class Unlock(StrEnum):
    """What would unlock it."""

    RECONNECT = "reconnect"
    ASK_ROLE = "ask_role"
    CLAIM = "claim"
    WAIT_FOR_CLAIM = "wait_for_claim"
    WAIT_FOR_SENDING = "wait_for_sending"
    REOPEN = "reopen"
    IN_THE_SHOP = "in_the_shop"
    AT_THE_PROVIDER = "at_the_provider"
    WAIT_FOR_ACTION = "wait_for_action"
    RECHECK = "recheck"
    WAIT_WINDOW = "wait_window"
    ESCALATE = "escalate"
    CAPTURE_OR_VOID = "capture_or_void"
    REFUND_INSTEAD = "refund_instead"
    RESYNC_INSTEAD = "resync_instead"
    RESUBMIT_INSTEAD = "resubmit_instead"
    NOTIFY_FIRST = "notify_first"
    REMEDY_FIRST = "remedy_first"
    NOTHING = "nothing"
    """Nothing does, and nothing needs to: the action would be wrong here."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One lock: why, what opens it, and the figures that the sentence needs."""

    why: Why
    unlock: Unlock
    params: Mapping[str, str] = field(default_factory=dict)
