"""Promise: our gateway keeps the contract's checks, and each check finds who does not.

For every check there is a platform that breaks just what it checks: the same gateway behind a
transport that changes requests or answers.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.conformance import suite
from agent_app.gateway.conformance.platform import Platform
from agent_app.gateway.conformance.suite import CHECKS, Verdict
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.processes import ROOT, Program, sandbox

Answer = tuple[int, bytes, dict[str, str]]
After = Callable[[httpx.Request, Answer], Answer]


@dataclass(frozen=True)
class Site:
    """A gateway of ours, two accounts that see its cases, and one case of another team."""

    url: str
    token: str
    other: str
    case: str
    foreign: str

    def platform(self, transport: httpx.BaseTransport | None = None) -> Platform:
        client = httpx.Client(base_url=self.url, trust_env=False, verify=False, transport=transport)
        return Platform(client, self.token, self.case, self.other, self.foreign)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a real gateway before two real shops, each of a team."""
    folder = tmp_path_factory.mktemp("conformance")
    with sandbox(seed=5) as ours, sandbox(seed=6) as theirs:
        ours.seed("S5", count=3)
        theirs.seed("S5", count=1)
        shops = "".join(
            f'[[shops]]\nid = "{team}"\nengine = "sandbox"\nurl = "{shop.base_url}"\n'
            f'team = "{team}"\n'
            for team, shop in (("main", ours), ("south", theirs))
        )
        (folder / "gateway.toml").write_text(f"port = 0\nwatch_every_s = 0.2\n{shops}", "utf-8")
        with contextlib.closing(Database(folder / "gateway.db")) as database:
            tokens = {
                name: signed_up(database, name, team)
                for name, team in (("marta", "main"), ("luis", "main"), ("sofia", "south"))
            }
        config = str(folder / "gateway.toml")
        words = ("--config", config, "serve", "--with-parent")
        program = Program("agent_app.gateway", *words, ready="gateway ")
        try:
            case = a_case(program.ready, tokens["marta"], 3)
            foreign = a_case(program.ready, tokens["sofia"], 1)
            yield Site(program.ready, tokens["marta"], tokens["luis"], case, foreign)
        finally:
            program.stop()


def signed_up(database: Database, name: str, team: str) -> str:
    with database.write() as connection:
        user = accounts.User(UserId(name), name.title(), Role.LEAD, disabled=False, teams=(team,))
        accounts.save_user(connection, user)
        return accounts.issue_token(connection, user.id, database.clock.now())


def a_case(url: str, token: str, count: int) -> str:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        headers = {"Authorization": f"Bearer {token}"}
        page = httpx.get(f"{url}/v1/cases", headers=headers, trust_env=False, verify=False).json()
        if len(page["rows"]) == count:
            return str(page["rows"][0]["id"])
        time.sleep(0.05)
    raise AssertionError("nothing was flagged")


def test_our_gateway_keeps_every_check(site: Site) -> None:
    platform = site.platform()
    with platform.client:
        results = list(suite.run(platform))
    assert [r for r in results if r.verdict is not Verdict.OK] == []
    assert len(results) == len(CHECKS) >= 27


class Broken(httpx.BaseTransport):
    """The gateway behind something that changes what is asked or what is answered."""

    def __init__(self, breaks: Breaks) -> None:
        self._breaks = breaks
        self._inner = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if self._breaks.before is not None:
            request = self._breaks.before(request)
        if self._breaks.instead is not None:
            told = self._breaks.instead(request)
            if told is not None:
                return httpx.Response(told[0], content=told[1], headers=told[2], request=request)
        response = self._inner.handle_request(request)
        if "event-stream" in response.headers.get("content-type", ""):
            return response
        answer = (response.status_code, response.read(), dict(response.headers))
        if self._breaks.after is not None:
            answer = self._breaks.after(request, answer)
        headers = {k: v for k, v in answer[2].items() if k != "content-length"}
        return httpx.Response(answer[0], content=answer[1], headers=headers, request=request)

    def close(self) -> None:
        self._inner.close()


