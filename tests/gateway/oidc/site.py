"""A gateway whose people a provider signs in, over real HTTP, and somebody who knocks at it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec

from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.service import Gateway
from agent_app.gateway.signin.entry import SignIn
from agent_app.gateway.signin.provider import Provider
from agent_app.gateway.signin.settings import IntrospectionConfig, OidcConfig
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.gateway.served import served
from tests.gateway.world import World
from tests.oidc_provider import AUDIENCE, SECRET, DeskClient, Tokens

SESSION = "/v1/session"
INTROSPECTION = IntrospectionConfig(client_id="gateway", client_secret=SECRET)


class Seconds:
    """A clock of seconds that the test turns, for what is remembered for a while."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class AheadClock:
    """Goes as the provider's clock does, and is put forward by the test."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def turn(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@dataclass(slots=True)
class Site:
    """A world's gateway at an address. `desk` signs in at `issuer`; nobody is there yet."""

    world: World
    address: str
    issuer: str
    clock: AheadClock
    seconds: Seconds
    desk: DeskClient

    def person(self, user: str, sub: str, role: Role = Role.AGENT) -> None:
        """Add a user of ours whom the issuer calls `sub`."""
        with self.world.database.write() as connection:
            subject = f"{self.issuer} {sub}"
            accounts.save_user(
                connection,
                accounts.User(UserId(user), user.title(), role, False, subject=subject),
            )

    def ask(
        self, headers: dict[str, str] | httpx.Headers, path: str = SESSION, at: str | None = None
    ) -> httpx.Response:
        return httpx.get(
            (at or self.address) + path, headers=headers, trust_env=False, verify=False
        )

    def bearing(self, token: str) -> httpx.Response:
        """Ask with a token that whoever holds it may use."""
        return self.ask({"Authorization": f"Bearer {token}"})

    def proving(self, tokens: Tokens, proof: str | None = None) -> httpx.Response:
        """Ask with a bound token and a proof, a good one unless another is given."""
        return self.ask(self.desk.headers(tokens, "GET", url(), proof))


def url(path: str = SESSION) -> str:
    """Return the address that proofs are for: the gateway's, as the world sees it."""
    return AUDIENCE + path


@contextlib.contextmanager
def site(world: World, issuer: str, **settings: object) -> Iterator[Site]:
    """Serve the world's gateway with that issuer for the length of a `with` block."""
    clock, seconds = AheadClock(), Seconds()
    world.clock.at = clock.now()
    let_in(world.gateway, issuer, clock, seconds, **settings)
    with served(world.gateway) as address:
        yield Site(world, address, issuer, clock, seconds, DeskClient(issuer))


@contextlib.contextmanager
def another_process(made: Site, **settings: object) -> Iterator[str]:
    """Serve the same database by another gateway, as its process would; give its address."""
    database = Database(_where(made.world.database))
    gateway = Gateway(database, [], clock=made.world.clock)
    let_in(gateway, made.issuer, made.clock, made.seconds, **settings)
    try:
        with served(gateway) as address:
            yield address
    finally:
        gateway.stop()


def _where(database: Database) -> Path | str:
    if not database.shared:
        return database.path
    url = database._kind.reading.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def let_in(
    gateway: Gateway, issuer: str, clock: AheadClock, seconds: Seconds, **settings: object
) -> None:
    """Let the issuer's people into the gateway."""
    fixed = {"issuer": issuer, "audience": AUDIENCE, "public_url": AUDIENCE}
    config = OidcConfig(**(fixed | settings))  # type: ignore[arg-type]
    gateway.sign_in = SignIn(gateway.database, clock, Provider(config, clock_s=seconds))
    introspection = gateway.sign_in._introspection
    if introspection is not None:
        introspection._clock_s = seconds


def refused(response: httpx.Response, code: str) -> str:
    """Assert that the answer is 401 with this code, in the form of this API; return its detail."""
    assert response.status_code == 401, response.text
    problem = msgspec.json.decode(response.content, type=Problem)
    assert problem.kind is ProblemType.UNAUTHENTICATED
    assert f'error="{code}"' in response.headers["WWW-Authenticate"]
    assert problem.detail
    return problem.detail


def allowed(response: httpx.Response) -> None:
    assert response.status_code == 200, response.text
