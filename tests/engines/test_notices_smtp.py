"""Sending by SMTP against a real server: what surely did not leave is told from what may have."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_app.engines.notices.sender import Channel, Notice
from agent_app.engines.notices.smtp import MailServer, SmtpSender
from agent_app.engines.port import OutcomeUnknown, Rejected, Throttled, Unreachable
from tests.engines.mail_server import (
    PASSWORD,
    USER,
    Break,
    MailServerUnderTest,
    mail_server,
)
from tests.gateway.oidc.certificates import server_context

NOTICE = Notice(
    key="aa-" + "0c" * 20,
    channel=Channel.EMAIL,
    to="wang@example.test",
    language="zh_CN",
    subject="订单 PG-1 已确认",
    text="您的订单已确认。\n.\n.. 请勿重复支付。\n",
    template="confirmed",
    shop="demo",
    order="PG-1",
    at=datetime(2026, 3, 14, 12, 0, tzinfo=UTC),
)


def sender(server: MailServerUnderTest, **more: object) -> SmtpSender:
    settings = MailServer(server.host, server.port, "none", "shop@shop.example", timeout_s=10.0)
    return SmtpSender(replace(settings, **more))  # type: ignore[arg-type]


def test_a_message_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        reply = sender(server, sender_name="The shop, Ltd.", reply_to="help@shop.example").send(
            NOTICE
        )
        (letter,) = server.letters
    mail = letter.mail
    assert "kept as 17" in reply
    assert letter.to == ("wang@example.test",)
    assert letter.text.splitlines() == NOTICE.text.splitlines()
    assert str(mail["Subject"]) == NOTICE.subject
    assert mail["From"].addresses[0].display_name == "The shop, Ltd."
    assert mail["From"].addresses[0].addr_spec == "shop@shop.example"
    assert str(mail["Reply-To"]) == "help@shop.example"
    assert mail["Date"].datetime == NOTICE.at
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "zh-CN"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert not mail.is_multipart()


def test_it_passes_servers_that_know_seven_bits_only() -> None:
    with mail_server() as server:
        sender(server).send(NOTICE)
        (letter,) = server.letters
    assert letter.content.isascii()
    assert max(len(line) for line in letter.content.split(b"\r\n")) <= 998


def test_the_same_key_gives_the_same_message_id_and_another_key_another() -> None:
    with mail_server() as server:
        for key in (NOTICE.key, NOTICE.key, "aa-" + "1d" * 20):
            sender(server).send(replace(NOTICE, key=key))
        ids = [letter.mail["Message-ID"] for letter in server.letters]
    assert ids[0] == ids[1] == f"<{NOTICE.key}@shop.example>"
    assert ids[2] not in ids[:2]


@pytest.mark.parametrize(
    "to",
    [
        "wang@example.test\r\nBcc: eve@example.test",
        "wang@example.test\nRCPT TO:<eve@example.test>",
        "wang@example.test, eve@example.test",
        "wang@example.test;eve@example.test",
        "Wang <wang@example.test>",
        "<wang@example.test> SIZE=1",
        "wang@example.test\0",
        "wang\u2028@example.test",
        "@example.test",
        "wang@@example.test",
        "wang@",
        "wang",
        "",
        "wang@exam ple.test",
        "wang@" + "x" * 70 + ".test",
        "wang@example..test",
    ],
)
def test_what_is_not_one_plain_address_is_refused_before_any_connection(to: str) -> None:
    with mail_server() as server:
        with pytest.raises(Rejected) as refused:
            sender(server).send(replace(NOTICE, to=to))
        assert server.connections == 0
    # The address is the customer's: it is not told on.
    assert not to or to not in str(refused.value)


@pytest.mark.parametrize(
    "subject", ["Order\r\nBcc: eve@example.test", "Order\nX: y", "Order\rX: y"]
)
def test_a_subject_adds_no_header(subject: str) -> None:
    with mail_server() as server:
        with pytest.raises(Rejected):
            sender(server).send(replace(NOTICE, subject=subject))
        assert server.letters == []


def test_a_text_ends_nothing_and_commands_nothing() -> None:
    text = "one\r\n.\r\nRCPT TO:<eve@example.test>\r\n..\r\n.two\n.\nthree"
    with mail_server() as server:
        sender(server).send(replace(NOTICE, text=text))
        (letter,) = server.letters
        assert server.commands.count("MAIL") == server.commands.count("RCPT") == 1
    assert letter.to == ("wang@example.test",)
    assert letter.text.splitlines() == text.splitlines()


def test_a_domain_with_other_letters_goes_in_ascii() -> None:
    with mail_server() as server:
        sender(server).send(replace(NOTICE, to="wang@bücher.test"))
        assert server.letters[0].to == ("wang@xn--bcher-kva.test",)


def test_a_name_with_other_letters_goes_where_the_server_takes_it() -> None:
    with mail_server() as server:
        sender(server).send(replace(NOTICE, to="王@example.test"))
        assert server.letters[0].to == ("王@example.test",)
    with mail_server(utf8=False) as server:
        with pytest.raises(Rejected, match="SMTPUTF8"):
            sender(server).send(replace(NOTICE, to="王@example.test"))
        assert "DATA" not in server.commands


REFUSED = [
    ("EHLO", "421 closing", Throttled),
    ("MAIL", "451 try later", Throttled),
    ("MAIL", "553 not you", Rejected),
    ("RCPT", "450 busy mailbox", Throttled),
    ("RCPT", "550 5.1.1 no such user", Rejected),
    ("DATA", "421 closing", Throttled),
    ("DATA", "554 no valid recipients", Rejected),
    ("END", "452 no space", Throttled),
    ("END", "554 5.7.1 looks like spam", Rejected),
]


@pytest.mark.parametrize(
    ("command", "answer", "error"), REFUSED, ids=[f"{c} {a[:3]}" for c, a, _ in REFUSED]
)
def test_a_refusal_is_told_in_the_servers_words(
    command: str, answer: str, error: type[Exception]
) -> None:
    with mail_server() as server:
        server.refuse[command] = answer
        with pytest.raises(error) as refused:
            sender(server).send(NOTICE)
        assert refused.type is error
        assert server.letters == []
    if error is Rejected:
        assert answer[4:] in str(refused.value)


@pytest.mark.parametrize("where", [Break.AT_GREETING, Break.BEFORE_DATA, Break.IN_DATA])
def test_what_breaks_off_before_the_dot_was_surely_not_sent(where: Break) -> None:
    # Large, so that the sender still writes when the server is gone.
    long = replace(NOTICE, text="please wait\n" * 2_000_000)
    with mail_server() as server:
        server.breaks = where
        with pytest.raises(Unreachable):
            sender(server, timeout_s=10.0).send(long)
        assert server.letters == []


@pytest.mark.parametrize(
    ("where", "arrived"),
    [(Break.AFTER_DOT, 1), (Break.IN_ITS_ANSWER, 1), (Break.AFTER_DOT_LOST, 0)],
)
def test_what_breaks_off_after_the_dot_is_not_known(where: Break, arrived: int) -> None:
    """Arrived or not: from here the two look alike, and neither is called a failure."""
    with mail_server() as server:
        server.breaks = where
        with pytest.raises(OutcomeUnknown):
            sender(server).send(NOTICE)
        assert len(server.letters) == arrived


@pytest.mark.parametrize(
    ("where", "error"),
    [
        (Break.SILENT_AFTER_DOT, OutcomeUnknown),
        (Break.DRIPPING_AFTER_DOT, OutcomeUnknown),
        (Break.DRIPPING_GREETING, Unreachable),
        (Break.SILENT_AT_QUIT, None),
    ],
)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_no_server_holds_it_longer_than_it_says(
    tmp_path: Path, where: Break, error: type[Exception] | None, secure: bool
) -> None:
    context = server_context(tmp_path) if secure else None
    with mail_server(tls=context) as server:
        server.breaks = where
        sending = sender(server, timeout_s=1.0)
        if secure:
            ca_file = str(tmp_path / "right.pem")
            sending = sender(server, timeout_s=1.0, security="tls", ca_file=ca_file)
        began = time.monotonic()
        if error is None:
            assert "kept as 17" in sending.send(NOTICE)
        else:
            with pytest.raises(error):
                sending.send(NOTICE)
        # Well below the half minute for which the server would go on.
        assert time.monotonic() - began < 1.0 + 8.0
        assert sending.longest_s > 1.0


def test_no_server_is_unreachable() -> None:
    with mail_server() as server:
        gone = sender(server)
    with pytest.raises(Unreachable):
        gone.send(NOTICE)


class TestSecured:
    """TLS by an authority of the test's own, and sign-in."""

    def settings(self, folder: Path, **more: object) -> dict[str, object]:
        ca_file = str(folder / "right.pem")
        return {"ca_file": ca_file, "username": USER, "password": PASSWORD} | more

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_signed_in_over_tls(self, tmp_path: Path, security: str) -> None:
        context = server_context(tmp_path)
        how = {"starttls": context} if security == "starttls" else {"tls": context}
        with mail_server(sign_in=True, **how) as server:  # type: ignore[arg-type]
            sending = sender(server, **self.settings(tmp_path, security=security))
            assert sending.problems() == ()
            assert server.letters == []
            sending.send(NOTICE)
            assert len(server.letters) == 1
            if security == "starttls":
                assert server.commands.index("STARTTLS") < server.commands.index("AUTH")

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_server_of_another_authority_hears_nothing(
        self, tmp_path: Path, security: str
    ) -> None:
        context = server_context(tmp_path)
        how = {"starttls": context} if security == "starttls" else {"tls": context}
        with mail_server(sign_in=True, **how) as server:  # type: ignore[arg-type]
            more = self.settings(tmp_path, security=security, ca_file=str(tmp_path / "other.pem"))
            with pytest.raises(Unreachable, match="secure"):
                sender(server, **more).send(NOTICE)
            assert "AUTH" not in server.commands
            assert server.letters == []
            (problem,) = sender(server, **more).problems()
            assert "127.0.0.1" in problem

    def test_a_server_without_tls_hears_neither_password_nor_message(self, tmp_path: Path) -> None:
        server_context(tmp_path)
        with mail_server() as server:
            with pytest.raises(Unreachable):
                sender(server, **self.settings(tmp_path, security="starttls")).send(NOTICE)
            assert not {"AUTH", "MAIL", "DATA"} & set(server.commands)

    def test_a_wrong_password_is_a_problem_and_sends_nothing(self, tmp_path: Path) -> None:
        with mail_server(sign_in=True, starttls=server_context(tmp_path)) as server:
            more = self.settings(tmp_path, security="starttls", password="another")
            with pytest.raises(Throttled) as refused:
                sender(server, **more).send(NOTICE)
            (problem,) = sender(server, **more).problems()
            assert server.letters == []
        for said in (str(refused.value), problem):
            assert "another" not in said
            assert "535" in said or "credentials" in said


def test_neither_password_nor_recipient_is_in_what_is_written_to_a_log() -> None:
    server = MailServer("h", 25, "none", "s@shop.example", username=USER, password=PASSWORD)
    assert PASSWORD not in repr(server)
    assert NOTICE.to not in repr(NOTICE)
