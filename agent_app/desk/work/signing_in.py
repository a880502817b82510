"""How requests to the gateway are authorised, and what a sign-in is made of.

`Authorizer` is what the HTTP client asks for every request. Two kinds: a token of the gateway's own
(`OwnToken`), and a session at an OpenID provider (`work.session.ProviderSession`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Authorizer(Protocol):
    """Gives each request to the gateway its credentials. Safe for several threads.

    How a client uses it: send with `headers(...)`; hand every answer to `heard`; where that returns
    True, send the same request again with new headers, `TRIES` times at most. What was answered
    401 was not carried out, so a change is sent again under its key.
    """

    def headers(self, method: str, url: str) -> dict[str, str]:
        """Return the headers for this one request; `url` as it is sent. Never from the Qt thread.

        Raises:
            Unauthenticated: the person has to sign in again; nothing else is lost.
            Unreachable: the token is over and the provider does not answer.
        """
        ...

    def heard(self, status: int, answer: Mapping[str, str], sent: Mapping[str, str]) -> bool:
        """Take an answer's status and headers; return whether to send again with new headers.

        `sent` is what `headers` gave. May ask the provider (a new token): never from the Qt thread.

        Raises:
            Unauthenticated, Unreachable: as `headers`.
        """
        ...


TRIES = 3
"""A number for the proof, then a new token, then the request as it is meant."""


class OwnToken:
    """A token that the gateway itself gave out: sent as it is, refused for good."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self, method: str, url: str) -> dict[str, str]:
        """Return the token as a header."""
        return {"Authorization": f"Bearer {self._token}"}

    def heard(self, status: int, answer: Mapping[str, str], sent: Mapping[str, str]) -> bool:
        """Return False: there is nothing that would make a refused token good."""
        return False
