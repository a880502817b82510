"""The gateway's refusals as errors, and back into what the outbox keeps of them.

A click that was refused is shown to the agent later, perhaps after a restart: what is kept is the
problem (RFC 9457) itself, so that the words are found by the same tree of errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from agent_app import typed_json
from agent_app.contract.problems import Problem, ProblemType, problem
from agent_app.desk.work.errors import (
    ClaimLost,
    Conflict,
    Forbidden,
    Locked,
    NotVisible,
    Refused,
    Rejected,
    ShopUnreachable,
    TooLarge,
    Unauthenticated,
    Unsupported,
)
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Role

C = TypeVar("C", Why, Role)

_SIMPLE: dict[ProblemType, type[Refused]] = {
    ProblemType.UNAUTHENTICATED: Unauthenticated,
    ProblemType.NOT_VISIBLE: NotVisible,
    ProblemType.SHOP_UNREACHABLE: ShopUnreachable,
    ProblemType.WRONG_METHOD: Unsupported,
    ProblemType.TOO_LARGE: TooLarge,
}


def error_of(said: Problem) -> Refused:
    """Return the error that a refusal is; of one that this desk does not know, `Rejected`."""
    text = said.detail or said.title
    match said.kind:
        case ProblemType.LOCKED:
            return Locked(text, _known(Why, said.why))
        case ProblemType.FORBIDDEN:
            scope = said.why[0] if said.why else None
            return Forbidden(text, scope=scope, roles=_known(Role, said.roles))
        case ProblemType.CONFLICT:
            return Conflict(text, said.holder)
        case kind:
            simple = _SIMPLE.get(kind)
            return simple(text) if simple is not None else Rejected(text, field=said.field)


def kept(error: Refused) -> bytes:
    """Return a refusal as the outbox keeps it."""
    return msgspec.json.encode(_problem(error))


def read(body: bytes) -> Refused | None:
    """Return a refusal that was kept; None where nothing readable was."""
    try:
        return error_of(typed_json.decode(body, Problem))
    except (msgspec.DecodeError, ValueError):
        return None


def of_claim(error: Refused) -> Refused:
    """Return what a refused claim means: somebody holds the case, where it says who."""
    if isinstance(error, Conflict) and error.holder and not isinstance(error, ClaimLost):
        return ClaimLost(str(error), error.holder)
    return error


def _problem(error: Refused) -> Problem:
    text = str(error)
    if isinstance(error, Locked):
        return problem(ProblemType.LOCKED, text, why=tuple(str(why) for why in error.why))
    if isinstance(error, Forbidden):
        why = (error.scope,) if error.scope else ()
        return problem(ProblemType.FORBIDDEN, text, why=why, roles=tuple(map(str, error.roles)))
    if isinstance(error, Conflict):
        return problem(ProblemType.CONFLICT, text, holder=error.holder)
    simple = next((kind for kind, known in _SIMPLE.items() if type(error) is known), None)
    if simple is not None:
        return problem(simple, text)
    field = error.field if isinstance(error, Rejected) else None
    return problem(ProblemType.INVALID_REQUEST, text, field=field)


def _known(codes: type[C], names: Iterable[str]) -> tuple[C, ...]:
    """Return the codes that this version knows; a newer gateway may send others."""
    known = {str(code): code for code in codes}
    return tuple(known[name] for name in names if name in known)
