"""Keys that prove requests to be the desk's own (DPoP, RFC 9449): ES256, one key a sign-in.

Implements `work.signing_in.Prover`. The private key is kept in the encrypted store alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_BYTES = 32
"""Of a coordinate, and of each half of a signature (RFC 7518 sections 3.4 and 6.2)."""


class ProofKey:
    """One key. Safe for several threads."""

    def __init__(
        self, secret: bytes | None = None, *, clock_s: Callable[[], float] = time.time
    ) -> None:
        """Take a kept private key, or make a new one.

        Raises:
            ValueError: what was kept is no such key.
        """
        self._clock_s = clock_s
        if secret is None:
            self._key = ec.generate_private_key(ec.SECP256R1())
        elif len(secret) == _BYTES:
            self._key = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
        else:
            raise ValueError("not a key for proofs")
        numbers = self._key.public_key().public_numbers()
        self._jwk = {
            "crv": "P-256",
            "kty": "EC",
            "x": _base64(numbers.x.to_bytes(_BYTES, "big")),
            "y": _base64(numbers.y.to_bytes(_BYTES, "big")),
        }

    def secret(self) -> bytes:
        """Return the private key."""
        return self._key.private_numbers().private_value.to_bytes(_BYTES, "big")

    def thumbprint(self) -> str:
        """Return the key's name: its members in the order of RFC 7638."""
        return _base64(hashlib.sha256(_json(self._jwk)).digest())

    def proof(
        self,
        method: str,
        url: str,
        *,
        token: str | None = None,
        nonce: str | None = None,
        ahead_s: float = 0,
    ) -> str:
        """Return a proof for one request, good once."""
        said: dict[str, object] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(self._clock_s() + ahead_s),
        }
        if token is not None:
            said["ath"] = _base64(hashlib.sha256(token.encode()).digest())
        if nonce is not None:
            said["nonce"] = nonce
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}
        signed = f"{_base64(_json(header))}.{_base64(_json(said))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_base64(r.to_bytes(_BYTES, 'big') + s.to_bytes(_BYTES, 'big'))}"


class ProofKeys:
    """Makes proof keys; implements `work.signing_in.Provers`."""

    def __init__(self, clock_s: Callable[[], float] = time.time) -> None:
        self._clock_s = clock_s

    def new(self) -> ProofKey:
        """Return a new key."""
        return ProofKey(clock_s=self._clock_s)

    def known(self, secret: bytes) -> ProofKey:
        """Return the key that was kept.

        Raises:
            ValueError: it is none.
        """
        return ProofKey(secret, clock_s=self._clock_s)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
