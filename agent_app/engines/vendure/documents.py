"""What Vendure's Admin API answers, as far as the connector reads it, and the questions themselves.

Amounts are integers with `money_strategy_precision` decimals (`amounts`); ids are opaque texts;
times are RFC 3339.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

FEED = """
query Changes($options: OrderListOptions!) {
  orders(options: $options) { items { id code state updatedAt orderPlacedAt } }
}"""

ORDER = """
query Order($code: String!) {
  globalSettings {
    trackInventory outOfStockThreshold serverConfig { moneyStrategyPrecision }
  }
  orders(options: {take: 2, filter: {code: {eq: $code}}}) { items {
    id code state createdAt orderPlacedAt currencyCode totalWithTax
    customer { id firstName lastName emailAddress phoneNumber }
    shippingAddress { fullName phoneNumber streetLine1 }
    shippingLines { priceWithTax }
    surcharges { priceWithTax }
    lines {
      quantity orderPlacedQuantity proratedUnitPriceWithTax
      productVariant {
        sku enabled trackInventory outOfStockThreshold useGlobalOutOfStockThreshold
        stockLevels { stockOnHand stockAllocated }
      }
    }
    payments {
      id createdAt method amount state transactionId errorMessage
      refunds { id createdAt state total reason transactionId }
    }
    history(options: {
      take: 1000, sort: {createdAt: ASC},
      filter: {type: {in: [
        "ORDER_STATE_TRANSITION", "ORDER_PAYMENT_TRANSITION", "ORDER_REFUND_TRANSITION"
      ]}}
    }) { totalItems items { id type createdAt data } }
  } }
}"""

METHODS = "{ paymentMethods(options: {take: 100}) { items { code enabled handler { code } } } }"

_ADD_PAYMENT = """addManualPaymentToOrder(input: $input) {
    __typename
    ... on Order { state payments { id state amount transactionId } }
    ... on ErrorResult { errorCode message }
  }"""
COMPLETE = f"mutation Complete($input: ManualPaymentInput!) {{ {_ADD_PAYMENT} }}"
REOPEN_AND_COMPLETE = f"""
mutation Reopen($id: ID!, $input: ManualPaymentInput!) {{
  transitionOrderToState(id: $id, state: "ArrangingPayment") {{
    __typename
    ... on OrderStateTransitionError {{ errorCode message: transitionError }}
  }}
  {_ADD_PAYMENT}
}}"""
SETTLE = """
mutation Settle($id: ID!) { settlePayment(id: $id) {
  __typename
  ... on Payment { id state }
  ... on ErrorResult { errorCode message }
  ... on SettlePaymentError { paymentErrorMessage }
} }"""
CANCEL = """
mutation Cancel($id: ID!) { cancelPayment(id: $id) {
  __typename
  ... on Payment { id state }
  ... on ErrorResult { errorCode message }
  ... on CancelPaymentError { paymentErrorMessage }
} }"""
REFUND = """
mutation Refund($input: RefundOrderInput!) { refundOrder(input: $input) {
  __typename
  ... on Refund { id state total reason }
  ... on ErrorResult { errorCode message }
} }"""
LOGIN = """
mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    __typename
    ... on ErrorResult { errorCode message }
  }
}"""
SIGNED_IN = "{ activeChannel { id } }"
"""Any account may ask this; a key or session that is not good any more may not."""
MAY_READ = "{ orders(options: {take: 1}) { items { id } } }"
MAY_CHANGE = 'mutation { addNoteToOrder(input: {id: "0", note: "", isPublic: false}) { id } }'
"""There is no such order: who may change orders hears so, who may not hears that."""


class Code(msgspec.Struct, frozen=True):
    code: str = ""


class GraphError(msgspec.Struct, frozen=True):
    """One error of an answer that came with HTTP status 200."""

    message: str = ""
    extensions: Code = Code()


class Reply(msgspec.Struct, frozen=True):
    data: Any = None
    errors: list[GraphError] = []


class Result(msgspec.Struct, frozen=True):
    """What a mutation led to: by `typename` either what was asked for, or why not."""

    typename: str = msgspec.field(name="__typename")
    id: str = ""
    state: str = ""
    payments: list[Row] = []
    errorCode: str = ""  # noqa: N815
    message: str = ""
    paymentErrorMessage: str = ""  # noqa: N815

    @property
    def words(self) -> str:
        said = self.paymentErrorMessage or self.message
        return f"{self.errorCode}: {said}" if self.errorCode else said


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """A payment as a mutation answers it."""

    id: str
    state: str
    amount: int
    transaction_id: str | None = None


class Changed(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    code: str
    state: str
    updated_at: datetime
    order_placed_at: datetime | None = None


class ChangedList(msgspec.Struct, frozen=True):
    items: list[Changed]


class Changes(msgspec.Struct, frozen=True):
    orders: ChangedList


class Refund(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    created_at: datetime
    state: str
    total: int
    reason: str | None = None
    transaction_id: str | None = None


class Payment(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    created_at: datetime
    method: str
    amount: int
    state: str
    transaction_id: str | None = None
    error_message: str | None = None
    refunds: list[Refund] = []


class StockLevel(msgspec.Struct, frozen=True, rename="camel"):
    stock_on_hand: int
    stock_allocated: int


class Variant(msgspec.Struct, frozen=True, rename="camel"):
    sku: str
    enabled: bool = True
    track_inventory: str = "INHERIT"
    out_of_stock_threshold: int = 0
    use_global_out_of_stock_threshold: bool = True
    stock_levels: list[StockLevel] = []


class Line(msgspec.Struct, frozen=True, rename="camel"):
    quantity: int
    order_placed_quantity: int
    prorated_unit_price_with_tax: int
    product_variant: Variant


class Priced(msgspec.Struct, frozen=True, rename="camel"):
    price_with_tax: int


class Customer(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    first_name: str = ""
    last_name: str = ""
    email_address: str = ""
    phone_number: str | None = None


class Address(msgspec.Struct, frozen=True, rename="camel"):
    full_name: str | None = None
    phone_number: str | None = None
    street_line1: str | None = msgspec.field(name="streetLine1", default=None)


class Happened(msgspec.Struct, frozen=True, rename="camel"):
    """What a history entry tells; ids may be numbers or texts."""

    to: str = ""
    payment_id: str | int = ""
    refund_id: str | int = ""


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    type: str
    created_at: datetime
    data: Happened = Happened()


class History(msgspec.Struct, frozen=True, rename="camel"):
    total_items: int
    items: list[Entry]


class Order(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    code: str
    state: str
    created_at: datetime
    currency_code: str
    total_with_tax: int
    history: History
    order_placed_at: datetime | None = None
    customer: Customer | None = None
    shipping_address: Address | None = None
    shipping_lines: list[Priced] = []
    surcharges: list[Priced] = []
    lines: list[Line] = []
    payments: list[Payment] | None = None


class OrderList(msgspec.Struct, frozen=True):
    items: list[Order]


class ServerConfig(msgspec.Struct, frozen=True, rename="camel"):
    """`money_strategy_precision`: how many decimals amounts have, in every currency."""

    money_strategy_precision: int = 2


class Settings(msgspec.Struct, frozen=True, rename="camel"):
    track_inventory: bool = True
    out_of_stock_threshold: int = 0
    server_config: ServerConfig = ServerConfig()


class OrderAnswer(msgspec.Struct, frozen=True, rename="camel"):
    orders: OrderList
    global_settings: Settings = Settings()


class Method(msgspec.Struct, frozen=True):
    code: str
    enabled: bool = True
    handler: Code = Code()


class MethodList(msgspec.Struct, frozen=True):
    items: list[Method]


class Methods(msgspec.Struct, frozen=True, rename="camel"):
    payment_methods: MethodList


class Refunded(msgspec.Struct, frozen=True, rename="camel"):
    refund_order: Result


class Settled(msgspec.Struct, frozen=True, rename="camel"):
    settle_payment: Result


class PaymentCancelled(msgspec.Struct, frozen=True, rename="camel"):
    cancel_payment: Result


class Completed(msgspec.Struct, frozen=True, rename="camel"):
    add_manual_payment_to_order: Result
    transition_order_to_state: Result | None = None


class LoggedIn(msgspec.Struct, frozen=True):
    login: Result
