"""Vendure's amounts from and to whole minor units by ISO 4217. Pure.

Vendure keeps every currency with the same number of decimals (two, unless its money strategy says
otherwise): a thousand yen are 100000 there, and 1000 at the provider.
"""

from __future__ import annotations

from agent_app.domain.money import Money
from agent_app.engines.port import Rejected, Unreadable


def money_of(amount: int, currency: str, decimals: int) -> Money:
    """Return an amount of the shop's as money, rounded half up as its payment modules round it.

    Raises:
        Unreadable: the currency is none of three capital letters.
    """
    try:
        digits = Money(0, currency).minor_digits
        if digits >= decimals:
            return Money(amount * 10 ** (digits - decimals), currency)
        step: int = 10 ** (decimals - digits)
        return Money((2 * amount + step) // (2 * step), currency)
    except ValueError as error:
        raise Unreadable(f"an amount of {currency!r}: {error}") from None


def amount_of(money: Money, decimals: int) -> int:
    """Return money as the shop's own number.

    Raises:
        Rejected: the shop has no number for so small a part.
    """
    if money.minor_digits <= decimals:
        return int(money.amount_minor * 10 ** (decimals - money.minor_digits))
    amount, rest = divmod(money.amount_minor, 10 ** (money.minor_digits - decimals))
    if rest:
        raise Rejected(f"the shop keeps {money.currency} with {decimals} decimals only")
    return int(amount)
