"""`notify-test`: send one message to yourself, as customers would get it."""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import UTC, datetime

from agent_app.engines.notices.sender import Channel, Notice
from agent_app.engines.port import EngineError
from agent_app.gateway.commands.opened import Commands, configured
from agent_app.gateway.notice_settings import senders_of

_TEXT = "This is a test message of the order desk's gateway. Nothing needs to be done."


def add_to(commands: Commands) -> None:
    testing = commands.add_parser(
        "notify-test", help="send a test message by [mail] or [sms]; 1 if it was not taken"
    )
    testing.add_argument("to", metavar="ADDRESS", help="an e-mail address, or a phone number")
    testing.set_defaults(run=_send)


def _send(options: argparse.Namespace) -> int:
    config = configured(options)
    channel = Channel.EMAIL if "@" in options.to else Channel.SMS
    sender = next((s for s in senders_of(config.mail, config.sms) if s.channel is channel), None)
    if sender is None:
        section = "[mail]" if channel is Channel.EMAIL else "[sms]"
        raise ValueError(f"the configuration has no {section}; see docs/notifications.md")
    notice = Notice(
        key=f"test-{secrets.token_hex(8)}",
        channel=channel,
        to=options.to,
        language="en",
        subject="Test message",
        text=_TEXT,
        template="test",
        shop="test",
        order="test",
        at=datetime.now(UTC),
    )
    try:
        reply = sender.send(notice)
    except EngineError as error:
        print(f"agent-app-gateway: not surely sent: {error}", file=sys.stderr)
        return 1
    print(f"taken: {reply}")
    return 0
