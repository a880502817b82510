"""The terms that a case is found by: made of its order, and of what a person types.

A term is found by its beginning. Numbers, phones and addresses are also kept back to front, so
that their last characters are the beginning of a term too: people type the last four digits. Of
names in scripts without spaces every rest is a term, so a part of two characters finds them. Both
sides are folded alike: no case, no accents on Latin, Greek or Cyrillic letters, no punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract import search_words
from agent_app.contract.search_words import TRUNK_ZEROS_FROM, folded, is_unspaced, joined, parts
from agent_app.domain.ids import CaseId
from agent_app.domain.order import Order
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, fingerprint

_BACKWARDS = "<"
"""Begins the terms that are back to front; folding leaves no such character in a word."""
_LAST = "\U0010ffff"
_LONGEST = 64
_SHORTEST_TAIL = 3
_MOST_RESTS = 24
"""Of one name: a customer can call himself whatever he likes."""
_MOST_TERMS = 96
_BATCH = 2_000


def _both_ways(text: str) -> Iterator[str]:
    whole = joined(folded(text))
    if whole:
        yield whole
        yield _BACKWARDS + whole[::-1]


def _words(text: str) -> Iterator[str]:
    for chunk in folded(text).split():
        yield joined(chunk)
        yield from parts(chunk)


def _name_terms(name: str) -> Iterator[str]:
    words = list(_words(name))
    whole = joined(folded(name))
    for word in dict.fromkeys((*words, whole) if is_unspaced(whole) else words):
        yield word
        if is_unspaced(word):
            yield from (word[start:] for start in range(1, min(len(word), _MOST_RESTS)))


def _all_terms(case: CaseId, order: Order) -> Iterator[str]:
    for number in (order.ref, order.shop_number or "", case):
        yield from _both_ways(number)
        yield from _words(number)
    yield from _both_ways("".join(c for c in order.customer.phone if c.isalnum()))
    yield from _both_ways(order.customer.email)
    local, _, domain = order.customer.email.partition("@")
    yield from _words(local)
    yield from _words(domain.rpartition(".")[0])
    yield from _name_terms(order.customer.name)


def terms_of(case: CaseId, order: Order) -> tuple[str, ...]:
    """Return the terms under which the case is found, sorted."""
    found = dict.fromkeys(term[:_LONGEST] for term in _all_terms(case, order) if term)
    return tuple(sorted(list(found)[:_MOST_TERMS]))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a search: the ranges [low, high) of which one must hold a term of the case."""

    ranges: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, typed: str, *, tails: bool = True) -> Word:
        """Take a folded word without punctuation; an empty one is found nowhere.

        With `tails` it may also be the end of what is kept back to front.
        """
        spellings = [typed[:_LONGEST]] if typed else []
        bare = typed.lstrip("0")
        if typed.isdecimal() and typed != bare and len(bare) >= TRUNK_ZEROS_FROM - 1:
            spellings.append(bare[:_LONGEST])
        ranges = [(spelling, spelling + _LAST) for spelling in spellings]
        for spelling in spellings if tails else ():
            if len(spelling) >= _SHORTEST_TAIL:
                tail = _BACKWARDS + spelling[::-1][: _LONGEST - 1]
                ranges.append((tail, tail + _LAST))
        return cls(tuple(ranges))


def readings(typed: str) -> tuple[tuple[Word, ...], ...]:
    """Return how a search may be meant, the likeliest first; of each all words must match."""
    # Letters alone are a name: nobody types the end of one, and each look costs.
    return tuple(
        tuple(Word.of(joined(word), tails=not word.isalpha()) for word in words)
        for words in search_words.readings(typed)
    )


def mark_of(terms: Iterable[str]) -> str:
    """Return what tells one set of terms from another."""
    return fingerprint(list(terms))[:16]


def store(connection: Connection, case: CaseId, terms: Iterable[str], *, new: bool) -> None:
    """Let the case be found by these terms and no others; `new` when it has none yet."""
    table, wanted = schema.case_terms, set(terms)
    if not new:
        had = set(
            connection.execute(sa.select(table.c.term).where(table.c.case_id == case)).scalars()
        )
        gone, wanted = had - wanted, wanted - had
        if gone:
            connection.execute(
                sa.delete(table).where(table.c.case_id == case, table.c.term.in_(gone))
            )
    if wanted:
        rows = [{"term": term, "case_id": case} for term in sorted(wanted)]
        connection.execute(sa.insert(table), rows)


def rebuild(connection: Connection) -> int:
    """Make the terms of all cases anew from their orders; return how many cases there are."""
    cases, orders = schema.cases.c, schema.orders.c
    connection.execute(sa.delete(schema.case_terms))
    batch = (
        sa.select(cases.id, orders.body)
        .join_from(
            schema.cases,
            schema.orders,
            sa.and_(orders.shop == cases.shop, orders.ref == cases.ref),
        )
        .where(cases.id > sa.bindparam("after"))
        .order_by(cases.id)
        .limit(_BATCH)
    )
    marking = (
        sa.update(schema.cases)
        .where(cases.id == sa.bindparam("case"))
        .values(terms_mark=sa.bindparam("mark"))
    )
    after, done = "", 0
    while rows := connection.execute(batch, {"after": after}).all():
        terms = {row.id: terms_of(CaseId(row.id), decode(row.body, Order)) for row in rows}
        connection.execute(
            sa.insert(schema.case_terms),
            [{"term": term, "case_id": case} for case, found in terms.items() for term in found],
        )
        connection.execute(
            marking, [{"case": case, "mark": mark_of(found)} for case, found in terms.items()]
        )
        after, done = rows[-1].id, done + len(rows)
    return done
