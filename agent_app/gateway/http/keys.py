"""The Idempotency-Key header of a changing request: there, and of the form that is kept."""

from __future__ import annotations

import re

from starlette.requests import Request

from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,200}$"
_KEY = re.compile(PATTERN[:-1] + r"\Z")


def key_of(request: Request) -> str:
    """Return the request's key.

    Raises:
        Refused: there is none, more than one, or one of another form.
    """
    keys = request.headers.getlist(HEADER)
    if len(keys) != 1 or not _KEY.match(keys[0]):
        detail = f"Send one {HEADER} of 1 to 200 printable ASCII characters without spaces."
        raise Refused(problem(ProblemType.KEY_MISSING, detail))
    return keys[0]
