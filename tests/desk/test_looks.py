"""Every verdict of a look has words in both languages; only a marked quotation is not translated.

The verdicts are those that the real sandbox, the history shop and the gateway write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage

from agent_app.desk.ui import case_records
from agent_app.desk.ui.language import LanguageSwitch
from agent_app.desk.ui.record_table import Cell, RecordTable
from agent_app.desk.ui.words import looks, people
from agent_app.desk.work.case_file import CaseFile, case_file
from agent_app.desk.work.preferences import Language
from agent_app.domain.causes import Cause
from agent_app.domain.events import EventKind
from agent_app.domain.evidence import NO_ANSWER, Evidence, EvidenceKind, Fulfilment
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.probes import CallbackVerdict
from agent_app.domain.roles import Actor, Role
from agent_app.domain.wording import Template
from agent_app.engines.http import Bounds
from agent_app.engines.port import Reading
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway.intake import health_of
from tests.engines.history_folder import opened, write_folder
from tests.fakes.held_case import HeldCase
from tests.processes import SandboxProcess, sandbox

AGENT = Actor(UserId("u-1"), "Lin", Role.AGENT)
VARIANTS = [*((c.value, "") for c in Cause), ("N6", "never"), ("N7", "fails"), ("X", "heals")]
SILENCES = {
    "silent:provider": ("/provider/payments",),
    "silent:platform": ("/orders/*",),
    "silent:platform,provider": ("/orders/*", "/provider/payments"),
}
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[\s,.;:]+[A-Za-z][A-Za-z'’-]*){2,}")
_CODE = re.compile(r"[a-z]+_[a-z]+|[a-z]+:[a-z]")
_QUOTED = {
    Language.ENGLISH: re.compile(r" – in its own words: “[^”]*”$"),
    Language.CHINESE: re.compile(r" – 原文：“[^”]*”$"),
}


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxProcess]:
    with sandbox(seed=13) as running:
        yield running


@pytest.fixture(scope="module")
def shop(box: SandboxProcess) -> Iterator[SandboxShop]:
    bounds = Bounds(connect_s=2, read_s=2, whole_s=4)
    connector = SandboxShop(box.base_url, ShopId("sandbox"), clock=box.now, bounds=bounds)
    yield connector
    connector.close()


def _with_health(reading: Reading, ref: OrderRef) -> Reading:
    return replace(reading, evidence=(*reading.evidence, *health_of(ref, reading)))


@pytest.fixture(scope="module")
def readings(box: SandboxProcess, shop: SandboxShop) -> list[tuple[str, Reading]]:
    """Give every cause as a look shows it: at once, and once everything has come to its end."""
    seeded = [
        (cause + variant, OrderRef(box.seed(cause, variant=variant)[0].reference))
        for cause, variant in VARIANTS
    ]
    seeded += [("healthy", OrderRef(t.reference)) for t in box.seed(healthy=12)]
    found = [(name, _with_health(shop.read(ref), ref)) for name, ref in seeded]
    box.advance(6 * 86_400)
    return found + [(f"{name} later", _with_health(shop.read(ref), ref)) for name, ref in seeded]


@pytest.fixture(scope="module")
def silent(box: SandboxProcess, shop: SandboxShop) -> dict[str, Reading]:
    """Give what is told when shop, provider or both do not answer."""
    ref = OrderRef(box.seed("S2")[0].reference)
    found = {}
    for name, paths in SILENCES.items():
        box.faults(*({"what": "error_before", "path": p, "times": None} for p in paths), clear=True)
        found[name] = _with_health(shop.read(ref), ref)
    box.faults(clear=True)
    return found


@pytest.fixture
def languages(qapp: object) -> Iterator[LanguageSwitch]:
    switch = LanguageSwitch()
    yield switch
    switch.use(Language.ENGLISH)
    switch.fall_silent()


def _wordless(evidence: Sequence[Evidence]) -> set[tuple[EvidenceKind, str]]:
    return {(e.kind, e.verdict) for e in evidence if not looks.known(e.kind, e.verdict)}


def test_the_desk_has_words_for_every_verdict_of_the_sandbox(
    readings: list[tuple[str, Reading]],
) -> None:
    evidence = [e for _, reading in readings for e in reading.evidence]
    told = {(e.kind, e.verdict) for e in evidence}
    assert {v for k, v in told if k is EvidenceKind.CALLBACKS} == set(CallbackVerdict)
    assert {v for k, v in told if k is EvidenceKind.FULFILMENT} == set(Fulfilment)
    assert {"not_visible", "forbidden"} <= {v for k, v in told if k is EvidenceKind.ORDER}
    assert _wordless(evidence) == set()


def _not_theirs(look: Evidence, box: SandboxProcess) -> list[str]:
    """Return the words of a look's detail that stand in no document of the sources."""
    papers = [
        box.get(path)
        for path in (
            f"/truth/{look.order}/books",
            f"/provider/payments?reference={look.order}",
            f"/callbacks?reference={look.order}",
        )
    ]
    said = json.dumps(papers, ensure_ascii=False)
    return [w for w in (look.detail or "").split() if w.strip(":;") not in said]


