"""Medusa's major units become minor units and back without a binary fraction in between."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app import typed_json
from agent_app.domain.money import Money
from agent_app.engines.medusa.amounts import money, number


@pytest.mark.parametrize(
    ("said", "currency", "minor"),
    [
        ("29.99", "eur", 2999),
        ("30.504", "eur", 3050),
        ("30.505", "eur", 3051),
        ("1.1e1", "eur", 1100),
        ("45", "jpy", 45),
        ("45.5", "jpy", 46),
        ("1.234", "kwd", 1234),
        ("0.145", "eur", 15),
    ],
)
def test_an_amount_is_read_as_it_stands(said: str, currency: str, minor: int) -> None:
    """0.145 as a binary fraction is a little less, and would round to 14."""
    amount = typed_json.decode(said, Decimal)
    assert money(amount, currency) == Money(minor, currency.upper())


@given(st.integers(0, 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_reads_as_the_same(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    text = msgspec.json.encode({"amount": number(amount)})
    said = typed_json.decode(text, dict[str, Decimal])["amount"]
    assert money(said, currency.lower()) == amount
    assert b'"' not in text.removeprefix(b'{"amount":')
