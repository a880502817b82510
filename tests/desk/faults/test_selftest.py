"""The network test names the part that is slow or broken, whatever a network does."""

from __future__ import annotations

import contextlib
import email.utils
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_app.desk.platform import selftest
from agent_app.desk.platform.network import Network
from agent_app.desk.platform.selftest import SelfTest
from agent_app.desk.ui.words import health
from agent_app.desk.work.errors import Rejected, Unauthenticated
from agent_app.desk.work.network import NetworkChoice, ProxyUse
from agent_app.desk.work.selftest import (
    Measured,
    NetworkTest,
    Outcome,
    Part,
    Run,
    Trouble,
    Verdict,
    judge,
)
from tests.desk.faults.test_network import Serve, served
from tests.fakes.platform import FakePlatform
from tests.gateway.oidc.certificates import server_context

BODY = b'{"status":"ok"}'


def _head(status: str = "200 OK", kind: str = "application/json", date: str = "") -> bytes:
    said = date or email.utils.format_datetime(datetime.now(UTC), usegmt=True)
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nDate: {said}\r\n"
        f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n"
    ).encode()


def _answering(head: bytes, wait_s: float = 0.0) -> Serve:
    def serve(connection: socket.socket) -> None:
        # The bare connection of the test itself asks nothing.
        if connection.recv(65_536):
            time.sleep(wait_s)
            connection.sendall(head + BODY)

    return serve


def _tested(
    url: str,
    choice: NetworkChoice | None = None,
    platform: FakePlatform | None = None,
    last: Mapping[Part, float] | None = None,
) -> Verdict:
    told: list[Part] = []
    run = SelfTest(Network(choice), rounds=3)(url, platform, told.append)
    assert told
    return judge(run, last or {})


def _worst(verdict: Verdict) -> tuple[Part, Trouble | None]:
    assert verdict.worst is not None
    return verdict.worst.part, verdict.worst.trouble


def test_a_gateway_that_answers_is_fine() -> None:
    with served(_answering(_head())) as url:
        verdict = _tested(url)
    assert verdict.worst is None
    assert verdict.is_good
    outcomes = {found.part: found.outcome for found in verdict.findings}
    assert outcomes == {
        Part.NAME: Outcome.NOT_TRIED,
        Part.CONNECT: Outcome.FINE,
        Part.TLS: Outcome.NOT_TRIED,
        Part.ANSWER: Outcome.FINE,
        Part.CLOCK: Outcome.FINE,
        Part.SIGN_IN: Outcome.NOT_TRIED,
        Part.STREAM: Outcome.NOT_TRIED,
    }
    assert len(verdict.run.parts[Part.ANSWER].times_ms) == 3


@pytest.mark.parametrize(
    ("head", "trouble"),
    [
        (_head("503 No"), Trouble.GATEWAY_FAILS),
        (_head("302 Found"), Trouble.NOT_A_GATEWAY),
        (_head("404 Not Found"), Trouble.NOT_A_GATEWAY),
        (_head(kind="text/html"), Trouble.NOT_A_GATEWAY),
        (b"", Trouble.BROKEN_OFF),
    ],
)
def test_what_else_may_answer_is_told_apart(head: bytes, trouble: Trouble) -> None:
    with served(_answering(head) if head else lambda c: c.close()) as url:
        assert _worst(_tested(url)) == (Part.ANSWER, trouble)


def test_a_gateway_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_ANSWER_S", 0.2)
    with served(_answering(_head(), wait_s=1.0)) as url:
        verdict = _tested(url)
    assert _worst(verdict) == (Part.ANSWER, Trouble.SILENT)


def test_nobody_there_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert _worst(_tested(f"http://127.0.0.1:{port}")) == (Part.CONNECT, Trouble.REFUSED)


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), Trouble.NAME_UNKNOWN),
        (socket.gaierror(socket.EAI_AGAIN, "no"), Trouble.NAME_SILENT),
        (TimeoutError("no"), Trouble.NAME_SILENT),
    ],
)
def test_a_name_that_is_not_found_is_told_from_a_service_that_is_silent(
    failure: Exception, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object) -> list[str]:
        raise failure

    monkeypatch.setattr(selftest, "look_up", look_up)
    choice = NetworkChoice(ProxyUse.NONE)
    assert _worst(_tested("https://gateway.example", choice)) == (Part.NAME, trouble)


@contextlib.contextmanager
def _secured(folder: Path) -> Iterator[str]:
    context = server_context(folder)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            if secured.recv(65_536):
                secured.sendall(_head() + BODY)

    with served(serve) as url:
        yield url.replace("http:", "https:")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_that_is_not_trusted_is_named_and_a_chosen_one_measured(
    tmp_path: Path,
) -> None:
    with _secured(tmp_path) as url:
        assert _worst(_tested(url)) == (Part.TLS, Trouble.CERTIFICATE)
        good = _tested(url, NetworkChoice(ca_file=str(tmp_path / "right.pem")))
    assert good.worst is None
    assert Part.TLS in good.medians()


