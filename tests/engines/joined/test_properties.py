"""Properties of a joined shop: no series of refunds pays too much; a fact keeps its id."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.joined.provider import (
    Movement,
    ProviderLook,
    ProviderPayment,
    RefundWord,
)
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.joined.together import Position
from agent_app.engines.joined.translate import reading_of
from agent_app.engines.looks import Looked
from agent_app.engines.port import Command, EngineError, Outcome
from agent_app.engines.stripe.connector import StripeProvider
from tests.engines.joined.bench import Unguarded
from tests.fakes.store_side import REFERENCE, FakeStore
from tests.stripe_server import StripeServer, stripe

CAPTURED = 4_200
FAULTS = (None, "request", "answer", "row")
Step = tuple[str, int, str | None]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["new", "again", "dashboard"]),
        st.sampled_from([-5, 0, 1_000, 2_100, CAPTURED, CAPTURED + 1]),
        st.sampled_from(FAULTS),
    ),
    min_size=2,
    max_size=6,
)


@pytest.fixture(scope="module")
def server() -> Iterator[StripeServer]:
    with stripe() as running:
        yield running


def _play(server: StripeServer, of: type[JoinedShop], steps: Sequence[Step]) -> None:
    """Ask for refunds one after the other and check the provider's ledger after each."""
    store = FakeStore(server)
    provider = StripeProvider(server.key, reference_key=REFERENCE, base_url=server.base_url)
    with closing(of(store, provider)) as shop:
        _refund_again_and_again(server, store, shop, steps)


def _refund_again_and_again(
    server: StripeServer, store: FakeStore, shop: JoinedShop, steps: Sequence[Step]
) -> None:
    ref, payment = store.sell(amount_minor=CAPTURED)
    assert payment is not None
    keys = itertools.count(1)
    last: Command | None = None
    paid_by: dict[str, int] = {}
    for what, amount_minor, fault in steps:
        before = _ledger(server, payment)
        if what == "dashboard":
            if 0 < amount_minor <= CAPTURED - sum(before):
                server.refund(payment, amount_minor)
            continue
        if what == "new" or last is None:
            last = Command(
                ActionKind.REFUND, ref, f"aa-{next(keys)}", PaymentId(payment),
                Money(amount_minor, "EUR"), requested_at=datetime.now(UTC),
            )  # fmt: skip
        store.lose = fault
        with suppress(EngineError):
            shop.perform(last)
        store.lose = None
        after = _ledger(server, payment)
        new = len(after) - len(before)
        paid_by[last.key] = paid_by.get(last.key, 0) + new
        assert paid_by[last.key] <= 1, "one action paid twice"
        assert not new or sum(after) <= CAPTURED, "more was paid back than was captured"
        if paid_by[last.key]:
            assert shop.outcome(last) in {Outcome.DONE, Outcome.PENDING}


def _ledger(server: StripeServer, payment: str) -> list[int]:
    return [entry["amount"] for entry in server.refunds(payment)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@example(steps=[("new", CAPTURED, "row"), ("again", 0, None), ("new", CAPTURED, None)])
@example(steps=[("dashboard", 2_100, None), ("new", CAPTURED, None), ("new", 2_100, "answer")])
def test_no_series_of_refunds_pays_twice_or_too_much(
    server: StripeServer, steps: list[Step]
) -> None:
    _play(server, JoinedShop, steps)


@pytest.mark.parametrize(
    "steps",
    [
        [("new", 1_000, "row"), ("again", 0, None)],
        [("new", 1_000, "answer"), ("again", 0, None)],
        [("new", CAPTURED, None), ("new", 1_000, None)],
        [("new", CAPTURED + 1, None)],
    ],
)
def test_without_the_look_before_it_the_same_series_pay_too_much(
    server: StripeServer, steps: list[Step]
) -> None:
    with pytest.raises(AssertionError, match="paid"):
        _play(server, Unguarded, steps)


BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
AMOUNTS = st.integers(1, 9_999).map(lambda minor: Money(minor, "EUR"))
MOMENTS = st.integers(0, 500).map(lambda s: BEGIN + timedelta(seconds=s))
NAMES = st.text("abc123", min_size=1, max_size=3)
MOVEMENTS = st.builds(
    Movement,
    st.sampled_from([k for k in EventKind if k.startswith("payment_")]),
    MOMENTS,
    st.none() | AMOUNTS,
)
REFUNDS = st.builds(
    RefundWord,
    NAMES.map(lambda n: f"re_{n}"),
    st.sampled_from([EventKind.REFUND_PENDING, EventKind.REFUND_SUCCEEDED]),
    MOMENTS,
    AMOUNTS,
)
PAYMENTS = st.lists(
    st.builds(
        ProviderPayment,
        NAMES.map(lambda n: f"pi_{n}"),
        st.none(),
        st.lists(MOVEMENTS, min_size=1, max_size=4).map(tuple),
        st.lists(REFUNDS, max_size=3, unique_by=lambda r: r.id).map(tuple),
    ),
    max_size=3,
    unique_by=lambda p: p.id,
)


def _told(payments: Sequence[ProviderPayment]) -> list[tuple[str, tuple[object, ...]]]:
    hidden: Looked[StoreLook] = Looked(None, "not_visible")
    look = Looked(ProviderLook(tuple(payments), "0" * 64), "")
    reading = reading_of(ShopId("s"), OrderRef("r"), BEGIN, hidden, look)
    return [(e.id, e._content()) for e in reading.events if not e.stage]


@given(payments=PAYMENTS, data=st.data())
def test_a_fact_keeps_its_id_whatever_else_is_told_and_in_whatever_order(
    payments: list[ProviderPayment], data: st.DataObject
) -> None:
    refunds_are_distinct = [replace(p, refunds=_named(p)) for p in payments]
    told = _told(refunds_are_distinct)
    assert len({name for name, _ in told}) == len(told)
    shuffled = data.draw(st.permutations(refunds_are_distinct))
    assert set(_told(shuffled)) == set(told)
    for n in range(len(shuffled)):
        assert set(_told(shuffled[:n])) <= set(told)


def _named(payment: ProviderPayment) -> tuple[RefundWord, ...]:
    """A provider's refund ids are its own: no two payments share one."""
    return tuple(replace(r, id=f"{r.id}_{payment.id}") for r in payment.refunds)


@given(
    store=st.none() | st.text(min_size=1),
    provider=st.none() | st.text(min_size=1),
    unreadable=st.lists(st.text(min_size=1), max_size=4).map(tuple),
)
def test_a_position_survives_its_text(
    store: str | None, provider: str | None, unreadable: tuple[str, ...]
) -> None:
    place = Position(store, provider, unreadable)
    assert Position.parse(place.text()) == place
