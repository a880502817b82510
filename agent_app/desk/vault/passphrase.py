"""A store's key wrapped by a passphrase: Argon2id makes the wrapping key, AES-256-GCM wraps.

Argon2id with the second recommended option of RFC 9106 section 4: 3 passes over 64 MiB, 4 lanes,
salt of 16 bytes, 32 bytes out. The first option takes 2 GiB, which a desk does not have to spare.
Used by `key_keeper` alone.
"""

from __future__ import annotations

import os
import unicodedata

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent_app import typed_json
from agent_app.desk.work.keys import KEY_BYTES, WeakPassphrase

LEAST = 10
"""Characters; of which kind is left to the person (NIST SP 800-63B asks for no mixture)."""
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
KIND = f"argon2id-{PASSES}-{MEMORY_KIB}-{LANES} aes-256-gcm"
"""Named in the file: other ones, a later program's or a forger's, are refused, never tried."""
_SALT, _NONCE = 16, 12


class NotOpenedError(Exception):
    """The passphrase is another one, or the wrapped key was changed; nobody can tell which."""


class Wrapped(msgspec.Struct, frozen=True):
    """A wrapped key as its file holds it."""

    kind: str
    salt: bytes
    nonce: bytes
    sealed: bytes


def wrap(key: bytes, passphrase: str, owner: str) -> Wrapped:
    """Wrap a key; `owner` says whose it is, and it is opened for him alone.

    Raises:
        WeakPassphrase: it is too short.
    """
    if len(passphrase) < LEAST:
        raise WeakPassphrase(LEAST)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_wrapping_key(passphrase, salt)).encrypt(nonce, key, owner.encode())
    return Wrapped(KIND, salt, nonce, sealed)


def unwrap(wrapped: Wrapped, passphrase: str, owner: str) -> bytes:
    """Return the key.

    Raises:
        NotOpenedError: the passphrase does not open it.
        ValueError: it was wrapped in a way that this program does not know.
    """
    if wrapped.kind != KIND or len(wrapped.salt) != _SALT or len(wrapped.nonce) != _NONCE:
        raise ValueError(f"the key is wrapped in an unknown way: {wrapped.kind[:60]!r}")
    cipher = AESGCM(_wrapping_key(passphrase, wrapped.salt))
    try:
        key = cipher.decrypt(wrapped.nonce, wrapped.sealed, owner.encode())
    except InvalidTag:
        raise NotOpenedError from None
    if len(key) != KEY_BYTES:
        raise ValueError("the wrapped key has a wrong length")
    return key


def encoded(wrapped: Wrapped) -> bytes:
    """Return the content of the key's file."""
    return msgspec.json.encode(wrapped)


def read(content: bytes) -> Wrapped:
    """Return what a file holds.

    Raises:
        ValueError: it is no wrapped key.
    """
    try:
        return typed_json.decode(content, Wrapped)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error


def _wrapping_key(passphrase: str, salt: bytes) -> bytes:
    # One spelling: input methods compose the same character differently.
    text = unicodedata.normalize("NFKC", passphrase)
    return hash_secret_raw(
        text.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
