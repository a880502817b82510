"""Promise: a gateway that dies around a sending loses no message unsaid, and sends none twice.

Crashes at every write in this process, and `kill -9` of a real one; a mail server is the judge.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.gateway import handling
from agent_app.gateway.store import action_rows, notices, schema
from agent_app.gateway.store.database import Database
from tests.engines.mail_server import MailServerUnderTest, mail_server
from tests.gateway.notice_process import AT_ONCE, notifying_world
from tests.gateway.test_crash_points import Brittle, Crash
from tests.processes import ROOT

CLOSED = frozenset({ActionState.CONFIRMED, ActionState.REJECTED, ActionState.NEEDS_PERSON})


def crashed_at(folder: Path, point: int, server: MailServerUnderTest) -> tuple[bool, ActionState]:
    """Crash at the point, start again and go on; return whether it came, and how it ended."""
    brittle = Brittle(folder / "gateway.db")
    world = notifying_world(folder, server.port, database=brittle)
    case = world.claimed(world.shop.stuck("PG-1"))
    world.request(case, ActionKind.RESUBMIT)
    world.work(8)
    brittle.point = point
    crash = True
    try:
        world.request(case, ActionKind.NOTIFY, template="confirmed", language="en")
        world.work(3)
        crash = False
    except Crash:
        pass
    brittle.point = None
    brittle.close()

    again = notifying_world(folder, server.port, shop=world.shop, clock=world.clock)
    again.clock.turn(60)
    again.watch()
    handling.claim(again.gateway, again.agent, case)
    handling.recheck(again.gateway, again.agent, case)
    if not sent_of(again.database):
        # The desk got no answer and asks again, under the same key.
        again._requests = world._requests - 1
        again.request(case, ActionKind.NOTIFY, template="confirmed", language="en")
    for _ in range(120):
        again.clock.turn(30)
        again.work()
    (state,) = sent_of(again.database).values()
    again.close()
    return crash, state


def sent_of(database: Database) -> dict[str, ActionState]:
    """Return how far each message came, by the order's number."""
    with database.read() as connection:
        cases = set(connection.execute(sa.select(schema.actions.c.case_id)).scalars())
        found = [a for case in sorted(cases) for a in action_rows.of_case(connection, case)]
    return {
        str(a.command.order): a.record.state for a in found if a.record.kind is ActionKind.NOTIFY
    }


@pytest.fixture
def server() -> Iterator[MailServerUnderTest]:
    with mail_server() as running:
        yield running


def points(folder: Path, server: MailServerUnderTest) -> Iterator[tuple[int, ActionState]]:
    """Crash at each point in turn; give how many letters that made, and how it ended."""
    for point in range(40):
        server.letters.clear()
        place = folder / str(point)
        place.mkdir()
        crash, state = crashed_at(place, point, server)
        yield len(server.letters), state
        if not crash:
            return
    raise AssertionError("there is no end to the points")


def test_a_crash_at_any_write_loses_no_message_and_sends_none_twice(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    ends = Counter(points(tmp_path, server))
    assert max(letters for letters, _ in ends) == 1
    # Confirmed is what left once; what a person is told of is at most what may have left.
    assert {state for letters, state in ends if letters == 0} <= {ActionState.NEEDS_PERSON}
    assert {state for letters, state in ends if letters == 1} <= {
        ActionState.CONFIRMED,
        ActionState.NEEDS_PERSON,
    }
    assert sum(ends.values()) > 6
    assert ends[(1, ActionState.CONFIRMED)] > 2


def test_without_a_record_before_the_first_byte_a_crash_sends_twice(
    tmp_path: Path, server: MailServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the two tests around it."""
    monkeypatch.setattr(notices, "begin", lambda *_: None)
    assert max(letters for letters, _ in points(tmp_path, server)) == 2


class Process:
    """A gateway of its own, killed by the test."""

    def __init__(self, folder: Path, port: int, later_s: int, *words: str) -> None:
        self._said = folder / f"said-{later_s}.txt"
        arguments = (str(folder), str(port), str(later_s), *words)
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.gateway.notice_process", *arguments],
                cwd=ROOT,
                stdout=said,
                stderr=said,
            )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(60)

    def end(self) -> None:
        """Wait until it ends by itself."""
        assert self._process.wait(60) == 0, self._said.read_text("utf-8")[-2000:]


def heard(server: MailServerUnderTest) -> threading.Event:
    """Return an event of the next connection to the server."""
    event = threading.Event()
    server.on_connection = event.set
    return event


def lives(
    folder: Path, server: MailServerUnderTest, kills: int, seed: int, *words: str
) -> dict[str, ActionState]:
    """Kill a gateway so often around a sending; let the last live to the end of all messages."""
    chance = random.Random(seed)
    for number in range(kills):
        hears = heard(server)
        server.kept.clear()
        life = Process(folder, server.port, 900 * number, f"PG-{number}", *words)
        try:
            assert hears.wait(30), "the gateway sent nothing"
            if chance.random() < 0.3:
                server.kept.wait(5)
            else:
                time.sleep(chance.uniform(0.0, 0.02))
        finally:
            life.kill()
    Process(folder, server.port, 900 * kills, AT_ONCE, *words).end()
    with contextlib.closing(Database(folder / "gateway.db")) as database:
        return sent_of(database)


def letters_of(server: MailServerUnderTest) -> Counter[str]:
    return Counter(str(letter.mail["Message-ID"]) for letter in server.letters)


@pytest.mark.slow
def test_killed_around_a_sending_it_sends_none_twice_and_tells_of_each(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    ends = lives(tmp_path, server, kills=8, seed=20261123)
    assert len(ends) == 8
    assert set(ends.values()) <= CLOSED
    assert set(letters_of(server).values()) <= {1}
    arrived = {str(letter.mail["Subject"]) for letter in server.letters}
    for ref, state in ends.items():
        came = any(ref in subject for subject in arrived)
        assert came if state is ActionState.CONFIRMED else True
        assert not (came and state is ActionState.REJECTED)


@pytest.mark.parametrize(("words", "letters"), [((), 1), (("--no-record",), 2)])
def test_killed_between_the_dot_and_the_answer(
    tmp_path: Path, server: MailServerUnderTest, words: tuple[str, ...], letters: int
) -> None:
    """The second case is the control: a gateway that records nothing before the first byte."""
    server.before_answer = threading.Event()
    life = Process(tmp_path, server.port, 0, "PG-1", *words)
    assert server.kept.wait(30)
    life.kill()
    server.before_answer.set()
    Process(tmp_path, server.port, 900, AT_ONCE, *words).end()
    assert len(server.letters) == letters
    with contextlib.closing(Database(tmp_path / "gateway.db")) as database:
        (state,) = sent_of(database).values()
    assert state is (ActionState.CONFIRMED if words else ActionState.NEEDS_PERSON)
