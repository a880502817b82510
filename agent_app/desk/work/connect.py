"""Sign in to a gateway: take the token, check that both speak the same API, keep the token."""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.contract.messages import API_VERSION
from agent_app.desk.work.case_file import SignedIn
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import Incompatible, PlatformError
from agent_app.desk.work.ports import Connector, Platform, TokenVault


@dataclass(frozen=True, slots=True)
class Connection:
    """A gateway that accepted the token."""

    platform: Platform
    signed_in: SignedIn


def sign_in(connector: Connector, gateway_url: str, token: str, clock: GatewayClock) -> Connection:
    """Connect and learn who is signed in.

    Raises:
        Unauthenticated: the token was refused.
        Incompatible: the gateway speaks another major version.
        PlatformError: the gateway could not be asked.
    """
    platform = connector(gateway_url, token)
    try:
        session = platform.session()
        if session.api_version.split(".")[0] != API_VERSION.split(".")[0]:
            raise Incompatible(session.api_version, API_VERSION)
    except PlatformError:
        platform.close()
        raise
    clock.hear(session.server_time)
    return Connection(platform, SignedIn.of(session))


def remember(vault: TokenVault, gateway_url: str, token: str) -> bool:
    """Keep a token that was accepted; return whether it outlasts this session."""
    vault.keep(gateway_url, token)
    return vault.keeps
