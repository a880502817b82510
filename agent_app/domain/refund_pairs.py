"""Which refund of the shop's books is which refund of the provider's: each counts once.

The two know a refund by different ids, and the shop's row may come later than the payout, or
never (Vendure keeps no row when the provider's answer was lost). Pairing is done as the facts are
folded, so that a row that comes later changes no id that was told before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent_app.domain.payment import RefundState, RefundWord


@dataclass(frozen=True, slots=True)
class RefundPair:
    """One refund by what each source says of it; at least one of them speaks."""

    provider: RefundWord | None
    shop: RefundWord | None

    @property
    def lead(self) -> RefundWord:
        """Return the word that counts: the provider's, where he speaks."""
        word = self.provider or self.shop
        assert word is not None
        return word

    @property
    def key(self) -> str | None:
        """Return our own action's key, by either source's books."""
        words = (self.provider, self.shop)
        return next((w.key for w in words if w is not None and w.key), None)


_Same = Callable[[RefundWord, RefundWord], bool]


def pair_refunds(
    provider: Sequence[RefundWord], shop: Sequence[RefundWord]
) -> tuple[RefundPair, ...]:
    """Pair one payment's refunds: by id, else by our key, else by amount in the order of time.

    A row that says "failed" is no payout: by amount alone it pairs only with one that failed.
    """
    ours, theirs = _by_time(shop), _by_time(provider)
    pairs: list[RefundPair] = []
    for same in (_same_id, _same_key, _same_amount):
        for one, row in _matches(theirs, ours, same):
            theirs.remove(one)
            ours.remove(row)
            pairs.append(RefundPair(one, row))
    pairs += [RefundPair(one, None) for one in theirs]
    pairs += [RefundPair(None, row) for row in ours]
    return tuple(sorted(pairs, key=lambda p: (p.lead.since, p.lead.id)))


def _by_time(words: Sequence[RefundWord]) -> list[RefundWord]:
    return sorted(words, key=lambda w: (w.since, w.id))


def _matches(
    provider: Sequence[RefundWord], shop: Sequence[RefundWord], same: _Same
) -> Iterator[tuple[RefundWord, RefundWord]]:
    left = list(shop)
    for one in list(provider):
        row = next((r for r in left if same(one, r)), None)
        if row is not None:
            left.remove(row)
            yield one, row


def _same_id(one: RefundWord, row: RefundWord) -> bool:
    return one.id == row.id


def _same_key(one: RefundWord, row: RefundWord) -> bool:
    return bool(row.key) and row.key in {one.key, str(one.id)}


def _same_amount(one: RefundWord, row: RefundWord) -> bool:
    failed = {one.state is RefundState.FAILED, row.state is RefundState.FAILED}
    both_keyed = bool(one.key) and bool(row.key)
    return one.amount == row.amount and len(failed) == 1 and not both_keyed
