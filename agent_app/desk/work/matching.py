"""How well a name goes with what somebody types to find it: for the palette. No Qt, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from agent_app.contract.search_words import folded

T = TypeVar("T")
_WHOLE, _START, _WORD, _INSIDE, _LETTERS = 5, 4, 3, 2, 1
"""The kinds of a match, best last but first: the whole name, its start, words' starts, a part of
it, its words' first letters in order."""


def score(typed: str, name: str) -> int:
    """Return how well the name goes with it; 0: not at all. Nothing typed goes with everything."""
    words, sought = folded(name), " ".join(folded(typed).split())
    if not sought:
        return _LETTERS
    if words == sought:
        return _WHOLE
    if words.startswith(sought):
        return _START
    if _words_start(sought.split(), words.split()):
        return _WORD
    if sought in words:
        return _INSIDE
    initials = iter(word[0] for word in words.split())
    return _LETTERS if all(letter in initials for letter in sought.replace(" ", "")) else 0


def ranked(typed: str, entries: Iterable[tuple[T, Sequence[str]]]) -> list[T]:
    """Return what goes with it, the best first; what is equally good stays in its order.

    Each entry comes with all the names that it goes by; the best of them counts.
    """
    found = [
        (max((score(typed, name) for name in names), default=0), what) for what, names in entries
    ]
    return [what for good, what in sorted(found, key=lambda each: -each[0]) if good]


def _words_start(sought: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether each sought word begins a word of the name, in their order."""
    rest = iter(words)
    return all(any(word.startswith(part) for word in rest) for part in sought)
