"""Promise: messages go as the operator wrote it, or he is told in one sentence what to mend."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from agent_app.engines.notices.sender import Channel
from agent_app.gateway.__main__ import main
from agent_app.gateway.config import Config, ConfigError, load
from agent_app.gateway.findings import Level
from agent_app.gateway.notice_settings import senders_of
from tests.engines.mail_server import PASSWORD, USER, mail_server
from tests.engines.webhook_receiver import receiver
from tests.gateway.oidc.certificates import server_context
from tests.gateway.test_doctor import found

MAIL = '[mail]\nhost = "mail.example"\nsender = "shop@shop.example"\n'
SMS = '[sms]\nurl = "https://sms.example/in"\nsecret_file = "secret"\n'
SECRET = b"s" * 32
WRITTEN = "whsec_" + base64.b64encode(SECRET).decode()


def given(folder: Path, text: str, environment: dict[str, str] | None = None) -> Config:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return load(path, environment or {})


def test_what_is_not_written_is_as_usual(tmp_path: Path) -> None:
    config = given(tmp_path, MAIL + SMS)
    assert config.mail is not None
    assert config.sms is not None
    assert config.mail.security == "starttls"
    assert config.sms.secret_file == str(tmp_path / "secret")
    assert not config.sms.honours_keys
    (tmp_path / "secret").write_text(WRITTEN, "utf-8")
    assert [s.channel for s in senders_of(config.mail, config.sms)] == [Channel.EMAIL, Channel.SMS]
    assert senders_of(None, None) == ()


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    environment = {"AGENT_APP_GATEWAY_MAIL_PORT": "2525", "AGENT_APP_GATEWAY_MAIL_SENDER_NAME": "N"}
    config = given(tmp_path, MAIL, environment)
    assert config.mail is not None
    assert (config.mail.port, config.mail.sender_name) == (2525, "N")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (MAIL + "typo = 1\n", "typo"),
        (MAIL + "port = 70000\n", r"\[mail\]: `port`"),
        (MAIL + "timeout_s = 0\n", r"\[mail\]: `timeout_s`"),
        (MAIL + "timeout_s = nan\n", r"\[mail\]: `timeout_s`"),
        (MAIL + "security = 'maybe'\n", "security"),
        (MAIL + "security = 'none'\n", r"\[mail\]:.*readable by anyone"),
        (MAIL.replace("mail.example", "127.evil.example") + "security = 'none'\n", "readable"),
        (
            MAIL.replace("mail.example", "localhost.evil.example") + "security = 'none'\n",
            "readable",
        ),
        (MAIL + "username = 'u'\n", "`username` and `password_file`"),
        (MAIL + "password_file = 'p'\n", "`username` and `password_file`"),
        (MAIL.replace("shop@shop", "shop@@shop"), "`sender`"),
        (MAIL.replace("shop@shop.example", "a@b.example, c@d.example"), "`sender`"),
        (MAIL.replace("shop@shop.example", "店@shop.example"), "`sender`"),
        (MAIL + 'sender_name = "a\\nBcc: eve@example.test"\n', "`sender_name`"),
        (MAIL + 'reply_to = "nobody"\n', "`reply_to`"),
        (MAIL.replace("mail.example", " "), "`host`"),
        (SMS.replace("https", "http"), r"\[sms\]: `url`.*https"),
        (SMS.replace("https://sms", "http://127.evil.sms"), r"\[sms\]: `url`.*https"),
        (SMS.replace("https://sms.example/in", "sms.example"), r"\[sms\]: `url`"),
        (SMS.replace("https://sms.example/in", "https://[::1"), r"\[sms\]: `url`"),
        (SMS.replace("sms.example", "me:word@sms.example"), r"\[sms\]: `url`.*signed"),
        (SMS + "timeout_s = 500\n", r"\[sms\]: `timeout_s`"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        given(tmp_path, text)


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (None, "secret: cannot be read"),
        ("", "first line is empty"),
        ("hello", "whsec_"),
        ("whsec_c2hvcnQ=", "24"),
    ],
)
def test_a_secret_that_is_none_is_told_without_being_shown(
    tmp_path: Path, secret: str | None, told: str
) -> None:
    if secret is not None:
        (tmp_path / "secret").write_text(secret, "utf-8")
    config = given(tmp_path, SMS)
    with pytest.raises(ValueError, match=told) as refused:
        senders_of(config.mail, config.sms)
    assert "[sms]" in str(refused.value)
    assert not secret or secret not in str(refused.value)


def test_a_file_without_a_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", "utf-8")
    config = given(tmp_path, MAIL + "ca_file = 'ca.pem'\n")
    with pytest.raises(ValueError, match=r"\[mail\]:.*no certificate"):
        senders_of(config.mail, config.sms)


def test_the_doctor_connects_signs_in_and_sends_nothing(tmp_path: Path) -> None:
    context = server_context(tmp_path)
    (tmp_path / "word").write_text(PASSWORD + "\n", "utf-8")
    with mail_server(sign_in=True, starttls=context) as server, receiver(SECRET) as phone:
        mail = (
            f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "shop@shop.example"\n'
            f'ca_file = "right.pem"\nusername = "{USER}"\npassword_file = "word"\n'
        )
        (tmp_path / "secret").write_text(WRITTEN, "utf-8")
        sms = f'[sms]\nurl = "{phone.url}"\nsecret_file = "secret"\nuse_proxies = false\n'
        said = found(tmp_path, mail + sms)
        assert "messages: email: connected" in said[Level.OK]
        assert "messages: sms: connected" in said[Level.OK]
        if os.name == "posix":
            assert f"{tmp_path / 'word'} can be read by other users" in said[Level.WARN]
        (tmp_path / "word").chmod(0o600)
        (tmp_path / "word").write_text("another", "utf-8")
        wrong = found(tmp_path, mail + sms)
        assert "sign-in refused" in wrong[Level.FAIL]
        assert "word can be read" not in wrong[Level.WARN]
        assert "another" not in wrong[Level.FAIL]
        assert (server.letters, phone.sent) == ([], [])
    gone = found(tmp_path, mail + sms)
    assert "mail server 127.0.0.1" in gone[Level.FAIL]
    assert "receiver 127.0.0.1" in gone[Level.FAIL]


def test_a_test_message_goes_where_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server() as server:
        text = (
            f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
            'sender = "shop@shop.example"\n'
        )
        given(tmp_path, text)
        command = ["--config", str(tmp_path / "gateway.toml"), "notify-test"]
        assert main([*command, "me@shop.example"]) == 0
        assert server.letters[0].to == ("me@shop.example",)
        assert "kept as 17" in capsys.readouterr().out
        server.refuse["RCPT"] = "550 unknown"
        assert main([*command, "me@shop.example"]) == 1
        assert "unknown" in capsys.readouterr().err
        assert main([*command, "+8613800000000"]) != 0
        assert "[sms]" in capsys.readouterr().err
