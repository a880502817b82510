"""Sockets that keep to a bound: httpx's time-outs are for each read alone, and DNS has none.

An answer that drips a byte a second passes every time-out for single reads, in its headers too. So
whoever sends a request says how long the whole of it may take (`within`), and every connect, read
and write of his thread keeps to what is left of it. Used by `network` alone.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

SLOWEST_NAME_S = 6.0
_own = threading.local()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Bound what this thread does in the block; then a read ends as `httpx.ReadTimeout`.

    A block inside another can only shorten it.
    """
    before = getattr(_own, "over_at", None)
    over_at = time.monotonic() + seconds
    _own.over_at = over_at if before is None else min(before, over_at)
    try:
        yield
    finally:
        _own.over_at = before


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    """Return the time-out shortened to what is left of the bound.

    Raises:
        `error`: nothing is left.
    """
    over_at = getattr(_own, "over_at", None)
    if over_at is None:
        return timeout
    left = float(over_at) - time.monotonic()
    if left <= 0:
        raise error("the whole took too long")
    return left if timeout is None else min(timeout, left)


class OpenLines:
    """The connections of one network that are open; `hang_up` ends whatever waits for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[httpcore.NetworkStream] = set()
        self._over = False

    @property
    def is_over(self) -> bool:
        """Return whether somebody hung up: nothing is connected any more."""
        return self._over

    def hang_up(self) -> None:
        """Shut every connection down, under waiting readers too, and let none come about."""
        with self._lock:
            self._over = True
            for each in self._open:
                _shut_down(each)

    def add(self, stream: httpcore.NetworkStream) -> None:
        """Keep a connection until it is closed."""
        with self._lock:
            self._open.add(stream)
            if self._over:
                _shut_down(stream)

    def replace(self, old: httpcore.NetworkStream, new: httpcore.NetworkStream) -> None:
        """Keep what a connection has become."""
        with self._lock:
            self._open.discard(old)
        self.add(new)

    def close(self, stream: httpcore.NetworkStream) -> None:
        """Close a connection; not while somebody hangs up, who would meet another's number."""
        with self._lock:
            self._open.discard(stream)
            stream.close()


def _shut_down(stream: httpcore.NetworkStream) -> None:
    connected: socket.socket = stream.get_extra_info("socket")
    with contextlib.suppress(OSError):
        # By its number: shutting down a socket under TLS pulls the TLS from under its reader.
        handle = socket.socket(fileno=socket.dup(connected.fileno()))
        with handle:
            handle.shutdown(socket.SHUT_RDWR)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, lines: OpenLines) -> None:
        self._inner, self._lines = inner, lines

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._lines.close(self._inner)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        try:
            secured = self._inner.start_tls(ssl_context, server_hostname, left)
        except BaseException:
            self.close()
            raise
        self._lines.replace(self._inner, secured)
        return _Stream(secured, self._lines)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class BoundedBackend(httpcore.SyncBackend):
    """Connects as httpcore does, looks names up within a bound, and hangs up when told to."""

    def __init__(self, lines: OpenLines | None = None) -> None:
        super().__init__()
        self._lines = lines or OpenLines()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a name's addresses that answers.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: none did, or the name is not known.
        """
        if self._lines.is_over:
            raise httpcore.ConnectError("the desk has hung up")
        begun = time.monotonic()
        # A number needs no look-up, and so no thread.
        addresses = [host] if is_number(host) else _looked_up(host, port, timeout)
        failed: Exception = httpcore.ConnectError(f"no address for {host}")
        for place, address in enumerate(addresses):
            share = None
            if timeout is not None:
                # An address that swallows packets (broken IPv6) must leave time for the next.
                left = max(timeout - (time.monotonic() - begun), 0.1)
                share = left / (len(addresses) - place)
            try:
                inner = super().connect_tcp(
                    address,
                    port,
                    _left(share, httpcore.ConnectTimeout),
                    local_address,
                    list(socket_options or ()),
                )
                self._lines.add(inner)
                return _Stream(inner, self._lines)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def is_number(host: str) -> bool:
    """Tell whether a host is an address already."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _looked_up(host: str, port: int, timeout: float | None) -> list[str]:
    try:
        return look_up(host, port, _left(timeout, httpcore.ConnectTimeout) or SLOWEST_NAME_S)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return a name's addresses, each once, in the system's order.

    The system's resolver may wait for half a minute and cannot be called off: it is left to itself.

    Raises:
        TimeoutError: no answer in time.
        OSError: there is no such name, or no resolver.
    """
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                if address[0] not in found:
                    found.append(str(address[0]))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError("not a host's name"))

    asking = threading.Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise TimeoutError(f"no answer from the name service within {seconds:g} s")
    if failed:
        raise failed[0]
    return found
