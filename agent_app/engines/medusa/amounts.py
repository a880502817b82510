"""Medusa's amounts, major units of a currency, from and to minor units; no binary fractions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import msgspec

from agent_app.domain.money import Money


def money(amount: Decimal, currency_code: str) -> Money:
    """Return an amount of the shop's in minor units, rounded as its payment modules round it.

    Taxes leave fractions of a minor unit in totals (30.504); what is charged is rounded half up.
    """
    zero = Money(0, currency_code.upper())
    minor = (amount * 10**zero.minor_digits).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(minor), zero.currency)


def number(amount: Money) -> msgspec.Raw:
    """Return the amount as a JSON number in major units: Medusa refuses texts, floats may err."""
    major = Decimal(amount.amount_minor).scaleb(-amount.minor_digits)
    return msgspec.Raw(f"{major:f}".encode())
