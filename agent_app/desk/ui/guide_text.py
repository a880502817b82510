"""The guide as one reads it: every step and cause as one page of rich text. For the guide page.

The content's own characters are escaped. Causes and steps name one another by links of the form
`cause:S1` and `step:payment`, which are also the keys of the pages.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import design
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, say
from agent_app.domain.causes import Cause, Family
from agent_app.domain.guide import CauseCard, Guide, Step, StepKind, StepOutcome, Texts

translate = QCoreApplication.translate

FAMILIES: Mapping[Family, str] = {
    Family.SYSTEM: QT_TRANSLATE_NOOP("Family", "System"),
    Family.NETWORK: QT_TRANSLATE_NOOP("Family", "Network and payment"),
    Family.USER: QT_TRANSLATE_NOOP("Family", "Customer's entry"),
    Family.PERMISSION: QT_TRANSLATE_NOOP("Family", "Permission"),
    Family.NONE: QT_TRANSLATE_NOOP("Family", "No fault"),
}
KINDS: Mapping[StepKind, str] = {
    StepKind.PROBE: QT_TRANSLATE_NOOP("GuideText", "The program looks this up"),
    StepKind.QUESTION: QT_TRANSLATE_NOOP("GuideText", "Ask the customer"),
    StepKind.CHECK: QT_TRANSLATE_NOOP("GuideText", "Look it up yourself"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the reference: its key, its place in the list, what a search looks at."""

    key: str
    section: str
    title: str
    searched: str

    def matches(self, words: Iterable[str]) -> bool:
        """Return whether every word (case-folded) occurs."""
        return all(word in self.searched for word in words)


def pages(guide: Guide) -> tuple[Page, ...]:
    """Return the checklist in its order, then the causes by family, in the language in force.

    A search finds both languages, since the customer's words need not be the agent's.
    """
    checklist = translate("GuideText", "Checklist")
    steps = tuple(
        Page(f"step:{step.id}", checklist, f"{number}. {step.text[tag()]}", _of_step(step))
        for number, step in enumerate(guide.steps, start=1)
    )
    causes = tuple(
        Page(f"cause:{card.cause.value}", _family(family), card.title[tag()], _of_card(card))
        for family in Family
        for card in guide.causes
        if card.cause.family is family
    )
    return steps + causes


def page_html(guide: Guide, key: str) -> str | None:
    """Return one page as rich text; None when the guide has no such page."""
    kind, _, name = key.partition(":")
    if kind == "step":
        step = guide.step(name)
        return None if step is None else _step_html(guide, step)
    card = next((c for c in guide.causes if c.cause.value == name), None)
    return None if card is None else _card_html(guide, card)


def _step_html(guide: Guide, step: Step) -> str:
    language = tag()
    about = translate("GuideText", "Step {number} of {all}")
    number = guide.steps.index(step) + 1
    facts = [
        filled(about, number=str(number), all=str(len(guide.steps))),
        say("GuideText", KINDS, step.kind),
    ]
    if step.mandatory:
        facts.append(translate("GuideText", "always needed"))
    body = _part(translate("GuideText", "Why"), step.why[language])
    if step.say is not None:
        body += _part(translate("GuideText", "Say to the customer"), f"“{step.say[language]}”")
    answers = "".join(
        _answer_html(guide, count, outcome) for count, outcome in enumerate(step.outcomes, start=1)
    )
    answers_head = _head(translate("GuideText", "Answers"))
    return _title(step.text[language], " · ".join(facts)) + body + answers_head + answers


def _answer_html(guide: Guide, count: int, outcome: StepOutcome) -> str:
    titles = {card.cause: card.title[tag()] for card in guide.causes}
    lines = "".join(
        f"<br>&nbsp;&nbsp;&nbsp;&nbsp;{_points_to()} {_link(f'cause:{cause.value}', titles[cause])}"
        for cause in outcome.points_to
    )
    return f"<p style='margin-top:4px'>{count}. {plain(outcome.text[tag()])}{lines}</p>"


def _card_html(guide: Guide, card: CauseCard) -> str:
    language = tag()
    parts = (
        (translate("GuidePage", "What one sees"), card.symptom),
        (translate("GuidePage", "What speaks for it"), card.supports),
        (translate("GuidePage", "What speaks against it"), card.refutes),
        (translate("GuidePage", "What to do"), card.remedy),
        (translate("GuidePage", "What to tell the customer"), card.tell_customer),
        (translate("GuidePage", "Who repairs it"), card.owner),
    )
    body = "".join(_part(head, text[language]) for head, text in parts)
    steps = "<br>".join(_steps_to(guide, card.cause))
    if steps:
        head = _head(translate("GuideText", "Steps that point to it"))
        body += f"{head}<p style='margin-top:0'>{steps}</p>"
    return _title(card.title[language], _family(card.cause.family)) + body


def _steps_to(guide: Guide, cause: Cause) -> Iterable[str]:
    for number, step in enumerate(guide.steps, start=1):
        if any(cause in outcome.points_to for outcome in step.outcomes):
            yield _link(f"step:{step.id}", f"{number}. {step.text[tag()]}")


def _points_to() -> str:
    muted = design.colours().muted
    words = plain(translate("GuideText", "points to"))
    return f"<span style='color:{muted}; font-size:{design.META}px'>→ {words}</span>"


def _link(key: str, text: str) -> str:
    return f"<a href='{plain(key)}' style='color:{design.colours().accent}'>{plain(text)}</a>"


def _title(title: str, about: str) -> str:
    muted = design.colours().muted
    return (
        f"<p style='font-size:{design.HEADLINE}px'><b>{plain(title)}</b></p>"
        f"<p style='color:{muted}'>{plain(about)}</p>"
    )


def _head(text: str) -> str:
    muted = design.colours().muted
    return (
        f"<p style='color:{muted}; margin-bottom:2px; font-size:{design.META}px'>"
        f"<b>{plain(text)}</b></p>"
    )


def _part(head: str, text: str) -> str:
    return f"{_head(head)}<p style='margin-top:0'>{plain(text)}</p>"


def plain(text: str) -> str:
    """Return content as rich text that shows it letter by letter."""
    return html.escape(text).replace("\n", "<br>")


def _family(family: Family) -> str:
    return say("Family", FAMILIES, family)


def _of_step(step: Step) -> str:
    texts = [step.text, step.why, *(outcome.text for outcome in step.outcomes)]
    if step.say is not None:
        texts.append(step.say)
    return _joined(texts)


def _of_card(card: CauseCard) -> str:
    return _joined(
        (card.title, card.symptom, card.supports, card.refutes, card.remedy, card.tell_customer)
    )


def _joined(texts: Iterable[Texts]) -> str:
    return " ".join(words for text in texts for words in text.values()).casefold()
