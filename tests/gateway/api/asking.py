"""Ask an application in this process, without a server; for the API's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette


@dataclass(frozen=True, slots=True)
class Question:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = field(default_factory=dict)
    content: bytes = b""


def ask_all(app: Starlette, questions: Sequence[Question]) -> list[httpx.Response]:
    """Return the answers in turn; a failure of the application is answered as a server would."""

    async def in_turn() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return [
                await client.request(
                    q.method, q.path, headers=httpx.Headers(q.headers, "latin-1"), content=q.content
                )
                for q in questions
            ]

    return asyncio.run(in_turn())


def ask(app: Starlette, method: str, path: str) -> httpx.Response:
    return ask_all(app, [Question(method, path)])[0]
