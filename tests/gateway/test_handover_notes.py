"""A hand-over is a note of its kind; older notes are what they were."""

from __future__ import annotations

from pathlib import Path

import httpx
import sqlalchemy as sa
from alembic import command

from agent_app.contract.messages import CaseDetail, NoteKind, NoteRequest
from agent_app.domain.ids import CaseId
from agent_app.gateway import casefile, handling
from agent_app.gateway.store import accounts, journal
from agent_app.gateway.store.database import Database, alembic_config
from agent_app.typed_json import decode
from tests.gateway.served import served
from tests.gateway.world import World

HANDOVER = NoteRequest("Next step: call back", NoteKind.HANDOVER)


def test_a_hand_over_keeps_its_kind_and_a_repeat_adds_nothing(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    for _ in range(2):
        handling.add_note(world.gateway, world.agent, case, HANDOVER, "chen:1")
    handling.add_note(world.gateway, world.agent, case, NoteRequest("plain"), "chen:2")
    (first, second) = casefile.detail(world.gateway, world.agent, case).notes
    assert (first.kind, first.text) == (NoteKind.HANDOVER, HANDOVER.text)
    assert second.kind is NoteKind.NOTE


def test_a_kind_that_nobody_knows_is_refused_and_nothing_is_kept(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    with world.database.write() as connection:
        token = accounts.issue_token(connection, world.agent.user, world.clock.now())

    def sent(address: str, kind: str) -> httpx.Response:
        return httpx.post(
            f"{address}/v1/cases/{case}/notes",
            json={"text": "x", "kind": kind},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": kind},
            timeout=30,
            trust_env=False,
        )

    with served(world.gateway) as address:
        refused = sent(address, "secret")
        assert refused.status_code == httpx.codes.BAD_REQUEST, refused.text
        assert casefile.detail(world.gateway, world.agent, case).notes == ()
        taken = sent(address, "handover")
    assert decode(taken.content, CaseDetail).notes[0].kind is NoteKind.HANDOVER


def test_notes_of_before_there_were_kinds_are_plain_notes(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0006")
        connection.exec_driver_sql(
            "INSERT INTO notes (case_id, at, by, by_name, text)"
            " VALUES ('C1', '2026-01-01T00:00:00.000000Z', 'chen', 'Chen', 'told him')"
        )
    engine.dispose()
    database = Database(path)
    with database.read() as connection:
        (note,) = journal.notes(connection, CaseId("C1"))
    assert (note.text, note.kind) == ("told him", NoteKind.NOTE)
    database.close()
