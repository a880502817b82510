"""Rows of the case's tabs in words: what happened, what was said, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.record_table import Cell
from agent_app.desk.ui.words import actions, filled, looks, people, states
from agent_app.desk.work.action_progress import Ending, ending_of, progress_of
from agent_app.desk.work.case_file import CaseFile, LedgerLine, NoteLine
from agent_app.desk.work.pending import PendingNote
from agent_app.desk.work.timeline import TimelineLine, timeline
from agent_app.domain.actions import ActionState
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.stage import stage_of

translate = QCoreApplication.translate
Rows = tuple[list[str], list[list[Cell]]]

_SOURCE_DRAWINGS = {
    Source.PLATFORM: "shop",
    Source.PROVIDER: "money",
    Source.CALLBACK_LOG: "notify",
    Source.MONITOR: "probe",
    Source.CUSTOMER: "mine",
    Source.AGENT: "team",
}


def timeline_rows(file: CaseFile, now: datetime) -> Rows:
    """Return events and looks, newest first."""
    heads = [
        translate("records", "Time"),
        translate("records", "Source"),
        translate("records", "Amount"),
        translate("records", "What"),
    ]
    return heads, [_timeline_row(line, now) for line in timeline(file)]


def _timeline_row(line: TimelineLine, now: datetime) -> list[Cell]:
    source = Cell(states.source(line.source), "muted", _SOURCE_DRAWINGS[line.source])
    amount = Cell(formats.money(line.amount) if line.amount is not None else "")
    when = Cell(formats.moment(line.at), "muted")
    if line.event is not None:
        return [when, source, amount, _event_cell(line.event)]
    assert line.look is not None
    return [when, source, amount, _look_cell(line.look, now)]


def _event_cell(event: OrderEvent) -> Cell:
    text = _event_words(event)
    # The note of a message is the code of what was sent, not a source's words.
    sent = event.kind is EventKind.MESSAGE_SENT
    quote = looks.quoted(event.note) if event.note and not sent else ""
    return Cell(text, _event_tone(event), quote=quote)


def _event_words(event: OrderEvent) -> str:
    stage = stage_of(event)
    text = states.event(event.kind)
    if stage is not None:
        text = _told(text, states.stage(stage))
    if event.automatic:
        text = translate("records", "%1, by the platform itself").replace("%1", text)
    if event.kind is EventKind.MESSAGE_SENT and event.note:
        return _told(text, people.template_named(event.note))
    return text


def _told(what: str, said: str) -> str:
    return filled(translate("records", "{what}: {said}"), what=what, said=said)


def _event_tone(event: OrderEvent) -> str:
    name = event.kind.value
    if name.endswith(("failed", "rejected", "disputed")):
        return "danger"
    return "unknown" if name.endswith(("unknown", "timeout", "soft")) else "text"


def _look_cell(look: Evidence, now: datetime) -> Cell:
    text = _told(states.look(look.kind), looks.answer(look.kind, look.verdict))
    quote = looks.quoted(look.detail) if look.detail else ""
    if look.kind is EvidenceKind.FULFILMENT and look.detail and look.detail in looks.REASONS:
        because = translate("records", "{text} ({why})")
        text, quote = filled(because, text=text, why=looks.reason(look.detail)), ""
    if look.is_fresh(now):
        return Cell(text, "muted", quote=quote)
    old = translate("records", "{text} ({ago}, out of date)")
    text = filled(old, text=text, ago=formats.ago(look.observed_at, now))
    return Cell(text, "warning", quote=quote)


def message_rows(file: CaseFile) -> Rows:
    """Return the messages that left for the customer, newest first."""
    heads = [
        translate("records", "Time"),
        translate("records", "Language"),
        translate("records", "Message"),
    ]
    newest = sorted(file.messages, key=lambda m: m.at, reverse=True)
    return heads, [
        [
            Cell(formats.moment(m.at), "muted"),
            Cell(language_name(m.language)),
            Cell(people.template_named(m.template)),
        ]
        for m in newest
    ]


def language_name(tag: str) -> str:
    """Return what a language is called."""
    if tag.startswith("zh"):
        return translate("records", "Chinese")
    return translate("records", "English") if tag.startswith("en") else tag


def note_rows(file: CaseFile, pending: Sequence[PendingNote] = ()) -> Rows:
    """Return the notes, newest first; those that the gateway has not got yet on top."""
    heads = [
        translate("records", "Time"),
        translate("records", "By"),
        translate("records", "Note"),
    ]
    newest = sorted(file.notes, key=lambda n: n.at, reverse=True)
    return heads, [*map(_pending_row, reversed(pending)), *map(_note_row, newest)]


def _note_row(note: NoteLine) -> list[Cell]:
    text = Cell(note.text)
    if note.is_handover:
        text = Cell(_handed(note.text), "accent", "team")
    elif note.says_read:
        text = Cell(translate("records", "has read the hand-over"), "muted", "resolved")
    return [Cell(formats.moment(note.at), "muted"), Cell(note.by), text]


def _handed(text: str) -> str:
    return filled(translate("records", "Hand-over. {text}"), text=text)


def _pending_row(note: PendingNote) -> list[Cell]:
    waits = translate("records", "waiting to be sent")
    refused = translate("records", "not taken by the gateway: see “Not sent yet”")
    tone, drawing = ("danger", "failed") if note.is_refused else ("warning", "clock")
    said = _handed(note.text) if note.is_handover else note.text
    text = Cell(said, tone, drawing, quote=refused if note.is_refused else waits)
    return [Cell(formats.moment(note.at), "muted"), Cell(translate("records", "you")), text]


_TONES = {
    ActionState.CONFIRMED: ("success", "resolved"),
    ActionState.REJECTED: ("danger", "failed"),
    ActionState.REFUSED: ("danger", "failed"),
    ActionState.NEEDS_PERSON: ("danger", "critical"),
    ActionState.UNKNOWN: ("unknown", "unknown"),
    ActionState.AWAITING_APPROVAL: ("warning", "waiting"),
}


def ledger_rows(file: CaseFile) -> Rows:
    """Return the actions of the case, newest first."""
    heads = [
        translate("records", "Time"),
        translate("records", "Action"),
        translate("records", "Amount"),
        translate("records", "By"),
        translate("records", "State"),
    ]
    newest = sorted(file.ledger, key=lambda e: e.record.requested_at, reverse=True)
    return heads, [_ledger_row(entry) for entry in newest]


def _ledger_row(entry: LedgerLine) -> list[Cell]:
    record = entry.record
    tone, drawing = _TONES.get(record.state, ("text", "pending"))
    what = actions.kind(record.kind)
    if record.template:
        what = f"{what}: {people.template_named(record.template)}"
    by = entry.requested_by
    ending = ending_of(entry)
    if entry.approved_by:
        second = translate("records", "{by}, approved by {approver}")
        if ending is Ending.NOT_APPROVED:
            second = translate("records", "{by}, not approved by {approver}")
        by = filled(second, by=by, approver=entry.approved_by)
    state = actions.state(record.state) if ending is None else actions.ended(ending)
    if entry.problem and ending is not Ending.WITHDRAWN and not progress_of(entry).succeeded:
        state = f"{state} – {entry.problem}"
    if record.reason:
        state = f"{state} – “{record.reason}”"
    return [
        Cell(formats.moment(record.requested_at), "muted"),
        Cell(what),
        Cell(formats.money(record.amount) if record.amount is not None else ""),
        Cell(by),
        Cell(state, tone, drawing),
    ]