@dataclass(frozen=True)
class Breaks:
    """How a platform is broken; `path` is a part of the address that is meant."""

    after: After | None = None
    before: Callable[[httpx.Request], httpx.Request] | None = None
    instead: Callable[[httpx.Request], Answer | None] | None = None


def answers(path: str, change: Callable[[Any], Any], method: str = "GET") -> Breaks:
    """Change the JSON of the answers to an address."""

    def after(request: httpx.Request, answer: Answer) -> Answer:
        if request.method != method or path not in request.url.path or not answer[1]:
            return answer
        body = json.loads(answer[1])
        return (answer[0], json.dumps(change(body)).encode(), answer[2])

    return Breaks(after=after)


def always(path: str, status: int, body: Mapping[str, object], kind: str) -> Breaks:
    """Answer an address always the same."""

    def instead(request: httpx.Request) -> Answer | None:
        if path not in request.url.path:
            return None
        return status, json.dumps(body).encode(), {"content-type": kind}

    return Breaks(instead=instead)


def without_query(request: httpx.Request) -> httpx.Request:
    """Forget the query, as a platform does that does not look at it."""
    return httpx.Request(request.method, request.url.copy_with(query=None), headers=request.headers)


def merged(*members: tuple[str, object]) -> Callable[[Any], Any]:
    return lambda body: {**body, **dict(members)}


def as_get(request: httpx.Request) -> httpx.Request:
    method = "GET" if request.method == "DELETE" else request.method
    return httpx.Request(
        method, request.url, headers=request.headers, content=request.content or None
    )


def with_a_key(request: httpx.Request) -> httpx.Request:
    """Give every change a good key, as a platform does that needs none."""
    headers = {**request.headers, "Idempotency-Key": f"made-up-{next(_NUMBERS)}"}
    return httpx.Request(request.method, request.url, headers=headers, content=request.content)


_NUMBERS = itertools.count()


def signed_in_as(site: Site) -> Breaks:
    """Let everybody in as the one account."""

    def before(request: httpx.Request) -> httpx.Request:
        headers = {**request.headers, "Authorization": f"Bearer {site.token}"}
        return httpx.Request(
            request.method, request.url, headers=headers, content=request.content or None
        )

    return Breaks(before=before)


def telling_of_other_teams(site: Site) -> Breaks:
    """Say of a foreign case that it is there."""

    def after(request: httpx.Request, answer: Answer) -> Answer:
        if not request.url.path.endswith(site.foreign):
            return answer
        body = {**json.loads(answer[1]), "detail": "It belongs to another team."}
        return answer[0], json.dumps(body).encode(), answer[2]

    return Breaks(after=after)


def unmasked(body: Any) -> Any:
    body["order"]["customer"]["email"] = "li.wei@example.test"
    return body


def claimless(body: Any) -> Any:
    body["row"]["claim"] = None
    return body


def second_row_twice(body: Any) -> Any:
    return {**body, "rows": [*body["rows"], *body["rows"][:1]]}


@dataclass
class Forgetful:
    """A platform that takes every request for a new one; each key is made another."""

    seen: list[str] = field(default_factory=list)

    def before(self, request: httpx.Request) -> httpx.Request:
        if "idempotency-key" not in request.headers:
            return request
        return with_a_key(request)


def burnt_key(request: httpx.Request, answer: Answer) -> Answer:
    """Refuse a key for good that was refused once."""
    key = request.headers.get("idempotency-key", "")
    if key in _BURNT:
        body = {"type": "urn:agent-app:problem:idempotency-key-reused", "title": "", "status": 422}
        return 422, json.dumps(body).encode(), {"content-type": "application/problem+json"}
    if answer[0] == 400:
        _BURNT.add(key)
    return answer


_BURNT: set[str] = set()


def both_win(request: httpx.Request, answer: Answer) -> Answer:
    """Tell the loser of a claim that he has it."""
    if not request.url.path.endswith("/claim") or answer[0] != 409:
        return answer
    return 200, b"{}", {"content-type": "application/json"}


