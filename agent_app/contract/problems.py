"""Problem answers in the form of RFC 9457, and their registry.

The gateway answers with them; the desk turns `type` into words and into what may be done next.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ProblemType(StrEnum):
    """The last part of the problem's `type` URI, `urn:agent-app:problem:<value>`."""

    INVALID_REQUEST = "invalid-request"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_VISIBLE = "not-visible"
    CONFLICT = "conflict"
    LOCKED = "locked"
    WRONG_METHOD = "wrong-method"
    TOO_LARGE = "too-large"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    KEY_MISSING = "idempotency-key-missing"
    KEY_REUSED = "idempotency-key-reused"
    IN_PROGRESS = "in-progress"
    THROTTLED = "throttled"
    SHOP_UNREACHABLE = "shop-unreachable"
    UNAVAILABLE = "unavailable"
    """The gateway cannot use its database now. Of a change: the same key again tells what became
    of it."""
    INTERNAL = "internal"


STATUS: dict[ProblemType, int] = {
    ProblemType.INVALID_REQUEST: 400,
    ProblemType.KEY_MISSING: 400,
    ProblemType.UNAUTHENTICATED: 401,
    ProblemType.FORBIDDEN: 403,
    ProblemType.NOT_VISIBLE: 404,
    ProblemType.WRONG_METHOD: 405,
    ProblemType.CONFLICT: 409,
    ProblemType.LOCKED: 409,
    ProblemType.IN_PROGRESS: 409,
    ProblemType.TOO_LARGE: 413,
    ProblemType.WRONG_MEDIA_TYPE: 415,
    ProblemType.KEY_REUSED: 422,
    ProblemType.THROTTLED: 429,
    ProblemType.INTERNAL: 500,
    ProblemType.SHOP_UNREACHABLE: 503,
    ProblemType.UNAVAILABLE: 503,
}

MEDIA_TYPE = "application/problem+json"
URN = "urn:agent-app:problem:"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details; the extension members are ours."""

    type: str
    title: str
    status: int
    detail: str = ""
    """One sentence for a person: what, where, what to do. English; screens go by `type`."""
    field: str | None = None
    """Which member of the request is meant."""
    why: tuple[str, ...] = ()
    """For LOCKED: the `domain.reasons.Why` codes. For FORBIDDEN: the missing scope."""
    roles: tuple[str, ...] = ()
    """For FORBIDDEN: who has the scope."""
    holder: str = ""
    """For CONFLICT: the name of the person who was first."""

    @property
    def kind(self) -> ProblemType:
        """Return the registered type; INTERNAL for one that this version does not know."""
        try:
            return ProblemType(self.type.removeprefix(URN))
        except ValueError:
            return ProblemType.INTERNAL


TITLES: dict[ProblemType, str] = {
    ProblemType.INVALID_REQUEST: "The request is not valid",
    ProblemType.WRONG_METHOD: "This address is not asked in this way",
    ProblemType.TOO_LARGE: "The request is too large",
    ProblemType.WRONG_MEDIA_TYPE: "The body is not JSON",
    ProblemType.KEY_MISSING: "The request needs an Idempotency-Key",
    ProblemType.UNAUTHENTICATED: "The access token is missing, unknown or expired",
    ProblemType.FORBIDDEN: "This role may not do that",
    ProblemType.NOT_VISIBLE: "Not found, or not visible to this account",
    ProblemType.CONFLICT: "The state has changed meanwhile",
    ProblemType.LOCKED: "The action is locked",
    ProblemType.IN_PROGRESS: "The same request is still being carried out",
    ProblemType.KEY_REUSED: "The Idempotency-Key was used for another request",
    ProblemType.THROTTLED: "Too many requests",
    ProblemType.INTERNAL: "The gateway failed",
    ProblemType.SHOP_UNREACHABLE: "The shop did not answer",
    ProblemType.UNAVAILABLE: "The gateway cannot work now",
}


def problem(
    kind: ProblemType,
    detail: str = "",
    *,
    field: str | None = None,
    why: tuple[str, ...] = (),
    roles: tuple[str, ...] = (),
    holder: str = "",
) -> Problem:
    """Make a problem of a registered type."""
    return Problem(
        type=URN + kind.value,
        title=TITLES[kind],
        status=STATUS[kind],
        detail=detail,
        field=field,
        why=why,
        roles=roles,
        holder=holder,
    )
