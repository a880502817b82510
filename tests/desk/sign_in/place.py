"""A desk's entry with real adapters, a gateway over HTTP and a real provider of people."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.oidc import HttpProvider
from agent_app.desk.platform.oidc_redirect import LoopbackRedirect
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.vault.key_keeper import StoreKeys
from agent_app.desk.vault.proofs import ProofKeys
from agent_app.desk.work.entry import Entry, Opened, Signed
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.provider_session import ProviderSession
from agent_app.desk.work.signing_in import Places, Prover, TokenAnswer
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from tests.fakes.memory_keyring import MemoryKeyring
from tests.gateway.oidc.site import AheadClock, Seconds, let_in
from tests.gateway.served import served
from tests.gateway.world import World
from tests.oidc_provider import OidcProvider


class Clock:
    """A machine's clock that can be put forward and back."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class CountingProvider(HttpProvider):
    """Asks the real provider and counts how often for tokens."""

    asked = 0
    has_proofs = True

    def places(self, issuer: str) -> Places:
        """Return the provider's document; `has_proofs` False: as one without DPoP has it."""
        places = super().places(issuer)
        if self.has_proofs:
            return places
        return msgspec.structs.replace(places, dpop_signing_alg_values_supported=())

    def tokens(self, url: str, form: Mapping[str, str], prover: Prover | None) -> TokenAnswer:
        self.asked += 1
        return super().tokens(url, form, prover)


class Browser:
    """Stands in for the person at the system's browser: says who he is and follows every page."""

    def __init__(self, person: str = "u-1") -> None:
        self.person = person
        self.page = ""
        self.opened: list[str] = []
        self._thread: threading.Thread | None = None

    def show(self, address: str) -> None:
        self.opened.append(address)
        self._thread = threading.Thread(target=self._go, args=(address,))
        self._thread.start()

    def _go(self, address: str) -> None:
        with httpx.Client(trust_env=False) as client:
            answer = client.get(f"{address}&login_hint={self.person}")
            while target := answer.headers.get("location"):
                answer = client.get(answer.url.join(target))
            self.page = answer.text

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join()


@dataclass(slots=True)
class Place:
    """One agent's machine, and the gateway at `address` that he works at."""

    world: World
    oidc: OidcProvider
    address: str
    folder: Path
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    clock: Clock = field(default_factory=Clock)
    has_proofs: bool = True
    provider: CountingProvider = field(init=False)
    keys: StoreKeys = field(init=False)
    stores: StoreFolder = field(init=False)
    entry: Entry = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Put the desk's parts together, as every start of the program does."""
        self.provider = CountingProvider(clock_s=self.clock)
        self.provider.has_proofs = self.has_proofs
        self.keys = StoreKeys(self.folder / "keys", self.keyring)
        self.stores = StoreFolder(self.folder / "stores")
        self.entry = Entry(
            HttpPlatform,
            self.keys,
            self.stores,
            self.provider,
            ProofKeys(self.clock),
            clock_s=self.clock,
        )

    def sign_in(self, person: str = "u-1") -> Signed:
        """Sign in by a browser."""
        browser = Browser(person)
        redirect = LoopbackRedirect(within_s=20)
        try:
            ways = self.entry.ways(self.address)
            return self.entry.by_browser(ways, redirect, browser.show, threading.Event())
        finally:
            redirect.close()
            browser.close()

    def opened(self, place: KeyPlace = KeyPlace.KEYRING) -> Opened:
        """Sign in by a browser and open the store."""
        return self.entry.keep(self.sign_in(), place, "a long passphrase")

    def reopened(self) -> Opened:
        opened = self.entry.reopen(self.address)
        assert opened is not None
        return opened

    def save_person(self, *, disabled: bool = False) -> None:
        """Write chen down at the gateway: he is u-1 at the provider."""
        with self.world.database.write() as connection:
            subject = f"{self.oidc.issuer} u-1"
            accounts.save_user(
                connection,
                accounts.User(UserId("chen"), "Chen", Role.AGENT, disabled, subject=subject),
            )

    def written(self) -> bytes:
        """Return all that is on the machine's disk."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


def session_of(opened: Opened | Signed) -> ProviderSession:
    assert isinstance(opened.authorizer, ProviderSession)
    return opened.authorizer


@contextlib.contextmanager
def place(world: World, oidc: OidcProvider, folder: Path, **settings: object) -> Iterator[Place]:
    """Serve the world's gateway with that provider for the length of a `with` block."""
    clock = AheadClock()
    world.clock.at = clock.now()
    with served(world.gateway) as address:
        fixed = {"public_url": address, "clients": ("desk",), "desk_client": "desk"}
        let_in(world.gateway, oidc.issuer, clock, Seconds(), **(fixed | settings))
        made = Place(world, oidc, address, folder)
        made.save_person()
        yield made


@contextlib.contextmanager
def bearing_place(world: World, oidc: OidcProvider, folder: Path) -> Iterator[Place]:
    """Serve it with a provider that does without DPoP: refresh tokens change at every use."""
    settings = {"clients": ("bearer-desk",), "desk_client": "bearer-desk", "require_dpop": False}
    with place(world, oidc, folder, **settings) as made:
        made.has_proofs = False
        made.start()
        yield made
