"""The search for planted strings finds all thousand of them, in each shape; the control of it."""

from __future__ import annotations

import base64
import gzip
import json
import re
import unicodedata
import urllib.parse
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk.canaries.finding import search
from tests.desk.canaries.people import canaries, contact_canaries

SHAPES: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "wide": lambda text: text.encode("utf-16-le"),
    "Chinese": lambda text: text.encode("gb18030"),
    "JSON": lambda text: json.dumps({"name": text}).encode(),
    "repr": lambda text: ascii(text).replace("\\'", "'").encode(),
    "URL": lambda text: urllib.parse.urlencode({"q": text}).encode(),
    "Base64": lambda text: base64.b64encode(b"{" + text.encode() + b"}"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "upper case": lambda text: text.upper().encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_planted_string_is_found(shape: str, tmp_path: Path) -> None:
    written = b"\x00\xff noise ".join(SHAPES[shape](text) for text in canaries())
    (tmp_path / "some.file").write_bytes(written)
    assert search().in_folder(tmp_path) == {"some.file": set(canaries())}


def test_phones_are_found_by_their_digits(tmp_path: Path) -> None:
    phones = [text for text in contact_canaries() if re.match(r"[+0]", text)]
    assert len(phones) == 200
    bare = "\n".join(re.sub(r"\D", "", phone)[-11:] for phone in phones)
    (tmp_path / "phones").write_text(bare, "utf-8")
    assert search().in_folder(tmp_path)["phones"] == set(phones)


def test_packed_files_and_names_are_looked_into(tmp_path: Path) -> None:
    first, second, third = canaries()[0], canaries()[1], canaries()[2]
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.txt", first * 50)
    (tmp_path / "b.gz").write_bytes(gzip.compress(second.encode() * 50))
    (tmp_path / f"{third}.txt").write_bytes(b"")
    found = search().in_folder(tmp_path)
    assert found == {"a.zip": {first}, "b.gz": {second}, f"{third}.txt": {third}}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 4_000)
    (tmp_path / "masked").write_text("欧** x***@***.com *** 42 Z. Q. 2026-11-23T08:00", "utf-8")
    assert search().in_folder(tmp_path) == {}
