"""Promise: the doctor tells an operator what is wrong with a real shop, and never its keys."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent_app.gateway.config import load
from agent_app.gateway.doctor_shop import look_at_shop
from agent_app.gateway.findings import Level
from tests.engines.real.running import running
from tests.promises.real_session import configuration, real_shop

SECRET = "sk_very_secret"


@pytest.fixture
def late_by() -> Iterator[tuple[str, list[timedelta]]]:
    """Give the address of a server that knows nobody, and how far its clock is behind."""
    late = [timedelta()]

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._refuse()

        def do_POST(self) -> None:
            self._refuse()

        def _refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response_only(401)
            self.send_header("Date", format_datetime(datetime.now(UTC) - late[0], usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", late
    server.shutdown()
    thread.join()
    server.server_close()


def told(folder: Path, url: str, more: str = "", mode: int = 0o600) -> dict[Level, str]:
    (folder / "key").write_text(SECRET, "utf-8")
    (folder / "key").chmod(mode)
    text = (
        f'[[shops]]\nid = "south"\nengine = "medusa"\nurl = "{url}"\npublishable_key = "pk_1"\n'
        f'key_file = "key"\n{more}'
    )
    (folder / "gateway.toml").write_text(text, "utf-8")
    lines: dict[Level, list[str]] = {level: [] for level in Level}
    for finding in look_at_shop(load(folder / "gateway.toml", {}).shops[0]):
        lines[finding.level].append(f"{finding.about}: {finding.told}")
        assert SECRET not in finding.told
    return {level: "\n".join(said) for level, said in lines.items()}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_what_can_be_told_without_the_shop(tmp_path: Path) -> None:
    said = told(tmp_path, "http://127.0.0.1:9", mode=0o644)
    assert "can be read by other users" in said[Level.WARN]
    assert "every money action stays locked" in said[Level.WARN]
    said = told(tmp_path, "http://127.0.0.1:9", '[shops.provider]\nkind = "books"\n')
    assert "other users" not in said[Level.WARN]
    assert "a payout that the shop does not know of" in said[Level.WARN]


def test_a_shop_that_refuses_us_or_is_away_fails(
    tmp_path: Path, late_by: tuple[str, list[timedelta]]
) -> None:
    assert "refuses our account" in told(tmp_path, late_by[0])[Level.FAIL]
    away = told(tmp_path, "http://127.0.0.1:9")
    assert "does not answer" in away[Level.FAIL]


def test_clocks_that_differ_are_told(tmp_path: Path, late_by: tuple[str, list[timedelta]]) -> None:
    url, late = late_by
    provider = f'[shops.provider]\nkind = "stripe"\nurl = "{url}"\nkey_file = "key"\n'
    said = told(tmp_path, url, provider)
    assert "the shop's clock is ours" in said[Level.OK]
    assert "the provider's clock is ours" in said[Level.OK]
    late[0] = timedelta(minutes=5)
    said = told(tmp_path, url, provider)
    assert re.search(r"the shop's clock is (299|30[0-5]) s behind ours", said[Level.WARN])
    assert re.search(r"the provider's clock is (299|30[0-5]) s behind ours", said[Level.WARN])


@pytest.mark.parametrize("name", ["medusa", "vendure"])
def test_a_real_shop_is_sound_with_its_key_and_refuses_another(tmp_path: Path, name: str) -> None:
    shop = real_shop(name, running(name))
    right = load(_written(tmp_path, configuration(tmp_path, [shop])), {}).shops[0]
    said = {finding.level: finding.told for finding in look_at_shop(right)}
    assert set(said) == {Level.OK}, said
    wrong = {"AGENT_APP_GATEWAY_SHOP_" + name.upper() + "_KEY": SECRET}
    found = list(look_at_shop(right, environment=wrong))
    assert any(f.level is Level.FAIL and "refuses our account" in f.told for f in found), found
    assert all(SECRET not in f.told for f in found)


def _written(folder: Path, text: str) -> Path:
    (folder / "gateway.toml").write_text(text, "utf-8")
    return folder / "gateway.toml"
