"""Promise: a case is found by what a person types of it, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent_app.domain.ids import CaseId, CustomerId, OrderRef, ShopId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.gateway.store.search_terms import Word, readings, terms_of


def order(
    name: str = "Seán O'Neil-Smith",
    email: str = "maria.silva@shop.example.com",
    phone: str = "+55 (11) 91234-5678",
    ref: str = "PG-2024/000123",
    number: str | None = "#1001",
) -> Order:
    return Order(
        shop=ShopId("sandbox"),
        ref=OrderRef(ref),
        customer=Customer(CustomerId("c-1"), name, email, phone),
        total=Money(1, "EUR"),
        method=PaymentMethod.CARD,
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        shop_number=number,
    )


def is_found(typed: str, of: Order) -> bool:
    """Tell it as the database does, by comparing terms with ranges."""
    terms = terms_of(CaseId("C000042"), of)

    def matches(word: Word) -> bool:
        return any(low <= term < high for low, high in word.ranges for term in terms)

    return any(all(map(matches, words)) for words in readings(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "PG-2024/000123",
        "pg-2024",
        "2024",
        "000123",
        "123",
        "#1001",
        "1001",
        "C000042",
        "042",
        "maria.silva@shop.example.com",
        "maria.silva",
        "silva",
        "@shop.example.com",
        "example.com",
        "+55 11 91234 5678",
        "5511912345678",
        "5678",
        "11 91234-5678",
        "011 91234 5678",
        "sean",
        "SEÁN oneil",
        "o'neil",
        "Smith",
        "smith 1001",
        "sea pg",
    ],
)
def test_a_case_is_found_by(typed: str) -> None:
    assert is_found(typed, order())


@pytest.mark.parametrize(
    "typed",
    [
        "%",
        "_",
        "\x00",
        "-",
        "neilsmithx",
        "ean",
        "91234",
        "024-0001",
        "smith 1002",
        "pg 9",
        "<321000",
    ],
)
def test_a_case_is_not_found_by(typed: str) -> None:
    assert not is_found(typed, order())


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王小明", "小明"),
        ("王小明", "王小"),
        ("王小明", "明"),
        ("王 小明", "王小明"),
        ("王小明", "王 小明"),
        ("山田 太郎", "太郎"),
        ("김민준", "민준"),
        ("Müller", "muller"),
        ("Muller", "müller"),
        ("Łukasz Đặng", "lukasz dang"),
        ("Strauß", "strauss"),
        ("ＦＵＬＬ", "full"),
        ("हिन्दी", "हिन्दी"),
        ("Иванов", "иван"),
    ],
)
def test_names_are_found_however_they_are_written(name: str, typed: str) -> None:
    assert is_found(typed, order(name=name))


def test_marks_that_make_another_letter_are_kept() -> None:
    assert not is_found("かき", order(name="がき"))


def test_the_middle_of_a_long_reference_is_no_term() -> None:
    """The price of finding by beginnings: told in docs/scale.md."""
    assert not is_found("34567", order(ref="12345678"))
    assert is_found("1234", order(ref="12345678"))
    assert is_found("678", order(ref="12345678"))


def test_nobody_makes_a_case_hold_terms_without_bound() -> None:
    terms = terms_of(CaseId("C000001"), order(name="王" * 5_000, email="a." * 5_000 + "@b"))
    assert len(terms) <= 96
    assert max(map(len, terms)) <= 64


def test_two_digit_groups_may_be_two_numbers_or_one_phone() -> None:
    assert is_found("1001 5678", order())
    assert is_found("9123 45678", order(phone="912345678"))
