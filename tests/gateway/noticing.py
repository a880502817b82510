"""A gateway over a fake shop that sends no messages itself, and real receivers, for tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent_app.contract.messages import ActionStatus
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.engines.notices import webhook
from agent_app.engines.notices.sender import Sender
from agent_app.engines.notices.smtp import MailServer, SmtpSender
from agent_app.engines.notices.webhook import WebhookSender
from agent_app.engines.port import Message, Shop
from agent_app.gateway import acting
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.notifying import NotifyingShop
from agent_app.gateway.store.database import Database
from tests.engines.mail_server import MailServerUnderTest
from tests.engines.webhook_receiver import Receiver
from tests.fakes.shop import CAPABILITIES, FakeShop
from tests.gateway.world import World

SPEECHLESS = replace(CAPABILITIES, can_notify=False, action_key_lifetime_s=None, query_lag_s=5.0)
"""As the real shops: no messages, no keys."""
SECRET = b"s" * 32


def by_mail(server: MailServerUnderTest) -> SmtpSender:
    return SmtpSender(
        MailServer(server.host, server.port, "none", "shop@shop.example", timeout_s=10.0)
    )


def by_phone(to: Receiver, *, honours_keys: bool = False) -> WebhookSender:
    return WebhookSender(
        webhook.Receiver(
            to.url, (SECRET,), honours_keys=honours_keys, use_proxies=False, timeout_s=10.0
        )
    )


def world_of(folder: Path, *senders: Sender, database: Database | None = None) -> World:
    def around(shop: FakeShop, opened: Database) -> Shop:
        return NotifyingShop(shop, senders, opened, shop._clock.now)

    return World(folder, SPEECHLESS, database=database, around=around)


def notified(world: World, ref: str = "PG-1", phone: str = "") -> tuple[CaseId, ActionStatus]:
    """Have an order completed, and ask for the message that says so."""
    order_ref = world.shop.stuck(ref)
    if phone:
        order = world.shop._orders[order_ref]
        customer = replace(order.customer, email="", phone=phone)
        world.shop._orders[order_ref] = replace(order, customer=customer)
    case = world.claimed(order_ref)
    world.request(case, ActionKind.RESUBMIT)
    world.work(8)
    return case, world.request(case, ActionKind.NOTIFY, template="confirmed", language="en")


def status(world: World, asked: ActionStatus) -> ActionStatus:
    return acting.action_status(world.gateway, world.lead, asked.id)


def state_of(world: World, asked: ActionStatus) -> ActionState:
    return status(world, asked).action.record.state


def shop_of(world: World) -> KnownShop:
    return world.gateway.desk.shops[world.shop.id]


def message(key: str = "aa-" + "0c" * 20) -> Message:
    return Message(OrderRef("PG-1"), key, "confirmed", "en", "Your order", "It is there.", "There.")
