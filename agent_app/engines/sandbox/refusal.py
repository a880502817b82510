"""The exception by which either half of the sandbox refuses a request; the server answers it."""

from __future__ import annotations


class RefusedError(Exception):
    """Definitely refused, nothing was changed."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail
