"""Refusals of the gateway's use cases; `http` turns each into its problem answer."""

from __future__ import annotations

from agent_app.contract.problems import Problem, ProblemType, problem
from agent_app.domain.roles import Scope, who_has


class Refused(Exception):
    """A request was not carried out; `problem` is what the caller is told."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told.detail or told.title)
        self.problem = told


def not_visible(what: str) -> Refused:
    """Say the same of what does not exist and of what this account may not see."""
    detail = f"There is no {what} that this account can see."
    return Refused(problem(ProblemType.NOT_VISIBLE, detail))


def forbidden(scope: Scope) -> Refused:
    roles = tuple(role.value for role in who_has(scope))
    detail = f"This needs the scope {scope}, which these roles have: {', '.join(roles)}."
    return Refused(problem(ProblemType.FORBIDDEN, detail, why=(scope.value,), roles=roles))


def invalid(detail: str, field: str | None = None) -> Refused:
    return Refused(problem(ProblemType.INVALID_REQUEST, detail, field=field))


def conflict(detail: str) -> Refused:
    return Refused(problem(ProblemType.CONFLICT, detail))
