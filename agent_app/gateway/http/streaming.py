"""The live stream as Server-Sent Events: one open answer per desk, which goes on by itself.

It holds no thread and no connection of the database. What it has not sent is a place in the feed
and nothing else, so a desk that reads slowly costs nothing, and is cut off after a while.
"""

from __future__ import annotations

import asyncio
import random

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent_app.contract.messages import Changes
from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway import casefile
from agent_app.gateway.errors import Refused
from agent_app.gateway.feed import MOVED, Listener, Reader
from agent_app.gateway.http.endpoint import Call
from agent_app.gateway.http.parameters import FROM
from agent_app.gateway.http.sign_in import still_signed_in
from agent_app.gateway.store import case_rows
from agent_app.gateway.store.codec import encode
from agent_app.gateway.visibility import sees_of

_log = structlog.get_logger()

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
SIGNED_IN_AGAIN_S = 25.0
"""So often each account is looked at again: who is shut out is cut off within 60 s."""
SLOWEST_S = 20.0
"""A desk that takes nothing for so long is cut off."""
_RETRY_MS = 2_000
_GONE = "gone"
_SIGNED_OUT = "signed_out"
_UNAVAILABLE = "unavailable"


async def open_stream(call: Call) -> Response:
    """Answer with the stream, which begins with what changed since the cursor.

    Raises:
        Refused: the cursor is none of ours, or no more streams are taken.
    """
    feed = call.gateway.feed
    if feed.closed:
        raise Refused(
            problem(ProblemType.UNAVAILABLE, "This gateway stops. Ask again in a moment.")
        )
    if len(feed) >= feed.most:
        detail = f"There are {feed.most} streams, and no more are taken. Ask for changes instead."
        raise Refused(problem(ProblemType.THROTTLED, detail))
    asked = call.request.headers.get("last-event-id") or call.value(FROM)
    first = await run_in_threadpool(_changes, call, asked)
    if call.request.method == "HEAD":
        return Response(media_type=MEDIA_TYPE)
    return EventStream(call, first)


def _changes(call: Call, cursor: str | None) -> Changes:
    if cursor is None:
        with call.gateway.database.read() as connection:
            cursor = str(case_rows.latest_change(connection))
    return casefile.list_changes(call.gateway, call.actor, cursor)


def event(name: str, data: bytes, cursor: str | None = None) -> bytes:
    """Return one event; `data` is JSON without line breaks."""
    place = f"id: {cursor}\n" if cursor is not None else ""
    return f"{place}event: {name}\ndata: ".encode() + data + b"\n\n"


class EventStream(Response):
    """One desk's open stream. It ends with an event that says why, unless the desk goes first."""

    def __init__(self, call: Call, first: Changes) -> None:
        super().__init__(media_type=MEDIA_TYPE)
        # Without a length: nobody knows when it ends.
        self.raw_headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        self._call = call
        self._first = first
        self._feed = call.gateway.feed
        self._listener = Listener(Reader(sees_of(call.actor), call.actor.user), first.cursor)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = self._listener
        self._feed.join(listener)
        beside = [
            asyncio.ensure_future(_until_gone(receive, listener)),
            asyncio.ensure_future(self._keep_signed_in()),
        ]
        try:
            head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(head)
            await _write(send, f"retry: {_RETRY_MS}\n\n".encode())
            await self._go_on(send)
            last = event("end", encode({"why": listener.ended}))
            await _write(send, last, more=False)
        except TimeoutError:
            _log.info("slow_stream_cut_off", user=self._call.actor.user)
        finally:
            self._feed.leave(listener)
            for task in beside:
                task.cancel()

    async def _go_on(self, send: Send) -> None:
        listener, behind = self._listener, self._first.more
        await _write(send, _changed(self._first))
        while listener.ended is None:
            listener.news.clear()
            while listener.looks:
                _, look = listener.looks.popitem()
                await _write(send, event("looking", encode(look)))
            if behind or self._feed.is_new_to(listener):
                spoken = None if behind else self._feed.since(listener)
                if spoken is None:
                    behind = await self._read(send)
                elif spoken.rows:
                    await _write(send, event("changes", spoken.body, spoken.cursor))
                continue
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await listener.news.wait()
            except TimeoutError:
                await _write(send, f": \nid: {listener.cursor}\n\n".encode())

    async def _read(self, send: Send) -> bool:
        """Tell the next page of changes from the database; return whether there are more."""
        listener = self._listener
        try:
            async with self._feed.reading:
                changes = await run_in_threadpool(_changes, self._call, listener.cursor)
        except (SQLAlchemyError, Refused) as error:
            _log.warning("stream_not_read", error=type(error).__name__)
            listener.end(_UNAVAILABLE)
            return False
        listener.given(changes.cursor)
        if changes.rows or changes.reload:
            await _write(send, _changed(changes))
        return changes.more

    async def _keep_signed_in(self) -> None:
        """End the stream when its account is shut out, or sees other cases than at first."""
        call, listener = self._call, self._listener
        while listener.ended is None:
            # Not all at once: after a restart all desks come back in the same second.
            await asyncio.sleep(SIGNED_IN_AGAIN_S * random.uniform(0.7, 1.0))  # noqa: S311
            try:
                actor = await run_in_threadpool(still_signed_in, call.gateway, call.request)
            except SQLAlchemyError:
                listener.end(_UNAVAILABLE)
                return
            if actor is None:
                listener.end(_SIGNED_OUT)
            elif (actor.user, sees_of(actor)) != (call.actor.user, listener.reader.sees):
                listener.end(MOVED)


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end(_GONE)


def _changed(changes: Changes) -> bytes:
    return event("changes", encode(changes), changes.cursor)


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    """Send a part of the answer.

    Raises:
        TimeoutError: the desk takes nothing.
    """
    message = {"type": "http.response.body", "body": body, "more_body": more}
    async with asyncio.timeout(SLOWEST_S):
        await send(message)
