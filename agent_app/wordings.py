"""The words of messages to customers, per language, filled with evidenced facts only.

For the gateway, which renders what is sent, and for tests. Which template is true of a case:
`domain.wording`; what may fill it: `domain.facts`. Words: `resources/messages/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from agent_app.domain.facts import FACTS_OF, MONEY_FACTS, Fact, FactValue
from agent_app.domain.money import Money
from agent_app.domain.wording import Template
from agent_app.resources import resource
from agent_app.yaml_content import LANGUAGES, Section, read_yaml

FORMAT = "messages/1"
FALL_BACK = "en"
OTHER_FIELD = "other"
"""What stands for a field that has no words of its own: a customer never reads a code."""
_LONGEST_FACT = 200


class WordingError(ValueError):
    """A message cannot be rendered as asked; nothing was rendered."""


class LanguageMissing(WordingError):
    """The product has no messages in this language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject, body and short form of one template, with placeholders."""

    subject: str
    body: str
    short: str


class Rendered(NamedTuple):
    """One message, filled in; `short` is its form for a text message."""

    subject: str
    body: str
    short: str


@dataclass(frozen=True, slots=True)
class Wordings:
    """All messages of one language."""

    language: str
    templates: Mapping[Template, Wording]
    fields: Mapping[str, str]


def language_for(tag: str) -> str | None:
    """Return the product's language for a BCP 47 or POSIX tag, None when there is none.

    Only the primary language counts: any Chinese is served better by `zh_CN` than by English.
    """
    primary = tag.replace("_", "-").split("-")[0].lower()
    return next((known for known in LANGUAGES if known.split("_")[0] == primary), None)


def writing_language(tag: str) -> str:
    """Return the language to write to a customer in: his own if the product has it, else English.

    What is recorded as sent is then the language that was really used.
    """
    return language_for(tag) or FALL_BACK


def render(
    template: Template | str,
    language: str,
    facts: Mapping[Fact, FactValue] | Mapping[str, FactValue],
    *,
    fall_back: bool = False,
) -> Rendered:
    """Return the message, stating nothing but what `facts` holds.

    `facts` may hold more than the template states (`message_facts` gives all that are evidenced).
    `language` is a tag (`en`, `zh_CN`, `zh-Hans-CN`); with `fall_back` one that the product lacks
    becomes English. Money is written alike in every language, see `money_text`.

    Raises:
        WordingError: no such template; a fact that it states is missing, empty, overlong, of the
            wrong kind or holds control characters; there is no such fact.
        LanguageMissing: no messages in this language, and no `fall_back`.
    """
    known = writing_language(language) if fall_back else language_for(language)
    if known is None:
        have = ", ".join(LANGUAGES)
        raise LanguageMissing(f"no messages in language {language!r}; there are: {have}")
    if template not in set(Template):
        raise WordingError(f"no message {template!r}; there are: {', '.join(Template)}")
    template = Template(template)
    wordings = load_wordings(known)
    texts = _texts(template, facts, wordings.fields)
    wording = wordings.templates[template]
    return Rendered(
        wording.subject.format_map(texts),
        wording.body.format_map(texts),
        wording.short.format_map(texts),
    )


def money_text(money: Money) -> str:
    """Return the amount as `CNY 1,284.50`, in every language.

    The ISO 4217 code goes before: `¥` is both yuan and yen, `$` many dollars, and a customer must
    never take one for the other. Digits behind the point are the currency's own (JPY none).
    """
    sign = "-" if money.amount_minor < 0 else ""
    whole, part = divmod(abs(money.amount_minor), 10**money.minor_digits)
    point = f".{part:0{money.minor_digits}d}" if money.minor_digits else ""
    return f"{money.currency} {sign}{whole:,}{point}"


@cache
def load_wordings(language: str) -> Wordings:
    """Return the bundled messages of one of `LANGUAGES`, read once.

    Raises:
        FileNotFoundError: the installation is incomplete.
        ContentError: the file is not complete; the message names line and remedy.
    """
    return read_wordings(resource("messages", f"{language}.yaml"), language)


def read_wordings(path: Path, language: str) -> Wordings:
    """Read and check the messages of one language.

    Raises:
        ContentError: a template missing or unknown, a placeholder missing or not allowed in it,
            a key twice, another language than `language`.
    """
    top = read_yaml(path).only("format", "language", "fields", "templates")
    if top.text("format") != FORMAT:
        raise top.error("format", "is not one that this program reads", f"write `{FORMAT}`")
    if top.text("language") != language:
        raise top.error("language", "is not the file's own", f"write `{language}`")
    fields = top.section("fields")
    names = {code: fields.text(code) for code in fields.keys}
    if OTHER_FIELD not in names:
        raise top.error("fields", f"has no `{OTHER_FIELD}`", "add it, for all other fields")
    templates = top.section("templates").only(*Template)
    return Wordings(
        language=language,
        templates={t: _wording(t, templates.section(t)) for t in Template},
        fields=names,
    )


def _wording(template: Template, section: Section) -> Wording:
    section.only("subject", "body", "short")
    used: set[str] = set()
    for part in ("subject", "body"):
        used |= _placeholders(section, part)
    short = _placeholders(section, "short")
    allowed = FACTS_OF[template]
    for name in sorted((used | short) - allowed):
        names = ", ".join(f"{{{fact}}}" for fact in sorted(allowed))
        raise section.error(None, f"states {{{name}}}, which is not evidenced", f"use {names}")
    for name in sorted(allowed - used):
        raise section.error(None, f"does not state {{{name}}}", "put it in, in each language")
    if Fact.ORDER not in short:
        raise section.error("short", "does not state {order}", "say of which order it speaks")
    return Wording(section.text("subject"), section.text("body"), section.text("short"))


def _placeholders(section: Section, key: str) -> set[str]:
    try:
        parts = list(Formatter().parse(section.text(key)))
    except ValueError:
        raise section.error(key, "has a brace that stands alone", "write {{ or }} for it") from None
    for _, name, spec, conversion in parts:
        if name is not None and (spec or conversion or not name.isidentifier()):
            raise section.error(key, f"formats {{{name}}} by itself", "write the plain name")
    return {name for _, name, _, _ in parts if name is not None}


def _texts(
    template: Template,
    facts: Mapping[Fact, FactValue] | Mapping[str, FactValue],
    fields: Mapping[str, str],
) -> dict[str, str]:
    given: dict[str, FactValue] = {str(name): value for name, value in facts.items()}
    for name in sorted(given.keys() - set(Fact)):
        raise WordingError(f"no message states a fact {name!r}; there are: {', '.join(Fact)}")
    stated = FACTS_OF[template]
    for fact in sorted(stated):
        if fact not in given:
            raise WordingError(f"message {template} states the fact {fact!r}, which is missing")
    return {fact: _text(fact, given[fact], fields) for fact in stated}


def _text(fact: Fact, value: FactValue, fields: Mapping[str, str]) -> str:
    is_money = fact in MONEY_FACTS
    if is_money is not isinstance(value, Money):
        raise WordingError(f"the fact {fact} must be {'money' if is_money else 'a text'}")
    if isinstance(value, Money):
        if value.amount_minor <= 0:
            raise WordingError(f"the fact {fact} must be above zero, not {money_text(value)}")
        return money_text(value)
    if fact is Fact.FIELD:
        return fields.get(value, fields[OTHER_FIELD])
    # A line break in a subject would let a shop's text add headers to an e-mail.
    if not value.strip() or len(value) > _LONGEST_FACT or not value.isprintable():
        raise WordingError(f"the fact {fact} is empty, overlong or holds control characters")
    return value
