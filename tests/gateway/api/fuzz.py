"""Send the API what its OpenAPI document allows and forbids, and hold each answer to it.

`python -m tests.gateway.api.fuzz [--inputs N] [--seed S] [--postgresql]` prints a report as JSON
and exits with 1 when something was found; with `--controls` it plants operations that break the
promises and prints how many faults it found with each. A program of its own, because schemathesis
keeps an event loop's thread until the process ends.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import msgspec
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from agent_app.domain.roles import Scope
from agent_app.gateway.http import openapi
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.endpoint import JSON, Access, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from agent_app.gateway.store.codec import decode, encode
from agent_app.gateway.store.database import Database
from tests import postgres
from tests.gateway.api.cast import HOME, SECRETS, Account, Cast
from tests.gateway.api.plants import PLANTS
from tests.gateway.api.sensible import Sensible

_TOLD = 20
_NEW_CASE_EVERY = 20
_ASK_WITHOUT_TOKEN_EVERY = 25
_STRAIGHT = 6
"""So many first inputs of an operation are as a desk would send them: it is reached at least."""


class Report(msgspec.Struct, kw_only=True):
    """What a run found. `answers` counts statuses by operation; `shallow` never succeeded."""

    inputs: int = 0
    seconds: float = 0.0
    answers: dict[str, Counter[int]] = {}
    failures: list[str] = []
    failed: int = 0
    shallow: list[str] = []

    def fail(self, what: str) -> None:
        self.failed += 1
        if len(self.failures) < _TOLD:
            self.failures.append(what[:1500])


class Fuzzer:
    """One run over the operations of an application."""

    def __init__(
        self, cast: Cast, sensible: Sensible, endpoints: Sequence[Endpoint], seed: int
    ) -> None:
        self.report = Report(answers={}, failures=[], shallow=[])
        self._random = Random(seed)
        self._seed = seed
        self._cast = cast
        self._sensible = sensible
        document = openapi.document(endpoints)
        schema = schemathesis.openapi.from_dict(msgspec.json.decode(encode(document)))
        schema.app = _AsServed(make_app(cast.world.gateway, endpoints))
        self._schema = schema
        # What does not end gives no answer to hold to the document.
        self._by_label = {f"{e.method} {e.path}": e for e in endpoints if not e.endless}
        self._bodies = {
            e.name: jsonschema_rs.validator_for(_standalone(document, e))
            for e in endpoints
            if e.body is not None
        }

    def run(self, inputs: int) -> Report:
        """Send about so many inputs, spread evenly over operations and over right and wrong."""
        started = time.perf_counter()
        operations = [
            operation
            for result in self._schema.get_all_operations()
            if isinstance(result, Ok) and (operation := result.ok()).label in self._by_label
        ]
        several = [o for o in operations if len(list(o.iter_parameters())) or len(o.body)]
        for operation in operations:
            for mode in GenerationMode:
                if operation not in several and mode is GenerationMode.NEGATIVE:
                    continue
                self._spend(operation, mode, math.ceil(inputs / (2 * len(several))))
        for label, endpoint in self._by_label.items():
            if not self.report.answers.get(label, Counter())[endpoint.status]:
                self.report.shallow.append(endpoint.name)
        self.report.seconds = time.perf_counter() - started
        return self.report

    def _spend(self, operation: Any, mode: GenerationMode, count: int) -> None:
        @seeded(self._seed)
        @settings(
            max_examples=count,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case[Any]) -> None:
            self._send(self._by_label[operation.label], case, mode)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.suppress(HypothesisException):
                # Some operations have nothing that could be wrong.
                send()

    def _send(self, endpoint: Endpoint, case: Any, mode: GenerationMode) -> None:
        self.report.inputs += 1
        if self.report.inputs % _NEW_CASE_EVERY == 0:
            self._sensible.another()
        label = case.operation.label
        before = sum(self.report.answers.get(label, Counter()).values())
        straight = mode is GenerationMode.POSITIVE and before < _STRAIGHT
        account = self._account(endpoint, straight=straight)
        aimed = self._aim(endpoint, case, mode, account, straight=straight)
        headers = {"Authorization": f"Bearer {account.token}"}
        if case.headers and "Idempotency-Key" in case.headers and (straight or self._often(0.9)):
            case.headers["Idempotency-Key"] = f"k{self.report.inputs}"
        response = case.call(headers=headers)
        self.report.answers.setdefault(label, Counter())[response.status_code] += 1
        if endpoint.changes and response.status_code == endpoint.status:
            self._sensible.sent(account, case.headers["Idempotency-Key"])
        # Which data is right depends on the case, so that a refusal of right data is no fault;
        # and an input that was aimed at a real object is no longer as wrong as it was made.
        excluded: list[Any] = [positive_data_acceptance]
        if aimed and mode is GenerationMode.NEGATIVE:
            excluded.append(negative_data_rejection)
        if self.report.inputs % _ASK_WITHOUT_TOKEN_EVERY:
            excluded.append(ignored_auth)
        try:
            case.validate_response(response, excluded_checks=excluded, headers=headers)
        except FailureGroup as found:
            self.report.fail(f"{label} ({mode}, {account.actor.user}): {found}")
        for complaint in self._own_checks(endpoint, case, response):
            self.report.fail(f"{label} ({mode}, {account.actor.user}): {complaint}")

    def _often(self, part: float) -> bool:
        return self._random.random() < part

    def _account(self, endpoint: Endpoint, *, straight: bool) -> Account:
        """Choose who asks: half the time somebody who may, so that the use case is reached."""
        needs = () if isinstance(endpoint.needs, Access) else endpoint.needs
        if endpoint.scope_by_kind is not None:
            needs = (Scope.CASE_CLAIM,)
        at_home = [
            account
            for account in self._cast.accounts
            if account.team == HOME and (not needs or any(map(account.actor.may, needs)))
        ]
        return self._random.choice(at_home if straight or self._often(0.5) else self._cast.accounts)

    def _aim(
        self,
        endpoint: Endpoint,
        case: Any,
        mode: GenerationMode,
        account: Account,
        *,
        straight: bool,
    ) -> bool:
        """Point the input at a real object, mostly; give it a body that makes sense, sometimes."""
        right = mode is GenerationMode.POSITIVE
        aimed = False
        if case.path_parameters and (straight or self._often(0.85 if right else 0.6)):
            path = self._sensible.path(endpoint, account)
            for name in case.path_parameters.keys() & path.keys():
                case.path_parameters[name] = path[name]
            aimed = True
        if endpoint.body is not None and right and (straight or self._often(0.5)):
            case.body = self._sensible.body(endpoint, sure=straight)
            aimed = True
        if straight:
            case.query = {}
        return aimed

    def _own_checks(self, endpoint: Endpoint, case: Any, response: Any) -> list[str]:
        complaints = []
        if response.status_code == endpoint.status:
            if endpoint.media_type == JSON and not _is_exactly(response.content, endpoint.answer):
                complaints.append(f"the answer has other members: {response.text[:300]}")
            sent = isinstance(case.body, dict | list | str | int | float | bool | None)
            validator = self._bodies.get(endpoint.name)
            if validator and sent and not validator.is_valid(case.body):
                complaints.append(f"a wrong body was taken: {case.body!r:.300}")
        elif any(secret in response.text for secret in SECRETS) and not _said(case):
            complaints.append(f"a refusal holds customer data: {response.text[:300]}")
        return complaints


def _is_exactly(content: bytes, of: Any) -> bool:
    """Tell whether the answer is its message and nothing beside: no member is lost in reading."""
    try:
        return encode(decode(content, of)) == content
    except msgspec.MsgspecError:
        return False


def _said(case: Any) -> bool:
    """Tell whether the sender said the customer's data himself, so that it comes back to him."""
    return any(secret in repr((case.body, case.query)) for secret in SECRETS)


