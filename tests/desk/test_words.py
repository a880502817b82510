"""Every code has words in both languages, and no raw code can reach the screen."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from agent_app.desk.ui import commands, guide_text, queue_model, rail
from agent_app.desk.ui.badges import VERDICT_LOOKS
from agent_app.desk.ui.progress_strip import LOOKS
from agent_app.desk.ui.words import actions, locks, people, problems, states
from agent_app.desk.work import errors
from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.local import DiskFull, LocalStoreFailed
from agent_app.desk.work.queue_rows import Column
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.causes import Family
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import NO_ANSWER, CustomerMatch, EvidenceKind
from agent_app.domain.flags import FlagRule, Level
from agent_app.domain.guide import StepKind
from agent_app.domain.order import DeadlineKind, PaymentMethod
from agent_app.domain.payment import RefundState, Verdict
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.roles import Role, Scope
from agent_app.domain.stage import Stage
from agent_app.domain.truth import AmountMatch, Conflict
from agent_app.domain.wording import Template

CHINESE = Path(__file__).parents[2] / "resources" / "translations" / "desk_zh_CN.ts"

TABLES: list[tuple[Any, Any]] = [
    (Stage, states.STAGES),
    (Verdict, states.VERDICTS),
    (Verdict, VERDICT_LOOKS),
    (CaseState, states.CASE_STATES),
    (Level, states.LEVELS),
    (FlagRule, states.RULES),
    (DeadlineKind, states.DEADLINES),
    (PaymentMethod, states.METHODS),
    (Conflict, states.CONFLICTS),
    (Source, states.SOURCES),
    (EventKind, states.EVENTS),
    (EvidenceKind, states.LOOKS),
    (AmountMatch, states.AMOUNTS),
    (CustomerMatch, states.PAYERS),
    (RefundState, states.REFUNDS),
    (ActionKind, actions.KINDS),
    (ActionKind, actions.DONE),
    (ActionState, actions.STATES),
    (RemedyWhy, actions.REMEDIES),
    (Phase, actions.PHASES),
    (Phase, LOOKS),
    (Why, locks.WHYS),
    (Unlock, locks.UNLOCKS),
    (Role, people.ROLES),
    (Scope, people.SCOPES),
    (Template, people.TEMPLATES),
    (problems.Kind, problems.SENTENCES),
    (Column, queue_model.HEADS),
    (rail.Place, rail.NAMES),
    (commands.Command, commands.NAMES),
    (Family, guide_text.FAMILIES),
    (StepKind, guide_text.KINDS),
]


def _lacking(codes: Any, table: Any) -> set[Enum]:
    return {code for code in codes if not table.get(code)}


@pytest.mark.parametrize(("codes", "table"), TABLES)
def test_every_code_has_words(codes: Any, table: Any) -> None:
    assert _lacking(codes, table) == set()


def test_a_code_without_words_is_found() -> None:
    short = {code: words for code, words in locks.WHYS.items() if code is not Why.DISPUTED}
    assert _lacking(Why, short) == {Why.DISPUTED}


def test_every_look_that_told_nothing_has_words() -> None:
    assert set(states.ANSWERS) >= NO_ANSWER


def _messages() -> list[tuple[str, str, str | None]]:
    """Return source, translation and the `type` of every message."""
    found = []
    for message in ET.parse(CHINESE).getroot().iter("message"):
        translation = message.find("translation")
        source = message.findtext("source") or ""
        assert translation is not None
        found.append((source, translation.text or "", translation.get("type")))
    return found


def test_the_chinese_translation_is_complete() -> None:
    messages = _messages()
    assert len(messages) > 400
    assert [source for source, text, kind in messages if kind == "unfinished" or not text] == []


def test_the_chinese_translation_keeps_every_placeholder() -> None:
    place = re.compile(r"\{\w+\}|%\d|%n")
    lost = [
        source for source, text, _kind in _messages()
        if set(place.findall(source)) != set(place.findall(text))
    ]  # fmt: skip
    assert lost == []


def test_the_chinese_words_are_those_of_the_field() -> None:
    texts = " ".join(text for _source, text, _kind in _messages())
    assert "注单" not in texts
    assert "！" not in texts
    for word in ("掉单", "补单", "退款处理中", "请勿重复支付", "结果未知", "认领"):
        assert word in texts
    long = [(source, text) for source, text, _ in _messages() if source.isascii() and source[3:]]
    # A sentence of places alone has nothing but its punctuation to translate.
    plain = [text for source, text in long if re.search("[A-Za-z]", re.sub(r"{\w+}", "", source))]
    without = [text for text in plain if not re.search(r"[一-鿿]", text)]
    assert without == []


def test_the_sources_hold_nothing_that_the_translation_lacks(tmp_path: Path) -> None:
    """Collect anew and compare, so that a new string cannot be forgotten."""
    import subprocess
    import sys

    root = CHINESE.parents[2]
    copy = tmp_path / "desk_zh_CN.ts"
    copy.write_bytes(CHINESE.read_bytes())
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    sources = sorted(str(p.relative_to(root)) for p in (root / "agent_app/desk").rglob("*.py"))
    words = ["-locations", "none", "-no-obsolete", "-silent", *sources, "-ts", str(copy)]
    subprocess.run([str(tool), *words], cwd=root, check=True, stdin=subprocess.DEVNULL)
    fresh = {
        m.findtext("source")
        for m in ET.parse(copy).getroot().iter("message")
        if (t := m.find("translation")) is not None and t.get("type") == "unfinished"
    }
    assert fresh == set()


def test_a_lock_is_told_with_its_figures_and_what_opens_it(qapp: object) -> None:
    stale = Reason(Why.STALE_READ, Unlock.RECHECK, {"age_s": "240"})
    said = locks.locked(ActionKind.REFUND, [stale])
    assert said == "“Refund” is locked: the payment result is 4 min old. Recheck (R)."


@pytest.mark.parametrize(
    ("why", "said"), [("out_of_stock", "(out of stock)"), ("recalled", "(recalled)")]
)
def test_why_an_order_cannot_be_delivered_is_in_words(why: str, said: str, qapp: object) -> None:
    reason = Reason(Why.NOT_FULFILLABLE, Unlock.REFUND_INSTEAD, {"why": why})
    assert said in locks.locked(ActionKind.RESUBMIT, [reason])


@pytest.mark.parametrize("code", list(Why))
def test_no_lock_shows_a_raw_code_or_an_empty_place(code: Why, qapp: object) -> None:
    params = {
        "scope": "refund.request",
        "roles": "lead,finance",
        "name": "Ana",
        "shop": "Test shop",
        "action": "refund",
        "state": "needs_person",
        "age_s": "61",
        "conflicts": "shop_paid_provider_not",
        "until": "2026-11-22T10:00:00+00:00",
        "at": "2026-11-22T10:00:00+00:00",
        "match": "surplus_payment",
        "why": "no stock",
    }
    said = locks.locked(ActionKind.REFUND, [Reason(code, Unlock.ASK_ROLE, params)])
    assert "{" not in said
    assert not re.search(r"[a-z]_[a-z]|refund\.request", said)


@pytest.mark.parametrize("kind", list(problems.Kind))
def test_every_failure_has_a_sentence_without_places_left(
    kind: problems.Kind, qapp: object
) -> None:
    examples: dict[problems.Kind, Exception] = {
        problems.Kind.UNREACHABLE: errors.Unreachable("x"),
        problems.Kind.OUTCOME_UNKNOWN: errors.OutcomeUnknown("x"),
        problems.Kind.INCOMPATIBLE: errors.Incompatible("2.0", "1.0"),
        problems.Kind.GATEWAY_FAILED: errors.GatewayFailed("x"),
        problems.Kind.UNAUTHENTICATED: errors.Unauthenticated("x"),
        problems.Kind.FORBIDDEN: errors.Forbidden("x", scope="refund.approve", roles=(Role.LEAD,)),
        problems.Kind.NOT_VISIBLE: errors.NotVisible("x"),
        problems.Kind.LOCKED: errors.Locked("x", (Why.STALE_READ,)),
        problems.Kind.CONFLICT: errors.Conflict("x"),
        problems.Kind.CONFLICT_HELD: errors.Conflict("x", "Bo"),
        problems.Kind.CLAIM_LOST: errors.ClaimLost("x", "Bo"),
        problems.Kind.OWN_REQUEST: errors.Forbidden("x", scope="own_request", roles=(Role.LEAD,)),
        problems.Kind.OVER_LIMIT: errors.Forbidden("x", scope="over_limit", roles=(Role.FINANCE,)),
        problems.Kind.UNAVAILABLE: errors.Unavailable("x"),
        problems.Kind.UNSUPPORTED: errors.Unsupported("x"),
        problems.Kind.TOO_LARGE: errors.TooLarge("x"),
        problems.Kind.THROTTLED: errors.Throttled("x", 1.0),
        problems.Kind.SHOP_UNREACHABLE: errors.ShopUnreachable("x"),
        problems.Kind.REJECTED: errors.Rejected("the text is empty"),
        problems.Kind.DISK: OSError("no space left"),
        problems.Kind.DISK_FULL: DiskFull("x"),
        problems.Kind.STORE: LocalStoreFailed("x"),
    }
    assert problems.kind_of(examples[kind]) is kind
    assert "{" not in problems.sentence(examples[kind])
