"""A gateway in a process of its own that sends one message, for a test to kill.

`python -m tests.gateway.notice_process FOLDER PORT LATER_S (ORDER | all) [--no-record]`: with an
order, a message about it is asked for and sent; with "all", what is open is carried to its end.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef
from agent_app.engines.notices.smtp import MailServer, SmtpSender
from agent_app.engines.port import Shop
from agent_app.gateway.notifying import NotifyingShop
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import notices
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, FakeShop
from tests.gateway.world import TurnedClock, World

AT_ONCE = "all"
SPEECHLESS = replace(CAPABILITIES, can_notify=False, action_key_lifetime_s=None, query_lag_s=5.0)
"""As the real shops: no messages, no keys."""


def by_mail(port: int, timeout_s: float = 10.0) -> SmtpSender:
    return SmtpSender(
        MailServer("127.0.0.1", port, "none", "shop@shop.example", timeout_s=timeout_s)
    )


def notifying_world(
    folder: Path,
    port: int,
    *,
    database: Database | None = None,
    shop: FakeShop | None = None,
    clock: TurnedClock | None = None,
) -> World:
    """Return a world whose messages go by the mail server; with the shop of one that is gone."""

    def around(made: FakeShop, opened: Database) -> Shop:
        return NotifyingShop(made, [by_mail(port)], opened, made._clock.now)

    world = World(folder, SPEECHLESS, database=database, around=around)
    if shop is not None and clock is not None:
        world.shop, world.clock = shop, clock
        world.gateway = Gateway(world.database, [around(shop, world.database)], clock=clock)
    return world


def main(folder: str, port: str, later_s: str, what: str, *words: str) -> None:
    if "--no-record" in words:
        notices.begin = lambda *_: None
    world = notifying_world(Path(folder), int(port))
    # Every life makes the same orders at the same times, and then goes on from later.
    for number in range(10):
        world.shop.stuck(f"PG-{number}")
    world.clock.turn(float(later_s))
    world.watch()
    if what == AT_ONCE:
        for _ in range(400):
            world.clock.turn(30)
            world.work()
    else:
        # Requests of other lives have other keys.
        world._requests = int(float(later_s))
        case = world.claimed(OrderRef(what))
        world.request(case, ActionKind.RESUBMIT)
        world.work(8)
        world.request(case, ActionKind.NOTIFY, template="confirmed", language="en")
        world.work(60)
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
