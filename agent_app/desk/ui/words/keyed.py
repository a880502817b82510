"""Keys that sentences and buttons name: those that act now, by command.

`Commands` says which they are. A sentence has `({key_claim})`, a button `  {key_claim}` behind its
word: where the command has no key, or letters are switched off, that part falls away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

_PLACE = re.compile(r"( \(|（|  )\{key_(\w+)\}(\)|）|)")
_acting: dict[str, str] = {}


def written(key: str) -> str:
    """Return a key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def use(acting: Mapping[str, str]) -> None:
    """Name these keys from now on, as Qt writes them everywhere; a command without one: none."""
    _acting.clear()
    _acting.update({command: written(key) for command, key in acting.items()})


def key_of(command: str) -> str:
    """Return the key of a command as this system writes it; empty where none acts."""
    return _acting.get(command, "")


def with_keys(text: str) -> str:
    """Return a text with the keys that act in their places."""

    def put(place: re.Match[str]) -> str:
        key = key_of(place[2])
        return f"{place[1]}{key}{place[3]}" if key else ""

    return _PLACE.sub(put, text)
