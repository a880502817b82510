"""The causes of unreturned orders (field.md 2), their families and who owns each.

Codes only: symptoms, tests and wording are content, in `resources/guides/`.
"""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """The four families of the customer's article, and false alarms."""

    SYSTEM = "system"
    NETWORK = "network"
    USER = "user"
    PERMISSION = "permission"
    NONE = "none"


class Cause(StrEnum):
    RETURN_NEEDED = "S1"
    CALLBACK_RACE = "S2"
    EVENT_BEFORE_ORDER = "S3"
    ROLLED_BACK = "S4"
    VALIDATION_AFTER_PAYMENT = "S5"
    REFERENCE_REUSED = "S6"
    RELEASE_REGRESSION = "S7"
    LATE_TRUTH_REFUSED = "S8"
    AUTO_CANCELLED = "S9"
    WORKER_STUCK = "S10"
    CALLBACK_OLD_HOST = "N1"
    CALLBACK_BLOCKED = "N2"
    SUBSCRIPTION_DISABLED = "N3"
    PROVIDER_SILENT = "N4"
    CONNECTION_DIED = "N5"
    LATE_AUTHORISATION = "N6"
    REFUND_UNKNOWN = "N7"
    PAID_TWICE = "U1"
    TWO_INTENTS = "U2"
    INVALID_INPUT = "U3"
    TRULY_UNPAID = "U4"
    SCOPE_WINDOW = "P1"
    KEY_LACKS_READ = "P2"
    OTHER_IDENTITY = "P3"
    FALSE_ALARM = "X"
    COMPENSATION_IN_FLIGHT = "X2"

    @property
    def family(self) -> Family:
        return _FAMILIES[self.value[0]]


_FAMILIES = {
    "S": Family.SYSTEM,
    "N": Family.NETWORK,
    "U": Family.USER,
    "P": Family.PERMISSION,
    "X": Family.NONE,
}
