"""What localstripe does not have, answered as Stripe documents it: search, events, disputes.

Nobody here can call the real Stripe, so this shows the reading of its documents, not their truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent_app.domain.events import EventKind
from agent_app.domain.money import Money
from agent_app.engines.joined.provider import ProviderPayment
from agent_app.engines.port import Forbidden, Throttled, Unreadable
from agent_app.engines.stripe.connector import API_VERSION, StripeProvider
from tests.engines.documented_stripe import (
    NOW,
    Answer,
    Documented,
    Params,
    charge,
    intent,
    listed,
    refund,
)


@pytest.fixture
def server() -> Iterator[Documented]:
    running = Documented()
    yield running
    running.close()
    assert {method for method, _, _ in running.asked} <= {"GET"}, "it must never write"


@pytest.fixture
def provider(server: Documented) -> Iterator[StripeProvider]:
    made = StripeProvider(
        "rk_live_x",
        reference_key="orderCode",
        base_url=server.base_url,
        clock=lambda: datetime.fromtimestamp(NOW, UTC),
    )
    yield made
    made.close()


def look(provider: StripeProvider, reference: str = "") -> list[ProviderPayment]:
    return list(provider.look(reference, ["pi_1"], datetime.fromtimestamp(NOW, UTC)).payments)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_search_is_asked_for_the_reference_to_its_last_page(
    server: Documented, provider: StripeProvider
) -> None:
    def search(params: Params) -> Answer:
        if ("page", "next") in params:
            return 200, {"data": [intent(id="pi_2")], "has_more": False, "next_page": None}
        return 200, {"data": [intent()], "has_more": True, "next_page": "next"}

    server.answers["/v1/payment_intents/search"] = search
    server.has(intent())
    server.has(intent(id="pi_2"))
    assert [p.id for p in look(provider, "A's \\ order")] == ["pi_1", "pi_2"]
    query = dict(server.asked[0][2])["query"]
    assert query == "metadata['orderCode']:'A\\'s \\\\ order'"
    assert provider.query_lag_s > 0


@pytest.mark.parametrize("status", [400, 404])
def test_without_search_the_charges_are_followed(
    server: Documented, provider: StripeProvider, status: int
) -> None:
    server.says("/v1/payment_intents/search", {"error": {"message": "no search"}}, status)
    server.says("/v1/charges", listed(charge(payment_intent=intent(id="pi_9"))))
    server.has(intent(id="pi_9"))
    found = provider.look("A", [], at(NOW)).payments
    assert [p.id for p in found] == ["pi_9"]
    provider.look("A", [], at(NOW))
    searches = [path for _, path, _ in server.asked if path.endswith("/search")]
    assert len(searches) == 1
    assert provider.query_lag_s == 0


def test_the_version_and_the_key_go_with_every_request(
    server: Documented, provider: StripeProvider
) -> None:
    server.has(intent())
    look(provider)
    for headers in server.headers:
        assert headers["Stripe-Version"] == API_VERSION
        assert headers["Authorization"] == "Bearer rk_live_x"


def test_a_part_capture_is_no_refund_of_the_rest(
    server: Documented, provider: StripeProvider
) -> None:
    part = charge(amount_captured=1_000)
    taken = intent(capture_method="manual", amount_received=1_000, latest_charge=part)
    rest = refund(id="re_rest", amount=3_200, created=NOW)
    server.has(taken, refund(amount=400), rest)
    (payment,) = look(provider)
    assert payment.movements[-1].amount == Money(1_000, "EUR")
    assert [r.id for r in payment.refunds] == ["re_1"]


def test_reserved_money_lapses_when_its_network_says(
    server: Documented, provider: StripeProvider
) -> None:
    card = {"type": "card", "card": {"brand": "visa", "capture_before": NOW + 9}}
    held = charge(captured=False, amount_captured=0, payment_method_details=card)
    server.has(intent(status="requires_capture", amount_received=0, latest_charge=held))
    (payment,) = look(provider)
    assert payment.expires_at == at(NOW + 9)
    assert [m.kind for m in payment.movements] == [EventKind.PAYMENT_AUTHORISED]


def test_a_cancelled_payment_ended_when_it_says(
    server: Documented, provider: StripeProvider
) -> None:
    held = charge(captured=False, amount_captured=0)
    words = {"status": "canceled", "canceled_at": NOW + 50, "cancellation_reason": "automatic"}
    server.has(intent(**words, amount_received=0, latest_charge=held))
    (payment,) = look(provider)
    assert payment.movements[-1].kind is EventKind.PAYMENT_VOIDED
    assert payment.movements[-1].at.replace(microsecond=0) == at(NOW + 50)
    assert payment.movements[-1].note == "automatic"


@pytest.mark.parametrize(
    ("status", "disputed"), [("needs_response", True), ("lost", True), ("won", False)]
)
def test_a_dispute_is_told_until_it_is_won(
    server: Documented, provider: StripeProvider, status: str, disputed: bool
) -> None:
    dispute = {
        "id": "dp_1", "created": NOW + 99, "amount": 4_200, "currency": "eur", "status": status,
        "reason": "fraudulent",
    }  # fmt: skip
    server.says("/v1/disputes", listed(dispute))
    server.has(intent(latest_charge=charge(disputed=True)))
    (payment,) = look(provider)
    assert (EventKind.PAYMENT_DISPUTED in [m.kind for m in payment.movements]) is disputed


@pytest.mark.parametrize(
    ("details", "method"),
    [
        ({"type": "card", "card": {"brand": "visa", "funding": "credit"}}, "card:visa"),
        ({"type": "card", "card": {"brand": "visa", "funding": "debit"}}, "debit_card:visa"),
        ({"type": "card", "card": {"wallet": {"type": "apple_pay"}}}, "wallet:apple_pay"),
        ({"type": "sepa_debit"}, "bank_transfer:sepa_debit"),
        ({"type": "oxxo"}, "cash_voucher:oxxo"),
        ({"type": "paypal"}, "wallet:paypal"),
    ],
)
def test_the_method_is_told_by_its_family(
    server: Documented, provider: StripeProvider, details: object, method: str
) -> None:
    server.has(intent(latest_charge=charge(payment_method_details=details)))
    assert look(provider)[0].method == method


@pytest.mark.parametrize(
    "words",
    [
        {"customer": {"id": "cus_1", "email": "ann@shop.example"}},
        {"latest_charge": charge(billing_details={"email": "Ann@shop.example"})},
        {"receipt_email": "ann@shop.example"},
    ],
)
def test_the_payer_is_told_wherever_his_address_stands(
    server: Documented, provider: StripeProvider, words: dict[str, Any]
) -> None:
    server.has(intent(customer={"id": "cus_1", "email": "ann@shop.example"}))
    known = look(provider)[0].payer
    assert known is not None
    server.has(intent(**words))
    assert look(provider)[0].payer == known
    server.has(intent())
    assert look(provider)[0].payer is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("pending", EventKind.REFUND_PENDING),
        ("requires_action", EventKind.REFUND_PENDING),
        ("failed", EventKind.REFUND_FAILED),
        ("canceled", EventKind.REFUND_FAILED),
    ],
)
def test_a_refund_is_back_only_when_it_succeeded(
    server: Documented, provider: StripeProvider, status: str, kind: EventKind
) -> None:
    server.has(intent(), refund(status=status))
    assert [r.kind for r in look(provider)[0].refunds] == [kind]


def test_the_provider_paying_back_by_itself_is_automatic(
    server: Documented, provider: StripeProvider
) -> None:
    server.has(intent(), refund(reason="expired_uncaptured_charge"))
    assert look(provider)[0].refunds[0].automatic


@pytest.mark.parametrize(
    "words", [{"status": "teleported"}, {"latest_charge": "ch_1"}, {"currency": "euro"}]
)
def test_an_unknown_word_is_unreadable_and_names_the_payment(
    server: Documented, provider: StripeProvider, words: dict[str, Any]
) -> None:
    server.has(intent(**words))
    with pytest.raises(Unreadable, match="pi_1"):
        look(provider)


def test_refusals_are_said_in_the_providers_words(
    server: Documented, provider: StripeProvider
) -> None:
    message = "The provided key 'rk_live_x' does not have the required permissions"
    server.says("/v1/payment_intents/pi_1", {"error": {"message": message}}, 403)
    with pytest.raises(Forbidden, match="required permissions"):
        look(provider)
    server.says("/v1/payment_intents/pi_1", {"error": {"code": "rate_limit"}}, 429)
    with pytest.raises(Throttled) as refused:
        look(provider)
    assert refused.value.retry_after_s == 7


def test_events_tell_what_happens_to_older_payments(
    server: Documented, provider: StripeProvider
) -> None:
    server.says("/v1/charges", listed())
    server.says("/v1/refunds", listed())
    server.says("/v1/payment_intents/pi_1", intent())
    about = [
        {"object": "payment_intent", "id": "pi_2"},
        {"object": "dispute", "id": "dp_1", "payment_intent": "pi_1"},
    ]
    events = [
        {"id": f"evt_{n}", "created": NOW + 9 - n, "type": "any", "data": {"object": what}}
        for n, what in enumerate(about)
    ]

    def list_events(params: Params) -> Answer:
        assert ("types[]", "charge.dispute.created") in params
        if ("starting_after", "evt_0") in params:
            return 200, listed(events[1])
        return 200, listed(events[0], more=True)

    server.answers["/v1/events"] = list_events
    news = provider.changes(None, 10)
    assert [(t.id, t.reference) for t in news.payments] == [("pi_2", None), ("pi_1", "A")]
    assert provider.changes(news.cursor, 10).payments == ()


def test_a_long_first_walk_keeps_its_cursor_short(
    server: Documented, provider: StripeProvider
) -> None:
    """Newest first, as Stripe lists: what is older than the overlap is not met again."""
    entries = [
        charge(id=f"ch_{n:020}", created=NOW - n * 10, payment_intent=intent(id=f"pi_{n}"))
        for n in range(1_000)
    ]

    def charges(params: Params) -> Answer:
        since = int(dict(params)["created[gt]"])
        found = [entry for entry in entries if entry["created"] > since]
        after = dict(params).get("starting_after")
        begin = [entry["id"] for entry in found].index(after) + 1 if after else 0
        return 200, listed(*found[begin : begin + 100], more=begin + 100 < len(found))

    server.answers["/v1/charges"] = charges
    server.says("/v1/refunds", listed())
    server.says("/v1/events", listed())
    seen: list[str] = []
    cursor, more = None, True
    while more:
        page = provider.changes(cursor, 70)
        seen += [t.id for t in page.payments]
        cursor, more = page.cursor, page.more
        assert len(cursor) < 1_500
    assert seen == [f"pi_{n}" for n in range(1_000)]
    entries.insert(0, charge(id="ch_new", created=NOW + 1, payment_intent=intent(id="pi_new")))
    assert [t.id for t in provider.changes(cursor, 70).payments] == ["pi_new"]


def test_an_overlap_meets_what_became_visible_late(
    server: Documented, provider: StripeProvider
) -> None:
    shown = [charge(id="ch_b", created=NOW, payment_intent=intent(id="pi_b"))]
    server.answers["/v1/charges"] = lambda params: (
        200,
        listed(*(c for c in shown if c["created"] > int(dict(params)["created[gt]"]))),
    )
    server.says("/v1/refunds", listed())
    server.says("/v1/events", listed())
    news = provider.changes(None, 10)
    shown.append(charge(id="ch_a", created=NOW - 40, payment_intent=intent(id="pi_a")))
    assert [t.id for t in provider.changes(news.cursor, 10).payments] == ["pi_a"]


def test_the_first_look_back_goes_no_further_than_asked(
    server: Documented, provider: StripeProvider
) -> None:
    server.says("/v1/charges", listed())
    server.says("/v1/refunds", listed(refund(created=NOW - 40 * 86_400)))
    server.says("/v1/events", listed())
    assert provider.changes(None, 10).payments == ()
    since = int(dict(server.asked[0][2])["created[gt]"])
    assert at(NOW) - at(since) <= timedelta(days=30, seconds=1)