def test_a_detail_holds_the_source_s_own_words_alone(
    box: SandboxProcess, readings: list[tuple[str, Reading]]
) -> None:
    quoting = [e for _, r in readings for e in r.evidence if e.detail is not None]
    assert {e.kind for e in quoting} >= {EvidenceKind.CALLBACKS, EvidenceKind.FULFILMENT}
    assert [(e.detail, w) for e in quoting if (w := _not_theirs(e, box))] == []
    ours = replace(quoting[0], detail="The shop calls it fulfillable.")
    assert _not_theirs(ours, box) != []


def test_the_desk_has_words_for_every_silence(silent: dict[str, Reading]) -> None:
    for name, reading in silent.items():
        assert name in {e.verdict for e in reading.evidence}
        assert "no_answer" in {e.verdict for e in reading.evidence}
        assert _wordless(reading.evidence) == set()


def test_the_desk_has_words_for_every_verdict_of_the_history_shop(tmp_path: Path) -> None:
    shop = opened(write_folder(tmp_path))
    names = ("sent", "stuck", "cancelled", "newest", "no such order")
    evidence = [e for ref in names for e in shop.read(OrderRef(ref)).evidence]
    assert {e.verdict for e in evidence} >= {"confirmed", "paid", "cancelled", "not_visible"}
    assert _wordless(evidence) == set()
    assert {e.detail for e in evidence} == {None}


def test_a_verdict_without_words_is_found(readings: list[tuple[str, Reading]]) -> None:
    look = readings[0][1].evidence[0]
    stranger = replace(look, verdict="teleported")
    assert _wordless([look, stranger]) == {(EvidenceKind.ORDER, "teleported")}
    # A payment's word is none for an order: each kind has its own.
    assert not looks.known(EvidenceKind.ORDER, "captured")


def test_no_two_verdicts_of_a_kind_share_their_words(languages: LanguageSwitch) -> None:
    for language in (Language.ENGLISH, Language.CHINESE):
        languages.use(language)
        for kind, (_, words) in looks.TABLES.items():
            codes = {*words, *NO_ANSWER}
            said = {looks.answer(kind, code) for code in codes}
            assert len(said) == len(codes), (language, kind)
            assert looks.answer(kind, "teleported") not in said
            if language is Language.CHINESE:
                assert [s for s in said if re.search(r"[A-Za-z]", s)] == []


def _file(reading: Reading) -> CaseFile:
    assert reading.order is not None
    held = HeldCase(CaseId("c-1"), reading.order, list(reading.events), list(reading.evidence))
    return case_file(held.detail(AGENT))