def _standalone(document: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    operation = document["paths"][endpoint.path][endpoint.method.lower()]
    schema = operation["requestBody"]["content"][JSON]["schema"]
    return {**schema, "components": document["components"]}


class _AsServed:
    """The application as a server has it: an error that was answered does not go further."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(Exception):
            await self._app(scope, receive, send)


def _drop(*_: object) -> Any:
    raise structlog.DropEvent


@contextlib.contextmanager
def _cast(address: str | None = None) -> Iterator[Cast]:
    structlog.configure(processors=[_drop])
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        cast = Cast(Path(folder), Database(address) if address else None)
        try:
            yield cast
        finally:
            cast.close()


def run(inputs: int, seed: int, address: str | None = None) -> Report:
    """Fuzz a gateway of its own, in memory or on the PostgreSQL database at the address."""
    with _cast(address) as cast:
        return Fuzzer(cast, Sensible(cast, Random(seed)), ENDPOINTS, seed).run(inputs)


def controls(inputs: int, seed: int) -> dict[str, int]:
    """Return how many faults are found with each breaking operation planted, and with none."""
    sound = [e for e in ENDPOINTS if e.name in {"health", "session"}]
    with _cast() as cast:
        sensible = Sensible(cast, Random(seed), cases=2, undecided=1)
        found = {"none": Fuzzer(cast, sensible, sound, seed).run(inputs).failed}
        for name, plant in PLANTS.items():
            found[name] = Fuzzer(cast, sensible, [*sound, plant], seed).run(inputs).failed
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--controls", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    said = parser.parse_args()
    if said.controls:
        print(msgspec.json.encode(controls(said.inputs, said.seed)).decode())
        return 0
    address = postgres.server().migrated() if said.postgresql else None
    report = run(said.inputs, said.seed, address)
    print(msgspec.json.encode(report).decode())
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
