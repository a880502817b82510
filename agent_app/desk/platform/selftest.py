"""Measure the way to the gateway, part by part and several times; implements `work.selftest.Probe`.

Name and connection are measured to the proxy where there is one: that is whom this machine talks
to. Nothing is sent that changes anything.
"""

from __future__ import annotations

import contextlib
import email.utils
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent_app.contract.messages import Queue
from agent_app.desk.platform.network import CONNECT_S, Network, without_password
from agent_app.desk.platform.streams import SLOWEST_NAME_S, is_number, look_up, within
from agent_app.desk.work.errors import PlatformError, Rejected, Unauthenticated, Unreachable
from agent_app.desk.work.ports import Platform
from agent_app.desk.work.selftest import ROUNDS, Measured, Part, Run, Trouble

_ANSWER_S = 8.0
_STREAM_S = 6.0
_BIGGEST = 64 * 1024
_PORTS = {"http": 80, "https": 443}


class _Failed(Exception):
    """A part is broken; the parts behind it cannot be tried."""

    def __init__(self, part: Part, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.part = part
        self.trouble = trouble


class SelfTest:
    """Goes the way by `network`, as the desk's own requests do."""

    def __init__(self, network: Network, rounds: int = ROUNDS) -> None:
        self._network = network
        self._rounds = rounds

    def __call__(
        self, gateway_url: str, platform: Platform | None, told: Callable[[Part], None]
    ) -> Run:
        """Measure; `told` hears which part is being tried."""
        times: dict[Part, list[float]] = {part: [] for part in Part}
        failures: dict[Part, list[Trouble]] = {part: [] for part in Part}
        host = urlsplit(gateway_url).hostname or ""
        try:
            via = self._network.proxy_for(gateway_url)
        except Rejected:
            parts = {Part.CONNECT: Measured(trouble=Trouble.PROXY, failed=1)}
            return Run(datetime.now(UTC), host, "", parts)
        off_s: float | None = None
        for _ in range(self._rounds):
            try:
                heard = self._once(gateway_url, via, times, told)
                off_s = heard if heard is not None else off_s
            except _Failed as failed:
                failures[failed.part].append(failed.trouble)
        if platform is not None and times[Part.ANSWER]:
            self._signed_in(platform, times, failures, told)
        parts = {
            part: Measured(
                tuple(times[part]), failures[part][-1] if failures[part] else None,
                len(failures[part]),
            )
            for part in Part
        }  # fmt: skip
        return Run(datetime.now(UTC), host, without_password(via) if via else "", parts, off_s)

    def _once(
        self,
        gateway_url: str,
        via: str | None,
        times: dict[Part, list[float]],
        told: Callable[[Part], None],
    ) -> float | None:
        """Go the way once; return how far the clocks are apart, where the gateway says.

        Raises:
            _Failed: so far it went.
        """
        there = urlsplit(via or gateway_url)
        host, port = there.hostname or "", there.port or _PORTS[there.scheme]
        address = host
        if not is_number(host):
            told(Part.NAME)
            with _timed(times[Part.NAME]):
                address = _named(host, port)
        told(Part.CONNECT)
        with _timed(times[Part.CONNECT]):
            _connect(address, port)
        return self._ask(gateway_url, times, told, is_proxied=via is not None)

    def _ask(
        self,
        gateway_url: str,
        times: dict[Part, list[float]],
        told: Callable[[Part], None],
        *,
        is_proxied: bool,
    ) -> float | None:
        marks: dict[str, float] = {}

        def trace(event: str, _: Mapping[str, Any]) -> None:
            marks[event] = time.monotonic()
            if event.endswith("start_tls.started"):
                told(Part.TLS)

        told(Part.ANSWER)
        with self._network.client(gateway_url, read_s=_ANSWER_S, connections=1) as client:
            try:
                with (
                    within(_ANSWER_S),
                    client.stream(
                        "GET", f"{gateway_url.rstrip('/')}/v1/health", extensions={"trace": trace}
                    ) as answer,
                ):
                    body = _read(answer)
            except httpx.HTTPError as error:
                raise _failed(error, marks, is_proxied=is_proxied) from error
        _add(times[Part.TLS], marks, "start_tls.started", "start_tls.complete")
        _check(answer, body)
        _add(
            times[Part.ANSWER],
            marks,
            "send_request_headers.started",
            "receive_response_body.complete",
        )
        return _clock_off_s(answer.headers.get("Date"))

    def _signed_in(
        self,
        platform: Platform,
        times: dict[Part, list[float]],
        failures: dict[Part, list[Trouble]],
        told: Callable[[Part], None],
    ) -> None:
        for part, ask, trouble in (
            (Part.SIGN_IN, _ask_session, Trouble.SILENT),
            (Part.STREAM, _ask_stream, Trouble.STREAM_HELD),
        ):
            told(part)
            try:
                with _timed(times[part]), within(_STREAM_S):
                    ask(platform)
            except Unauthenticated:
                failures[part].append(Trouble.TOKEN)
            except Unreachable:
                failures[part].append(trouble)
            except PlatformError:
                failures[part].append(Trouble.GATEWAY_FAILS)
            if failures[part]:
                return


def _ask_session(platform: Platform) -> None:
    platform.session()


def _ask_stream(platform: Platform) -> None:
    """Open the live stream and wait for its first word: a proxy that gathers answers holds it."""
    cursor = platform.cases(Queue.MINE).changes
    with contextlib.closing(platform.stream(cursor)) as stream:
        for _ in stream:
            return


@contextlib.contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    begun = time.monotonic()
    yield
    into.append((time.monotonic() - begun) * 1000)


def _named(host: str, port: int) -> str:
    try:
        return look_up(host, port, SLOWEST_NAME_S)[0]
    except TimeoutError as error:
        raise _Failed(Part.NAME, Trouble.NAME_SILENT) from error
    except socket.gaierror as error:
        silent = error.errno == socket.EAI_AGAIN
        trouble = Trouble.NAME_SILENT if silent else Trouble.NAME_UNKNOWN
        raise _Failed(Part.NAME, trouble) from error
    except (OSError, IndexError) as error:
        raise _Failed(Part.NAME, Trouble.NAME_UNKNOWN) from error


def _connect(address: str, port: int) -> None:
    try:
        socket.create_connection((address, port), CONNECT_S).close()
    except ConnectionRefusedError as error:
        raise _Failed(Part.CONNECT, Trouble.REFUSED) from error
    except OSError as error:
        raise _Failed(Part.CONNECT, Trouble.NO_CONNECTION) from error


def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > _BIGGEST:
            raise _Failed(Part.ANSWER, Trouble.NOT_A_GATEWAY)
    return bytes(body)


def _failed(error: httpx.HTTPError, marks: Mapping[str, float], *, is_proxied: bool) -> _Failed:
    """Tell from how far it came which part is broken."""
    if isinstance(error, httpx.ProxyError):
        return _Failed(Part.CONNECT, Trouble.PROXY)
    asked = _at(marks, "send_request_headers.started") is not None
    in_tls = _at(marks, "start_tls.started") and not _at(marks, "start_tls.complete")
    if in_tls:
        # Name and chain are checked here; httpx hides the kind, and tells of it by its cause.
        causes = _causes(error)
        is_trust = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)
        return _Failed(Part.TLS, Trouble.CERTIFICATE if is_trust else Trouble.NO_TLS)
    if isinstance(error, httpx.TimeoutException) and asked:
        return _Failed(Part.ANSWER, Trouble.SILENT)
    if not asked:
        return _Failed(Part.CONNECT, Trouble.PROXY if is_proxied else Trouble.NO_CONNECTION)
    return _Failed(Part.ANSWER, Trouble.BROKEN_OFF)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _check(answer: httpx.Response, body: bytes) -> None:
    if answer.status_code == 407:
        raise _Failed(Part.CONNECT, Trouble.PROXY)
    if answer.status_code >= 500:
        raise _Failed(Part.ANSWER, Trouble.GATEWAY_FAILS)
    # The sign-in page of a hotel's network answers 200, or leads elsewhere.
    is_ours = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith(
        "application/json"
    )
    if not is_ours or b'"status"' not in body:
        raise _Failed(Part.ANSWER, Trouble.NOT_A_GATEWAY)


def _add(into: list[float], marks: Mapping[str, float], begin: str, end: str) -> None:
    begun, ended = _at(marks, begin), _at(marks, end)
    if begun is not None and ended is not None:
        into.append((ended - begun) * 1000)


def _at(marks: Mapping[str, float], event: str) -> float | None:
    """Return when an event was last; httpcore puts the protocol's name before it."""
    found = [at for name, at in marks.items() if name.endswith(event)]
    return max(found) if found else None


def _clock_off_s(date: str | None) -> float | None:
    """Return this machine's time minus the gateway's, by the answer's Date (whole seconds)."""
    try:
        said = email.utils.parsedate_to_datetime(date or "")
    except ValueError:
        return None
    if said.tzinfo is None:
        return None
    return (datetime.now(UTC) - said).total_seconds()
