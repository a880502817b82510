"""Fail a test that reaches for another machine; a pytest plugin.

An audit hook (PEP 578) sees every Python socket whatever library opened it, and nothing has to be
patched. It stays for the life of the process, as all audit hooks do.
"""

import ipaddress
import sys
from collections.abc import Iterator

import pytest


class NetworkForbiddenError(Exception):
    """A test reached for another machine; no OSError, so that no retry swallows it."""


_attempts: list[str] = []


def is_loopback(host: object) -> bool:
    """Tell whether a host, as given to the socket module, is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # Unix sockets have a path for an address, not a tuple.
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not is_loopback(host):
        _attempts.append(f"{event} {host!r}")
        raise NetworkForbiddenError(f"tests reach this machine only: {event} {host!r}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    """Fail even where the code under test swallowed the exception."""
    _attempts.clear()
    yield
    if _attempts:
        pytest.fail(f"the test reached for another machine: {', '.join(_attempts)}", pytrace=False)
