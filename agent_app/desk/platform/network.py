"""HTTP clients that reach a gateway as this desk may: its proxy, its authorities, its bounds.

Proxies come from the settings, the environment (HTTPS_PROXY, NO_PROXY) or, on Windows and macOS,
from the system's own settings. Automatic configuration (PAC) is not read, and SOCKS is not spoken.
main.py makes one `Network` from the preferences; the client, the stream and the sign-in use it.
"""

from __future__ import annotations

import logging
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import truststore

from agent_app.desk.platform.streams import BoundedBackend, OpenLines, within
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.network import NetworkChoice, ProxyUse, checked_proxy

__all__ = ["Network", "within"]

CONNECT_S = 4.0
CONNECTIONS = 40
"""At least four times the worker threads, or time-outs jam the pool (httpcore #550)."""
_BIGGEST_CA_FILE = 4 * 1024 * 1024

# At INFO httpx prints whole URLs, search words included.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


class Network:
    """Makes clients; safe for several threads.

    Raises:
        Rejected: the chosen proxy is none (`field` proxy, proxy_password), or the chosen file holds
            no certificate (`field` ca_file).
    """

    def __init__(self, choice: NetworkChoice | None = None) -> None:
        self._choice = choice or NetworkChoice()
        if self._choice.proxy is ProxyUse.MANUAL:
            checked_proxy(self._choice.proxy_url)
        # One for all clients: to read the system's authorities costs a tenth of a second.
        self.trust = _trust(self._choice.ca_file)
        self._lines = OpenLines()

    def hang_up(self) -> None:
        """End whatever its clients wait for, at once; none of them connects any more."""
        self._lines.hang_up()

    def client(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        read_s: float = 12.0,
        connections: int = CONNECTIONS,
    ) -> httpx.Client:
        """Return a pooled HTTP/1.1 client for the host of `url`, and for it alone.

        `read_s` is the longest silence; a whole request is bounded by `within`. Not followed:
        redirects. Never cancel what is in flight: httpx's pool leaks it.
        """
        transport = httpx.HTTPTransport(
            verify=self.trust,
            trust_env=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=10),
            proxy=self.proxy_for(url),
        )
        # httpx hands no backend on; the versions it may have are pinned, and a test looks.
        transport._pool._network_backend = BoundedBackend(self._lines)
        return httpx.Client(
            headers=dict(headers or {}),
            timeout=httpx.Timeout(connect=CONNECT_S, read=read_s, write=8.0, pool=4.0),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy between here and this address, with its password if it has one.

        Raises:
            Rejected: the system names a proxy that is not spoken here (SOCKS).
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        # What is meant for this machine must never be seen by a proxy.
        if self._choice.proxy is ProxyUse.NONE or host in {"127.0.0.1", "::1", "localhost"}:
            return None
        if self._choice.proxy is ProxyUse.MANUAL:
            return checked_proxy(self._choice.proxy_url)
        known = urllib.request.getproxies()
        found = known.get(parts.scheme) or known.get("all")
        if not found or urllib.request.proxy_bypass(host):
            return None
        if "://" not in found:
            found = f"http://{found}"
        if urlsplit(found).scheme not in {"http", "https"}:
            raise Rejected("the system's proxy is not an http proxy", field="proxy")
        return found


def check_choice(choice: NetworkChoice) -> None:
    """Look whether a choice can be used, without the system's authorities: quick enough for Qt.

    Raises:
        Rejected: as `Network` does.
    """
    if choice.proxy is ProxyUse.MANUAL:
        checked_proxy(choice.proxy_url)
    if choice.ca_file:
        _take(choice.ca_file, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def without_password(proxy: str) -> str:
    """Return a proxy's address as it may be shown."""
    parts = urlsplit(proxy)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def _trust(ca_file: str) -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        _take(ca_file, context)
    return context


def _take(ca_file: str, context: ssl.SSLContext) -> None:
    try:
        with Path(ca_file).open("rb") as file:
            held = file.read(_BIGGEST_CA_FILE + 1)
    except OSError as error:
        said = f"the certificate file cannot be read: {error.strerror}"
        raise Rejected(said, field="ca_file") from error
    if len(held) > _BIGGEST_CA_FILE:
        raise Rejected("the certificate file is too long", field="ca_file")
    try:
        # Companies hand out both forms, under any ending.
        is_pem = b"-----BEGIN CERTIFICATE-----" in held
        context.load_verify_locations(cadata=held.decode("ascii", "ignore") if is_pem else held)
    except (ssl.SSLError, ValueError) as error:
        raise Rejected("the file holds no certificate", field="ca_file") from error
