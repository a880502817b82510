"""The first load of a desk as one answer: JSON lines, a page of the database at a time.

It holds no thread and no connection between its pages, and never more than one page. Only the
last line says that all came: whatever cuts the answer short, the desk notices.
"""

from __future__ import annotations

import asyncio
import re
import time
import zlib
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent_app.contract.messages import SyncEnd, SyncHead
from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.endpoint import Call
from agent_app.gateway.http.parameters import RESOLVED_DAYS
from agent_app.gateway.http.sign_in import still_signed_in
from agent_app.gateway.store import audit, case_rows, first_load, queue_counts
from agent_app.gateway.store.codec import encode
from agent_app.gateway.visibility import cursor_of, sees_of

_log = structlog.get_logger()

MEDIA_TYPE = "application/x-ndjson"
ROWS = 500
"""Of one line."""
SLOWEST_S = 30.0
"""A desk that takes nothing for so long is cut off."""
SIGNED_IN_AGAIN_S = 25.0
_GZIP = 31
"""zlib's word for gzip with the largest window."""


async def open_load(call: Call) -> Response:
    """Answer with the stream.

    Raises:
        Refused: too many load at once, or the gateway stops.
    """
    if call.gateway.feed.closed:
        raise Refused(
            problem(ProblemType.UNAVAILABLE, "This gateway stops. Ask again in a moment.")
        )
    loads = call.gateway.loads
    if loads.running >= loads.most:
        detail = f"{loads.most} desks load at this moment, and no more are taken. Ask again soon."
        raise Refused(problem(ProblemType.THROTTLED, detail))
    head, load = await run_in_threadpool(_begin, call)
    if call.request.method == "HEAD":
        return Response(media_type=MEDIA_TYPE)
    return LoadStream(call, head, load)


def _begin(call: Call) -> tuple[SyncHead, first_load.Load]:
    gateway, user, sight = call.gateway, call.actor.user, sees_of(call.actor)
    now = gateway.clock.now()
    since = now - timedelta(days=call.value(RESOLVED_DAYS))
    with gateway.database.read() as connection:
        load = first_load.begin(connection, sight, user, now, since)
        latest, moves = case_rows.latest_change(connection), case_rows.moves(connection)
        head = SyncHead(
            total=load.total,
            cursor=cursor_of(sight, moves, latest),
            as_of=now,
            counts=queue_counts.of_reader(connection, sight, user, now),
            audit_head=audit.told_head(connection),
        )
    return head, load


class LoadStream(Response):
    """One desk's first load."""

    def __init__(self, call: Call, head: SyncHead, load: first_load.Load) -> None:
        super().__init__(media_type=MEDIA_TYPE)
        packed = _takes_gzip(call.request)
        # Without a length: nobody knows it before the end.
        self.raw_headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept-Encoding"),
            (b"x-accel-buffering", b"no"),
            *([(b"content-encoding", b"gzip")] if packed else []),
        ]
        self._call, self._head, self._load = call, head, load
        self._body = _Body(packed=packed)
        self._gone = asyncio.Event()
        self._let_in_at = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loads = self._call.gateway.loads
        loads.running += 1
        beside = asyncio.ensure_future(_until_gone(receive, self._gone))
        try:
            head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(head)
            await _write(send, self._body.line(encode(self._head)))
            rows = await self._write_rows(send)
            last = encode(SyncEnd(rows=rows)) if rows is not None else b""
            await _write(send, self._body.end(last), more=False)
        except TimeoutError:
            _log.info("slow_load_cut_off", user=self._call.actor.user)
        finally:
            loads.running -= 1
            beside.cancel()

    async def _write_rows(self, send: Send) -> int | None:
        """Send all rows; return how many they were, None if it has to end before."""
        rows = 0
        for part in self._load.parts:
            after: first_load.Place | None = part.start
            while after is not None:
                if not await self._may_go_on():
                    return None
                try:
                    async with self._call.gateway.loads.reading:
                        found = await run_in_threadpool(self._read, part, after)
                except SQLAlchemyError as error:
                    _log.warning("load_not_read", error=type(error).__name__)
                    return None
                body, count, after = found
                rows += count
                if body:
                    await _write(send, body)
        return rows

    def _read(
        self, part: first_load.Part, after: first_load.Place
    ) -> tuple[bytes, int, first_load.Place | None]:
        """Return the next line as it travels, how many rows it has, and the place behind it."""
        with self._call.gateway.database.read() as connection:
            rows, behind = first_load.page(connection, part, after, ROWS)
        if not rows:
            return b"", 0, None
        # As they are stored: rows are kept in the form in which they travel.
        return self._body.line(b"[" + b",".join(rows) + b"]"), len(rows), behind

    async def _may_go_on(self) -> bool:
        """Return whether somebody is there to read it, and still may."""
        call = self._call
        if self._gone.is_set() or call.gateway.feed.closed:
            return False
        if time.monotonic() - self._let_in_at < SIGNED_IN_AGAIN_S:
            return True
        self._let_in_at = time.monotonic()
        try:
            actor = await run_in_threadpool(still_signed_in, call.gateway, call.request)
        except SQLAlchemyError:
            return False
        return actor is not None and sees_of(actor) == sees_of(call.actor)


class _Body:
    """The answer's bytes, a line at a time; packed lines can be read as they come."""

    def __init__(self, *, packed: bool) -> None:
        # The quickest level makes a sixth of it; a slower one would cost more than the line.
        self._packing = zlib.compressobj(level=1, wbits=_GZIP) if packed else None

    def line(self, text: bytes) -> bytes:
        text += b"\n"
        if self._packing is None:
            return text
        return self._packing.compress(text) + self._packing.flush(zlib.Z_SYNC_FLUSH)

    def end(self, text: bytes) -> bytes:
        """Return the last line, if there is one, and whatever else belongs to the end."""
        text = self.line(text) if text else b""
        return text + self._packing.flush() if self._packing is not None else text


def _takes_gzip(request: Request) -> bool:
    for accepted in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = accepted.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return not re.fullmatch(r"0(\.0*)?", weight)
    return False


async def _until_gone(receive: Receive, gone: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    """Send a part of the answer.

    Raises:
        TimeoutError: the desk takes nothing.
    """
    message = {"type": "http.response.body", "body": body, "more_body": more}
    async with asyncio.timeout(SLOWEST_S):
        await send(message)
