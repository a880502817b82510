"""Refunds that were seen on their way and whose row the shop then took away.

Medusa writes a refund's row before it asks the provider, and deletes it when he refuses or his
answer is lost. What was told as pending once would stay so for good; so it is told as failed by
the shop. Whether money went is the provider's word alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef
from agent_app.engines.joined.provider import RefundWord
from agent_app.engines.joined.store import StorePayment

_MOST = 10_000


class OnTheirWay:
    """Remembers pending refunds per order; safe from several threads.

    Lost with the process: then such a refund stays pending, and a person is asked.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[OrderRef, dict[str, tuple[str, RefundWord]]] = OrderedDict()
        self._lock = threading.Lock()

    def told(self, ref: OrderRef, payments: Sequence[StorePayment]) -> tuple[StorePayment, ...]:
        """Return the payments with the refunds that were there before and are gone, as failed."""
        with self._lock:
            seen = self._seen.pop(ref, {})
            listed = {refund.id for payment in payments for refund in payment.refunds}
            for payment in payments:
                for refund in payment.refunds:
                    if refund.kind is EventKind.REFUND_PENDING:
                        seen[refund.id] = (payment.id, refund)
                    else:
                        seen.pop(refund.id, None)
            if seen:
                self._seen[ref] = seen
                while len(self._seen) > _MOST:
                    self._seen.popitem(last=False)
            gone = [one for refund_id, one in seen.items() if refund_id not in listed]
        return tuple(
            replace(
                payment,
                refunds=(
                    *payment.refunds,
                    *(
                        replace(word, kind=EventKind.REFUND_FAILED)
                        for of, word in gone
                        if of == payment.id
                    ),
                ),
            )
            for payment in payments
        )
