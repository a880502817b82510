"""Promise: a database that cannot be used now is told as such, and the same key goes on later."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest
import structlog

from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Role
from agent_app.gateway.http.app import make_app
from agent_app.gateway.store.database import Database
from tests.gateway.api.asking import Question, ask_all
from tests.gateway.api.cast import Cast
from tests.postgres import NoPostgresError, PostgresServer


class Desk:
    """An agent's desk before a gateway."""

    def __init__(self, cast: Cast) -> None:
        self._app = make_app(cast.world.gateway)
        self._token = cast.account(Role.AGENT).token

    def asks(self, method: str, path: str, key: str = "k1") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        content = b'{"text": "he called"}' if path.endswith("/notes") else b""
        # Laid out for a terminal, each failure's traceback would take seconds.
        with structlog.testing.capture_logs():
            return ask_all(self._app, [Question(method, path, headers, content)])[0]


def told(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == MEDIA_TYPE, answer.text
    return msgspec.json.decode(answer.content, type=Problem)


def notes(desk: Desk, case: CaseId) -> int:
    found: int = desk.asks("GET", f"/v1/cases/{case}").text.count("he called")
    return found


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Cast]:
    cast = Cast(tmp_path, Database(tmp_path / "gateway.db", busy_timeout_ms=50))
    yield cast
    cast.close()


def test_a_locked_database_is_a_503_and_readers_go_on(impatient: Cast) -> None:
    desk, case = Desk(impatient), impatient.case()
    other = sqlite3.connect(impatient.world.database.path, isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        answer = desk.asks("POST", f"/v1/cases/{case}/notes")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert told(answer).kind is ProblemType.UNAVAILABLE
        assert "same key" in told(answer).detail
        assert desk.asks("GET", "/v1/cases").status_code == 200
        other.execute("ROLLBACK")
    for _ in range(2):
        assert desk.asks("POST", f"/v1/cases/{case}/notes").status_code == 200
    assert notes(desk, case) == 1


def test_a_damaged_database_is_no_503(impatient: Cast) -> None:
    """The negative control: asking again would never help, and it does not say so."""
    desk, case = Desk(impatient), impatient.case()
    with impatient.world.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE notes")
    answer = desk.asks("POST", f"/v1/cases/{case}/notes")
    assert told(answer).kind is ProblemType.INTERNAL
    assert "retry-after" not in answer.headers


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    try:
        made = PostgresServer()
    except NoPostgresError as error:
        pytest.skip(str(error))
    yield made
    made.close()


def test_a_database_server_that_went_away_is_a_503_until_it_is_back(
    server: PostgresServer, tmp_path: Path
) -> None:
    cast = Cast(tmp_path, Database(server.migrated()))
    try:
        desk, case = Desk(cast), cast.case()
        assert desk.asks("POST", f"/v1/cases/{case}/notes", "first").status_code == 200
        server.stop()
        for method, path in (("GET", "/v1/session"), ("POST", f"/v1/cases/{case}/notes")):
            for _ in range(2):
                answer = desk.asks(method, path)
                assert told(answer).kind is ProblemType.UNAVAILABLE
                assert "127.0.0.1" not in answer.text
        server.start()
        for _ in range(2):
            assert desk.asks("POST", f"/v1/cases/{case}/notes").status_code == 200
        assert notes(desk, case) == 2
    finally:
        cast.close()
