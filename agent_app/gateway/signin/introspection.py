"""Asking the provider whether a token is still in force (RFC 7662), a few times a minute each.

Answers count for 20 s: with what ends streams (30 s) a person who is shut out at the provider is
cut off within 60 s. Without an answer after that, nobody is let in.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from agent_app.gateway.signin.provider import Provider, ProviderUnreachable
from agent_app.gateway.signin.settings import IntrospectionConfig

COUNTS_S = 20.0
_MOST = 20_000


class Introspection:
    """Safe to use from several threads."""

    def __init__(
        self,
        config: IntrospectionConfig,
        provider: Provider,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._provider = provider
        self._clock_s = clock_s
        self._known: OrderedDict[bytes, tuple[float, dict[str, Any] | None]] = OrderedDict()
        self._lock = threading.Lock()
        # Several, so that one slow answer does not hold up everybody; few ask for one token.
        self._asking = [threading.Lock() for _ in range(64)]

    def of(self, token: str) -> dict[str, Any] | None:
        """Return what the provider says of a token in force; None: it is not.

        Raises:
            ProviderUnreachable: it did not answer.
        """
        name = hashlib.sha256(token.encode()).digest()
        with self._asking[name[0] % len(self._asking)]:
            with self._lock:
                asked_at, said = self._known.get(name, (None, None))
            if asked_at is not None and self._clock_s() - asked_at < COUNTS_S:
                return said
            asked_at = self._clock_s()
            said = self._ask(token)
            with self._lock:
                self._known[name] = (asked_at, said)
                self._known.move_to_end(name)
                while len(self._known) > _MOST:
                    self._known.popitem(last=False)
            return said

    def _ask(self, token: str) -> dict[str, Any] | None:
        endpoint = self._provider.document().introspection_endpoint
        if endpoint is None:
            raise ProviderUnreachable("it does not offer introspection")
        said = self._provider.post(
            endpoint,
            {"token": token, "token_type_hint": "access_token"},
            (self._config.client_id, self._config.client_secret or ""),
        )
        return said if said.get("active") is True else None
