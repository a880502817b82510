"""The port of the store's keys: where the 32 bytes are that a person's files are encrypted with.

Implemented by `desk.vault`. Every method may raise `KeyFailed`; all are for worker threads: a
keyring may ask the person, and a passphrase takes half a second by design.
"""

from __future__ import annotations

from typing import Protocol

from agent_app.desk.work.local import KeyPlace, LocalStoreFailed, StoreName

KEY_BYTES = 32


class KeyFailed(LocalStoreFailed):
    """The key could not be had; the store stays shut and whole."""


class NoKey(KeyFailed):
    """There is no key for this store: it was destroyed, or never made here."""


class KeyringFailed(KeyFailed):
    """The keyring is locked, does not answer, or is none that keeps secrets encrypted."""


class KeyringChanged(KeyringFailed):
    """The key is not in the keyring in use now; `before` and `now` name the two."""

    def __init__(self, before: str, now: str) -> None:
        super().__init__(f"the key was kept in {before}; the keyring in use is {now}")
        self.before = before
        self.now = now


class PassphraseNeeded(KeyFailed):
    """The key is wrapped by a passphrase, and none was given."""


class WrongPassphrase(KeyFailed):
    """That is not the passphrase; the next try counts after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("that is not the passphrase")
        self.wait_s = wait_s


class TooSoon(WrongPassphrase):
    """A try within the pause after a wrong passphrase: it was not looked at."""


class WeakPassphrase(KeyFailed):
    """The passphrase is shorter than `least` characters."""

    def __init__(self, least: int) -> None:
        super().__init__(f"a passphrase has at least {least} characters")
        self.least = least


class KeyKeeper(Protocol):
    """Keeps one key for each store, never in plain text."""

    def safest(self) -> KeyPlace:
        """Return `KEYRING` where this machine has a safe one; else a person has to choose."""
        ...

    def place(self, name: StoreName) -> KeyPlace | None:
        """Return where the key of a store is; None where there is none on this machine."""
        ...

    def make(self, name: StoreName, place: KeyPlace, passphrase: str | None = None) -> bytes:
        """Make a store's key and keep it there; an older key of this store is gone.

        Raises:
            PassphraseNeeded, WeakPassphrase: for `PASSPHRASE` alone.
            KeyringFailed: the keyring does not take it.
        """
        ...

    def open(self, name: StoreName, passphrase: str | None = None) -> bytes:
        """Return the key.

        Raises:
            NoKey: there is none.
            PassphraseNeeded, WrongPassphrase, TooSoon: it is wrapped.
            KeyringFailed, KeyringChanged: it is in the keyring.
        """
        ...

    def rewrap(self, name: StoreName, old: str, new: str) -> None:
        """Change the passphrase; the key stays, and so does the store.

        Raises:
            WrongPassphrase, TooSoon, WeakPassphrase: nothing has changed.
        """
        ...

    def destroy(self, name: StoreName) -> None:
        """Destroy the key wherever it is: what it encrypted is noise from then on. Idempotent.

        Raises:
            KeyringFailed: the keyring would not let it go; it may still hold it.
        """
        ...
