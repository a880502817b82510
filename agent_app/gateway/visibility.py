"""Which cases a reader may see: those of his teams, or only those that he claimed.

Every reading path asks here, one case at a time (`may_see`) or as a condition of a query
(`store.case_rows`, which is held to the same answer). What a reader may not see is told as what
does not exist.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from agent_app.domain.ids import UserId
from agent_app.domain.roles import ALL_TEAMS, Actor, Scope


@dataclass(frozen=True, slots=True)
class Sees:
    """A reader's view of the cases.

    The widest scope decides: who may read his team's cases does not keep those of a team that he
    left, though he had claimed them.
    """

    teams: frozenset[str] | None
    """The teams whose cases he sees; None: of all teams; empty: no case."""
    claimed_by: UserId | None = None
    """Of those teams only the cases that this user claimed last, though his claim ran out."""


READ_SCOPES = (Scope.CASE_READ_TEAM, Scope.CASE_READ_OWN, Scope.CASE_READ_ALL)
"""Without any of them there is nothing to read."""
EVERYTHING = Sees(None)
NOTHING = Sees(frozenset())
_CURSOR = re.compile(r"([0-9]{1,18})(?:\.([0-9a-f]{12}))?")


def sees_of(actor: Actor) -> Sees:
    """Return what the actor's role and teams let him see."""
    if actor.may(Scope.CASE_READ_ALL):
        return EVERYTHING
    teams = None if ALL_TEAMS in actor.teams else frozenset(actor.teams)
    if actor.may(Scope.CASE_READ_TEAM):
        return Sees(teams)
    return Sees(teams, actor.user) if actor.may(Scope.CASE_READ_OWN) else NOTHING


def may_see(sees: Sees, team: str, claim_user: UserId | None) -> bool:
    """Return whether he sees a case of this team; `claim_user` has or had its last claim."""
    if sees.teams is not None and team not in sees.teams:
        return False
    return sees.claimed_by is None or sees.claimed_by == claim_user


def cursor_of(sees: Sees, moves: int, seq: int) -> str:
    """Return the feed's position as this reader is given it; `moves` as `read_cursor` explains."""
    return f"{seq}.{_mark(sees, moves)}"


def read_cursor(sees: Sees, moves: int, cursor: str) -> tuple[int, bool]:
    """Return the position, and whether the reader still sees what he saw when he was given it.

    `moves` is how often cases went from one team to another: then the changes alone would leave
    rows on his screen that he may not see any more. A bare number is taken as it is.

    Raises:
        ValueError: it is no cursor.
    """
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise ValueError("no cursor of this gateway")
    return int(read[1]), read[2] is None or read[2] == _mark(sees, moves)


def _mark(sees: Sees, moves: int) -> str:
    teams = "*" if sees.teams is None else sorted(sees.teams)
    return hashlib.sha256(repr((teams, sees.claimed_by, moves)).encode()).hexdigest()[:12]
