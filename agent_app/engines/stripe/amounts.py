"""Stripe's amounts as the domain's: whole minor units by ISO 4217. Pure.

Stripe keeps its own list of decimals (docs.stripe.com/currencies): ISK and UGX travel with two
although they have none, MGA with none although ISO 4217 gives it two.
"""

from __future__ import annotations

from agent_app.domain.money import Money
from agent_app.engines.port import Unreadable

_HUNDREDTHS_OF_NONE = frozenset({"ISK", "UGX"})
_WHOLE_OF_TWO = frozenset({"MGA"})


def money_of(amount: int, currency: str, where: str) -> Money:
    """Return the amount as money; `where` names the document.

    Raises:
        Unreadable: the currency is no code, or a part of a unit that cannot be divided.
    """
    code = currency.upper()
    if code in _HUNDREDTHS_OF_NONE:
        whole, rest = divmod(amount, 100)
        if rest:
            raise Unreadable(f"{where}: {amount} {code} is not whole")
        amount = whole
    elif code in _WHOLE_OF_TWO:
        amount *= 100
    try:
        return Money(amount, code)
    except ValueError as error:
        raise Unreadable(f"{where}: {error}") from None
