"""What may go wrong between desk and gateway, as a tree by what the agent may do next.

Raised by the platform adapter and the use cases; the screen turns each into words.

    PlatformError
    ├── Unreachable        nothing was sent; the desk reconnects by itself
    ├── OutcomeUnknown     sent, and no usable answer: it may have happened; find out, never resend
    │                      under a new key
    ├── Incompatible       the gateway speaks another version of the API
    ├── GatewayFailed      a read brought an error or nonsense; nothing was changed
    │   └── Unavailable    the gateway itself says that it cannot work now
    └── Refused            the gateway answered no; nothing was done
        ├── Unauthenticated, Forbidden, NotVisible
        ├── Locked, Throttled, ShopUnreachable
        ├── Conflict           somebody was first
        │   └── ClaimLost      he works on the case now
        ├── Unsupported        this gateway is older than the desk
        └── Rejected           the request itself was not acceptable
            └── TooLarge
"""

from __future__ import annotations

from agent_app.domain.reasons import Why
from agent_app.domain.roles import Role


class PlatformError(Exception):
    """The gateway did not give what was asked; `str()` is English, for logs only."""


class Unreachable(PlatformError):
    """No connection came about, so nothing was sent."""


class OutcomeUnknown(PlatformError):
    """A change was sent and no usable answer came: it may or may not have happened (I4)."""


class Incompatible(PlatformError):
    """The gateway speaks a version of the API that this desk does not know."""

    def __init__(self, theirs: str, ours: str) -> None:
        super().__init__(f"the gateway speaks API {theirs}, this desk knows {ours}")
        self.theirs = theirs
        self.ours = ours


class GatewayFailed(PlatformError):
    """A read ended in an error or in an answer that makes no sense."""


class Unavailable(GatewayFailed):
    """The gateway cannot use its database now; it says so itself."""


class Refused(PlatformError):
    """The gateway said no; nothing was done."""


class Unauthenticated(Refused):
    """The access token is missing, unknown or expired."""


class Forbidden(Refused):
    """This role may not do that; `scope` names what is missing, `roles` who has it."""

    def __init__(
        self, message: str, *, scope: str | None = None, roles: tuple[Role, ...] = ()
    ) -> None:
        super().__init__(message)
        self.scope = scope
        self.roles = roles


class NotVisible(Refused):
    """Not found, or not visible to this account."""


class Locked(Refused):
    """The gateway's own judgement locks the action; `why` holds the reasons it gave."""

    def __init__(self, message: str, why: tuple[Why, ...]) -> None:
        super().__init__(message)
        self.why = why


class Conflict(Refused):
    """The state has changed meanwhile: read again, then decide anew.

    `holder` is the name of the person who was first, where it was a person.
    """

    def __init__(self, message: str, holder: str = "") -> None:
        super().__init__(message)
        self.holder = holder


class ClaimLost(Conflict):
    """The case was not claimed, or no longer is: `holder` works on it."""


class Unsupported(Refused):
    """The gateway does not know this address or this way of asking: it is older than the desk."""


class Throttled(Refused):
    """Too many requests; try again after `retry_after_s` seconds under the same key."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ShopUnreachable(Refused):
    """The gateway is well, the shop behind it did not answer."""


class Rejected(Refused):
    """The request was not acceptable; `field` names the member that was wrong, if one was."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooLarge(Rejected):
    """The request is longer than the gateway takes."""
