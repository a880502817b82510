"""A message to a customer states exactly the facts that it was given, or is not rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent_app.domain.facts import FACTS_OF, Fact, FactValue
from agent_app.domain.money import Money
from agent_app.domain.wording import Template
from agent_app.resources import resource
from agent_app.wordings import (
    LanguageMissing,
    WordingError,
    language_for,
    load_wordings,
    money_text,
    read_wordings,
    render,
    writing_language,
)
from agent_app.yaml_content import LANGUAGES, ContentError
from tests.language_faults import language_faults

ALL_FACTS: dict[Fact, FactValue] = {
    Fact.ORDER: "PG-20418377",
    Fact.SHOP: "Lotus {Store}",
    Fact.AMOUNT: Money(128450, "CNY"),
    Fact.REFUND_AMOUNT: Money(5000, "JPY"),
    Fact.REFUNDED_AMOUNT: Money(77, "EUR"),
    Fact.RELEASED_AMOUNT: Money(1234567, "KWD"),
    Fact.FIELD: "postcode",
}
SHOWN = {
    Fact.ORDER: ("PG-20418377",) * 2,
    Fact.SHOP: ("Lotus {Store}",) * 2,
    Fact.AMOUNT: ("CNY 1,284.50",) * 2,
    Fact.REFUND_AMOUNT: ("JPY 5,000",) * 2,
    Fact.REFUNDED_AMOUNT: ("EUR 0.77",) * 2,
    Fact.RELEASED_AMOUNT: ("KWD 1,234.567",) * 2,
    Fact.FIELD: ("postcode", "邮政编码"),
}
EVERY = [(template, language) for template in Template for language in LANGUAGES]


def exactly(template: Template) -> dict[Fact, FactValue]:
    return {fact: ALL_FACTS[fact] for fact in FACTS_OF[template]}


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_a_message_states_all_its_facts_and_no_other(template: Template, language: str) -> None:
    rendered = render(template, language, exactly(template))
    subject, body, _ = rendered
    for fact, shown in SHOWN.items():
        stated = shown[LANGUAGES.index(language)] in f"{subject}\n{body}"
        assert stated is (fact in FACTS_OF[template]), fact
    assert "\n" not in subject
    assert render(template, language, ALL_FACTS) == rendered


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_a_message_without_one_of_its_facts_is_not_rendered(
    template: Template, language: str
) -> None:
    for fact in FACTS_OF[template]:
        facts = exactly(template)
        del facts[fact]
        with pytest.raises(WordingError, match=f"the fact .*{fact}.*missing"):
            render(template, language, facts)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_messages_are_well_spoken(template: Template, language: str) -> None:
    wording = load_wordings(language).templates[template]
    for text in (wording.subject, wording.body):
        words = re.sub(r"\{\w+\}", "", text)
        assert language_faults(language, words) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_nothing_is_decided_the_customer_is_told_not_to_pay_again(language: str) -> None:
    words = {"en": "do not pay again", "zh_CN": "请勿重复支付"}[language]
    subject, body, _ = render(Template.CHECKING, language, exactly(Template.CHECKING))
    assert words in subject
    assert words in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_one_message_invites_to_pay(language: str) -> None:
    """Anything else that did could make a second charge of one stuck order (U1)."""
    inviting = {"en": "you may now pay", "zh_CN": "您现在可以支付"}[language]
    assert [t for t in Template if inviting in load_wordings(language).templates[t].body] == [
        Template.PAY_AGAIN
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_without_words_is_never_shown_as_its_code(language: str) -> None:
    facts = exactly(Template.INPUT_NEEDED) | {Fact.FIELD: "billing_vat_no"}
    text = "".join(render(Template.INPUT_NEEDED, language, facts))
    assert "billing" not in text
    assert load_wordings(language).fields["other"] in text


def test_the_languages_name_the_same_fields() -> None:
    names = [set(load_wordings(language).fields) for language in LANGUAGES]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"weather": "fine"}, "no message states a fact 'weather'"),
        ({Fact.AMOUNT: "12.00"}, "must be money"),
        ({Fact.AMOUNT: Money(0, "EUR")}, "above zero"),
        ({Fact.AMOUNT: Money(-5, "EUR")}, "above zero"),
        ({Fact.SHOP: Money(5, "EUR")}, "must be a text"),
        ({Fact.SHOP: " "}, "empty, overlong"),
        ({Fact.SHOP: "Shop\r\nBcc: a@b.example"}, "control characters"),
        ({Fact.SHOP: "s" * 201}, "overlong"),
    ],
)
def test_a_fact_that_is_none_is_refused(facts: dict[str, FactValue], words: str) -> None:
    given: dict[str, FactValue] = {str(f): v for f, v in exactly(Template.CONFIRMED).items()}
    with pytest.raises(WordingError, match=words):
        render(Template.CONFIRMED, "en", given | facts)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(WordingError, match="no message 'congratulations'"):
        render("congratulations", "en", ALL_FACTS)


def test_a_language_that_the_product_lacks_is_english_only_when_told() -> None:
    facts = exactly(Template.CHECKING)
    with pytest.raises(LanguageMissing, match="pt-BR"):
        render(Template.CHECKING, "pt-BR", facts)
    english = render(Template.CHECKING, "en", facts)
    assert render(Template.CHECKING, "pt-BR", facts, fall_back=True) == english


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("zh", "zh_CN"),
        ("zh_CN", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("pt-BR", None),
        ("enm", None),
        ("", None),
    ],
)
def test_a_language_tag_leads_to_the_products_language(tag: str, language: str | None) -> None:
    assert language_for(tag) == language
    assert writing_language(tag) == (language or "en")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(128450, "CNY"), "CNY 1,284.50"),
        (Money(1, "USD"), "USD 0.01"),
        (Money(1234567, "JPY"), "JPY 1,234,567"),
        (Money(1005, "KWD"), "KWD 1.005"),
        (Money(-1999, "EUR"), "EUR -19.99"),
        (Money(-5, "EUR"), "EUR -0.05"),
    ],
)
def test_money_has_its_code_and_its_own_minor_digits(money: Money, text: str) -> None:
    assert money_text(money) == text


FAULTS = {
    "a fact that is not evidenced": (
        "{shop} has confirmed",
        "{shop} in {city} has confirmed",
        "templates.confirmed states {city}",
    ),
    "a fact of another message": (
        "There is nothing left",
        "{refund_amount} is left",
        "templates.confirmed states {refund_amount}",
    ),
    "a fact left out": (
        "order {order} ({amount}). There",
        "order {order}. There",
        "templates.confirmed does not state {amount}",
    ),
    "a format of one's own": ("({amount})", "({amount:>9})", "formats {amount} by itself"),
    "an attribute": ("({amount})", "({amount.currency})", "formats {amount.currency}"),
    "a lone brace": ("({amount})", "({amount)", "has a brace that stands alone"),
    "a template missing": ("  voided:\n", "  voiced:\n", "voiced is not known here"),
    "a template twice": ("  voided:\n", "  refunded:\n", "templates.refunded stands here twice"),
    "no words for other fields": ("  other: information", "  rest: information", "has no `other`"),
    "another language": ("language: en", "language: zh_CN", "is not the file's own"),
    "another format": ("format: messages/1", "format: messages/2", "not one that this program"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_messages_with_a_fault_are_refused_with_file_line_and_remedy(
    fault: str, tmp_path: Path
) -> None:
    old, new, words = FAULTS[fault]
    whole = resource("messages", "en.yaml").read_text("utf-8")
    assert old in whole
    path = tmp_path / "spoilt.yaml"
    path.write_text(whole.replace(old, new, 1), "utf-8")
    with pytest.raises(ContentError) as caught:
        read_wordings(path, "en")
    assert words in caught.value.problem
    assert caught.value.remedy
    assert 1 <= caught.value.line <= len(whole.splitlines())


def test_unspoilt_messages_are_accepted() -> None:
    assert read_wordings(resource("messages", "en.yaml"), "en") == load_wordings("en")


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_the_short_form_is_one_text_message_and_states_nothing_else(
    template: Template, language: str
) -> None:
    facts = exactly(template) | {Fact.SHOP: "Lotus Store"}
    short = render(template, language, facts).short
    limit = 160 if short.isascii() else 70
    assert len(short) <= limit, f"{len(short)} characters: {short}"
    assert "PG-20418377" in short
    assert "\n" not in short
    for fact, shown in SHOWN.items():
        if fact not in FACTS_OF[template]:
            assert shown[LANGUAGES.index(language)] not in short


def test_a_short_form_that_names_no_order_is_refused(tmp_path: Path) -> None:
    whole = resource("messages", "en.yaml").read_text("utf-8")
    path = tmp_path / "en.yaml"
    path.write_text(whole.replace("we are checking your order {order}", "we are checking", 1))
    with pytest.raises(ContentError, match="short"):
        read_wordings(path, "en")
