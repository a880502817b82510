"""Draws customers, amounts and references; the same seed and number give the same, always.

Phones are from ranges kept for fiction where a country has one; mail goes to example domains.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

from agent_app.engines.sandbox.documents import Customer


@dataclass(frozen=True, slots=True)
class Market:
    """Where customers of one language come from and how they pay."""

    language: str
    currency: str
    names: tuple[str, ...]
    phone: str
    """Pattern: every `#` becomes a digit."""
    fast_methods: tuple[str, ...]
    slow_methods: tuple[str, ...]
    low_minor: int
    high_minor: int
    step_minor: int
    """Prices are multiples of this, less one unit where shops do that."""


MARKETS = (
    Market(
        "zh-CN", "CNY", ("王小明", "李雪梅", "张伟", "欧阳静怡", "陈思远", "刘洋", "赵雅婷"),
        "+86 138 0013 8###", ("wallet:alipay", "wallet:wechat_pay", "card:unionpay"),
        ("bank_transfer:cn",), 2_900, 680_000, 100,
    ),
    Market(
        "en-US", "USD", ("Emma Carter", "Noah Williams", "Olivia Brooks", "Liam O'Neill"),
        "+1 202 555 01##", ("card:visa", "card:mastercard", "debit_card:visa", "wallet:paypal"),
        ("bank_transfer:ach",), 799, 120_000, 100,
    ),
    Market(
        "ja-JP", "JPY", ("佐藤 健", "鈴木 さくら", "高橋 直子"),
        "+81 90 0000 ####", ("card:jcb", "wallet:paypay"), ("cash_voucher:konbini",),
        980, 148_000, 10,
    ),
    Market(
        "de-DE", "EUR", ("Jürgen Müller", "Anna-Lena Weiß", "Sofia Rossi", "Żaneta Łukaszewicz"),
        "+49 30 23125 ###", ("card:visa", "wallet:paypal"), ("bank_transfer:sepa",),
        990, 98_000, 100,
    ),
    Market(
        "pt-BR", "BRL", ("João da Conceição", "Mariana Araújo", "Luís Antônio"),
        "+55 11 90000 ####", ("card:elo", "wallet:pix"), ("cash_voucher:boleto",),
        3_990, 420_000, 100,
    ),
    Market(
        "ar-AE", "AED", ("محمد الأحمد", "فاطمة الزهراء"),
        "+971 50 000 ####", ("card:visa",), ("bank_transfer:ae",), 4_900, 310_000, 100,
    ),
    Market(
        "en-GB", "GBP", ("Priya Sharma", "Дмитрий Соколов", "Siân Llewellyn"),
        "+44 7700 900###", ("card:visa", "debit_card:visa"), ("bank_transfer:gb",),
        650, 89_000, 100,
    ),
    Market(
        "ko-KR", "KRW", ("김민준", "이서연"),
        "+82 10 0000 ####", ("card:kr", "wallet:kakaopay"), ("bank_transfer:kr",),
        9_900, 890_000, 100,
    ),
)  # fmt: skip
_SPACE = 90_000_000
_STRIDE = 48_271_003
"""Prime to _SPACE, so that the first 90 million references are all different."""


def identifier(prefix: str, seed: int, *parts: object) -> str:
    """Return an id that depends on seed and parts only."""
    text = "\x1f".join(map(str, (seed, prefix, *parts)))
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def order_reference(seed: int, number: int) -> str:
    """Return the merchant's reference of the sandbox's `number`-th sale, e.g. `PG-20418377`."""
    return f"PG-{10_000_000 + (seed * 7_919 + number * _STRIDE) % _SPACE}"


class Draw:
    """The chances of one sale; independent of every other sale's."""

    def __init__(self, seed: int, number: int) -> None:
        # Reproducible choice is wanted; nothing secret depends on it.
        self._random = random.Random(f"{seed}/{number}")  # noqa: S311
        self._seed, self._number = seed, number
        self.market = self._random.choices(MARKETS, weights=(8, 5, 3, 4, 2, 1, 2, 2))[0]

    def customer(self, which: int = 0) -> Customer:
        """Return the sale's customer, or with `which` another person of the same market."""
        names = self.market.names
        start = int.from_bytes(
            hashlib.sha256(f"{self._seed}/{self._number}".encode()).digest()[:4], "big"
        )
        digits = random.Random(f"{self._seed}/{self._number}/{which}")  # noqa: S311
        phone = "".join(str(digits.randrange(10)) if c == "#" else c for c in self.market.phone)
        mailbox = f"c{digits.randrange(10**6):06d}"
        domain = digits.choice(("example.com", "example.net", "example.org"))
        return Customer(
            id=identifier("cus", self._seed, self._number, which),
            name=names[(start + which) % len(names)],
            email=f"{mailbox}@{domain}",
            phone=phone,
            language=self.market.language,
        )

    def amount_minor(self) -> int:
        """Return a price between the market's bounds; small ones are likelier."""
        market = self.market
        span = math.log(market.high_minor / market.low_minor)
        raw = market.low_minor * math.exp(self._random.random() * span)
        steps = max(1, round(raw / market.step_minor))
        return steps * market.step_minor - self._random.choice((0, 0, 1)) * (
            market.step_minor // 10 or 1
        )

    def method(self, *, slow: bool = False) -> str:
        """Return a payment method as `family:brand`."""
        market = self.market
        return self._random.choice(market.slow_methods if slow else market.fast_methods)

    def seconds(self, low: float, high: float) -> float:
        """Return a duration between the two."""
        return self._random.uniform(low, high)
