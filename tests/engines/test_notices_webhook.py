"""Sending by signed requests against a real receiver that checks them with code of its own."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_app.engines.notices import webhook
from agent_app.engines.notices.sender import Channel, Notice
from agent_app.engines.notices.webhook import WebhookSender, secret_of
from agent_app.engines.port import OutcomeUnknown, Rejected, Throttled, Unreachable
from tests.engines.webhook_receiver import Receiver, receiver
from tests.gateway.oidc.certificates import server_context

SECRET, OTHER = b"s" * 32, b"o" * 32
NOTICE = Notice(
    key="aa-" + "0c" * 20,
    channel=Channel.SMS,
    to="+8613800000000",
    language="zh_CN",
    subject="",
    text="【demo】订单 PG-1 已确认。",
    template="confirmed",
    shop="demo",
    order="PG-1",
    at=datetime(2026, 3, 14, 12, 0, tzinfo=UTC),
)


def sender(to: Receiver, *secrets: bytes, **more: object) -> WebhookSender:
    settings = webhook.Receiver(to.url, secrets or (SECRET,), use_proxies=False, timeout_s=10.0)
    return WebhookSender(replace(settings, **more))  # type: ignore[arg-type]


def test_a_message_arrives_signed_and_whole() -> None:
    with receiver(SECRET) as phone:
        reply = sender(phone).send(NOTICE)
        (told,), (headers,) = phone.sent, phone.seen
    assert reply == "sms-17"
    assert told == {
        "id": NOTICE.key,
        "channel": "sms",
        "to": NOTICE.to,
        "language": "zh_CN",
        "text": NOTICE.text,
        "template": "confirmed",
        "shop": "demo",
        "order": "PG-1",
        "sent_at": "2026-03-14T12:00:00Z",
    }
    assert headers["idempotency-key"] == headers["webhook-id"] == NOTICE.key
    assert headers["content-type"] == "application/json"


def test_the_convention_s_own_example_is_signed_as_its_text_says() -> None:
    """The example of the Standard Webhooks specification: it does not come from our code."""
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = webhook.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_another_secret_is_refused_and_nothing_goes_out() -> None:
    """The control of every test here: the receiver does refuse."""
    with receiver(SECRET) as phone:
        with pytest.raises(Rejected, match="bad signature"):
            sender(phone, OTHER).send(NOTICE)
        assert (phone.sent, phone.refused) == ([], 1)


def test_what_was_changed_on_its_way_is_refused() -> None:
    with receiver(SECRET) as phone:
        phone.answers = ["tamper"]
        with pytest.raises(Rejected):
            sender(phone).send(NOTICE)
        assert (phone.sent, phone.refused) == ([], 1)


def test_what_is_sent_again_much_later_by_a_third_is_refused() -> None:
    with receiver(SECRET) as phone:
        phone.now = time.time() + 3600
        with pytest.raises(Rejected):
            sender(phone).send(NOTICE)
        assert phone.refused == 1


@pytest.mark.parametrize("theirs", [SECRET, OTHER], ids=["changed", "not-yet"])
def test_while_the_secret_is_changed_both_are_understood(theirs: bytes) -> None:
    with receiver(theirs) as phone:
        sender(phone, SECRET, OTHER).send(NOTICE)
        assert len(phone.sent) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (301, Rejected),
        (307, Rejected),
        (400, Rejected),
        (404, Rejected),
        (422, Rejected),
        (429, Throttled),
        (408, OutcomeUnknown),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        ("lost", OutcomeUnknown),
        ("lost_before", OutcomeUnknown),
    ],
)
def test_what_an_answer_says(answer: int | str, error: type[Exception]) -> None:
    with receiver(SECRET) as phone:
        phone.answers = [answer]
        with pytest.raises(error) as refused:
            sender(phone).send(NOTICE)
        assert refused.type is error
        # Neither repeated nor sent on to where it was redirected.
        assert len(phone.seen) == (0 if answer == "lost_before" else 1)
        assert NOTICE.to not in str(refused.value)


def test_no_receiver_is_unreachable_and_a_problem() -> None:
    with receiver(SECRET) as phone:
        assert sender(phone).problems() == ()
        assert phone.sent == []
    with pytest.raises(Unreachable):
        sender(phone).send(NOTICE)
    (problem,) = sender(phone).problems()
    assert "127.0.0.1" in problem


def test_a_receiver_that_drips_holds_it_no_longer_than_it_says() -> None:
    with receiver(SECRET) as phone:
        phone.answers = ["drip"]
        sending = sender(phone, timeout_s=0.5)
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            sending.send(NOTICE)
        # The receiver would go on for half a minute.
        assert time.monotonic() - began < sending.longest_s + 8.0


def test_its_authority_may_be_of_the_house_s_own(tmp_path: Path) -> None:
    with receiver(SECRET, server_context(tmp_path)) as phone:
        sender(phone, ca_file=str(tmp_path / "right.pem")).send(NOTICE)
        with pytest.raises(Unreachable):
            sender(phone, ca_file=str(tmp_path / "other.pem")).send(NOTICE)
        assert len(phone.sent) == 1


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!!", "whsec_" + base64.b64encode(b"short").decode(), "kæy"]
)
def test_what_is_no_secret_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        secret_of(text)


def test_neither_secret_nor_recipient_is_in_what_is_written_to_a_log() -> None:
    assert "sss" not in repr(webhook.Receiver("https://x.example", (SECRET,)))
    assert NOTICE.to not in repr(NOTICE)
