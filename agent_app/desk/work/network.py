"""How this desk may reach the gateway: proxy and a company's authority. Holds no secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from agent_app.desk.work.errors import Rejected


class ProxyUse(StrEnum):
    """Where the proxy comes from. `SYSTEM`: the environment, else the system's own settings."""

    SYSTEM = "system"
    NONE = "none"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """The defaults are those of a first start.

    `proxy_url` counts for `MANUAL` alone. `ca_file`: a certificate, PEM or DER, that is trusted
    besides the system's; empty for none.
    """

    proxy: ProxyUse = ProxyUse.SYSTEM
    proxy_url: str = ""
    ca_file: str = ""


def checked_proxy(url: str) -> str:
    """Return a proxy's address in its one spelling; `proxy.example:3128` means http.

    Raises:
        Rejected: no http(s) proxy (SOCKS is not supported), or it holds a password, which would
            then lie in the preferences in the clear.
    """
    text = url.strip().rstrip("/")
    parts = urlsplit(text if "://" in text else f"http://{text}")
    try:
        port = parts.port
    except ValueError as error:
        raise Rejected("the proxy's port is no number", field="proxy") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise Rejected("not an address of an http proxy", field="proxy")
    if parts.username or parts.password:
        raise Rejected("the proxy's address must not hold a password", field="proxy_password")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
