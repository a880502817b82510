"""Promise: what comes back from the browser is taken once, from here, and from nobody else."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from agent_app.desk.platform.oidc_redirect import LoopbackRedirect
from agent_app.desk.work.signing_in import BackPage, Question, SignInCancelled, SignInTimedOut

PAGE = BackPage("zh-CN", "已登录 <b>", "可以关闭此窗口 & 回到工作台。")


class Waiting:
    """A redirect that a worker thread waits at."""

    def __init__(self, within_s: float = 20) -> None:
        self.redirect = LoopbackRedirect(PAGE, within_s=within_s)
        self.question = Question(self.redirect.address)
        self.stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.answer: Future[str] = self._pool.submit(self.redirect.wait, self.question, self.stop)
        self.port = httpx.URL(self.redirect.address).port or 0

    def get(self, query: str, **more: object) -> httpx.Response:
        return httpx.get(f"{self.redirect.address}?{query}", trust_env=False, **more)  # type: ignore[arg-type]

    def good(self) -> httpx.Response:
        return self.get(f"code=c&state={self.question.state}")

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
            return answer

    def close(self) -> None:
        self.stop.set()
        self._pool.shutdown()
        self.redirect.close()


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    with contextlib.closing(Waiting()) as made:
        yield made


def test_the_answer_is_given_and_the_person_told_in_his_language(waiting: Waiting) -> None:
    page = waiting.good()
    assert waiting.answer.result(5) == f"code=c&state={waiting.question.state}"
    assert page.status_code == 200
    assert "已登录 &lt;b&gt;" in page.text
    assert "可以关闭此窗口 &amp; 回到工作台。" in page.text
    assert 'lang="zh-CN"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert waiting.question.state not in page.text


def test_what_does_not_fit_is_turned_away_and_the_desk_waits_on(waiting: Waiting) -> None:
    state = waiting.question.state
    for query in ("", "code=c", "code=c&state=another", "error=access_denied&state="):
        assert waiting.get(query).status_code == 404
    address = waiting.redirect.address
    assert httpx.get(f"{address}/more?state={state}", trust_env=False).status_code == 404
    assert httpx.post(f"{address}?state={state}", trust_env=False).status_code == 404
    for host in ("evil.example.test", f"localhost:{waiting.port}", "127.0.0.1"):
        got = waiting.get(f"code=c&state={state}", headers={"Host": host})
        assert got.status_code == 404, "DNS rebinding"
    for request in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        f"GET /callback?state={state} HTTP/1.1\r\n\r\n".encode(),
        b"\xff" * 40_000,
    ):
        with contextlib.suppress(ConnectionError):
            assert not waiting.raw(request).startswith(b"HTTP/1.1 200")
    assert not waiting.answer.done()
    waiting.good()
    assert waiting.answer.result(5)


def test_connections_that_say_nothing_do_not_stand_in_the_way(waiting: Waiting) -> None:
    """Browsers open spare ones, and a request may come in pieces."""
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(("127.0.0.1", waiting.port)))
        slow = socket.create_connection(("127.0.0.1", waiting.port), timeout=5)
        stack.enter_context(slow)
        whole = (
            f"GET /callback?code=c&state={waiting.question.state} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{waiting.port}\r\n\r\n"
        ).encode()
        for piece in (whole[:7], whole[7:50], whole[50:]):
            slow.sendall(piece)
            time.sleep(0.05)
        assert slow.recv(12) == b"HTTP/1.1 200"
    assert waiting.answer.result(5)


def test_giving_up_ends_the_waiting_and_frees_the_port(waiting: Waiting) -> None:
    waiting.stop.set()
    with pytest.raises(SignInCancelled):
        waiting.answer.result(5)
    waiting.close()
    with pytest.raises(httpx.ConnectError):
        waiting.good()


def test_nobody_comes_back() -> None:
    with contextlib.closing(Waiting(within_s=0.2)) as made, pytest.raises(SignInTimedOut):
        made.answer.result(5)


def test_it_listens_on_this_machine_alone(waiting: Waiting) -> None:
    assert waiting.redirect._listener.getsockname()[0] == "127.0.0.1"
    with contextlib.closing(LoopbackRedirect()) as other:
        assert other.address != waiting.redirect.address
