"""Which account the gateway needs at Vendure, and what it is told when it has another."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.http import ShopHttp
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import Command, EngineError, Forbidden, NotVisible, Outcome
from agent_app.engines.vendure.documents import SIGNED_IN
from agent_app.engines.vendure.store import VendureStore
from agent_app.engines.vendure.talk import Admin
from tests.engines.real.running import running
from tests.engines.real.trade import Way
from tests.engines.vendure.bench import a_key, provider_of
from tests.engines.vendure.kit import VendureTrade
from tests.engines.vendure.seed import LEAST, make_account


@pytest.fixture(scope="module")
def trade() -> Iterator[VendureTrade]:
    made = VendureTrade(running("vendure"))
    yield made
    made.close()


def account(trade: VendureTrade, *permissions: str) -> dict[str, str]:
    name = f"role-{secrets.token_hex(4)}"
    return make_account(trade.root, trade.base_url, name, permissions)


def store_of(trade: VendureTrade, **who: Any) -> VendureStore:
    return VendureStore(trade.base_url, ShopId("vendure"), use_proxies=False, **who)


@pytest.mark.parametrize("signs_in", [False, True], ids=["api-key", "password"])
def test_the_least_account_suffices(trade: VendureTrade, signs_in: bool) -> None:
    who = account(trade, *LEAST)
    keys = ("username", "password") if signs_in else ("api_key",)
    store = store_of(trade, **{key: who[key] for key in keys})
    shop = JoinedShop(store, provider_of(trade))
    assert store.problems() == ()
    basket = trade.paid_in_the_basket()
    intent = trade.captured(OrderRef(basket.code))[0][0]
    for kind, amount in (
        (ActionKind.RESUBMIT, None),
        (ActionKind.REFUND, Money(basket.total_minor, "EUR")),
    ):
        what = Command(kind, OrderRef(basket.code), a_key(), PaymentId(intent), amount)
        shop.perform(what)
        assert shop.outcome(what) is Outcome.DONE
    assert store.changes(None, 1).refs
    shop.close()


@pytest.mark.parametrize("lacking", LEAST)
def test_each_permission_is_needed_and_named_when_it_is_missing(
    trade: VendureTrade, lacking: str
) -> None:
    who = account(trade, *(p for p in LEAST if p != lacking))
    store = store_of(trade, api_key=who["api_key"])
    found = store.problems()
    assert [lacking in problem for problem in found] == [True]
    made = trade.make(Way.HEALTHY)
    shop = JoinedShop(store, provider_of(trade))
    payment = PaymentId(trade.captured(made.ref)[0][0])
    what = Command(ActionKind.REFUND, made.ref, a_key(), payment, Money(100, "EUR"))
    with pytest.raises(Forbidden):
        shop.perform(what)
    assert trade.payouts(made.ref) == []
    if lacking == "ReadOrder":
        with pytest.raises(Forbidden):
            store.changes(None, 1)
    shop.close()


def test_a_wrong_key_and_a_wrong_password_are_told_as_such(trade: VendureTrade) -> None:
    for who in (
        {"api_key": "nobody:nothing"},
        {"username": trade.state["username"], "password": "wrong"},
    ):
        store = store_of(trade, **who)
        (problem,) = store.problems()
        assert "refuses our key or password" in problem
        with pytest.raises(Forbidden):
            store.look(OrderRef("ANY"))
        store.close()


def test_an_ended_session_is_begun_again_by_itself_once(trade: VendureTrade) -> None:
    http = ShopHttp(trade.base_url, use_proxies=False)
    admin = Admin(http, username=trade.state["username"], password=trade.state["password"])
    admin.ask(SIGNED_IN, dict[str, Any])
    first = admin._session
    admin._session = "ended"
    admin.ask(SIGNED_IN, dict[str, Any])
    assert admin._session not in {first, "ended", None}
    http.close()


def test_a_missing_permission_is_no_reason_to_sign_in_again(trade: VendureTrade) -> None:
    http = ShopHttp(trade.base_url, use_proxies=False)
    admin = Admin(http, username=trade.state["username"], password=trade.state["password"])
    admin.ask(SIGNED_IN, dict[str, Any])
    session = admin._session
    with pytest.raises(Forbidden):
        admin.ask("{ customers { totalItems } }", dict[str, Any])
    assert admin._session == session
    http.close()


def test_an_order_that_is_not_there_is_not_shown_and_a_wrong_address_is_said(
    trade: VendureTrade,
) -> None:
    store = store_of(trade, api_key=trade.state["api_key"])
    with pytest.raises(NotVisible):
        store.look(OrderRef("NO-SUCH-ORDER"))
    store.close()
    nowhere = VendureStore("http://127.0.0.1:9", ShopId("v"), api_key="k", use_proxies=False)
    with pytest.raises(EngineError):
        nowhere.look(OrderRef("ANY"))
    (problem,) = nowhere.problems()
    assert "cannot be read" in problem
    nowhere.close()


def test_neither_key_nor_password_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="API key"):
        VendureStore("http://127.0.0.1:9", ShopId("v"))
