"""Load the bundled guide and refuse one that is not complete.

For the gateway, which serves it under `/v1/guide`, and for the desk's off-line reference. Reading
takes tens of milliseconds: never on the Qt thread. How to write one: docs/guide-content.md.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from agent_app.domain.causes import Cause
from agent_app.domain.guide import CauseCard, Guide, Step, StepKind, StepOutcome
from agent_app.domain.probes import PROBES
from agent_app.resources import resource
from agent_app.yaml_content import Section, read_yaml

FORMAT = "guide/1"
_CARD = ("title", "symptom", "supports", "refutes", "owner", "remedy", "tell_customer")
_STEP = ("kind", "probe", "mandatory", "cost_s", "text", "why", "say", "outcomes")


@cache
def load_guide() -> Guide:
    """Return the bundled guide for unreturned orders, read once.

    Raises:
        FileNotFoundError: the installation is incomplete.
        ContentError: the file is not a complete guide; the message names line and remedy.
    """
    return read_guide(resource("guides", "unreturned-order.yaml"))


def read_guide(path: Path) -> Guide:
    """Read and check one guide file.

    Raises:
        ContentError: a key twice or unknown, a language missing, a cause or probe that does not
            exist, a cause without its card, outcomes that differ from what the probe answers.
    """
    top = read_yaml(path).only("format", "id", "version", "title", "steps", "causes")
    if top.text("format") != FORMAT:
        raise top.error("format", "is not one that this program reads", f"write `{FORMAT}`")
    steps = tuple(_step(name, section) for name, section in top.sections("steps"))
    if not steps:
        raise top.error("steps", "holds no step", "write at least one")
    cards = tuple(_card(top.section("causes"), name) for name in top.section("causes").keys)
    missing = [cause.value for cause in Cause if cause not in {card.cause for card in cards}]
    if missing:
        raise top.error("causes", f"has no card for {', '.join(missing)}", "add the card")
    return Guide(
        id=top.text("id"),
        version=top.number("version"),
        title=top.texts("title"),
        steps=steps,
        causes=cards,
    )


def _step(name: str, section: Section) -> Step:
    section.only(*_STEP)
    kind = _kind(section)
    outcomes = tuple(_outcome(oid, part) for oid, part in section.sections("outcomes"))
    if len(outcomes) < 2:
        raise section.error("outcomes", "leaves no choice", "write at least two outcomes")
    asks = kind is StepKind.QUESTION
    if asks != ("say" in section.keys):
        remedy = "add `say` with the words to say" if asks else "remove `say`"
        raise section.error("kind", "and `say` do not agree", remedy)
    return Step(
        id=name,
        kind=kind,
        text=section.texts("text"),
        why=section.texts("why"),
        outcomes=outcomes,
        say=section.texts("say") if asks else None,
        probe=_probe(section, kind, outcomes),
        mandatory=section.flag("mandatory"),
        cost_s=section.number("cost_s", default=30),
    )


def _kind(section: Section) -> StepKind:
    word = section.text("kind")
    if word not in set(StepKind):
        raise section.error("kind", f"is {word!r}", f"use one of: {', '.join(StepKind)}")
    return StepKind(word)


def _probe(section: Section, kind: StepKind, outcomes: tuple[StepOutcome, ...]) -> str | None:
    name = section.optional_text("probe")
    if kind is not StepKind.PROBE:
        if name is not None:
            raise section.error("probe", f"does not go with a {kind}", "remove it")
        return None
    if name is None:
        raise section.error(None, "is a probe but names none", "add `probe: …`")
    if name not in PROBES:
        raise section.error(
            "probe", f"names the unknown probe {name!r}", f"use one of: {', '.join(PROBES)}"
        )
    answers, written = PROBES[name].outcomes, {outcome.id for outcome in outcomes}
    if answers != written:
        differing = ", ".join(sorted(answers ^ written))
        remedy = f"write exactly these: {', '.join(sorted(answers))}"
        raise section.error("outcomes", f"differ from what {name} answers: {differing}", remedy)
    return name


def _outcome(name: str, section: Section) -> StepOutcome:
    section.only("text", "points_to", "rules_out")
    points_to, rules_out = _causes(section, "points_to"), _causes(section, "rules_out")
    both = set(points_to) & set(rules_out)
    if both:
        codes = ", ".join(sorted(both))
        raise section.error("rules_out", f"and points_to both name {codes}", "choose one")
    return StepOutcome(name, section.texts("text"), points_to, rules_out)


def _causes(section: Section, key: str) -> tuple[Cause, ...]:
    codes = section.words(key)
    for code in codes:
        if code not in set(Cause):
            raise section.error(key, f"names the unknown cause {code!r}", "use a code of field.md")
    if len(set(codes)) < len(codes):
        raise section.error(key, "names a cause twice", "remove one of them")
    return tuple(Cause(code) for code in codes)


def _card(causes: Section, code: str) -> CauseCard:
    if code not in set(Cause):
        raise causes.error(code, "is not a known cause", f"use one of: {', '.join(Cause)}")
    section = causes.section(code).only(*_CARD, "source")
    return CauseCard(
        cause=Cause(code),
        source=section.optional_text("source") or "",
        **{key: section.texts(key) for key in _CARD},
    )
