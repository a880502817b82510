"""The bundled guide is complete in both languages, and a guide with a fault is refused by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.domain.causes import Cause
from agent_app.domain.guide import Guide, StepKind, Texts
from agent_app.domain.probes import PROBES
from agent_app.guides import load_guide, read_guide
from agent_app.resources import resource
from agent_app.yaml_content import LANGUAGES, ContentError
from tests.language_faults import language_faults

SOURCE = resource("guides", "unreturned-order.yaml")


def texts_of(guide: Guide) -> Iterator[tuple[str, Texts]]:
    """Yield every text of the guide with the place where it stands."""
    yield "title", guide.title
    for step in guide.steps:
        yield f"{step.id}.text", step.text
        yield f"{step.id}.why", step.why
        if step.say is not None:
            yield f"{step.id}.say", step.say
        for outcome in step.outcomes:
            yield f"{step.id}.{outcome.id}", outcome.text
    for card in guide.causes:
        for part in ("title", "symptom", "supports", "refutes", "owner", "remedy"):
            yield f"{card.cause}.{part}", getattr(card, part)
        yield f"{card.cause}.tell_customer", card.tell_customer


def test_every_text_is_there_in_every_language_and_well_spoken() -> None:
    faults = [
        f"{place} {language}: {', '.join(found)}"
        for place, texts in texts_of(load_guide())
        for language in LANGUAGES
        if (found := language_faults(language, texts.get(language, "")))
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("language", "text", "fault"),
    [
        ("en", " ", "empty"),
        ("en", "Paid!", "exclamation mark"),
        ("zh_CN", "已付款！", "exclamation mark"),
        ("zh_CN", "查看注单", "注单 instead of 订单"),
        ("en", "Look at payment_state", "a code instead of words"),
        ("en", "It is N2", "a code instead of words"),
        ("zh_CN", "见 payment.truth", "a code instead of words"),
        ("en", "We are sorry for that", "apology"),
        ("zh_CN", "非常抱歉", "apology"),
        ("zh_CN", "Not translated", "not Chinese"),
        ("zh_CN", "已付款,未确认", "Latin punctuation in Chinese"),
        ("en", "已付款", "Chinese in English"),
    ],
)
def test_a_badly_spoken_text_is_seen(language: str, text: str, fault: str) -> None:
    assert fault in language_faults(language, text)


def test_the_two_languages_are_not_each_other() -> None:
    assert [place for place, t in texts_of(load_guide()) if t["en"] == t["zh_CN"]] == []


def test_every_cause_has_a_card_its_thread_and_an_answer_that_points_to_it() -> None:
    guide = load_guide()
    assert sorted(card.cause for card in guide.causes) == sorted(Cause)
    without = [card.cause for card in guide.causes if not card.source.startswith("https://")]
    # field.md names no thread for these two: neither is a fault of anybody's.
    assert without == [Cause.TRULY_UNPAID, Cause.FALSE_ALARM]
    pointed = {c for s in guide.steps for o in s.outcomes for c in o.points_to}
    assert pointed == set(Cause)
    excluded = {c for s in guide.steps for o in s.outcomes for c in o.rules_out}
    assert set(Cause) - excluded <= {Cause.LATE_AUTHORISATION, Cause.COMPENSATION_IN_FLIGHT}


def test_steps_stand_in_the_fixed_order_of_their_cost() -> None:
    """The order of field.md 6.3: can I see it, payment, deadlines, health, callbacks, input, DB."""
    ids = [step.id for step in load_guide().steps]
    path = ["visible", "payment", "deadline", "health", "callbacks", "input", "database"]
    assert [step for step in ids if step in path] == path
    assert ids[0] == "visible"
    assert 14 <= len(ids) <= 18


def test_every_probe_is_used_once_and_what_guards_money_is_mandatory() -> None:
    guide = load_guide()
    probes = [step.probe for step in guide.steps if step.kind is StepKind.PROBE]
    assert sorted(filter(None, probes)) == sorted(PROBES)
    mandatory = {step.probe for step in guide.steps if step.mandatory}
    assert {"order.visible", "payment.truth", "payment.payer", "payment.refund"} <= mandatory


def test_questions_say_not_to_pay_again_or_ask_something() -> None:
    questions = [step for step in load_guide().steps if step.kind is StepKind.QUESTION]
    assert len(questions) >= 3
    for step in questions:
        assert step.say is not None
        assert "?" in step.say["en"]
        assert "？" in step.say["zh_CN"]


# fault → (what is replaced, by what, words of the error, the text on whose line it is reported)
FAULTS = {
    "a key twice": (
        "    cost_s: 75\n",
        "    cost_s: 75\n    cost_s: 80\n",
        "cost_s stands here twice",
        "    cost_s: 80",
    ),
    "a step twice": ("  worker:\n", "  stock:\n", "steps.stock stands here twice", None),
    "no Chinese": ("      zh_CN: 与客户核对电话和地址\n", "", "has no zh_CN text", None),
    "a language that the product lacks": (
        "      zh_CN: 与客户核对电话和地址\n",
        "      zh_CN: 与客户核对电话和地址\n      de: Adresse vorlesen\n",
        "is not known here",
        "      de: Adresse",
    ),
    "a blank text": ("zh_CN: 与客户核对电话和地址", 'zh_CN: " "', "must be a text", 'zh_CN: " "'),
    "an unknown cause": (
        "points_to: [U1, U2]",
        "points_to: [U1, U9]",
        "names the unknown cause 'U9'",
        "points_to: [U1, U9]",
    ),
    "a cause twice": (
        "points_to: [U1, U2]",
        "points_to: [U1, U1]",
        "names a cause twice",
        "points_to: [U1, U1]",
    ),
    "a cause for and against": (
        "        points_to: [U1, U2]\n",
        "        points_to: [U1, U2]\n        rules_out: [U2]\n",
        "both name U2",
        "rules_out: [U2]",
    ),
    "an unknown probe": (
        "probe: system.health",
        "probe: system.wealth",
        "names the unknown probe 'system.wealth'",
        "probe: system.wealth",
    ),
    "an outcome that the probe never gives": (
        "      trouble:\n",
        "      broken:\n",
        "differ from what system.health answers: broken, trouble",
        None,
    ),
    "an unknown key": ("    cost_s: 75\n", "    cost: 75\n", "cost is not known here", "cost: 75"),
    "a cost that is no number": ("cost_s: 75", "cost_s: soon", "whole number", "cost_s: soon"),
    "a cost of nothing": ("cost_s: 75", "cost_s: 0", "above zero", "cost_s: 0"),
    "an unknown kind": ("kind: question", "kind: riddle", "is 'riddle'", "kind: riddle"),
    "a question without words": ("    kind: check\n", "    kind: question\n", "`say`", None),
    "a card missing": ("  U3:\n    title", "  U33:\n    title", "U33 is not a known cause", None),
    "another format": ("format: guide/1", "format: guide/9", "not one that this", "format: guide"),
    "a colon in a plain text": (
        "en: Read phone number",
        "en: Read: phone number",
        "mapping values are not allowed",
        "en: Read: phone",
    ),
}


def _spoil(folder: Path, old: str, new: str) -> Path:
    whole = SOURCE.read_text("utf-8")
    assert old in whole
    path = folder / "spoilt.yaml"
    path.write_text(whole.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize("fault", FAULTS)
def test_a_guide_with_a_fault_is_refused_with_file_line_and_remedy(
    fault: str, tmp_path: Path
) -> None:
    old, new, words, line_of = FAULTS[fault]
    path = _spoil(tmp_path, old, new)
    with pytest.raises(ContentError) as caught:
        read_guide(path)
    assert caught.value.file == "spoilt.yaml"
    assert words in caught.value.problem
    assert caught.value.remedy
    assert f"spoilt.yaml, line {caught.value.line}: " in str(caught.value)
    if line_of is not None:
        lines = path.read_text("utf-8").splitlines()
        assert line_of in lines[caught.value.line - 1]


def test_an_unspoilt_copy_is_accepted(tmp_path: Path) -> None:
    assert read_guide(_spoil(tmp_path, "format: guide/1", "format: guide/1")) == load_guide()


def test_a_card_left_out_is_named(tmp_path: Path) -> None:
    whole = SOURCE.read_text("utf-8")
    path = tmp_path / "short.yaml"
    path.write_text(whole[: whole.index("\n  X2:\n")], "utf-8")
    with pytest.raises(ContentError, match="has no card for X2"):
        read_guide(path)


def test_yes_and_no_are_words_and_not_booleans(tmp_path: Path) -> None:
    path = _spoil(tmp_path, "      en: Not paid\n", "      en: no\n")
    card = next(c for c in read_guide(path).causes if c.cause is Cause.TRULY_UNPAID)
    assert card.title["en"] == "no"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "holds no keys"), (b"- a\n", "holds no keys"), (b"a: b\nc: \xff\n", "is not UTF-8")],
)
def test_a_file_that_is_no_content_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(ContentError, match=words) as caught:
        read_guide(path)
    assert caught.value.line == (2 if b"\xff" in content else 1)


def test_the_guide_is_read_once() -> None:
    assert load_guide() is load_guide()
