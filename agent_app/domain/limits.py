"""Refund limits: how much a role pays back alone, and how much it approves, per currency.

A currency that is not named has no limit that covers anything: who approves all is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from agent_app.domain.money import Money

_LARGEST_MINOR = 10**15
"""Far above any refund, and below where JSON readers lose digits."""

_HUNDRED_EUROS: dict[str, int] = {
    "EUR": 100,
    "USD": 110,
    "GBP": 85,
    "CHF": 95,
    "CAD": 150,
    "AUD": 170,
    "NZD": 185,
    "CNY": 800,
    "JPY": 16_000,
    "KRW": 150_000,
    "HKD": 850,
    "TWD": 3_500,
    "SGD": 145,
    "INR": 9_000,
    "IDR": 1_800_000,
    "MYR": 500,
    "THB": 4_000,
    "PHP": 6_200,
    "VND": 2_700_000,
    "BRL": 600,
    "MXN": 2_000,
    "CLP": 100_000,
    "COP": 450_000,
    "ARS": 100_000,
    "SEK": 1_100,
    "NOK": 1_150,
    "DKK": 750,
    "PLN": 430,
    "CZK": 2_500,
    "HUF": 40_000,
    "RON": 500,
    "TRY": 3_500,
    "ILS": 400,
    "AED": 400,
    "SAR": 400,
    "KWD": 30,
    "ZAR": 2_000,
}
"""What 100 euros are worth, rounded: a proposal for limits, no exchange rate to pay by."""


@dataclass(frozen=True, slots=True)
class RefundLimits:
    """One role's limits: currency → the largest amount in its minor units."""

    alone: Mapping[str, int] = field(default_factory=dict)
    approve: Mapping[str, int] = field(default_factory=dict)
    approves_all: bool = False
    """Of any amount in any currency: somebody must be able to say yes."""

    def covers_alone(self, amount: Money) -> bool:
        """Return whether no second person is needed; whether it may at all is a scope."""
        return amount.amount_minor <= self.alone.get(amount.currency, -1)

    def covers_approval(self, amount: Money) -> bool:
        return self.approves_all or amount.amount_minor <= self.approve.get(amount.currency, -1)


NO_LIMITS = RefundLimits()
"""Of a role that neither pays back alone nor approves."""


def worth_in_euros(euros: int) -> dict[str, int]:
    """Return amounts of about equal worth in the common currencies, in minor units of each."""
    return {
        currency: euros * hundred * 10 ** Money(0, currency).minor_digits // 100
        for currency, hundred in _HUNDRED_EUROS.items()
    }


def read_amounts(amounts: Mapping[str, str]) -> dict[str, int]:
    """Return amounts as an operator writes them (EUR = "100.00") in minor units.

    Raises:
        ValueError: no currency, no amount, negative, or more digits than the currency has.
    """
    return {currency: _minor(currency, text) for currency, text in amounts.items()}


def _minor(currency: str, text: str) -> int:
    digits = Money(0, currency).minor_digits
    try:
        amount = Decimal(text).scaleb(digits)
    except InvalidOperation as error:
        raise ValueError(f"{currency} = {text!r} is not an amount; write it as 100.00") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"{currency} = {text!r}: {currency} has {digits} digits after the point")
    if not 0 <= amount <= _LARGEST_MINOR:
        raise ValueError(f"{currency} = {text!r}: from 0 to {_LARGEST_MINOR} minor units")
    return int(amount)
