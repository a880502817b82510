"""Links into the desk: `agent-app://case/ID` opens a case, and never does more than that."""

from __future__ import annotations

import re

from agent_app.desk.work.errors import Rejected
from agent_app.domain.ids import CaseId

SCHEME = "agent-app"
LONGEST = 200
_CASE = re.compile(rf"{SCHEME}://case/([A-Za-z0-9_-]{{1,64}})/?", re.IGNORECASE)


def case_of(link: str) -> CaseId:
    """Return the case that a link is about.

    Raises:
        Rejected: it is no link of this kind.
    """
    found = _CASE.fullmatch(link.strip()) if len(link) <= LONGEST else None
    if found is None:
        raise Rejected(f"a link to a case looks like {SCHEME}://case/C000042", field="link")
    return CaseId(found[1])


def link_to(case: CaseId) -> str:
    """Return the link that opens a case."""
    return f"{SCHEME}://case/{case}"
