"""The planted strings: 200 customers' names, phones and addresses, and 400 texts typed by agents.

The same in every process. All are made up: phones of ranges kept for fiction where there is one,
mail at example domains. Each string is long and odd enough that no other data holds it by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

CUSTOMERS = 200
TYPED = 400
_SURNAMES = ("欧阳", "司徒", "上官", "诸葛", "夏侯", "令狐", "慕容", "端木", "公孙", "皇甫")
_GIVEN = ("霁瑢", "旻晗", "翀晔", "姝蕖", "珩翊", "璟珺", "滢沄", "筱莜", "叡骁", "曦岚")
_FIRST = ("Zoltán", "Brünhilde", "O'Malley", "Xóchitl", "Wojciech", "Saoirse", "Țurcan", "Yaël")
_LAST = ("Quillfeather", "Åkesson-Brandt", "Przybyłowicz", "van der Vleuten", "Ng'ang'a")
_PHONES = (
    "+86 139{a:02d} 7{b:02d} 4{c:03d}",
    "0086-137-{a:02d}63-{b:02d}{c:03d}9",
    "+1 (202) 555-{a:02d}{b:02d} ext {c:03d}",
    "+49 30 23125 {a:02d}{b:02d}{c:03d}",
    "+442079460{a:02d}{b:02d}{c:03d}",
)
_TEXTS = (
    "客户住在杭州市西湖区文三路{n}号{m}单元，请勿再打电话",
    "customer lives at {n} Larkspur Crescent, flat {m}, ZX{n} 9QT",
    "回拨 1{n}07{m}88 找翁女士，编号{n}",
    "call back on +44 20 7946 {n} and ask for Ms Oyelaran-{m}",
    "mail to ms.okonkwo.{n}.{m}@mail.example.net, not to the shop",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the planted shop."""

    name: str
    phone: str
    email: str


@cache
def person(number: int) -> Person:
    """Return the planted customer of a sale; numbers from 0."""
    if number % 2:
        name = f"{_FIRST[number // 2 % 8]} {_LAST[number // 16 % 5]} {_roman(number)}"
    else:
        name = _SURNAMES[number // 2 % 10] + _GIVEN[number // 20 % 10] + _GIVEN[number % 7][0]
    parts = {"a": number % 97, "b": number * 7 % 89, "c": 100 + number}
    phone = _PHONES[number % len(_PHONES)].format(**parts)
    mailbox = ("x.{}.weng", "{}_qiao", "Ms.Vale{}")[number % 3].format(5000 + number)
    return Person(name, phone, f"{mailbox}@{('example.com', 'example.org')[number % 2]}")


def typed(number: int) -> str:
    """Return one of the texts that agents type, each with something of a customer in it."""
    return _TEXTS[number % len(_TEXTS)].format(n=1000 + number, m=3000 + number * 3)


def contacts(number: int) -> tuple[str, str, str]:
    """Return what is planted of a customer."""
    one = person(number)
    return one.name, one.phone, one.email


@cache
def contact_canaries() -> tuple[str, ...]:
    """Return all that must be masked until it is revealed."""
    return tuple(text for number in range(CUSTOMERS) for text in contacts(number))


@cache
def canaries() -> tuple[str, ...]:
    """Return all 1,000 strings."""
    found = (*contact_canaries(), *(typed(number) for number in range(TYPED)))
    assert len(set(found)) == len(found) == 1_000
    return found


def _roman(number: int) -> str:
    """Return a number as letters, so that names differ without digits."""
    letters = "bcdfghjklm"
    return "Z" + "".join(letters[int(digit)] for digit in f"{number:03d}") + "a"
