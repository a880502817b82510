"""Come in and go out: sign in at a gateway, open the person's store, lock, sign out.

Two steps. `Entry.by_token` or `Entry.by_browser` finds out who it is; `Entry.keep` opens his store,
and may be tried again with another place for the key or another passphrase. `Entry.reopen` needs no
network: it opens the store that was used last, with what is kept there. All is for worker threads.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent_app.contract.messages import API_VERSION, Session
from agent_app.desk.work.errors import Incompatible, PlatformError, Unauthenticated
from agent_app.desk.work.keys import KeyFailed, KeyKeeper, NoKey
from agent_app.desk.work.local import (
    Damaged,
    KeyPlace,
    LocalStore,
    Rescued,
    StoreMaker,
    StoreName,
)
from agent_app.desk.work.ports import Platform, TokenVault
from agent_app.desk.work.provider_session import SECRET, Kept, ProviderSession
from agent_app.desk.work.signing_in import (
    Authorizer,
    BackPage,
    OwnToken,
    Provers,
    Provider,
    Question,
    Redirect,
    SignInUnsafe,
    Stop,
    Ways,
)

TOKEN = "gateway token"  # noqa: S105  (the name under which it is kept)
_log = logging.getLogger(__name__)


class Connects(Protocol):
    """Makes a platform for an address; raises `Rejected` for an address or token of no use."""

    def __call__(self, gateway_url: str, authorised: Authorizer | str, /) -> Platform: ...


class NothingKept(Unauthenticated):
    """Nobody's work is kept here any more, and nothing signs anybody in."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A person whom the gateway knows, before his store is open."""

    gateway_url: str
    session: Session
    platform: Platform
    authorizer: Authorizer

    @property
    def name(self) -> StoreName:
        """Return the name of his store."""
        return StoreName.of(self.gateway_url, self.session.user)


@dataclass(frozen=True, slots=True)
class Opened:
    """A person's open store, with what authorises him.

    `platform` and `authorizer` are None where nothing that signs him in was kept: what is in the
    store can be read, and he has to sign in again. `session` is the one that the gateway told of
    last; `is_fresh` says whether that was just now. `rescued` is set where the file was damaged.
    """

    gateway_url: str
    name: StoreName
    place: KeyPlace
    store: LocalStore
    session: Session | None
    platform: Platform | None
    authorizer: Authorizer | None
    is_fresh: bool
    rescued: Rescued | None = None


