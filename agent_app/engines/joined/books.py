"""The shop's own payment rows taken for the provider's word: an operator's explicit choice.

For shops whose payment module is the only place where money is known (bank transfers, cash, a
provider that cannot be asked). The risk: the two sources are one, so nothing can contradict it. A
row that is wrong (a capture that was never made, a payout whose row was lost) is believed, and a
payment that an operator of the shop hung on the wrong order counts as its customer's.
"""

from __future__ import annotations

from dataclasses import replace

from agent_app.engines.joined.provider import ProviderLook, ProviderPayment, RefundWord
from agent_app.engines.joined.store import StoreLook, StorePayment


def books_of(look: StoreLook) -> ProviderLook:
    """Return the rows of an order as its provider's payments.

    The payer is the order's customer: a row belongs to the order, it was not found by a reference.
    """
    payer = look.order.customer.id or None
    return ProviderLook(
        tuple(
            ProviderPayment(
                row.payment_id, str(look.order.ref), row.movements, _told(row), payer, row.method
            )
            for row in look.payments
        ),
        look.payload_hash,
    )


def _told(row: StorePayment) -> tuple[RefundWord, ...]:
    """Return the row's refunds under the ids by which the shop's side names them too."""
    return tuple(replace(r, id=r.provider_id or r.id) for r in row.refunds)
