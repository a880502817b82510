"""Promise: of all who send a message at once one does; and what the wrapper says of itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from agent_app.domain.capabilities import READ_ONLY
from agent_app.engines.notices.sender import Sender
from agent_app.engines.port import OutcomeUnknown
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.notifying import NotifyingShop, _without
from agent_app.gateway.store import notices, order_log
from agent_app.gateway.store.notices import HandOver
from tests.engines.mail_server import MailServerUnderTest, mail_server
from tests.gateway.noticing import (
    SPEECHLESS,
    by_mail,
    message,
    shop_of,
    world_of,
)
from tests.gateway.world import World


@pytest.fixture
def server() -> Iterator[MailServerUnderTest]:
    with mail_server() as running:
        yield running


def test_a_number_is_not_told_on_either() -> None:
    assert _without("+86 138-0000 0000", "unknown: +8613800000000!") == "unknown: +…!"
    assert _without("+8613800000000", "(86) 138 0000 0000 is off") == "(… is off"
    assert _without("王@bücher.test", "<王@xn--bcher-kva.test> no") == "<…> no"
    assert _without("", "as it was") == "as it was"


class TestTheWrapper:
    """What it says of itself."""

    def shop(self, folder: Path, *senders: Sender, **more: object) -> NotifyingShop:
        capabilities = replace(SPEECHLESS, **more)  # type: ignore[arg-type]
        world = World(folder, capabilities)
        return NotifyingShop(world.shop, senders, world.database, world.clock.now)

    def test_it_notifies_where_a_sender_is(
        self, tmp_path: Path, server: MailServerUnderTest
    ) -> None:
        assert not self.shop(tmp_path).capabilities.can_notify
        with_mail = self.shop(tmp_path, by_mail(server))
        assert with_mail.capabilities == replace(SPEECHLESS, can_notify=True)
        assert with_mail.longest_call_s >= by_mail(server).longest_s

    def test_a_shop_that_sends_itself_is_left_alone(
        self, tmp_path: Path, server: MailServerUnderTest
    ) -> None:
        shop = self.shop(tmp_path, by_mail(server), can_notify=True)
        shop.send_message(message())
        assert server.connections == 0

    def test_a_shop_that_has_not_declared_itself_stays_undeclared(
        self, tmp_path: Path, server: MailServerUnderTest
    ) -> None:
        """Else the ledger would read "no keys, nothing to wait for" as the shop's word."""
        world = World(tmp_path, replace(READ_ONLY, label="fake"))
        known = KnownShop(NotifyingShop(world.shop, [by_mail(server)], world.database))
        known.refresh()
        assert not known.can_act


def test_of_two_who_send_at_once_one_does(tmp_path: Path, server: MailServerUnderTest) -> None:
    """A worker that hung past its lease, and the one that replaced it."""
    world = world_of(tmp_path, by_mail(server))
    world.shop.stuck("PG-1")
    world.watch()
    shop = shop_of(world)
    server.before_answer = threading.Event()
    ended: list[object] = []

    def send() -> None:
        try:
            ended.append(shop.send_message(message()))
        except OutcomeUnknown as error:
            ended.append(error)

    first, second = threading.Thread(target=send), threading.Thread(target=send)
    first.start()
    assert server.kept.wait(5)
    second.start()
    second.join(5)
    server.before_answer.set()
    first.join(5)
    assert len(server.letters) == 1
    assert {type(e).__name__ for e in ended} == {"OutcomeUnknown", "Receipt"}
    # And whoever comes later is told that it is done.
    assert shop.send_message(message()).reference == "kept as 17"
    assert len(server.letters) == 1
    world.close()


@pytest.mark.parametrize(("apart", "letters"), [(False, 1), (True, 2)], ids=["one", "control"])
def test_looking_up_and_beginning_are_one_write(
    tmp_path: Path,
    server: MailServerUnderTest,
    monkeypatch: pytest.MonkeyPatch,
    apart: bool,
    letters: int,
) -> None:
    """Both senders are held between the two; the control looks up in a transaction before."""
    world = world_of(tmp_path, by_mail(server))
    world.shop.stuck("PG-1")
    world.watch()
    both, known_of = threading.Barrier(2), order_log.known

    def held(connection: Connection, *of_order: str) -> order_log.Known | None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return known_of(connection, *of_order)  # type: ignore[arg-type]

    monkeypatch.setattr(order_log, "known", held)
    if apart:
        monkeypatch.setattr(notices, "get", lambda *_: None)

    def send() -> None:
        with contextlib.suppress(OutcomeUnknown):
            shop_of(world).send_message(message())

    senders = [threading.Thread(target=send) for _ in range(2)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join(20)
    assert len(server.letters) == letters
    world.close()


def test_the_record_is_there_before_the_server_hears_of_it(
    tmp_path: Path, server: MailServerUnderTest
) -> None:
    world = world_of(tmp_path, by_mail(server))
    world.shop.stuck("PG-1")
    world.watch()
    seen: list[HandOver | None] = []

    def heard() -> None:
        with world.database.read() as connection:
            known = notices.get(connection, message().key)
        seen.append(known.state if known else None)

    server.on_connection = heard
    shop_of(world).send_message(message())
    assert seen == [HandOver.BEGUN]
    with world.database.read() as connection:
        kept = notices.get(connection, message().key)
    assert kept is not None
    assert (kept.state, kept.reply) == (HandOver.ACCEPTED, "kept as 17")
    world.close()
