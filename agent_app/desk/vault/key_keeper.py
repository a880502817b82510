"""The keys of the stores on this machine; implements `work.keys.KeyKeeper`. main.py makes it.

Beside the stores lies one small file for each key: which keyring holds it, or the key itself as a
passphrase wraps it. A file of a key in the keyring holds no secret; both are for their owner alone.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import platformdirs
from keyring.backend import KeyringBackend

from agent_app import typed_json
from agent_app.desk.vault import passphrase as wrapping
from agent_app.desk.vault.private_file import destroy, write_private
from agent_app.desk.vault.system_keyring import SystemKeyring
from agent_app.desk.work.keys import (
    KEY_BYTES,
    KeyFailed,
    KeyringChanged,
    NoKey,
    PassphraseNeeded,
    TooSoon,
    WrongPassphrase,
)
from agent_app.desk.work.local import KeyPlace, StoreName

FREE_TRIES = 2
LONGEST_WAIT_S = 60.0


class InKeyring(msgspec.Struct, frozen=True):
    """The file of a key that a keyring holds: which kind of keyring."""

    keyring: str


class WrongTries(msgspec.Struct, frozen=True):
    """The file of wrong passphrases since the last right one; `until` in seconds of 1970."""

    count: int
    until: float


def default_folder() -> Path:
    """Return where this person's key files are on this system."""
    return Path(platformdirs.user_data_dir("agent-app", appauthor=False)) / "keys"


