"""Promise: who may read the log reads all of it that concerns him, and everybody holds its seal."""

from __future__ import annotations

import msgspec
import pytest

from agent_app.contract.messages import AuditEntry, AuditHead, AuditPage, Queue
from agent_app.contract.problems import ProblemType
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import auditing, casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.store import audit
from tests.gateway.world import World


def read(world: World, actor: Actor, *, case: CaseId | None = None, limit: int = 100) -> AuditPage:
    return auditing.entries(world.gateway, actor, case=case, after=0, limit=limit)


def claimed(world: World, ref: str) -> CaseId:
    case = world.claimed(world.shop.stuck(ref))
    handling.release(world.gateway, world.agent, case)
    return case


def test_an_auditor_reads_everything_page_by_page(world: World) -> None:
    cases = [claimed(world, f"PG-{n}") for n in range(3)]
    auditor = world.person("aud", Role.AUDITOR)
    found: list[AuditEntry] = []
    after = 0
    while True:
        page = auditing.entries(world.gateway, auditor, case=None, after=after, limit=2)
        found += page.entries
        if page.next is None:
            break
        after = page.next
    assert [entry.seq for entry in found] == list(range(1, page.head.seq + 1))
    assert found[-1].hash == page.head.hash
    told = [entry.what for entry in found if entry.case == cases[1]]
    assert told == ["case_flagged", "case_claimed", "case_released"]
    of_case = read(world, auditor, case=cases[1])
    assert [entry.what for entry in of_case.entries] == told


def test_a_reader_of_one_team_reads_nothing_of_anothers(world: World) -> None:
    case = claimed(world, "PG-1")
    with world.database.write() as connection:
        audit.record(connection, world.clock.now(), world.lead.user, "user_saved", user="x")
    stranger = world.person("fin", Role.FINANCE, "other")
    ours = world.person("wu", Role.FINANCE)
    assert case in {entry.case for entry in read(world, ours).entries}
    assert {entry.case for entry in read(world, stranger).entries} == {None}
    for nothing in (case, CaseId("C9")):
        with pytest.raises(Refused) as refused:
            read(world, stranger, case=nothing)
        assert refused.value.problem.kind is ProblemType.NOT_VISIBLE


def test_the_seal_travels_with_every_list_and_its_changes(world: World) -> None:
    empty = auditing.head(world.gateway)
    assert empty == AuditHead(seq=0, hash=audit.GENESIS)
    claimed(world, "PG-1")
    head = auditing.head(world.gateway)
    assert head.seq > 0
    page = casefile.list_cases(world.gateway, world.agent, Queue.TEAM)
    assert page.audit_head == head
    assert casefile.list_changes(world.gateway, world.agent, "0").audit_head == head


def test_an_entry_travels_with_what_it_says(world: World) -> None:
    claimed(world, "PG-1")
    page = read(world, world.person("aud", Role.AUDITOR))
    again = msgspec.json.decode(msgspec.json.encode(page), type=AuditPage)
    assert again == page
    assert again.entries[0].detail["rules"]
