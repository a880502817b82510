"""Money as whole minor units of one currency; nothing here rounds or converts.

Anyone may import it. Sums across currencies are refused, because a refund in the wrong
currency is one of the ways in which money is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CURRENCY = re.compile(r"[A-Z]{3}")

# ISO 4217, column "Minor unit", where it is not 2.
_MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents) with its ISO 4217 code; may be negative in a balance.

    Raises:
        ValueError: the currency is not three capital letters, or the amount is not whole.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"currency must be three capital letters, not {self.currency!r}")
        if type(self.amount_minor) is not int:
            raise ValueError(f"amount_minor must be a whole number, not {self.amount_minor!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other).amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other).amount_minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other).amount_minor

    def __le__(self, other: Money) -> bool:
        return self.amount_minor <= self._same(other).amount_minor

    @property
    def is_zero(self) -> bool:
        return self.amount_minor == 0

    @property
    def minor_digits(self) -> int:
        """Return how many digits stand behind the decimal point (ISO 4217)."""
        return _MINOR_DIGITS.get(self.currency, 2)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")
        return other


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of the amounts, zero of `currency` when there are none.

    Raises:
        CurrencyMismatch: one of them is in another currency.
    """
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result
