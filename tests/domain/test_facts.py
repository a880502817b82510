"""What a message may state comes from evidence: amounts that moved, and nothing that did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.case import CaseView
from agent_app.domain.causes import Cause
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.facts import FACTS_OF, MONEY_FACTS, Fact, message_facts
from agent_app.domain.money import Money
from agent_app.domain.wording import Template, true_templates
from agent_app.wordings import WordingError, render
from agent_app.yaml_content import LANGUAGES
from tests.domain.guide_worlds import (
    AUTHORISED,
    CAPTURED,
    ORDER,
    WORLDS,
    case,
    event,
    provider_look,
    shop_look,
)
from tests.domain.strategies import case_views

SEEN = st.one_of(case_views(), st.sampled_from([world.case() for world in WORLDS.values()]))
HALF = Money(64225, "CNY")


def refund(
    kind: EventKind, name: str, amount: Money = HALF, source: Source = Source.PROVIDER
) -> OrderEvent:
    return event(kind, 10, source, payment="p-1", refund=name, amount=amount)


def facts_of(*events: OrderEvent, reads_provider: bool = True) -> dict[Fact, object]:
    view = case(events, [shop_look(), provider_look()])
    capabilities = replace(view.capabilities, reads_provider=reads_provider)
    return dict(message_facts(replace(view, capabilities=capabilities)))


def test_every_template_has_its_facts() -> None:
    assert set(FACTS_OF) == set(Template)
    assert all({Fact.ORDER, Fact.SHOP} <= facts for facts in FACTS_OF.values())


def test_an_order_without_money_evidences_no_amount_but_its_own() -> None:
    assert facts_of() == {
        Fact.ORDER: "PG-20418377",
        Fact.SHOP: "Sandbox Shop",
        Fact.AMOUNT: ORDER.total,
    }


def test_the_number_that_the_customer_knows_from_the_shop_comes_first() -> None:
    view = case(order=replace(ORDER, shop_number="1043"))
    assert message_facts(view)[Fact.ORDER] == "1043"


def test_open_and_finished_refunds_are_different_facts() -> None:
    facts = facts_of(
        CAPTURED,
        refund(EventKind.REFUND_PENDING, "r-1"),
        refund(EventKind.REFUND_SUCCEEDED, "r-2", Money(100, "CNY")),
    )
    assert facts[Fact.REFUND_AMOUNT] == HALF
    assert facts[Fact.REFUNDED_AMOUNT] == Money(100, "CNY")


@pytest.mark.parametrize("kind", [EventKind.REFUND_UNKNOWN, EventKind.REFUND_FAILED])
def test_a_refund_of_unknown_or_failed_outcome_is_no_fact(kind: EventKind) -> None:
    facts = facts_of(CAPTURED, refund(kind, "r-1"))
    assert not {Fact.REFUND_AMOUNT, Fact.REFUNDED_AMOUNT} & facts.keys()


def test_the_shops_word_about_a_refund_counts_only_where_no_provider_can_be_asked() -> None:
    said = (CAPTURED, refund(EventKind.REFUND_PENDING, "r-1", source=Source.PLATFORM))
    assert Fact.REFUND_AMOUNT not in facts_of(*said)
    assert facts_of(*said, reads_provider=False)[Fact.REFUND_AMOUNT] == HALF


def test_refunds_in_two_currencies_have_no_sum() -> None:
    euro = Money(500, "EUR")
    facts = facts_of(
        CAPTURED,
        refund(EventKind.REFUND_SUCCEEDED, "r-1"),
        event(EventKind.PAYMENT_CAPTURED, 15, payment="p-2", amount=euro),
        event(EventKind.REFUND_SUCCEEDED, 9, payment="p-2", refund="r-2", amount=euro),
    )
    assert Fact.REFUNDED_AMOUNT not in facts


def test_only_a_released_reservation_is_a_released_amount() -> None:
    voided = event(EventKind.PAYMENT_VOIDED, 5, payment="p-1")
    assert Fact.RELEASED_AMOUNT not in facts_of(AUTHORISED)
    assert facts_of(AUTHORISED, voided)[Fact.RELEASED_AMOUNT] == ORDER.total


def test_the_refused_field_is_a_fact() -> None:
    assert message_facts(WORLDS[Cause.INVALID_INPUT].case())[Fact.FIELD] == "phone"


@given(view=SEEN)
def test_no_case_states_an_amount_that_is_not_above_zero(view: CaseView) -> None:
    facts = message_facts(view)
    for fact in MONEY_FACTS & facts.keys():
        value = facts[fact]
        assert isinstance(value, Money)
        assert value.amount_minor > 0


@given(view=SEEN, language=st.sampled_from(LANGUAGES))
def test_a_true_message_renders_unless_a_fact_of_it_is_missing(
    view: CaseView, language: str
) -> None:
    facts = message_facts(view)
    for template in true_templates(view):
        if FACTS_OF[template] <= facts.keys():
            assert all(render(template, language, facts))
        else:
            with pytest.raises(WordingError, match="missing"):
                render(template, language, facts)


@pytest.mark.parametrize("cause", WORLDS, ids=lambda c: c.value)
def test_in_each_world_every_true_message_can_be_sent(cause: Cause) -> None:
    view = WORLDS[cause].case()
    for template in true_templates(replace(view, now=view.now + timedelta(seconds=1))):
        assert all(render(template, "zh_CN", message_facts(view)))
