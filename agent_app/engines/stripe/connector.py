"""A Stripe account as a payment provider: `joined.provider.PaymentProvider` over its HTTP API.

Safe to use from several threads. It writes nothing there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

from agent_app.engines.http import Bounds, Params, ShopHttp
from agent_app.engines.joined.provider import (
    ProviderChanges,
    ProviderLook,
    ProviderPayment,
)
from agent_app.engines.port import EngineError, Forbidden, NotVisible
from agent_app.engines.stripe.documents import Dispute, Found, Intent, Page, Refund
from agent_app.engines.stripe.feed import Feed
from agent_app.engines.stripe.finding import Finder
from agent_app.engines.stripe.words import (
    charge_of,
    names_of,
    payment_of,
    reference_of,
    still_disputed,
)

T = TypeVar("T")
API_VERSION = "2024-06-20"
BASE_URL = "https://api.stripe.com"
BOUNDS = Bounds(connect_s=3.0, read_s=6.0, whole_s=10.0)
_PAGE = 100
_MOST_PAGES = 50
_SEARCH_LAG_S = 60.0
"""What Stripe promises of its search under normal conditions: "less than a minute"."""
_PUBLISHABLE = "the provider's key is a publishable one (pk_): give a secret or restricted key"
_READ = ("payment_intents", "charges", "refunds")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StripeProvider:
    """Implements `PaymentProvider` for one account.

    `key`: a secret or, better, a restricted key with read access. `reference_key`: the name in a
    payment intent's metadata under which the shop's module writes its own reference, or several
    names, of which the first that an intent has counts; None: payments are found only by the ids
    that the shop knows. `live`: whether real money is expected, so that
    `problems` can tell a key of the other mode; None: not checked. `history_days`: how far back the
    first `changes` goes. `late_window_s`: how long a waiting payment may still be captured.
    `ca_file`: a PEM file with an authority to trust besides the system's.
    """

    def __init__(
        self,
        key: str,
        *,
        reference_key: str | Sequence[str] | None,
        base_url: str = BASE_URL,
        live: bool | None = None,
        history_days: float = 30,
        late_window_s: float = 86_400.0,
        clock: Callable[[], datetime] = _utc_now,
        bounds: Bounds | None = None,
        use_proxies: bool = True,
        ca_file: str | None = None,
    ) -> None:
        self._key, self._live = key, live
        self._names = names_of(reference_key)
        self._late_window_s = late_window_s
        headers = {"Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION}
        # A proxy of the environment has nothing to do with a server on this machine.
        is_here = base_url.startswith(("http://127.", "http://localhost"))
        self._http = ShopHttp(
            base_url,
            headers=headers,
            bounds=bounds or BOUNDS,
            use_proxies=use_proxies and not is_here,
            ca_file=ca_file,
        )
        self._finder = Finder(self._http, self._names)
        self._feed = Feed(self._http, self._names, clock, timedelta(days=history_days))

    @property
    def query_lag_s(self) -> float:
        """Return how long a search may trail the books: nothing where none is used."""
        return _SEARCH_LAG_S if self._finder.searches else 0.0

    @property
    def late_window_s(self) -> float:
        return self._late_window_s

    def changes(self, cursor: str | None, limit: int) -> ProviderChanges:
        """Read the payments with new charges, refunds or events; an overlap meets late commits.

        Raises:
            EngineError: no answer, or `cursor` is none of ours.
        """
        return self._feed.changes(cursor, limit)

    def look(self, reference: str, known: Sequence[str], since: datetime) -> ProviderLook:
        """Read the payments of an order by their ids and by the shop's reference.

        Raises:
            Unreadable: a word that this connector does not know.
            EngineError: no whole answer.
        """
        found = self._finder.find(reference, since)
        digest = hashlib.sha256()
        payments: list[ProviderPayment] = []
        told_at: list[datetime | None] = []
        for intent_id in dict.fromkeys((*known, *found)):
            payment = self._payment(intent_id, digest.update, told_at.append)
            if payment is not None:
                payments.append(payment)
        ordered = sorted(payments, key=lambda p: (p.movements[0].at, p.id))
        times = [at for at in told_at if at is not None]
        as_of = min(times) if times and len(times) == len(told_at) else None
        return ProviderLook(tuple(ordered), digest.hexdigest(), as_of)

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the key or the connection."""
        if self._key.startswith("pk_"):
            return (_PUBLISHABLE,)
        said = (self._problem(what) for what in _READ)
        found = [one for one in said if one is not None]
        return tuple(found or self._wrong_mode())

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _payment(
        self,
        intent_id: str,
        note: Callable[[bytes], object],
        told_at: Callable[[datetime | None], object],
    ) -> ProviderPayment | None:
        """Return the payment; None when there is none of this id, or nobody tried to pay it."""
        expand: Params = [("expand[]", "latest_charge"), ("expand[]", "customer")]
        path = f"/v1/payment_intents/{quote(intent_id, safe='')}"
        try:
            said = self._http.get(path, Intent, expand)
        except NotVisible:
            note(f"no {intent_id}".encode())
            return None
        intent, charge = said.value, charge_of(said.value)
        told_at(_date_of(said.headers))
        note(said.payload_hash.encode())
        refunds: list[Refund] = []
        disputes: list[Dispute] = []
        if intent.status == "succeeded":
            refunds = self._all("/v1/refunds", intent.id, Page[Refund], note)
        if charge is not None and charge.disputed:
            disputes = self._all("/v1/disputes", intent.id, Page[Dispute], note)
        reference = reference_of(intent, self._names)
        window = timedelta(seconds=self._late_window_s)
        return payment_of(intent, refunds, still_disputed(disputes), reference, window)

    def _all(
        self, path: str, intent: str, into: type[Page[T]], note: Callable[[bytes], object]
    ) -> list[T]:
        """Return a payment's whole list.

        Raises:
            EngineError: it has no end.
        """
        found: list[T] = []
        after: list[tuple[str, str | int | float | bool | None]] = []
        for _ in range(_MOST_PAGES):
            params: Params = [("payment_intent", intent), ("limit", _PAGE), *after]
            said = self._http.get(path, into, params)
            note(said.payload_hash.encode())
            found += said.value.data
            if not said.value.has_more or not said.value.data:
                return found
            last = said.value.data[-1]
            after = [("starting_after", str(getattr(last, "id", "")))]
        raise EngineError(f"{path} of {intent} has more than {_MOST_PAGES * _PAGE} entries")

    def _problem(self, what: str) -> str | None:
        try:
            self._http.get(f"/v1/{what}", Page[Found], [("limit", 1)])
        except Forbidden as error:
            return f"the provider's key may not read {what.replace('_', ' ')}: {error}"
        except EngineError as error:
            return f"the provider cannot be asked for its {what.replace('_', ' ')}: {error}"
        return None

    def _wrong_mode(self) -> Sequence[str]:
        if self._live is None:
            return ()
        mode = {True: "live", False: "test"}
        is_live = not self._key.startswith(("sk_test_", "rk_test_"))
        if is_live == self._live:
            return ()
        is_mode, wanted = mode[is_live], mode[self._live]
        return (f"the provider's key is of its {is_mode} mode, and {wanted} mode is expected",)


def _date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the provider's own time, None when it names none."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