def cut_off(request: httpx.Request, answer: Answer) -> Answer:
    """Leave out the last line of a first load."""
    if not request.url.path.endswith("/sync"):
        return answer
    return answer[0], b"\n".join(answer[1].splitlines()[:-1]), answer[2]


OLD = "2020-01-01T00:00:00Z"
PROBLEM = "application/problem+json"
BROKEN: dict[str, Callable[[Site], Breaks]] = {
    "alive": lambda _: always("/health", 200, {"status": "tired"}, "application/json"),
    "ready": lambda _: always("/ready", 500, {}, "text/html"),
    "sign-in": signed_in_as,
    "session": lambda _: answers("/session", merged(("server_time", OLD))),
    "openapi": lambda _: answers("/openapi.json", merged(("paths", {}))),
    "problems": lambda _: always("/v1/no-such", 404, {"error": "no"}, "application/json"),
    "visibility": telling_of_other_teams,
    "parameters": lambda _: Breaks(before=without_query),
    "values": lambda _: Breaks(before=without_query),
    "methods": lambda _: Breaks(before=as_get),
    "pages": lambda _: answers("/v1/cases", second_row_twice),
    "changes": lambda _: answers("/v1/changes", merged(("rows", []))),
    "case": lambda _: answers("/v1/cases/C", lambda body: {"row": body.get("row")}),
    "masked": lambda _: answers("/v1/cases/C", unmasked),
    "guide": lambda _: answers("/v1/guide", merged(("steps", []))),
    "keys": lambda _: Breaks(before=with_a_key),
    "seal": lambda _: answers("/audit/head", lambda body: {**body, "seq": -next(_NUMBERS)}),
    "stream": lambda _: always("/v1/stream", 200, {}, "application/json"),
    "first-load": lambda _: Breaks(after=cut_off),
    "claim": lambda _: answers("/claim", claimless, "POST"),
    "claim-race": lambda _: Breaks(after=both_win),
    "replay": lambda _: Breaks(before=Forgetful().before),
    "at-once": lambda _: Breaks(before=Forgetful().before),
    "key-reused": lambda _: Breaks(before=Forgetful().before),
    "key-formless": lambda _: Breaks(after=burnt_key),
    "key-refused": lambda _: Breaks(before=Forgetful().before),
    "change-told": lambda _: answers("/v1/changes", merged(("rows", []))),
    "looking": lambda _: answers("/looking", merged(("lookers", [])), "POST"),
    "fate": lambda _: answers("/v1/requests/", merged(("state", "running"))),
    "reveal": lambda _: answers("/reveal", merged(("email", "l***@***.test")), "POST"),
}


def test_every_check_has_a_platform_that_breaks_it() -> None:
    assert set(BROKEN) == {check.name for check in CHECKS}


@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_control_who_breaks_what_a_check_checks_is_found(site: Site, name: str) -> None:
    platform = site.platform(Broken(BROKEN[name](site)))
    with platform.client:
        (broken,) = suite.run(platform, [name])
    assert broken.verdict is Verdict.FAIL
    assert broken.told
    platform = site.platform()
    with platform.client:
        (sound,) = suite.run(platform, [name])
    assert sound.verdict is Verdict.OK, sound.told


def test_a_platform_that_is_not_there_fails(site: Site) -> None:
    client = httpx.Client(base_url="http://127.0.0.1:9", trust_env=False, verify=False)
    with client:
        results = list(suite.run(Platform(client, "aat_none"), ["alive", "session"]))
    assert [r.verdict for r in results] == [Verdict.FAIL, Verdict.FAIL]


def test_the_command_only_reads_without_a_case_and_tells_each_check(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(site.token, "utf-8")
    words = ["conformance", site.url, "--token-file", str(tmp_path / "token")]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-m", "agent_app.gateway", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(CHECKS)
    skipped = [line.split()[1] for line in lines if line.startswith("SKIP")]
    assert skipped == [check.name for check in CHECKS if check.writes]
    assert site.token not in done.stdout
