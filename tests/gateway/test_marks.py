"""Promise: a desk finds by marks what the gateway finds by contact data, and only with the key."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.contract import marks
from agent_app.contract.marks import read_marks, search_marks, terms_to_mark
from agent_app.contract.search_words import readings
from tests.gateway.test_search_terms import is_found, order

KEY = marks.new_key()
_LATIN = st.text(string.ascii_letters + "áéíöüßñçŁ'-", min_size=3, max_size=20).filter(
    lambda word: any(map(str.isalpha, word))
)
_CHINESE = st.text("王李张刘陈杨小明芳娜敏静丽强磊军", min_size=2, max_size=4)
_PHONES = st.builds(
    "{}{}".format,
    st.sampled_from(["", "+86 ", "+49 (0)", "0", "+1-"]),
    st.from_regex(r"[1-9][0-9]{9,10}", fullmatch=True),
)
_EMAILS = st.builds(
    "{}@{}.example".format,
    st.from_regex(r"[a-z][a-z0-9._-]{0,15}", fullmatch=True),
    st.from_regex(r"[a-z]{3,10}", fullmatch=True),
)


def row_marks(name: str = "", email: str = "", phone: str = "", key: str = KEY) -> str:
    return marks.marks(key, terms_to_mark(phone, email, name))


def is_marked(typed: str, text: str, key: str = KEY) -> bool:
    """Tell it as a desk does: of one reading every word's marks are in the row."""
    plain = read_marks(text)
    there = {plain[at : at + marks.SIZE] for at in range(0, len(plain), marks.SIZE)}

    def matches(word: str) -> bool:
        sought = search_marks(key, word)
        return bool(sought) and there.issuperset(sought)

    return any(bool(words) and all(map(matches, words)) for words in readings(typed))


@st.composite
def people(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """Return name, e-mail, phone, and something of them that a person types in whole."""
    name = draw(st.one_of(_CHINESE, st.lists(_LATIN, min_size=1, max_size=3).map(" ".join)))
    email, phone = draw(_EMAILS), draw(_PHONES)
    own = [name, email, phone, email.partition("@")[0], *name.split()]
    own += [name[at : at + 2] for at in range(len(name) - 1)] if name > "\u3400" else []
    return name, email, phone, draw(st.sampled_from(own))


@given(person=people())
def test_what_the_gateway_finds_by_whole_words_marks_find(
    person: tuple[str, str, str, str],
) -> None:
    name, email, phone, typed = person
    assert is_found(typed, order(name=name, email=email, phone=phone))
    text = row_marks(name, email, phone)
    assert is_marked(typed, text)
    assert not is_marked(typed, text, key=marks.new_key())


@given(person=people(), another=people())
def test_marks_find_nothing_that_the_gateway_would_not(
    person: tuple[str, str, str, str], another: tuple[str, str, str, str]
) -> None:
    name, email, phone, _ = person
    typed = another[3]
    if is_marked(typed, row_marks(name, email, phone)):
        assert is_found(typed, order(name=name, email=email, phone=phone))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王小明", "小明"),
        ("王小明", "王小"),
        ("王小明", "明"),
        ("王 小明", "王小明"),
        ("山田 太郎", "太郎"),
        ("김민준", "민준"),
        ("王Anna", "anna"),
        ("Müller", "MULLER"),
        ("Muller", "müller"),
        ("Łukasz Đặng", "dang lukasz"),
        ("O'Neil-Smith", "oneil-smith"),
        ("O'Neil-Smith", "smith"),
        ("Иванов", "иван"),
        ("Maximiliane", "Max"),
    ],
)
def test_names_are_found_however_they_are_written(name: str, typed: str) -> None:
    assert is_marked(typed, row_marks(name=name))


@pytest.mark.parametrize(
    "typed",
    [
        "13800001111",
        "138 0000 1111",
        "+86 138-0000-1111",
        "013800001111",
        "1111",
    ],
)
def test_a_phone_is_found_however_it_is_written(typed: str) -> None:
    assert is_marked(typed, row_marks(phone="+86 138 0000 1111"))


@pytest.mark.parametrize("typed", ["", " ", "-", "1380000111", "11", "0000", "王", "wang@"])
def test_what_is_not_the_customers_is_not_found(typed: str) -> None:
    text = row_marks(name="李雷", email="li@example.test", phone="+86 138 0000 1111")
    assert not is_marked(typed, text)


def test_nobody_gets_marks_without_bound_and_nobody_without_data_gets_any() -> None:
    text = row_marks(name="王" * 500 + " maximiliane" * 50, email="a." * 500 + "@b", phone="1" * 99)
    assert 0 < len(read_marks(text)) <= marks.MOST * marks.SIZE
    assert row_marks() == ""
    assert read_marks("") == b""


def test_marks_are_sorted_so_that_their_place_tells_nothing() -> None:
    plain = read_marks(row_marks("Maria Silva", "m@example.test", "+86 138 0000 1111"))
    each = [plain[at : at + marks.SIZE] for at in range(0, len(plain), marks.SIZE)]
    assert each == sorted(set(each))


@pytest.mark.parametrize("text", ["A", "AAAA", "ä", "AAAAAAAAAA!", "AAAAAAAAAA+"])
def test_what_are_no_marks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no marks"):
        read_marks(text)


def test_a_key_is_256_random_bits() -> None:
    key = marks.new_key()
    assert len(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))) == 32
    assert key != marks.new_key()
