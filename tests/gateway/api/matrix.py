"""Role × operation × object: what is expected is read off the table and `domain.roles`, no more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import msgspec
from starlette.applications import Starlette

from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType
from agent_app.domain.actions import ActionKind
from agent_app.domain.roles import Role, Scope, who_has
from agent_app.gateway.http.endpoint import OPEN, About, Access, Endpoint
from agent_app.gateway.http.examples import EXAMPLES
from tests.gateway.api.asking import Question, ask_all
from tests.gateway.api.cast import HOME, SECRETS, Account, Cast

MISSING = {About.CASE: "C999999", About.ACTION: "A0123456789abcdef"}
"""Ids as long as real ones, so that answers can be compared byte by byte."""
_REACHED = frozenset({200, 202, 204, 400, 409, 422, 503})
_keys = itertools.count()


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the matrix. `account` None: nobody is signed in."""

    endpoint: Endpoint
    account: Account | None
    object_id: str
    exists: bool
    kind: ActionKind | None = None

    def __str__(self) -> str:
        who = self.account.actor.user if self.account else "nobody"
        what = "" if self.endpoint.about is About.NOTHING else f" on {self.object_id}"
        kind = f" ({self.kind})" if self.kind else ""
        return f"{who}: {self.endpoint.name}{kind}{what}"

    def question(self) -> Question:
        path = self.endpoint.path.replace("{case}", self.object_id)
        path = path.replace("{action}", self.object_id).replace("{template}", "checking")
        path = path.replace("{key}", "never-sent")
        headers = {"Authorization": f"Bearer {self.account.token}"} if self.account else {}
        content = b""
        if self.endpoint.changes:
            headers["Idempotency-Key"] = f"matrix-{next(_keys)}"
        if self.kind is not None:
            content = msgspec.json.encode({"kind": self.kind, "reason": "a test"})
        elif self.endpoint.body is not None:
            content = msgspec.json.encode(next(iter(EXAMPLES[self.endpoint.body].values())))
        return Question(self.endpoint.method, path, headers, content)

    def sees(self) -> bool:
        """Tell whether the account sees the object: its team's, or everybody's for an auditor."""
        assert self.account is not None
        if not self.exists:
            return False
        actor = self.account.actor
        own_team = self.account.team == HOME and actor.may(Scope.CASE_READ_TEAM)
        return own_team or actor.may(Scope.CASE_READ_ALL)

    def expected(self) -> tuple[int | None, tuple[Scope, ...]]:
        """Return the status of the refusal, None for none, and the scopes that it names."""
        if self.endpoint.needs is OPEN:
            return None, ()
        if self.account is None:
            return 401, ()
        if self.endpoint.about is not About.NOTHING and not self.sees():
            return 404, ()
        needs = () if isinstance(self.endpoint.needs, Access) else self.endpoint.needs
        if needs and not any(map(self.account.actor.may, needs)):
            return 403, needs
        if self.kind is not None and self.endpoint.scope_by_kind is not None:
            scope = self.endpoint.scope_by_kind[self.kind]
            if not self.account.actor.may(scope):
                return 403, (scope,)
        return None, ()


def squares(cast: Cast, endpoints: Sequence[Endpoint]) -> Iterator[Square]:
    """Return the whole matrix; a stream that is allowed would not end and is left out."""
    made = {About.NOTHING: "", About.CASE: cast.case(), About.ACTION: cast.waiting()}
    for endpoint in endpoints:
        objects = [(str(made[endpoint.about]), True)]
        if endpoint.about is not About.NOTHING:
            objects.append((MISSING[endpoint.about], False))
        kinds = list(endpoint.scope_by_kind) if endpoint.scope_by_kind else [None]
        people: list[Account | None] = [None, *cast.accounts]
        for account, (object_id, exists), kind in itertools.product(people, objects, kinds):
            square = Square(endpoint, account, object_id, exists, kind)
            if not endpoint.endless or square.expected()[0] is not None:
                yield square


def faults(app: Starlette, matrix: Sequence[Square]) -> list[str]:
    """Return where the application does otherwise than is declared."""
    answers = ask_all(app, [square.question() for square in matrix])
    found = []
    missing: dict[tuple[str, ActionKind | None], bytes] = {}
    for square, answer in zip(matrix, answers, strict=True):
        found += [f"{square}: {fault}" for fault in _faults(square, answer)]
        if answer.status_code == 404 and not square.exists:
            missing[square.endpoint.name, square.kind] = _told_apart(square, answer)
    for square, answer in zip(matrix, answers, strict=True):
        like = missing.get((square.endpoint.name, square.kind))
        is_foreign = answer.status_code == 404 and square.exists and like is not None
        if is_foreign and _told_apart(square, answer) != like:
            found.append(f"{square}: it can be told from one that does not exist: {answer.text}")
    return found


def _told_apart(square: Square, answer: httpx.Response) -> bytes:
    headers = sorted((name, value) for name, value in answer.headers.items())
    return repr(headers).encode() + answer.content.replace(square.object_id.encode(), b"ID")


def _is_rule_of_the_case(answer: httpx.Response) -> bool:
    """Tell whether a 403 is about this request and not about the role: one's own refund (I9)."""
    if answer.status_code != 403:
        return False
    told = msgspec.json.decode(answer.content, type=Problem)
    return bool(told.why) and not set(told.why) & set(Scope)


def _reached(endpoint: Endpoint) -> frozenset[int]:
    """Return the statuses that tell that the use case was asked."""
    finds = ProblemType.NOT_VISIBLE in endpoint.refuses
    return _REACHED | {404} if finds else _REACHED


def _faults(square: Square, answer: httpx.Response) -> Iterator[str]:
    status, scopes = square.expected()
    if status is None:
        if answer.status_code not in _reached(square.endpoint) and not _is_rule_of_the_case(answer):
            yield f"answered {answer.status_code}, should be let in: {answer.text[:200]}"
    elif answer.status_code != status:
        yield f"answered {answer.status_code}, expected {status}: {answer.text[:200]}"
    if answer.headers.get("cache-control") != "no-store":
        yield f"may be stored on its way: {answer.headers.get('cache-control')}"
    if answer.status_code < 400:
        return
    if any(secret in answer.text for secret in SECRETS):
        yield f"a refusal holds customer data: {answer.text}"
    if answer.headers.get("content-type") != MEDIA_TYPE:
        yield "a refusal is no problem answer"
        return
    told = msgspec.json.decode(answer.content, type=Problem)
    if status == answer.status_code == 403:
        if told.why != tuple(scope.value for scope in scopes):
            yield f"names {told.why}, the missing scope is {scopes}"
        able = {role.value for role in Role if any(role in who_has(s) for s in scopes)}
        if set(told.roles) != able:
            yield f"names {told.roles}, who has the scope is {able}"
    if answer.status_code == 401 and told.kind is not ProblemType.UNAUTHENTICATED:
        yield f"is told as {told.kind}"
