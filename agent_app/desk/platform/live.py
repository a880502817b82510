"""What comes as it happens: the live stream (Server-Sent Events) and the first load (JSON lines).

Only `client` uses it. Both read an answer that is open for long; `Line.hang_up` ends either from
another thread.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec

from agent_app.contract.messages import CaseRow, Changes, Lookers, SyncEnd, SyncHead
from agent_app.desk.platform.answers import decoded, raise_problem
from agent_app.desk.platform.wire import BIGGEST_BODY, Line, Wire
from agent_app.desk.work.errors import GatewayFailed, Unreachable
from agent_app.desk.work.ports import Beat, Ended, Live

STREAM_READ_S = 40.0
"""The gateway says something every 15 s: two beats may be lost."""
LOAD_READ_S = 20.0


class LiveStream:
    """Implements `ports.LiveStream`: iterate over it on one thread, close it from any."""

    def __init__(self, wire: Wire, cursor: str) -> None:
        self._wire, self._cursor = wire, cursor
        self._line = Line()

    def close(self) -> None:
        """End the stream at once."""
        self._line.hang_up()

    def __iter__(self) -> Iterator[Live]:
        """Give what happens, until the gateway ends the stream or it breaks.

        Raises:
            PlatformError: it could not be opened, or broke off.
        """
        try:
            with self._wire.open(
                "/stream",
                self._line,
                params={"cursor": self._cursor},
                accept="text/event-stream",
                read_s=STREAM_READ_S,
            ) as answer:
                _check(answer)
                yield from _events(answer)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error


class LoadStream:
    """Implements `ports.FirstLoad`: iterate over it on one thread, close it from any."""

    def __init__(self, wire: Wire, resolved_days: int) -> None:
        self._wire, self._resolved_days = wire, resolved_days
        self._line = Line()

    def close(self) -> None:
        """End the load at once."""
        self._line.hang_up()

    def __iter__(self) -> Iterator[SyncHead | tuple[CaseRow, ...]]:
        """Give the head, then the rows in parts; it just ends only when all have come.

        Raises:
            GatewayFailed: it was cut off, or makes no sense.
            PlatformError: it was refused, or could not be asked for.
        """
        rows = 0
        try:
            with self._wire.open(
                "/sync",
                self._line,
                params={"resolved_days": str(self._resolved_days)},
                accept="application/x-ndjson",
                read_s=LOAD_READ_S,
            ) as answer:
                _check(answer)
                lines = _lines(answer)
                yield decoded(next(lines, b""), SyncHead, GatewayFailed)
                for text in lines:
                    if not text.startswith(b"["):
                        if decoded(text, SyncEnd, GatewayFailed).rows != rows:
                            raise GatewayFailed(f"the load told of other than {rows} rows")
                        return
                    part = decoded(text, tuple[CaseRow, ...], GatewayFailed)
                    rows += len(part)
                    yield part
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        raise GatewayFailed(f"the load was cut off after {rows} rows")


def _check(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        raise_problem(answer.status_code, answer.read(), answer.headers, changing=False)


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    """Give the lines of an answer as they come; a last one without its end is given too.

    Raises:
        GatewayFailed: a line is longer than anything that a gateway says.
    """
    rest = bytearray()
    for chunk in answer.iter_bytes():
        rest += chunk
        if b"\n" not in chunk:
            if len(rest) > BIGGEST_BODY:
                raise GatewayFailed(f"a line of more than {BIGGEST_BODY} bytes")
            continue
        *whole, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        yield from (line for line in whole)
    if rest:
        yield bytes(rest)


def _events(answer: httpx.Response) -> Iterator[Live]:
    """Read events as the HTML standard has them; one that says nothing to us is a beat."""
    name, data, place = "", b"", ""
    for raw in _lines(answer):
        line = raw.rstrip(b"\r")
        if line:
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"event":
                name = value.decode("utf-8", "replace")
            elif field == b"data":
                data += value
            elif field == b"id":
                place = value.decode("utf-8", "replace")
            continue
        yield told_by(name, data, place)
        name, data, place = "", b"", ""


class _Why(msgspec.Struct):
    why: str


def told_by(name: str, data: bytes, place: str) -> Live:
    if name == "changes":
        return decoded(data, Changes, GatewayFailed)
    if name == "looking":
        return decoded(data, Lookers, GatewayFailed)
    if name == "end":
        return Ended(decoded(data, _Why, GatewayFailed).why)
    return Beat(place or None)
