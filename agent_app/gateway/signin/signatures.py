"""Signed tokens (JWS) in and out: what is in them, and whether a key really signed them.

joserfc does the cryptography. What it would let through by default is refused before: other
algorithms, `crit`, keys that are too short.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from agent_app import typed_json

LONGEST_TOKEN = 16 * 1024
_SHORTEST_RSA, _LONGEST_RSA = 2048, 8192
_BAD = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)

KEY_TYPES: dict[str, type[Key]] = {
    "RS256": RSAKey,
    "PS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}
"""The algorithms that count, and whose keys they take. Never `none`, never a shared secret."""
_PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PARTS = _PRIVATE_PARTS | {"kty", "n", "e", "crv", "x", "y"}


class Unsigned(Exception):
    """The token is not one, or the key did not sign it; the message completes "it …"."""


class Header(msgspec.Struct, frozen=True):
    """A token's header, before anything in it is believed."""

    alg: str
    typ: str | None = None
    kid: str | None = None
    jwk: dict[str, Any] | None = None
    crit: Any = None


class _Registry(jws.JWSRegistry):
    # A proof carries its key in the header: one of 4,096 bits needs more than joserfc's 512 bytes.
    max_header_length = 4096
    max_payload_length = LONGEST_TOKEN

    def get_alg(self, name: str) -> Any:
        if name not in KEY_TYPES:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        # EdDSA's name since RFC 9864; the old one would take Ed448 too.
        return self.algorithms["Ed25519" if name == "EdDSA" else name]


_registry = _Registry(strict_check_header=False)


def header_of(token: str) -> Header:
    """Return the token's header.

    Raises:
        Unsigned: there is none that can be read, or it asks for what is not done here.
    """
    if len(token) > LONGEST_TOKEN:
        raise Unsigned("is too long")
    try:
        found = jws.extract_compact(token.encode("ascii"), registry=_registry)
        header = typed_json.convert(found.protected, Header)
    except _BAD as error:
        raise Unsigned("cannot be read") from error
    check_algorithm(header)
    return header


def check_algorithm(header: Header) -> None:
    """Refuse what is not in KEY_TYPES, and extensions that must be understood.

    Raises:
        Unsigned: naming it.
    """
    if header.alg not in KEY_TYPES:
        raise Unsigned(f"is not signed by one of {', '.join(KEY_TYPES)}")
    if header.crit is not None:
        raise Unsigned("has a `crit` header that is not understood")


def verified(token: str, header: Header, keys: Iterable[Key]) -> dict[str, Any]:
    """Return what the token says, once one of the keys is found to have signed it.

    Raises:
        Unsigned: none did, or what is signed is not a JSON object.
    """
    for key in keys:
        if not fits(key, header):
            continue
        try:
            signed = jws.deserialize_compact(token.encode("ascii"), key, registry=_registry)
        except _BAD:
            continue
        try:
            return typed_json.decode(signed.payload or b"", dict[str, Any])
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise Unsigned("does not hold a JSON object") from error
    raise Unsigned("is not signed by a key that counts")


def fits(key: Key, header: Header) -> bool:
    """Return whether the key may have signed under this header."""
    of = KEY_TYPES.get(header.alg)
    named = header.kid is None or key.kid is None or key.kid == header.kid
    return of is not None and isinstance(key, of) and named


def read_key(jwk: Mapping[str, Any]) -> Key:
    """Return a public key from its JWK.

    Raises:
        Unsigned: it is not a whole, public, asymmetric key of a size that counts.
    """
    if _PRIVATE_PARTS & jwk.keys():
        raise Unsigned("carries a key that is not public")
    try:
        # Before joserfc sees it: it takes short keys with a warning, which is no refusal.
        if jwk.get("kty") == "RSA" and not _SHORTEST_RSA <= _bits(jwk["n"]) <= _LONGEST_RSA:
            raise Unsigned(f"carries an RSA key not of {_SHORTEST_RSA} to {_LONGEST_RSA} bits")
        key = import_key(dict(jwk))
    except _BAD as error:
        raise Unsigned("carries a key that cannot be read") from error
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        raise Unsigned("carries a key that is not public")
    return key


def bare(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key without the hints beside it (`kid`, `use`, `alg`): one may not trust them."""
    return {name: value for name, value in jwk.items() if name in _PARTS}


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))).bit_length()
