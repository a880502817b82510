"""Promise: what was refused stays refused under its key while a copy may be on its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.responses import Response

from agent_app.contract.problems import STATUS, ProblemType, problem
from agent_app.gateway.errors import Refused, conflict
from agent_app.gateway.http.idempotency import Requests
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from tests.gateway.world import World


@pytest.mark.parametrize("of", list(ProblemType))
def test_only_what_was_judged_keeps_its_key(world: World, of: ProblemType) -> None:
    requests, done = Requests(world.gateway), Response(b"done")

    def ask(carry_out: Callable[[str], Response]) -> Response:
        user = world.agent.user
        return requests.once(user, "k", "POST /x", b"", carry_out, keep_answer=True)

    def refuse(_: str) -> Response:
        raise Refused(problem(of, "no"))

    with pytest.raises(Refused):
        ask(refuse)
    free = {401, 429, 500, 503}
    if STATUS[of] in free or of is ProblemType.IN_PROGRESS:
        assert ask(lambda _: done).body == b"done"
    else:
        assert ask(lambda _: done).status_code == STATUS[of]


def test_refusals_pass_a_few_at_a_time_after_ten_minutes(world: World) -> None:
    requests, user = Requests(world.gateway), world.agent.user

    def refuse(_: str) -> Response:
        raise conflict("no")

    def refused(key: str) -> None:
        with pytest.raises(Refused):
            requests.once(user, key, "POST /x", b"", refuse, keep_answer=True)

    refused("early")
    rows = [
        {
            "user": user, "key": f"old{number}", "fingerprint": "", "status": 409,
            "at": time_text(world.clock.now()), "answer": b"{}",
        }
        for number in range(700)
    ]  # fmt: skip
    with world.database.write() as connection:
        connection.execute(sa.insert(schema.requests), rows)
        # What was done is kept for as long as the cases.
        done = {**rows[0], "key": "done", "status": 200}
        connection.execute(sa.insert(schema.requests), done)
    world.clock.turn(9 * 60)
    refused("nine")
    assert kept(world) == 703
    world.clock.turn(2 * 60)
    refused("eleven")
    assert kept(world) == 704 - 500
    refused("twelve")
    assert kept(world) == 4, "done, nine, eleven, twelve"


def test_nothing_is_kept_where_the_operator_says_so(world: World) -> None:
    """What the harness of the bad network takes for its control."""
    world.gateway.refusals_kept = timedelta()
    requests = Requests(world.gateway)

    def refuse(_: str) -> Response:
        raise conflict("no")

    with pytest.raises(Refused):
        requests.once(world.agent.user, "k", "POST /x", b"", refuse, keep_answer=True)
    assert kept(world) == 0


def kept(world: World) -> int:
    with world.database.read() as connection:
        count = sa.select(sa.func.count()).select_from(schema.requests)
        return int(connection.execute(count).scalar_one())