def test_something_without_encryption_at_an_https_address_is_named() -> None:
    with served(_answering(_head())) as url:
        verdict = _tested(url.replace("http:", "https:"))
    assert _worst(verdict) == (Part.TLS, Trouble.NO_TLS)


def test_a_proxy_that_refuses_is_named_and_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(_answering(_head("407 No"))) as proxy:
        monkeypatch.setenv("https_proxy", proxy.replace("//", "//me:s3cret@"))
        verdict = _tested("https://gateway.example")
    assert _worst(verdict) == (Part.CONNECT, Trouble.PROXY)
    assert verdict.run.via == proxy


def test_a_clock_that_is_wrong_is_told() -> None:
    wrong = datetime.now(UTC) + timedelta(minutes=5)
    head = _head(date=email.utils.format_datetime(wrong, usegmt=True))
    with served(_answering(head)) as url:
        verdict = _tested(url)
    assert _worst(verdict) == (Part.CLOCK, Trouble.CLOCK)
    assert verdict.run.clock_off_s is not None
    assert -301 <= verdict.run.clock_off_s <= -290


def test_whether_the_sign_in_still_holds_and_changes_come_is_tried() -> None:
    platform = FakePlatform()
    with served(_answering(_head())) as url:
        assert _tested(url, platform=platform).worst is None

        def refused() -> None:
            raise Unauthenticated("over")

        platform.session = refused  # type: ignore[method-assign, assignment]
        verdict = _tested(url, platform=platform)
    assert _worst(verdict) == (Part.SIGN_IN, Trouble.TOKEN)


def _run(**times: tuple[float, ...]) -> Run:
    parts = {Part(name): Measured(ms) for name, ms in times.items()}
    return Run(datetime.now(UTC), "gw.example", "", parts, 0.0)


def test_what_takes_three_times_as_long_as_it_used_to_is_slow() -> None:
    before = {Part.CONNECT: 20.0, Part.ANSWER: 100.0}
    run = _run(connect=(21.0, 20.0, 22.0), answer=(390.0, 380.0, 410.0))
    verdict = judge(run, before)
    assert _worst(verdict) == (Part.ANSWER, None)
    worst = verdict.worst
    assert worst is not None
    assert worst.ratio == pytest.approx(3.9)
    assert not verdict.is_good
    # The controls: nothing to compare with; one slow try of three; three times of nothing.
    assert judge(run, {}).worst is None
    assert judge(_run(answer=(100.0, 110.0, 900.0)), before).worst is None
    assert judge(_run(connect=(60.0, 61.0, 66.0)), before).worst is None


def test_what_an_agent_feels_is_slow_without_any_comparison() -> None:
    assert _worst(judge(_run(name=(900.0,), answer=(50.0,)), {})) == (Part.NAME, None)


def test_what_fails_now_and_then_is_broken_with_its_times() -> None:
    measured = Measured((10.0, 12.0), Trouble.BROKEN_OFF, failed=1)
    run = replace(_run(), parts={Part.ANSWER: measured})
    found = judge(run, {}).worst
    assert found is not None
    assert (found.outcome, found.median_ms, found.failed) == (Outcome.BROKEN, 11.0, 1)


class _Kept:
    def __init__(self) -> None:
        self.kept: dict[str, Mapping[Part, float]] = {}

    def times(self, host: str) -> Mapping[Part, float]:
        return self.kept.get(host, {})

    def keep(self, host: str, times: Mapping[Part, float]) -> None:
        self.kept[host] = times


def test_only_a_good_run_is_compared_with() -> None:
    kept = _Kept()
    with served(_answering(_head())) as url:
        test = NetworkTest(lambda: SelfTest(Network(), rounds=1), kept)
        assert test.run(url, None, lambda _: None).is_good
    good = dict(kept.kept)
    assert set(good["127.0.0.1"]) >= {Part.CONNECT, Part.ANSWER}
    assert not test.run(url, None, lambda _: None).is_good
    assert kept.kept == good


def test_settings_that_cannot_be_used_are_refused() -> None:
    choice = NetworkChoice(ca_file="/nowhere/at/all.pem")
    test = NetworkTest(lambda: SelfTest(Network(choice)), _Kept())
    with pytest.raises(Rejected):
        test.run("http://127.0.0.1:9", None, lambda _: None)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_a_sentence_that_says_what_to_do(trouble: Trouble) -> None:
    run = replace(_run(), parts={Part.ANSWER: Measured((), trouble, 1)}, clock_off_s=75.4)
    verdict = judge(run, {})
    found = next(f for f in verdict.findings if f.trouble is not None)
    text = health.sentence(verdict, replace(found, trouble=trouble))
    assert "{" not in text
    assert len(text.split()) > 8
    assert health.report(verdict).startswith("gw.example  ")
