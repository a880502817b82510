"""Vendure 3 as the shop's side of a joined shop, over its Admin GraphQL API.

The gateway's configuration makes one; safe to use from several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from agent_app.domain.actions import ActionKind
from agent_app.domain.flags import DEFAULTS, FlagPolicy, FlagRule, Threshold
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.order import PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.http import Bounds, ShopHttp
from agent_app.engines.joined.provider import Touched
from agent_app.engines.joined.store import Abilities, StoreChanges, StoreLook, StorePayment
from agent_app.engines.port import (
    Command,
    EngineError,
    Forbidden,
    NotVisible,
    Outcome,
    Receipt,
    Rejected,
    Unreadable,
)
from agent_app.engines.vendure.acts import Acts
from agent_app.engines.vendure.documents import (
    MAY_CHANGE,
    MAY_READ,
    METHODS,
    ORDER,
    SIGNED_IN,
    OrderAnswer,
)
from agent_app.engines.vendure.feed import Feed
from agent_app.engines.vendure.looks import Reader, Seen
from agent_app.engines.vendure.rows import STAGES
from agent_app.engines.vendure.talk import Admin

BOUNDS = Bounds(connect_s=3.0, read_s=15.0, whole_s=15.0)
"""A capture or refund is answered only after the shop heard of its provider."""
ABILITIES = Abilities(
    can_resync=True,
    can_complete=True,
    can_restore=False,
    can_capture=True,
    can_void=True,
    can_refund=True,
    can_refund_part=True,
    can_correct_input=False,
    resync_names_payment=True,
)
_MADE = frozenset({Stage.CONFIRMED})
_WATCH_S = 900.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class VendureStore:
    """Implements `joined.store.StoreSide`.

    An order is named by its code. Signs in by `api_key`, or by `username` and `password`; the
    account needs ReadOrder, UpdateOrder and ReadPaymentMethod. `captures`: whether the shop takes
    the money when the order is placed (`at_once`) or when it ships (`later`): an authorised order
    counts as confirmed only with the latter. `methods` says which family a payment method (by its
    code) is of; `states` which stage a state of the shop's own making is. `since`: how far
    back the list of changes begins; None: with the first order.

    Raises:
        ValueError: neither a key nor a user's name and password was given.
    """

    def __init__(
        self,
        base_url: str,
        shop_id: ShopId,
        *,
        api_key: str | None = None,
        username: str | None = None,
        password: str | None = None,
        label: str = "Vendure",
        captures: Literal["at_once", "later"] = "at_once",
        methods: Mapping[str, PaymentMethod] | None = None,
        states: Mapping[str, Stage | None] | None = None,
        bounds: Bounds | None = None,
        clock: Callable[[], datetime] = _utc_now,
        use_proxies: bool = True,
        ca_file: str | None = None,
        since: datetime | None = None,
    ) -> None:
        self._id = shop_id
        self._label = label
        self._clock = clock
        self._bounds = bounds or BOUNDS
        self._http = ShopHttp(
            base_url, bounds=self._bounds, use_proxies=use_proxies, ca_file=ca_file
        )
        self._admin = Admin(self._http, api_key=api_key, username=username, password=password)
        families = dict(methods or {})
        self._feed = Feed(self._admin, since=since)
        self._acts = Acts(self._admin, families)
        known = {**STAGES, **(states or {})}
        self._reader = Reader(shop_id, captures == "later", families, known)

    @property
    def id(self) -> ShopId:
        return self._id

    @property
    def label(self) -> str:
        return self._label

    @property
    def abilities(self) -> Abilities:
        return ABILITIES

    @property
    def flag_policy(self) -> FlagPolicy:
        """Return the defaults; an order left at the payment step is usual here: watched only."""
        unpaid = {FlagRule.NO_PAYMENT_ATTEMPT: Threshold(_WATCH_S, None, None)}
        return FlagPolicy(by_rule={**DEFAULTS, **unpaid})

    @property
    def longest_request_s(self) -> float:
        """Return the longest that a command takes: it may ask for payment methods before."""
        return 2 * self._bounds.longest_s

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        """List what changed; one request."""
        return self._feed.changes(cursor, limit)

    def look(self, ref: OrderRef) -> StoreLook:
        """Read an order or cart by its code; one request."""
        now = self._clock()
        said = self._admin.ask(ORDER, OrderAnswer, code=str(ref))
        found = said.value.orders.items
        if not found:
            raise NotVisible(f"Vendure shows no order {ref}")
        if len(found) > 1 or found[0].code != ref:
            raise Unreadable(f"Vendure answers another order than {ref}")
        return self._reader.read(ref, found[0], said.value.global_settings, said.payload_hash, now)

    def ref_of(self, touched: Touched) -> OrderRef | None:
        """Return the order's code, which the shop's payment module gave as the reference.

        An order that the shop does not show is still one: its money must not be lost sight of.
        """
        return OrderRef(touched.reference) if touched.reference else None

    def perform(self, command: Command, look: StoreLook, payment: StorePayment | None) -> Receipt:
        """Carry out what was checked against `look`, with one changing request."""
        return self._acts.perform(command, look)

    def outcome(self, command: Command, look: StoreLook) -> Outcome:
        """Say by a fresh look whether the order was completed."""
        seen = look.details
        assert isinstance(seen, Seen)
        if command.kind in {ActionKind.RESYNC, ActionKind.RESUBMIT}:
            return Outcome.DONE if look.stage in _MADE else Outcome.ABSENT
        raise Rejected(f"{command.kind} is no action of this shop")

    def problems(self) -> Sequence[str]:
        """Return what our account lacks: each thing that it needs is tried once."""
        try:
            self._admin.ask(SIGNED_IN, dict[str, Any])
        except Forbidden as error:
            refused = (
                f"{self._id}: Vendure refuses our key or password ({error}): make a new API key "
                "for the account, and see that 'api-key' is among its token methods"
            )
            return (refused,)
        except EngineError as error:
            return (f"{self._id}: the Admin API cannot be read ({error})",)
        found = []
        for query, permission in (
            (MAY_READ, "ReadOrder"),
            (METHODS, "ReadPaymentMethod"),
            (MAY_CHANGE, "UpdateOrder"),
        ):
            try:
                self._admin.ask(query, dict[str, Any])
            except Forbidden:
                found.append(
                    f"{self._id}: our account at Vendure lacks the permission {permission}: add "
                    "it to its role"
                )
            except EngineError:
                # Refused for another reason than permission: that is enough here.
                continue
        return tuple(found)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
