"""The system's keyring as a place for store keys: one entry of 44 characters for each store.

Secret Service, Windows Credential Manager (2,560 bytes of UTF-16 an entry, so 1,280 characters),
macOS Keychain. Windows and macOS were not run in tests. Used by `key_keeper` alone.
"""

from __future__ import annotations

import base64
import binascii
import logging
import traceback
from typing import Any

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from agent_app.desk.vault.token_vault import is_safe
from agent_app.desk.work.keys import KEY_BYTES, KeyringFailed

SERVICE = "agent-app store key"
_LOCAL_MACHINE = 2
"""CRED_PERSIST_LOCAL_MACHINE; keyring's own default roams with the person to other machines."""

_log = logging.getLogger(__name__)


class SystemKeyring:
    """Reads and writes keys. Looks for the keyring at every use: it may come and go."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._given = backend

    def is_usable(self) -> bool:
        """Return whether there is a keyring that keeps secrets encrypted."""
        try:
            self._backend()
        except KeyringFailed:
            return False
        return True

    def kind(self) -> str:
        """Return the name of the keyring in use.

        Raises:
            KeyringFailed: there is none that is safe.
        """
        return _kind(self._backend())

    def get(self, who: str) -> bytes | None:
        """Return a key; None where the keyring has none.

        Raises:
            KeyringFailed: the keyring is locked, gone, or holds something else.
        """
        text = self._ask("get_password", SERVICE, who)
        if text is None:
            return None
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyringFailed("the keyring holds something else in the place of the key")
        return key

    def put(self, who: str, key: bytes) -> None:
        """Keep a key, and see that it is kept.

        Raises:
            KeyringFailed: the keyring did not take it.
        """
        self._ask("set_password", SERVICE, who, base64.b64encode(key).decode())
        if self.get(who) != key:
            raise KeyringFailed("the keyring did not keep the key")

    def remove(self, who: str) -> None:
        """Remove a key; none is fine.

        Raises:
            KeyringFailed: the keyring does not let it go, or cannot be asked.
        """
        try:
            self._ask("delete_password", SERVICE, who)
        except _NotThereError:
            if self.get(who) is not None:
                raise KeyringFailed("the keyring does not let the key go") from None

    def _backend(self) -> KeyringBackend:
        backend = self._given or keyring.get_keyring()
        try:
            safe = is_safe(backend)
        except RuntimeError as error:
            # What a backend says that worked at the start and has lost its service since.
            raise KeyringFailed(str(error)) from error
        if not safe:
            raise KeyringFailed(f"{_kind(backend)} does not keep secrets encrypted, or is absent")
        if hasattr(backend, "persist"):
            backend.persist = _LOCAL_MACHINE
        return backend

    def _ask(self, method: str, *words: str) -> Any:
        backend = self._backend()
        try:
            return getattr(backend, method)(*words)
        except PasswordDeleteError as error:
            raise _NotThereError from error
        except Exception as error:  # noqa: BLE001  (backends pass on what their system raises)
            name = type(error).__name__
            _log.warning("the keyring failed: %s", name)
            # keyring leaves its connection to the bus open where the keyring is locked: with its
            # frames it goes.
            traceback.clear_frames(error.__traceback__)
            raise KeyringFailed(f"{_kind(backend)}: {name}") from None


class _NotThereError(Exception):
    """The keyring says that it has no such entry."""


def _kind(backend: KeyringBackend) -> str:
    chained = list(getattr(backend, "backends", []))
    return _kind(chained[0]) if chained else type(backend).__module__
