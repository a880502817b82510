"""Words as both programs search by them: folded alike, and how what a person typed may be meant.

No case, no accents on Latin, Greek or Cyrillic letters, no punctuation.
"""

from __future__ import annotations

import re
import unicodedata

TRUNK_ZEROS_FROM = 7
"""From so many digits a leading 0 may be a trunk prefix that the stored phone does not have."""
_PHONE = re.compile(r"[\d\s+()./-]+")
_PHONE_DIGITS = 6
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i"})


def folded(text: str) -> str:
    """Return the text without case and accents."""
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFKD", text.casefold()):
        if unicodedata.category(character) == "Mn":
            # Elsewhere the marks are vowels or make another letter.
            if "a" <= base < "\u0530":
                continue
        else:
            base = character
        kept.append(character)
    return unicodedata.normalize("NFKC", "".join(kept)).casefold().translate(_PLAIN)


def parts(chunk: str) -> list[str]:
    """Return what stands between the punctuation of folded text."""
    return "".join(
        c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in chunk
    ).split()


def joined(chunk: str) -> str:
    """Return folded text without its punctuation and spaces."""
    return "".join(parts(chunk))


def is_unspaced(text: str) -> bool:
    """Return whether some of it is in a script that puts no space between a name's parts."""
    return any(map(is_of_unspaced_script, text))


def is_of_unspaced_script(character: str) -> bool:
    """Return whether it is a character of Chinese, Japanese or Korean writing."""
    return (
        "\u3040" <= character <= "\u30ff"  # kana
        or "\u3400" <= character <= "\u9fff"  # Chinese characters
        or "\uac00" <= character <= "\ud7af"  # Hangul
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def readings(typed: str) -> tuple[tuple[str, ...], ...]:
    """Return how a search may be meant, the likeliest first; of each all words must match.

    Words are folded and keep their punctuation. Digits with spaces between them are first looked
    for as one phone number.
    """
    chunks = folded(typed).split()
    words = tuple(dict.fromkeys(chunks))
    phone = joined(" ".join(chunks))
    if len(chunks) > 1 and _PHONE.fullmatch(typed) and len(phone) >= _PHONE_DIGITS:
        return (phone,), words
    return (words,)
