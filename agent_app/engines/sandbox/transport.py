"""Transport faults: what a network or an overloaded server does to a request, on demand.

A request can be lost before it is applied, applied with its answer lost, answered late or with
nonsense. Sits around the server's application; `POST /faults` sets it.
"""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Awaitable, Callable, MutableMapping
from enum import StrEnum
from typing import Any, ClassVar

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXEMPT = ("/clock", "/faults", "/reset", "/seed", "/truth", "/provider/ledger")
"""Paths of the test's own hand; they always work."""
_CLIENT_GONE_S = 5.0


class Fault(StrEnum):
    """What happens to the request."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    LATE = "late"
    """Applied at once, answered `seconds` later."""
    APPLY_LATE = "apply_late"
    """Applied `seconds` later, whether or not the client still waits."""
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    THROTTLE = "throttle"
    GARBAGE = "garbage"
    """Applied, answered 200 with something that is not the dialect."""
    HALF = "half"
    """Applied, the connection closed in the middle of the answer."""


class TransportFault(msgspec.Struct):
    """One rule: the next `times` requests (None: every one) that fit suffer `what`."""

    what: Fault
    path: str = "*"
    """Shell pattern, e.g. `/orders/*/refund`."""
    method: str = "*"
    times: int | None = 1
    seconds: float = 1.0
    """The delay, or what Retry-After says."""


class DroppableProtocol(H11Protocol):
    """uvicorn's protocol, with a way to cut the connection without an answer."""

    live: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection by its client's address."""
        super().connection_made(transport)
        if self.client is not None:
            self.live[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client is not None:
            self.live.pop(self.client, None)
        super().connection_lost(exc)


class FaultyTransport:
    """ASGI middleware that applies the rules, first that fits."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.rules: list[TransportFault] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or let it suffer the first rule that fits."""
        rule = self._take(scope) if scope["type"] == "http" else None
        if rule is None:
            await self.app(scope, receive, send)
        else:
            # A client that gives up makes the server forget the body: it is read before anything.
            body = await _body(receive)
            await _FAULTS[rule.what](rule, _Call(self.app, scope, receive, send, body))

    def _take(self, scope: Scope) -> TransportFault | None:
        path = scope["path"]
        if path.startswith(EXEMPT):
            return None
        for rule in self.rules:
            fits = rule.method in {"*", scope["method"]} and fnmatch.fnmatchcase(path, rule.path)
            if not fits or rule.times == 0:
                continue
            if rule.times is not None:
                rule.times -= 1
            return rule
        return None


class _Call:
    """One request with its body in hand."""

    def __init__(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, body: bytes
    ) -> None:
        self._app, self._scope, self._body = app, scope, body
        self._receive, self.send = receive, send

    async def apply(self) -> list[Message]:
        """Carry the request out and return the answer that would have been sent."""
        answer: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self._body, "more_body": False}

        async def collect(message: MutableMapping[str, Any]) -> None:
            answer.append(message)

        await self._app(self._scope, receive, collect)
        return answer

    async def drop(self) -> None:
        """Cut the connection; what was not sent is never sent."""
        client = self._scope["client"]
        transport = DroppableProtocol.live.get(tuple(client))
        if transport is not None:
            transport.abort()
        # Until the server has seen it, it would answer 500 for us.
        async with asyncio.timeout(_CLIENT_GONE_S):
            while (await self._receive())["type"] != "http.disconnect":
                pass

    async def answer(self, status: int, body: bytes, **headers: str) -> None:
        fields = [(b"content-type", b"application/json")]
        fields += [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": fields})
        await self.send({"type": "http.response.body", "body": body})

    async def pass_on(self, answer: list[Message]) -> None:
        for message in answer:
            await self.send(message)


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


async def _drop_before(rule: TransportFault, call: _Call) -> None:
    await call.drop()


async def _drop_after(rule: TransportFault, call: _Call) -> None:
    await call.apply()
    await call.drop()


async def _late(rule: TransportFault, call: _Call) -> None:
    answer = await call.apply()
    await asyncio.sleep(rule.seconds)
    await call.pass_on(answer)


async def _apply_late(rule: TransportFault, call: _Call) -> None:
    await asyncio.sleep(rule.seconds)
    await call.pass_on(await call.apply())


async def _error_before(rule: TransportFault, call: _Call) -> None:
    await call.answer(500, b'{"code": "internal"}')


async def _error_after(rule: TransportFault, call: _Call) -> None:
    await call.apply()
    await call.answer(500, b'{"code": "internal"}')


async def _throttle(rule: TransportFault, call: _Call) -> None:
    await call.answer(429, b'{"code": "too_many"}', retry_after=f"{rule.seconds:g}")


async def _garbage(rule: TransportFault, call: _Call) -> None:
    await call.apply()
    await call.answer(200, b"<html>Welcome to your new router</html>")


async def _half(rule: TransportFault, call: _Call) -> None:
    answer = await call.apply()
    body = b"".join(m.get("body", b"") for m in answer)
    start = next(m for m in answer if m["type"] == "http.response.start")
    await call.send(start)
    await call.send(
        {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
    )
    await call.drop()


_FAULTS: dict[Fault, Callable[[TransportFault, _Call], Awaitable[None]]] = {
    Fault.DROP_BEFORE: _drop_before,
    Fault.DROP_AFTER: _drop_after,
    Fault.LATE: _late,
    Fault.APPLY_LATE: _apply_late,
    Fault.ERROR_BEFORE: _error_before,
    Fault.ERROR_AFTER: _error_after,
    Fault.THROTTLE: _throttle,
    Fault.GARBAGE: _garbage,
    Fault.HALF: _half,
}
