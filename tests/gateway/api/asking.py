"""Ask an application in this process: one request, one answer, no server; for the API's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import httpx
from starlette.applications import Starlette


def ask(
    app: Starlette,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    content: bytes = b"",
) -> httpx.Response:
    """Return the answer; a failure of the application is answered as a server would."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, path, headers=headers, content=content)

    return asyncio.run(once())
