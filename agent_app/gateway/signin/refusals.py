"""Why a request is not signed in: one sentence for people, and the code for programs.

The codes are those of RFC 6750 and RFC 9449; they travel in `WWW-Authenticate`.
"""

from __future__ import annotations

from enum import StrEnum

from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused


class Code(StrEnum):
    """What is wrong; NONE where nothing was sent that could be wrong."""

    NONE = ""
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - an error's code
    INVALID_PROOF = "invalid_dpop_proof"
    USE_NONCE = "use_dpop_nonce"


class NotSignedIn(Refused):
    """The request is nobody's. `nonce`: what the next proof must hold (RFC 9449 section 9)."""

    def __init__(self, code: Code, detail: str, *, nonce: str | None = None) -> None:
        super().__init__(problem(ProblemType.UNAUTHENTICATED, detail))
        self.code = code
        self.nonce = nonce


def bad_token(detail: str) -> NotSignedIn:
    return NotSignedIn(Code.INVALID_TOKEN, f"{detail} Sign in again.")


def bad_proof(detail: str) -> NotSignedIn:
    return NotSignedIn(Code.INVALID_PROOF, f"The proof of possession {detail}.")
