"""Which keys act: the usual ones, and over them what a person has chosen. Pure.

Keys are written as Qt writes them everywhere (`Ctrl+L`, `G, M`); commands by their names.
"""

from __future__ import annotations

from collections.abc import Mapping

Keys = Mapping[str, tuple[str, ...]]
FIXED = frozenset(
    (
        *("Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown", "J", "K"),
        *("Return", "Enter", "Ctrl+Return", "Ctrl+Enter", "Space", "Tab", "Backtab", "Shift+Tab"),
        *("Backspace", "Del", "Ins", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X"),
        *"123456789",
    )
)
"""Keys that lists, sheets, the guide's questions and every text field live by."""
_SHIFT = "Shift+"


def is_letter(key: str) -> bool:
    """Tell whether a key begins with a single letter or sign: it acts only while nobody types."""
    return len(_strokes(key)[0].removeprefix(_SHIFT)) == 1


def is_fixed(key: str) -> bool:
    """Tell whether a key, or its first stroke, has a meaning that cannot be given away."""
    return _strokes(key)[0] in FIXED


def in_force(usual: Keys, own: Keys) -> dict[str, tuple[str, ...]]:
    """Return the keys that act: own ones, and usual ones that no own key takes away.

    Own keys of a command that is not known are left out: another version may know it.
    """
    chosen = {name: keys for name, keys in own.items() if name in usual}
    taken = [key for keys in chosen.values() for key in keys]
    left = {
        name: tuple(key for key in keys if not any(meet(key, other) for other in taken))
        for name, keys in usual.items()
    }
    return left | chosen


def holder(keys: Keys, key: str, but: str) -> str | None:
    """Return which other command than `but` has a key that this one would meet."""
    for name, held in keys.items():
        if name != but and any(meet(key, each) for each in held):
            return name
    return None


def is_usable(own: Keys) -> bool:
    """Tell whether own keys can be used together: none is fixed, no two meet."""
    held = [(name, key) for name, keys in own.items() for key in keys]
    fixed = any(not key or is_fixed(key) for _, key in held)
    return not fixed and not any(
        meet(key, other) for place, (_, key) in enumerate(held) for _, other in held[place + 1 :]
    )


def own_of(usual: Keys, chosen: Keys) -> dict[str, tuple[str, ...]]:
    """Return what of the chosen keys is not as usual: only that is kept."""
    return {name: keys for name, keys in chosen.items() if keys != usual.get(name, ())}


def meet(one: str, other: str) -> bool:
    """Tell whether two keys cannot both act: the same, or one begins as the other goes on."""
    first, second = _strokes(one), _strokes(other)
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


def _strokes(key: str) -> tuple[str, ...]:
    # "," is a key too, and "G, ," begins with G.
    return tuple(key.split(", "))
