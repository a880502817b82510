"""The timeline: what happened and when we looked, newest first, with how fresh each look is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent_app.desk.work.case_file import CaseFile
from agent_app.domain.events import EventKind, OrderEvent, Source, arrange
from agent_app.domain.evidence import Evidence, EvidenceKind, latest
from agent_app.domain.money import Money


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One fact (`event` set) or one look (`look` set)."""

    at: datetime
    source: Source
    event: OrderEvent | None = None
    look: Evidence | None = None

    @property
    def amount(self) -> Money | None:
        if self.event is not None:
            return self.event.amount
        return self.look.amount if self.look is not None else None

    @property
    def kind(self) -> EventKind | EvidenceKind:
        if self.event is not None:
            return self.event.kind
        assert self.look is not None
        return self.look.kind


def timeline(file: CaseFile) -> tuple[TimelineLine, ...]:
    """Return events and looks in one list; of repeated looks at one thing only the newest.

    Every look is kept at the gateway; twenty rechecks in a row would bury what happened.
    """
    lines = [
        TimelineLine(event.at, event.source, event=event) for event in arrange(file.events).events
    ]
    for source, kind in sorted({(look.source, look.kind) for look in file.evidence}):
        look = latest(file.evidence, source, kind)
        assert look is not None
        lines.append(TimelineLine(look.observed_at, source, look=look))
    lines.sort(key=lambda line: line.at, reverse=True)
    return tuple(lines)
