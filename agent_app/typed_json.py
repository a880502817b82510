"""JSON as typed values, from many threads: the one place where msgspec learns a type.

msgspec (0.22) writes what it knows of a class into the class before it knows all of it, so that
types may refer to themselves. A second thread that meets the half-written part goes on with it, and
the process dies of a segmentation fault. So types are learnt by one thread at a time; what is
learnt is used freely. tests/test_typed_json.py shows both.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_LEARNING = threading.Lock()
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decode(body: bytes | bytearray | str, of: type[T]) -> T:
    """Return the JSON as a value of the type.

    Raises:
        msgspec.DecodeError: it is not JSON.
        msgspec.ValidationError: it is not of that type; says where.
    """
    value: T = _decoder(of).decode(body)
    return value


def convert(value: object, of: type[T], *, strict: bool = True) -> T:
    """Return plain values (mappings, lists, numbers, texts) as a value of the type.

    Raises:
        msgspec.ValidationError: they are not of that type; says where.
    """
    _decoder(of)
    return msgspec.convert(value, of, strict=strict)


def _decoder(of: Any) -> msgspec.json.Decoder[Any]:
    known = _decoders.get(of)
    if known is not None:
        return known
    with _LEARNING:
        if of not in _decoders:
            _decoders[of] = msgspec.json.Decoder(of)
        return _decoders[of]