class Entry:
    """Signs in and out at one desk."""

    def __init__(
        self,
        connect: Connects,
        keys: KeyKeeper,
        stores: StoreMaker,
        provider: Provider,
        provers: Provers,
        old_tokens: TokenVault | None = None,
        *,
        new_redirect: Callable[[BackPage], Redirect] | None = None,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """Take the adapters.

        `old_tokens` is where tokens were before there was a store; `new_redirect` begins to listen
        for the browser, and may raise `OSError`.
        """
        self._connect = connect
        self._keys = keys
        self._stores = stores
        self._provider = provider
        self._provers = provers
        self._old_tokens = old_tokens
        self._new_redirect = new_redirect
        self._clock_s = clock_s
        # Whoever unlocks waits until what he locked is shut.
        self._doing = threading.RLock()
        self._waiting: tuple[Signed, KeyPlace] | None = None

    def ways(self, gateway_url: str) -> Ways:
        """Ask a gateway how people sign in there."""
        return self._provider.ways(gateway_url)

    def safest(self) -> KeyPlace:
        """Return where a new key is safest on this machine; `MEMORY`: let the person choose."""
        return self._keys.safest()

    def place_of_last(self, gateway_url: str) -> KeyPlace | None:
        """Return where the key of the store is that was used last here; None without one."""
        last = self._stores.last(gateway_url)
        return None if last is None else self._keys.place(last.name)

    def old_token(self, gateway_url: str) -> str | None:
        """Return a token that an older desk left in the keyring; `keep` moves it."""
        return self._old_tokens.token(gateway_url) if self._old_tokens is not None else None

    def by_token(self, gateway_url: str, token: str) -> Signed:
        """Sign in with a token that the gateway itself gave out.

        Raises:
            Unauthenticated: the token was refused.
            Incompatible: the gateway speaks another major version.
            PlatformError: the gateway could not be asked.
        """
        # As a text, so that a token that is none is refused before it is sent.
        return _signed(gateway_url, self._connect(gateway_url, token), OwnToken(token))

    def in_browser(
        self, gateway_url: str, page: BackPage, show: Callable[[str], None], stop: Stop
    ) -> Signed:
        """Ask the gateway for its provider, and sign in there; for the errors see `by_browser`.

        `show` is called from this thread; `page` is what the browser shows at the end.
        """
        assert self._new_redirect is not None
        ways = self.ways(gateway_url)
        redirect = self._new_redirect(page)
        try:
            return self.by_browser(ways, redirect, show, stop)
        finally:
            redirect.close()

    def by_browser(
        self, ways: Ways, redirect: Redirect, show: Callable[[str], None], stop: Stop
    ) -> Signed:
        """Sign in at the provider; `show` opens an address in the system's browser.

        Raises:
            SignInFailed: it came to no end, or the provider said no.
            Unauthenticated: the provider knows the person, the gateway does not.
            PlatformError: one of them could not be asked.
        """
        if ways.issuer is None or ways.client_id is None:
            raise SignInUnsafe("this gateway has no provider for desks")
        places = self._provider.places(ways.issuer)
        proved = ways.needs_proofs or "ES256" in places.dpop_signing_alg_values_supported
        prover = self._provers.new() if proved else None
        question = Question(redirect.address)
        show(question.address(ways, places, prover))
        code = question.code(redirect.wait(question, stop), places)
        answer = self._provider.tokens(places.token_endpoint, question.form(ways, code), prover)
        question.check(answer, ways, places, proved=proved)
        bound = prover is not None and answer.token_type.lower() == "dpop"
        now = self._clock_s()
        kept = Kept(
            issuer=ways.issuer,
            client_id=ways.client_id,
            audience=ways.audience,
            token_endpoint=places.token_endpoint,
            revocation_endpoint=places.revocation_endpoint,
            access=answer.access_token,
            got_at=now,
            ends_at=now + answer.expires_in,
            refresh=answer.refresh_token,
            proof_key=prover.secret() if bound and prover is not None else None,
        )
        session = ProviderSession(kept, self._provider, self._provers, clock_s=self._clock_s)
        return _signed(ways.gateway, self._connect(ways.gateway, session), session)

    def keep(
        self,
        signed: Signed,
        place: KeyPlace,
        passphrase: str | None = None,
        *,
        anew: bool = False,
    ) -> Opened:
        """Open the person's store, and keep there what signs him in.

        `place` and `passphrase` are for a new store; of one that is there, its own place counts.
        With `anew` a store whose key cannot be had is given up: unsent clicks and drafts are lost.

        Raises:
            KeyFailed: the key cannot be had; try again with a passphrase, or `anew`.
            LocalStoreFailed: the store cannot be opened or written.
        """
        with self._doing:
            self._waiting = (signed, place)
            opened = self._keep(signed, place, passphrase, anew=anew)
            self._waiting = None
            return opened

    def _keep(
        self, signed: Signed, place: KeyPlace, passphrase: str | None, *, anew: bool
    ) -> Opened:
        name = signed.name
        known = self._keys.place(name)
        if anew or (known is None and self._stores.exists(name)):
            if not anew:
                raise NoKey("there is a store, and no key for it")
            self._keys.destroy(name)
            self._stores.destroy(name)
            known = None
        if known is None or known is KeyPlace.MEMORY:
            key = self._keys.make(name, place, passphrase)
            known = place
        else:
            key = self._keys.open(name, passphrase)
        store, rescued = self._open(name, known, key)
        try:
            self._keep_secrets(signed, store)
            store.keep_session(signed.session)
            self._stores.keep_last(name, known)
        except BaseException:
            store.close()
            raise
        if self._old_tokens is not None and known is not KeyPlace.MEMORY:
            self._old_tokens.forget(signed.gateway_url)
        return Opened(
            signed.gateway_url, name, known, store, signed.session, signed.platform,
            signed.authorizer, True, rescued,
        )  # fmt: skip

    def reopen(self, gateway_url: str, passphrase: str | None = None) -> Opened | None:
        """Open the store that was used last at a gateway; None where there is none.

        Asks nobody: the gateway may be away. Also what unlocks a desk. Whoever has just signed in,
        and whose `keep` wanted a passphrase, is the one who comes in by it.

        Raises:
            KeyFailed: the key cannot be had, or needs a passphrase.
            LocalStoreFailed: the store cannot be opened.
        """
        with self._doing:
            waiting = self._waiting
            if waiting is not None and waiting[0].gateway_url == gateway_url:
                return self.keep(*waiting, passphrase)
            return self._reopen(gateway_url, passphrase)

    def _reopen(self, gateway_url: str, passphrase: str | None) -> Opened | None:
        last = self._stores.last(gateway_url)
        if last is None or last.key_place is KeyPlace.MEMORY:
            return None
        key = self._keys.open(last.name, passphrase)
        store, rescued = self._open(last.name, last.key_place, key)
        try:
            authorizer = self._authorizer(store)
            session = store.session()
            platform = None if authorizer is None else self._connect(gateway_url, authorizer)
        except BaseException:
            store.close()
            raise
        return Opened(
            gateway_url, last.name, last.key_place, store, session, platform, authorizer, False,
            rescued,
        )  # fmt: skip

    def give_up(self, gateway_url: str) -> Opened:
        """Forget the store that was used last here without opening it: its key may be gone.

        Whoever has signed in meanwhile gets a new one.

        Raises:
            NothingKept: nobody has; the next thing is to sign in.
            KeyFailed, LocalStoreFailed: something could not be removed.
        """
        with self._doing:
            waiting = self._waiting
            if waiting is not None and waiting[0].gateway_url == gateway_url:
                return self.keep(*waiting, anew=True)
            last = self._stores.last(gateway_url)
            if last is not None:
                self._keys.destroy(last.name)
                self._stores.destroy(last.name)
            if self._old_tokens is not None:
                self._old_tokens.forget(gateway_url)
            raise NothingKept("nothing is kept for this gateway any more")

    def change_passphrase(self, opened: Opened, old: str, new: str) -> None:
        """Wrap the store's key by another passphrase."""
        self._keys.rewrap(opened.name, old, new)

    def close(self, opened: Opened) -> None:
        """Shut the store, as for a lock or the desk's end; nothing is lost, `reopen` opens it.

        Waits for an answer of the provider that is on its way: some seconds at worst.
        """
        with self._doing:
            if isinstance(opened.authorizer, ProviderSession):
                # A new refresh token that is on its way still gets to the disk.
                opened.authorizer.rest()
            if opened.platform is not None:
                opened.platform.close()
            opened.store.close()

    def forget_key(self, opened: Opened) -> None:
        """Destroy the key at once, before anything that may wait; `sign_out` does the rest."""
        with contextlib.suppress(KeyFailed):
            self._keys.destroy(opened.name)

    def sign_out(self, opened: Opened) -> None:
        """Forget the person on this machine: key first, then the files; then tell the provider.

        Everything but the last works off line, and that is no error then.

        Raises:
            KeyFailed: the keyring did not let the key go; all else is gone.
            LocalStoreFailed: the files could not be removed; without the key they are noise.
        """
        left: KeyFailed | None = None
        try:
            self._keys.destroy(opened.name)
        except KeyFailed as error:
            left = error
        try:
            self.close(opened)
            self._stores.destroy(opened.name)
            if self._old_tokens is not None:
                self._old_tokens.forget(opened.gateway_url)
        finally:
            if isinstance(opened.authorizer, ProviderSession):
                opened.authorizer.revoke()
        if left is not None:
            raise left

    def _open(
        self, name: StoreName, place: KeyPlace, key: bytes
    ) -> tuple[LocalStore, Rescued | None]:
        if place is KeyPlace.MEMORY:
            return self._stores.in_memory(name), None
        try:
            return self._stores.open(name, key), None
        except Damaged as error:
            _log.warning("the store is damaged and made anew: %s", error)
            return self._stores.rebuild(name, key)

    def _authorizer(self, store: LocalStore) -> Authorizer | None:
        token = store.secret(TOKEN)
        if token is not None:
            return OwnToken(token.decode())
        return ProviderSession.found(store, self._provider, self._provers, clock_s=self._clock_s)

    @staticmethod
    def _keep_secrets(signed: Signed, store: LocalStore) -> None:
        if isinstance(signed.authorizer, ProviderSession):
            signed.authorizer.keep_in(store)
            store.forget_secret(TOKEN)
        elif isinstance(signed.authorizer, OwnToken):
            store.keep_secret(TOKEN, signed.authorizer.token.encode())
            store.forget_secret(SECRET)


def _signed(gateway_url: str, platform: Platform, authorizer: Authorizer) -> Signed:
    try:
        session = platform.session()
        if session.api_version.split(".")[0] != API_VERSION.split(".")[0]:
            raise Incompatible(session.api_version, API_VERSION)
    except PlatformError:
        platform.close()
        raise
    return Signed(gateway_url, session, platform, authorizer)
