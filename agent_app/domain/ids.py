"""Identifiers of the field, as distinct types. Anyone may import them."""

from typing import NewType

ShopId = NewType("ShopId", str)
OrderRef = NewType("OrderRef", str)
"""The merchant's own reference: what customer, shop and provider all quote."""
PaymentId = NewType("PaymentId", str)
"""The provider's id of one payment (not of the order it pays for)."""
RefundId = NewType("RefundId", str)
EventId = NewType("EventId", str)
EvidenceId = NewType("EvidenceId", str)
CaseId = NewType("CaseId", str)
ActionId = NewType("ActionId", str)
UserId = NewType("UserId", str)
CustomerId = NewType("CustomerId", str)
