"""Access tokens in the system's keyring, or in memory only where none is safe; main.py makes it.

Implements `work.ports.TokenVault`. A keyring that writes plain text is refused: keyrings.alt
would silently store the token readable for everyone with access to the disk (libraries.md 1.6).
"""

from __future__ import annotations

import logging

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

SERVICE = "agent-app gateway token"
_UNSAFE_MODULES = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail")

_log = logging.getLogger(__name__)


def is_safe(backend: KeyringBackend) -> bool:
    """Tell whether a keyring encrypts what it keeps and works on this machine."""
    backends = getattr(backend, "backends", None)
    if backends is not None:
        # The chain writes into its first one and reads from all.
        found = list(backends)
        return bool(found) and all(map(is_safe, found))
    module = type(backend).__module__
    return not module.startswith(_UNSAFE_MODULES) and float(backend.priority) > 0


class KeyringVault:
    """Keeps tokens in the keyring while there is a safe one, else for this session."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = backend
        self._looked = backend is not None and is_safe(backend)
        self._usable = self._looked
        self._session: dict[str, str] = {}

    @property
    def keeps(self) -> bool:
        """Return False when tokens last for this session only."""
        self._look()
        return self._usable

    def token(self, gateway_url: str) -> str | None:
        """Return the kept token of a gateway."""
        if gateway_url in self._session:
            return self._session[gateway_url]
        self._look()
        if not self._usable or self._backend is None:
            return None
        try:
            return self._backend.get_password(SERVICE, gateway_url)
        except KeyringError as error:
            self._give_up(error)
            return None

    def keep(self, gateway_url: str, token: str) -> None:
        """Keep a token; never fails, the worst is that it must be entered again."""
        self._session[gateway_url] = token
        self._look()
        if not self._usable or self._backend is None:
            return
        try:
            self._backend.set_password(SERVICE, gateway_url, token)
        except KeyringError as error:
            self._give_up(error)

    def forget(self, gateway_url: str) -> None:
        """Drop a token that was refused or that its owner no longer wants kept."""
        self._session.pop(gateway_url, None)
        self._look()
        if not self._usable or self._backend is None:
            return
        try:
            self._backend.delete_password(SERVICE, gateway_url)
        except PasswordDeleteError:
            return
        except KeyringError as error:
            self._give_up(error)

    def _look(self) -> None:
        """Find the system's keyring at the first use: looking costs a tenth of a second."""
        if self._looked:
            return
        self._looked = True
        if self._backend is None:
            self._backend = keyring.get_keyring()
        self._usable = is_safe(self._backend)

    def _give_up(self, error: KeyringError) -> None:
        _log.warning("the keyring does not answer, tokens last for this session: %s", error)
        self._usable = False


class SessionVault:
    """Keeps tokens for this session only: for demos and for tokens given on the command line."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    @property
    def keeps(self) -> bool:
        """Return False: nothing outlasts the session."""
        return False

    def token(self, gateway_url: str) -> str | None:
        """Return the token of a gateway."""
        return self._tokens.get(gateway_url)

    def keep(self, gateway_url: str, token: str) -> None:
        """Keep a token for the session."""
        self._tokens[gateway_url] = token

    def forget(self, gateway_url: str) -> None:
        """Drop a token."""
        self._tokens.pop(gateway_url, None)
