"""The oracle: what the shop's and the provider's own books say of what the gateway did.

Pure: it compares the known truth of each sale, the provider's append-only ledger and the shop's
messages with the gateway's ledger and with what people were promised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent_app.domain.actions import CLOSED, ActionKind, ActionState
from agent_app.engines.sandbox.documents import LedgerEntry, Sale
from agent_app.engines.sandbox.world import Truth
from tests.kills.ledger import Row

_UNSENT = frozenset({ActionState.REJECTED, ActionState.REFUSED})
_MOVEMENT = {ActionKind.CAPTURE: "capture", ActionKind.VOID: "void"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was wrong, a sentence each; empty where all is well."""

    lost: tuple[str, ...] = ()
    """Promised or wanted, and not done."""
    duplicated: tuple[str, ...] = ()
    """Done more often than it was wanted: money moved, orders confirmed, messages sent."""
    disagreeing: tuple[str, ...] = ()
    """The gateway's ledger says otherwise than the books."""


@dataclass(frozen=True, slots=True)
class Books:
    """What really happened: the provider's ledger and the sale as the shop has it, by reference."""

    movements: Mapping[str, Sequence[LedgerEntry]]
    sales: Mapping[str, Sale]

    def count(self, ref: str, what: str) -> int:
        return sum(entry.what == what for entry in self.movements.get(ref, ()))


def judge(
    truths: Iterable[Truth], books: Books, ledger: Sequence[Row], promised: Mapping[str, str]
) -> Found:
    """Compare all; `promised` are the actions that were acknowledged, id to what was asked."""
    truths = tuple(truths)
    lost = [f"{what} was acknowledged as {a}, which is gone" for a, what in _gone(ledger, promised)]
    lost += [f"{_name(row)} is still {row.state}" for row in ledger if not _has_ended(row)]
    duplicated: list[str] = []
    for truth in truths:
        ref = truth.reference
        for what, wanted in _wanted(truth):
            done = books.count(ref, what)
            if done < wanted:
                lost.append(f"{ref} ({truth.cause}): {what} {done} times, wanted {wanted}")
            elif done > wanted:
                duplicated.append(f"{ref} ({truth.cause}): {what} {done} times, wanted {wanted}")
        if books.sales[ref].stage != truth.ends:
            lost.append(f"{ref} ({truth.cause}) is {books.sales[ref].stage}, not {truth.ends}")
        duplicated += _repeated(books.sales[ref])
    return Found(tuple(lost), tuple(duplicated), tuple(_disagreements(books, ledger)))


def is_done(truth: Truth, books: Books) -> bool:
    """Return whether everything that the sale wants was done, once or more often."""
    wanted = all(books.count(truth.reference, what) >= times for what, times in _wanted(truth))
    return wanted and books.sales[truth.reference].stage == truth.ends


def _wanted(truth: Truth) -> tuple[tuple[str, int], ...]:
    return (
        ("capture", truth.captures),
        ("refund_accepted", truth.refunds),
        ("void", truth.voids),
    )


def _gone(ledger: Sequence[Row], promised: Mapping[str, str]) -> list[tuple[str, str]]:
    known = {row.id for row in ledger}
    return [(action, what) for action, what in promised.items() if action not in known]


def _has_ended(row: Row) -> bool:
    return row.state in CLOSED or row.state is ActionState.NEEDS_PERSON


def _name(row: Row) -> str:
    return f"{row.kind} {row.id} of {row.ref}"


def _repeated(sale: Sale) -> list[str]:
    """Say what the shop did or told the customer more than once."""
    found = []
    confirmed = sum(stage.kind == "confirmed" for stage in sale.stages)
    if confirmed > 1:
        found.append(f"{sale.reference}: confirmed {confirmed} times")
    for (template, _), times in Counter((m.template, m.language) for m in sale.messages).items():
        if times > 1:
            found.append(f"{sale.reference}: told {template} {times} times")
    return found


def _disagreements(books: Books, ledger: Sequence[Row]) -> list[str]:
    found = []
    for row in ledger:
        done = _times_done(row, books)
        if done is None:
            continue
        if row.state is ActionState.CONFIRMED and done == 0:
            found.append(f"{_name(row)} is confirmed, and the books do not have it")
        if row.state in _UNSENT and done > 0:
            found.append(f"{_name(row)} is {row.state}, and the books have it")
    keys = {row.key for row in ledger}
    for ref, entries in books.movements.items():
        found += [
            f"{ref}: refund {entry.refund} has a key that the ledger does not know"
            for entry in entries
            if entry.what == "refund_accepted" and entry.key not in keys
        ]
    return found


def _times_done(row: Row, books: Books) -> int | None:
    """Return how often the books have this very action; None where they cannot tell it."""
    entries = books.movements.get(row.ref, ())
    if row.kind is ActionKind.REFUND:
        return sum(
            entry.what == "refund_accepted"
            and entry.key == row.key
            and entry.amount_minor == row.amount_minor
            for entry in entries
        )
    if row.kind in _MOVEMENT and row.state is ActionState.CONFIRMED:
        what = _MOVEMENT[row.kind]
        return sum(entry.what == what and entry.payment == row.payment for entry in entries)
    if row.kind is ActionKind.NOTIFY:
        return sum(sent.key == row.key for sent in books.sales[row.ref].messages)
    if row.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC} and row.state is ActionState.CONFIRMED:
        return sum(stage.kind == "confirmed" for stage in books.sales[row.ref].stages)
    return None
