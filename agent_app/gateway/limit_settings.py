"""The refund limits that an operator sets: `[limits.ROLE]` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import msgspec

from agent_app.domain.limits import NO_LIMITS, RefundLimits, read_amounts
from agent_app.domain.roles import LIMITS, Role, Scope, who_has


class LimitConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One role's limits; what is not given stays as the defaults are.

    `alone` and `approve` are tables of all their currencies: EUR = "100.00". A currency that one
    does not name is nobody's but theirs who approve all.
    """

    alone: dict[str, str] | None = None
    approve: dict[str, str] | Literal["all"] | None = None


def limits_of(config: Mapping[str, LimitConfig]) -> dict[Role, RefundLimits]:
    """Return the limits in force.

    Raises:
        ValueError: no such role, no such right, no amount, or nobody is left who approves all.
    """
    limits = dict(LIMITS)
    for name, given in config.items():
        if name not in set(Role):
            raise ValueError(f"[limits.{name}]: there is no such role; there are {', '.join(Role)}")
        role = Role(name)
        try:
            limits[role] = _of_role(role, given, limits.get(role, NO_LIMITS))
        except ValueError as error:
            raise ValueError(f"[limits.{name}]: {error}") from error
    if not any(limit.approves_all for limit in limits.values()):
        raise ValueError('[limits]: nobody approves all; write approve = "all" for one role')
    return limits


def _of_role(role: Role, given: LimitConfig, limits: RefundLimits) -> RefundLimits:
    for asked, scope in (
        (given.alone, Scope.REFUND_EXECUTE),
        (given.approve, Scope.REFUND_APPROVE),
    ):
        if asked and role not in who_has(scope):
            have = ", ".join(who_has(scope))
            raise ValueError(f"this needs {scope}, which only these roles have: {have}")
    if given.alone is not None:
        limits = replace(limits, alone=read_amounts(given.alone))
    if given.approve == "all":
        return replace(limits, approve={}, approves_all=True)
    if given.approve is not None:
        return replace(limits, approve=read_amounts(given.approve), approves_all=False)
    return limits
