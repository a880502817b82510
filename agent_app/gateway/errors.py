"""Refusals of the gateway's use cases; `http` turns each into its problem answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent_app.contract.problems import Problem, ProblemType, problem
from agent_app.domain.roles import Role, Scope, who_has


class Refused(Exception):
    """A request was not carried out; `problem` is what the caller is told."""

    headers: Mapping[str, str] = MappingProxyType({})
    """What the answer's head says beside, such as how to sign in."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told.detail or told.title)
        self.problem = told


def not_visible(what: str) -> Refused:
    """Say the same of what does not exist and of what this account may not see."""
    detail = f"There is no {what} that this account can see."
    return Refused(problem(ProblemType.NOT_VISIBLE, detail))


def forbidden(*scopes: Scope) -> Refused:
    """Name the scope that is missing, any one of several, and who has it."""
    roles = tuple(role.value for role in Role if any(role in who_has(s) for s in scopes))
    detail = f"This needs the scope {' or '.join(scopes)}, which these roles have: "
    return Refused(
        problem(
            ProblemType.FORBIDDEN,
            f"{detail}{', '.join(roles)}.",
            why=tuple(scope.value for scope in scopes),
            roles=roles,
        )
    )


def invalid(detail: str, field: str | None = None) -> Refused:
    return Refused(problem(ProblemType.INVALID_REQUEST, detail, field=field))


def conflict(detail: str, holder: str = "") -> Refused:
    """Say that somebody was first; `holder` is his name."""
    return Refused(problem(ProblemType.CONFLICT, detail, holder=holder))