def _rows(reading: Reading) -> list[str]:
    file = _file(reading)
    newest = max(e.observed_at for e in reading.evidence)
    rows = []
    for age_s in (0, 3600):
        _, cells = case_records.timeline_rows(file, newest + timedelta(seconds=age_s))
        rows += [" | ".join(cell.whole for cell in row) for row in cells]
    return rows


def _unmarked(row: str, language: Language) -> str:
    return _QUOTED[language].sub("", row)


def test_the_chinese_timeline_of_every_cause_is_chinese_outside_the_quotations(
    readings: list[tuple[str, Reading]], silent: dict[str, Reading], languages: LanguageSwitch
) -> None:
    languages.use(Language.CHINESE)
    every = [*readings, *silent.items()]
    rows = [(name, row) for name, r in every if r.order is not None for row in _rows(r)]
    assert {name for name, _ in rows} >= {c.value for c in Cause}
    plain = [(name, _unmarked(row, Language.CHINESE)) for name, row in rows]
    assert [r for r in plain if _ENGLISH.search(r[1]) or _CODE.search(r[1])] == []
    assert any(row.endswith("无法履行（缺货）") for _, row in rows)
    # The control: the quotations themselves do hold English, and are seen.
    assert any(_ENGLISH.search(row) for _, row in rows)
    assert any("原文：“409 shop.example: transition already in progress”" in r for _, r in rows)


def test_english_in_the_chinese_timeline_is_found(
    readings: list[tuple[str, Reading]], languages: LanguageSwitch
) -> None:
    """The control: without the translation most rows are found."""
    languages.use(Language.ENGLISH)
    rows = [_unmarked(row, Language.ENGLISH) for _, r in readings[:26] for row in _rows(r)]
    assert sum(bool(_ENGLISH.search(row)) for row in rows) > len(rows) / 2


def test_no_code_stands_in_the_english_timeline_outside_the_quotations(
    readings: list[tuple[str, Reading]], languages: LanguageSwitch
) -> None:
    languages.use(Language.ENGLISH)
    rows = [row for _, reading in readings for row in _rows(reading)]
    assert [r for r in rows if _CODE.search(_unmarked(r, Language.ENGLISH))] == []
    assert any(_CODE.search(row) for row in rows), "codes are quoted"
    assert [r for r in rows if r.endswith(": answered")] == []


@pytest.mark.parametrize("template", Template)
def test_a_message_that_left_is_named_not_quoted(
    template: Template, readings: list[tuple[str, Reading]], languages: LanguageSwitch
) -> None:
    languages.use(Language.CHINESE)
    reading = readings[0][1]
    sent = replace(reading.events[0], kind=EventKind.MESSAGE_SENT, note=template.value, stage=None)
    (row,) = {row for row in _rows(replace(reading, events=(sent,))) if "消息" in row}
    assert row.endswith(people.template(template))
    assert template.value not in row


def _darkest(image: QImage, box: QRect) -> int:
    return min(
        image.pixelColor(QPoint(x, y)).lightness()
        for x in range(box.left(), box.right())
        for y in range(box.top(), box.bottom())
    )


@pytest.mark.parametrize("quote", ["“WWWWWWWW”", ""])
def test_a_quotation_is_muted_beside_our_words(quote: str, qapp: object) -> None:
    table = RecordTable()
    table.resize(600, 120)
    words = "WWWWWWWW" if quote else "WWWWWWWW – “WWWWWWWW”"
    table.show_rows(["What"], [[Cell(words, quote=quote)]])
    item = table.item(0, 0)
    assert item is not None
    assert item.text() == "WWWWWWWW – “WWWWWWWW”"
    image = table.viewport().grab().toImage()
    width = table.fontMetrics().horizontalAdvance("WWWWWWWW")
    row = table.visualItemRect(item)
    ours = QRect(row.left(), row.top() + 4, width, row.height() - 8)
    theirs = QRect(row.left() + width + 12, row.top() + 4, width, row.height() - 8)
    lighter = _darkest(image, theirs) - _darkest(image, ours)
    assert (lighter > 20) is bool(quote), lighter
