"""Looks for planted strings in everything that is in a folder, in whatever shape they are there.

A string counts as found in UTF-8, UTF-16, GB 18030, Latin-1, decomposed, in other case, escaped as
JSON, Python or a URL do it, as hexadecimal or Base64; a phone also by its digits with anything
between them. Zip and gzip files are looked into.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, quote_plus

_HEAD = 6
"""Every shape is found by its first bytes, which costs one pass over a file for all of them."""
_CHUNK = 1 << 20
_BETWEEN_DIGITS = b" ()-./_\t"
_LEAST_DIGITS = 9
_RUN = rb"[0-9]{%d,}" % _LEAST_DIGITS


def shapes(text: str) -> frozenset[bytes]:
    """Return the bytes that a text may be there as."""
    forms = {text, text.casefold(), text.upper(), unicodedata.normalize("NFD", text)}
    found: set[bytes] = set()
    for form in forms:
        plain = form.encode()
        found |= {plain, form.encode("utf-16-le"), form.encode("utf-16-be")}
        found.add(form.encode("gb18030"))
        found.add(form.encode("latin-1", "ignore") if form.isascii() else _latin(form))
        escaped = json.dumps(form)[1:-1]
        found |= {escaped.encode(), escaped.upper().replace("\\U", "\\u").encode()}
        found.add(form.encode("unicode_escape"))
        for quoted in (quote(form), quote_plus(form), quote(form, safe="")):
            found |= {quoted.encode(), quoted.lower().encode()}
        found |= {plain.hex().encode(), plain.hex().upper().encode()}
        found |= set(_in_base64(plain))
    return frozenset(each for each in found if len(each) >= _HEAD)


def _latin(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _in_base64(plain: bytes) -> Iterator[bytes]:
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + plain)
        # The letters that the neighbours of the text have a part in are left out.
        yield whole[(before * 8 + 5) // 6 : len(plain + b"\0" * before) * 8 // 6]


def _digits(text: str) -> bytes:
    """Return the digits of a phone without its country's code, b"" for other texts."""
    if not re.fullmatch(r"[+0-9][0-9 ().ext-]+", text):
        return b""
    digits = "".join(each for each in text if each.isdigit())[-11:]
    return digits.encode() if len(digits) >= _LEAST_DIGITS else b""


class Search:
    """Finds any of some planted strings; made once, as the shapes are many."""

    def __init__(self, planted: Iterable[str]) -> None:
        self._by_head: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        self._by_digits: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for text in planted:
            for shape in shapes(text):
                self._by_head[shape[:_HEAD]].append((shape, text))
            if digits := _digits(text):
                self._by_digits[digits[:_HEAD]].append((digits, text))

    def in_text(self, text: str) -> set[str]:
        """Return the planted strings that a text shows."""
        return self.in_bytes(text.encode("utf-8", "surrogatepass"))

    def in_bytes(self, content: bytes) -> set[str]:
        """Return the planted strings that are in some bytes."""
        runs = re.findall(_RUN, content.translate(None, _BETWEEN_DIGITS))
        return _hits(content, self._by_head) | _hits(b"\n".join(runs), self._by_digits)

    def in_folder(self, folder: Path) -> dict[str, set[str]]:
        """Return what is found by the path of its file below the folder; names count, too."""
        found = {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            hits = self.in_text(name)
            if path.is_file():
                for content in _contents(path.read_bytes()):
                    hits |= self.in_bytes(content)
            if hits:
                found[name] = hits
        return found


def _hits(content: bytes, by_head: dict[bytes, list[tuple[bytes, str]]]) -> set[str]:
    heads = by_head.keys()
    seen: set[bytes] = set()
    for begin in range(0, len(content), _CHUNK):
        part = content[begin : begin + _CHUNK + _HEAD]
        seen |= heads & {part[at : at + _HEAD] for at in range(len(part))}
    return {text for head in seen for shape, text in by_head[head] if shape in content}


def _contents(content: bytes) -> Iterator[bytes]:
    """Give the bytes of a file, and those of the files packed in it."""
    yield content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from _contents(packed.read(name))
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)


@lru_cache(maxsize=1)
def search() -> Search:
    """Return the search for all that is planted."""
    from tests.desk.canaries.people import canaries

    return Search(canaries())
