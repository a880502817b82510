"""The people whom this desk has met, as suggestions for handing a case over.

The gateway gives no list of its users: who claims, asks and approves is known all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Actor


@dataclass(frozen=True, slots=True, order=True)
class Colleague:
    """A person, by the name that he goes by at the gateway."""

    name: str
    user: UserId


def colleagues(
    me: Actor, lines: Iterable[QueueLine], file: CaseFile | None
) -> tuple[Colleague, ...]:
    """Return oneself and everybody met, by name; an ID once, under its newest name."""
    met: dict[UserId, str] = {}
    for line in lines:
        if line.claim is not None:
            met[line.claim.user] = line.claim.name
    if file is not None:
        for entry in file.ledger:
            met[entry.record.requested_by] = entry.requested_by
            if entry.record.approved_by is not None and entry.approved_by:
                met[entry.record.approved_by] = entry.approved_by
        met.update((one.user, one.name) for one in file.lookers)
    met[me.user] = me.name
    return tuple(sorted(Colleague(name, user) for user, name in met.items()))