class StoreKeys:
    """Keeps keys in the keyring, under a passphrase, or nowhere. Safe for several threads."""

    def __init__(
        self,
        folder: Path | None = None,
        backend: KeyringBackend | None = None,
        *,
        use_keyring: bool = True,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """Take the keyring that the system prefers; with `use_keyring` False, none at all."""
        self._folder = folder or default_folder()
        self._keyring = SystemKeyring(backend)
        self._use_keyring = use_keyring
        self._clock_s = clock_s
        self._lock = threading.RLock()
        self._in_memory: set[StoreName] = set()

    def safest(self) -> KeyPlace:
        """Return the keyring where there is a safe one, else memory: the choice is a person's."""
        usable = self._use_keyring and self._keyring.is_usable()
        return KeyPlace.KEYRING if usable else KeyPlace.MEMORY

    def place(self, name: StoreName) -> KeyPlace | None:
        """Return where the key is; None where this machine has none."""
        if name in self._in_memory:
            return KeyPlace.MEMORY
        if self._wrapped_file(name).exists():
            return KeyPlace.PASSPHRASE
        return KeyPlace.KEYRING if self._keyring_file(name).exists() else None

    def make(self, name: StoreName, place: KeyPlace, passphrase: str | None = None) -> bytes:
        """Make a key from the system's random numbers, and keep it in one place alone."""
        if place is KeyPlace.PASSPHRASE and passphrase is None:
            raise PassphraseNeeded("a passphrase has to be chosen")
        key = os.urandom(KEY_BYTES)
        with self._lock:
            if place is KeyPlace.PASSPHRASE:
                assert passphrase is not None
                wrapped = wrapping.wrap(key, passphrase, _owner(name))
                self._write(self._wrapped_file(name), wrapping.encoded(wrapped))
                self._forget_tries(name)
                self._leave_keyring(name)
            elif place is KeyPlace.KEYRING:
                self._keyring.put(name.person, key)
                told = InKeyring(self._keyring.kind())
                self._write(self._keyring_file(name), msgspec.json.encode(told))
                self._remove(self._wrapped_file(name))
            else:
                self.destroy(name)
                self._in_memory.add(name)
                return key
            self._in_memory.discard(name)
        return key

    def open(self, name: StoreName, passphrase: str | None = None) -> bytes:
        """Return the key from where it is."""
        place = self.place(name)
        if place is KeyPlace.PASSPHRASE:
            if passphrase is None:
                raise PassphraseNeeded("the key is wrapped by a passphrase")
            return self._unwrapped(name, passphrase)
        if place is KeyPlace.KEYRING:
            return self._from_keyring(name)
        raise NoKey("there is no key for this store on this machine")

    def rewrap(self, name: StoreName, old: str, new: str) -> None:
        """Wrap the same key anew."""
        with self._lock:
            key = self._unwrapped(name, old)
            wrapped = wrapping.wrap(key, new, _owner(name))
            self._write(self._wrapped_file(name), wrapping.encoded(wrapped))

    def destroy(self, name: StoreName) -> None:
        """Destroy the key; the file beside the store goes first, as nothing can hinder that."""
        with self._lock:
            self._in_memory.discard(name)
            self._remove(self._wrapped_file(name))
            self._forget_tries(name)
            self._leave_keyring(name)

    def _leave_keyring(self, name: StoreName) -> None:
        if self._keyring_file(name).exists():
            self._keyring.remove(name.person)
            self._remove(self._keyring_file(name))

    def _from_keyring(self, name: StoreName) -> bytes:
        kept_by = self._keyring_of(name)
        key = self._keyring.get(name.person)
        now = self._keyring.kind()
        if key is None:
            if now != kept_by:
                raise KeyringChanged(kept_by, now)
            raise NoKey("the keyring no longer has the key of this store")
        if now != kept_by:
            # The same secrets by another way, as behind a chain of keyrings.
            self._write(self._keyring_file(name), msgspec.json.encode(InKeyring(now)))
        return key

    def _keyring_of(self, name: StoreName) -> str:
        try:
            content = self._keyring_file(name).read_bytes()
            return typed_json.decode(content, InKeyring).keyring
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            # A name that no keyring has: a key that is not found then counts as a changed keyring.
            return "?"

    def _unwrapped(self, name: StoreName, passphrase: str) -> bytes:
        with self._lock:
            tries = self._tries(name)
            wait_s = min(tries.until - self._clock_s(), LONGEST_WAIT_S)
            if wait_s > 0:
                raise TooSoon(wait_s)
            try:
                wrapped = wrapping.read(self._wrapped_file(name).read_bytes())
                key = wrapping.unwrap(wrapped, passphrase, _owner(name))
            except wrapping.NotOpenedError:
                raise WrongPassphrase(self._count_wrong(name, tries)) from None
            except FileNotFoundError:
                raise NoKey("there is no wrapped key for this store") from None
            except (OSError, ValueError) as error:
                raise KeyFailed(f"the file of the wrapped key cannot be read: {error}") from error
            self._forget_tries(name)
            return key

    def _tries(self, name: StoreName) -> WrongTries:
        try:
            return typed_json.decode(self._tries_file(name).read_bytes(), WrongTries)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return WrongTries(0, 0.0)

    def _count_wrong(self, name: StoreName, before: WrongTries) -> float:
        """Return the pause, in seconds: none twice, then 1, 2, 4, … up to a minute."""
        count = before.count + 1
        wait_s = 0.0
        if count > FREE_TRIES:
            wait_s = min(2.0 ** min(count - FREE_TRIES - 1, 10), LONGEST_WAIT_S)
        tries = WrongTries(count, self._clock_s() + wait_s)
        self._write(self._tries_file(name), msgspec.json.encode(tries))
        return wait_s

    def _forget_tries(self, name: StoreName) -> None:
        self._remove(self._tries_file(name))

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_private(path, content)
        except OSError as error:
            raise KeyFailed(f"the key's file cannot be written: {error.strerror}") from error

    def _remove(self, path: Path) -> None:
        try:
            destroy(path)
        except OSError as error:
            raise KeyFailed(f"the key's file cannot be removed: {error.strerror}") from error

    def _wrapped_file(self, name: StoreName) -> Path:
        return self._folder / f"{name.person}.wrapped"

    def _keyring_file(self, name: StoreName) -> Path:
        return self._folder / f"{name.person}.keyring"

    def _tries_file(self, name: StoreName) -> Path:
        return self._folder / f"{name.person}.tries"


def _owner(name: StoreName) -> str:
    return f"{name.gateway} {name.person}"
