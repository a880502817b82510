"""Marks: by which a desk finds a case by phone, e-mail or name without holding any of them.

The gateway makes them with a key (`marks`) and sends them with each row. Who may reveal contact
data is given the key and makes of what he types the marks to look for (`search_marks`). A mark is
the first 8 bytes of an HMAC-SHA-256: without the key nobody can tell what it stands for. Found are
the whole phone and its last 4, 8, 9, 10 and 11 digits, the whole e-mail address and what stands
before its @, the words of the name whole and by their first 3 to 8 letters, and any part of a name
in a script without spaces.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from agent_app.contract.search_words import (
    TRUNK_ZEROS_FROM,
    folded,
    is_of_unspaced_script,
    is_unspaced,
    joined,
    parts,
)

SIZE = 8
"""Bytes of one mark."""
MOST = 32
"""Marks of one case; of a name that would have more its beginnings are left out first."""
_TAILS = (4, 8, 9, 10, 11)
"""Digits from the end: what people are asked for, and phones without their country's code."""
_BEGINNINGS = range(3, 9)


def new_key() -> str:
    """Return a new key: 32 random bytes as text."""
    return secrets.token_urlsafe(32)


def terms_to_mark(phone: str, email: str, name: str) -> tuple[str, ...]:
    """Return what of a customer is marked, the more important first; at most MOST."""
    found = [*_of_phone(phone), *_of_email(email), *_of_name(name)]
    return tuple(dict.fromkeys(term for term in found if term))[:MOST]


def _of_phone(phone: str) -> Iterator[str]:
    digits = "".join(c for c in folded(phone) if c.isalnum())
    whole = _without_trunk(digits)
    yield whole
    yield from (digits[-size:] for size in _TAILS if size < len(whole))


def _without_trunk(digits: str) -> str:
    """Leave out the zeros that a number begins with at home and not from abroad."""
    bare = digits.lstrip("0")
    is_phone = digits.isdecimal() and len(bare) >= TRUNK_ZEROS_FROM - 1
    return bare if is_phone else digits


def _of_email(email: str) -> Iterator[str]:
    address = folded(email)
    yield joined(address)
    yield joined(address.partition("@")[0])


def _of_name(name: str) -> Iterator[str]:
    text = folded(name)
    whole = joined(text)
    words = list(_words(text))
    yield from words
    if is_unspaced(whole):
        yield from map("".join, pairwise(whole))
        yield from whole
    for word in words:
        yield from (word[:size] for size in _BEGINNINGS if size < len(word))


def _words(text: str) -> Iterator[str]:
    """Return the words that are in a script with spaces, also where they touch another."""
    for chunk in text.split():
        for word in dict.fromkeys((joined(chunk), *parts(chunk))):
            for unspaced, run in groupby(word, is_of_unspaced_script):
                if not unspaced:
                    yield "".join(run)


def _looked_for(word: str) -> tuple[str, ...]:
    """Return the terms of which a case must have all to be found by a word that was typed."""
    bare = joined(folded(word))
    if len(bare) > 1 and is_unspaced(bare):
        return tuple(dict.fromkeys(map("".join, pairwise(bare))))
    return (_without_trunk(bare),) if bare else ()


def _mark(key: bytes, term: str) -> bytes:
    return hmac.digest(key, term.encode(), "sha256")[:SIZE]


def marks(key: str, terms: Iterable[str]) -> str:
    """Return the marks of the terms as a row carries them: sorted, and as base64url."""
    secret = key.encode()
    found = sorted({_mark(secret, term) for term in terms})
    return base64.urlsafe_b64encode(b"".join(found)).rstrip(b"=").decode()


def read_marks(text: str) -> bytes:
    """Return the marks of a row, SIZE bytes each, one behind the other.

    Raises:
        ValueError: these are no marks.
    """
    try:
        # Not `urlsafe_b64decode`: it leaves out what it does not know.
        plain = text.encode("ascii").translate(_URLSAFE) + b"=" * (-len(text) % 4)
        found = binascii.a2b_base64(plain, strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(f"no marks: {error}") from None
    if len(found) % SIZE:
        raise ValueError(f"no marks: {len(found)} bytes are no multiple of {SIZE}")
    return found


_URLSAFE = bytes.maketrans(b"-_+/", b"+/--")


def search_marks(key: str, word: str) -> tuple[bytes, ...]:
    """Return the marks of which a row must have all to be found by a word; () if none can be.

    `word` is one of those of `search_words.readings`.
    """
    secret = key.encode()
    return tuple(_mark(secret, term) for term in _looked_for(word))
