"""Promise: a message leaves once; one that may have left is never sent again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent_app.contract.messages import SettleRequest
from agent_app.domain.actions import ActionState
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef
from agent_app.gateway import casefile, handling, settling
from agent_app.gateway.store import schema
from agent_app.gateway.store.database import Database
from tests.engines.mail_server import Break, MailServerUnderTest, mail_server
from tests.engines.webhook_receiver import receiver
from tests.gateway.noticing import (
    SECRET,
    by_mail,
    by_phone,
    notified,
    shop_of,
    state_of,
    status,
    world_of,
)


@pytest.fixture
def server() -> Iterator[MailServerUnderTest]:
    with mail_server() as running:
        yield running


def test_a_message_leaves_once_and_is_said_to_have_left(
    tmp_path: Path, where: Path | str, server: MailServerUnderTest
) -> None:
    database = Database(where)
    world = world_of(tmp_path, by_mail(server), database=database)
    case, asked = notified(world)
    world.work(120)
    assert state_of(world, asked) is ActionState.CONFIRMED
    (letter,) = server.letters
    assert letter.to == ("wang@example.test",)
    assert "PG-1" in letter.text
    assert len(casefile.detail(world.gateway, world.agent, case).messages) == 1
    events = shop_of(world).read(OrderRef("PG-1")).events
    (sent,) = (e for e in events if e.kind is EventKind.MESSAGE_SENT)
    assert sent.note == "confirmed"
    world.close()


@pytest.mark.parametrize(
    "refusal", [None, "550 5.1.1 <WANG@example.test>: no such user", "450 wang@example.test waits"]
)
def test_whom_it_went_to_is_kept_nowhere_but_with_the_order(
    tmp_path: Path, server: MailServerUnderTest, refusal: str | None
) -> None:
    world = world_of(tmp_path, by_mail(server))
    if refusal is not None:
        server.refuse["RCPT"] = refusal
    _, asked = notified(world)
    world.work(10)
    assert len(server.letters) == (1 if refusal is None else 0)
    holding = set()
    with world.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                if "wang@example.test" in str(tuple(row)).lower():
                    holding.add(table.name)
    # The control: the search does find it where it belongs.
    assert "orders" in holding
    assert not {name for name in holding if name.startswith(("action", "audit", "notice"))}
    told = [*shop_of(world)._shop.problems(), status(world, asked).action.problem or ""]
    assert "wang" not in " ".join(told).lower()
    world.close()


def test_what_keeps_messages_back_is_a_problem_of_the_shop_until_one_is_taken(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.refuse["MAIL"] = "451 the disk is full"
    notified(world)
    world.work(2)
    world.watch()
    (problem,) = shop_of(world)._shop.problems()
    assert problem.startswith("messages by email")
    assert "disk is full" in problem
    server.refuse.clear()
    world.work(60)
    assert len(server.letters) == 1
    assert list(shop_of(world)._shop.problems()) == []
    world.close()


@pytest.mark.parametrize(
    ("where", "arrived"),
    [(Break.AFTER_DOT, 1), (Break.IN_ITS_ANSWER, 1), (Break.AFTER_DOT_LOST, 0)],
)
def test_one_that_may_have_left_is_for_a_person_and_never_sent_again(
    tmp_path: Path, server: MailServerUnderTest, where: Break, arrived: int
) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.breaks = where
    case, asked = notified(world)
    world.work(1)
    assert state_of(world, asked) is ActionState.UNKNOWN
    server.breaks = None
    for _ in range(120):
        world.clock.turn(60)
        world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON
    assert len(server.letters) == arrived
    assert server.commands.count("DATA") == 1
    assert "may have been sent" in (status(world, asked).action.problem or "")
    assert casefile.detail(world.gateway, world.agent, case).messages == ()
    said = SettleRequest(done=True, reason="the mail's log has it", reference="17")
    settling.settle(world.gateway, world.lead, asked.id, said, "settle:1")
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert len(server.letters) == arrived
    world.close()


@pytest.mark.parametrize("where", [Break.AT_GREETING, Break.BEFORE_DATA])
def test_one_that_surely_did_not_leave_is_sent_when_the_server_is_back(
    tmp_path: Path, server: MailServerUnderTest, where: Break
) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.breaks = where
    _, asked = notified(world)
    world.work(3)
    assert server.letters == []
    server.breaks = None
    world.work(120)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert len(server.letters) == 1
    world.close()


def test_refused_for_good_it_is_rejected_in_the_server_s_words(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.refuse["RCPT"] = "550 5.1.1 no such user"
    _, asked = notified(world)
    world.work(120)
    assert state_of(world, asked) is ActionState.REJECTED
    assert "no such user" in (status(world, asked).action.problem or "")
    assert server.letters == []
    world.close()


def test_put_off_it_is_sent_later(tmp_path: Path, server: MailServerUnderTest) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.refuse["END"] = "451 grey list, come again"
    _, asked = notified(world)
    world.work(2)
    assert state_of(world, asked) is not ActionState.REJECTED
    del server.refuse["END"]
    world.work(180)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert len(server.letters) == 1
    world.close()


def test_a_server_that_stays_away_is_told_and_closed_by_a_look(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    world = world_of(tmp_path, by_mail(server))
    server.breaks = Break.AT_GREETING
    case, asked = notified(world)
    for _ in range(240):
        world.clock.turn(30)
        world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON
    assert "was not sent" in (status(world, asked).action.problem or "")
    server.breaks = None
    handling.claim(world.gateway, world.agent, case)
    handling.recheck(world.gateway, world.agent, case)
    world.work(30)
    assert state_of(world, asked) is ActionState.REJECTED
    assert server.letters == []
    world.close()


def test_without_a_contact_nothing_is_sent_and_the_agent_is_told(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    world = world_of(tmp_path, by_mail(server))
    _, asked = notified(world, phone="+8613800000000")
    world.work(60)
    assert state_of(world, asked) is ActionState.REJECTED
    assert "e-mail address" in (status(world, asked).action.problem or "")
    assert server.connections == 0
    world.close()


def test_who_has_only_a_phone_gets_the_short_form(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    with receiver(SECRET) as phone:
        world = world_of(tmp_path, by_mail(server), by_phone(phone))
        _, asked = notified(world, phone="+8613800000000")
        world.work(10)
        (told,) = phone.sent
        assert state_of(world, asked) is ActionState.CONFIRMED
        world.close()
    assert told["to"] == "+8613800000000"
    assert "PG-1" in told["text"]
    assert len(told["text"]) <= 160
    assert "\n" not in told["text"]
    assert server.letters == []


@pytest.mark.parametrize(
    ("declared", "kept", "arrived", "ends"),
    [
        (True, True, 1, ActionState.CONFIRMED),
        (False, False, 1, ActionState.NEEDS_PERSON),
        (True, False, 2, ActionState.CONFIRMED),
    ],
    ids=["honours keys", "does not", "control: says so and does not"],
)
def test_a_lost_answer_is_asked_for_again_where_keys_are_honoured_only(
    tmp_path: Path, declared: bool, kept: bool, arrived: int, ends: ActionState
) -> None:
    with receiver(SECRET) as phone:
        phone.answers, phone.honours_keys = ["lost"], kept
        world = world_of(tmp_path, by_phone(phone, honours_keys=declared))
        _, asked = notified(world, phone="+8613800000000")
        for _ in range(120):
            world.clock.turn(30)
            world.work()
        assert len(phone.sent) == arrived
        assert len({one["id"] for one in phone.sent}) == 1
        assert state_of(world, asked) is ends
        world.close()


def test_a_repeat_goes_by_the_channel_of_the_first_try(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    """Meanwhile an e-mail address became known, and mail is preferred."""
    with receiver(SECRET) as phone:
        phone.answers, phone.honours_keys = ["lost"], True
        senders = (by_mail(server), by_phone(phone, honours_keys=True))
        world = world_of(tmp_path, *senders)
        _, asked = notified(world, phone="+8613800000000")
        world.work(1)
        for ref, order in world.shop._orders.items():
            now_known = replace(order.customer, email="wang@example.test")
            world.shop._orders[ref] = replace(order, customer=now_known)
            world.shop._touch(ref)
        world.watch()
        world.work(120)
        assert state_of(world, asked) is ActionState.CONFIRMED
        assert (len(phone.sent), server.letters) == (1, [])
        world.close()


def test_a_repeat_that_is_refused_does_not_make_the_first_unsent(tmp_path: Path) -> None:
    with receiver(SECRET) as phone:
        phone.answers, phone.honours_keys = ["lost", 422, 422, 422, 422, 422, 422, 422], True
        world = world_of(tmp_path, by_phone(phone, honours_keys=True))
        _, asked = notified(world, phone="+8613800000000")
        for _ in range(120):
            world.clock.turn(60)
            world.work()
        assert state_of(world, asked) is not ActionState.REJECTED
        assert len(phone.sent) == 1
        world.close()
