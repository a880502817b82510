"""Words for a hand-over: its headings, and what it begins with."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import actions, awaited, filled, people, states
from agent_app.desk.work.case_file import LedgerLine
from agent_app.desk.work.handover import HandoverFacts
from agent_app.domain.guide import Finding, Guide

translate = QCoreApplication.translate
DONE, WAITS, TOLD, NEXT = "done", "waits", "told", "next"
"""The fields of a hand-over, by their codes."""


def headings() -> dict[str, str]:
    """Return the fields in their order, each with its heading."""
    return {
        DONE: translate("handover", "Done so far"),
        WAITS: translate("handover", "What it waits for"),
        TOLD: translate("handover", "What the customer was told"),
        NEXT: translate("handover", "Next step"),
    }


def begun(facts: HandoverFacts, guide: Guide | None, language: str) -> dict[str, str]:
    """Return what each field begins with; empty where the case knows nothing of it."""
    done = [awaited.named(entry) for entry in facts.done]
    if guide is not None:
        done += [_answer(finding, guide, language) for finding in facts.answers]
    waits = [states.case_state(facts.waits)] if facts.waits is not None else []
    waits += [_unsettled(entry) for entry in facts.unsettled]
    told = [
        _joined(people.template_named(one.template), formats.moment(one.at)) for one in facts.told
    ]
    step = guide.step(facts.next_step) if guide is not None and facts.next_step else None
    ahead = actions.kind(facts.next_action) if step is None else step.text[language]
    joint = translate("handover", "; ")
    return {
        DONE: joint.join(filter(None, done)),
        WAITS: joint.join(waits),
        TOLD: joint.join(told),
        NEXT: ahead,
    }


def _answer(finding: Finding, guide: Guide, language: str) -> str:
    step = guide.step(finding.step)
    if step is None:
        return ""
    outcome = step.outcome(finding.outcome) if finding.outcome else None
    if outcome is None:
        return ""
    answered = translate("handover", "{question} – {answer}")
    return filled(answered, question=step.text[language], answer=outcome.text[language])


def _unsettled(entry: LedgerLine) -> str:
    return _joined(awaited.named(entry), actions.state(entry.record.state))


def _joined(what: str, detail: str) -> str:
    return filled(translate("handover", "{what} ({detail})"), what=what, detail=detail)
