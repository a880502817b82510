"""Promise: whatever is sent, the answer is one clear problem; repeats and races do a thing once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import httpx
import msgspec
import pytest
import sqlalchemy as sa
import structlog
from starlette.responses import Response

from agent_app.contract.messages import ApprovalRequest, CaseDetail, NoteRequest
from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.roles import Actor
from agent_app.gateway import acting, casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.idempotency import Requests
from agent_app.gateway.store import accounts
from tests.gateway.served import served
from tests.gateway.world import World


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.gateway) as at:
        yield at


def client(world: World, address: str, actor: Actor) -> httpx.Client:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, actor.user, world.clock.now())
    return httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False
    )


@pytest.fixture
def agent(world: World, address: str) -> Iterator[httpx.Client]:
    with client(world, address, world.agent) as made:
        yield made


def told(response: httpx.Response) -> Problem:
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    problem = msgspec.json.decode(response.content, type=Problem)
    assert problem.status == response.status_code
    return problem


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\xff\xfe"}',
        b'{"text": "\\ud800"}',
        b"\x00",
        b"[]",
        b"null",
        b'{"text": 3}',
        b'{"text": "   "}',
        b'{"text": "a"' + b"[" * 5000,
        b'{"text": "' + b"a" * 5000 + b'"}',
    ],
)
def test_a_body_that_means_nothing_is_the_senders_fault(
    world: World, agent: httpx.Client, body: bytes
) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    problem = told(agent.post(f"/v1/cases/{case}/notes", content=body, headers=key("a")))
    assert problem.kind is ProblemType.INVALID_REQUEST
    assert problem.detail


def test_a_body_too_large_or_of_another_kind_is_not_read(world: World, agent: httpx.Client) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    url = f"/v1/cases/{case}/notes"
    large = agent.post(url, content=b" " * 300_000, headers=key("a"))
    assert told(large).kind is ProblemType.TOO_LARGE
    form = agent.post(url, data={"text": "hello"}, headers=key("a"))
    assert told(form).kind is ProblemType.WRONG_MEDIA_TYPE
    assert agent.post(url, content=b'{"text": "a"}', headers=key("a")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/changes?cursor=99999999999999999999999999",
        "/v1/cases?q=" + "+".join(["a"] * 3000),
        "/v1/cases?limit=99999999999999999999999999",
        "/v1/cases?queu=mine",
        "/v1/session?x=1",
        "/v1/changes?cursor=1&cusor=2",
    ],
)
def test_a_question_that_means_nothing_is_refused(agent: httpx.Client, path: str) -> None:
    assert told(agent.get(path)).kind is ProblemType.INVALID_REQUEST


def test_other_methods_odd_paths_and_long_headers_are_no_fault_of_ours(
    agent: httpx.Client,
) -> None:
    assert agent.head("/v1/cases").status_code == 200
    put = agent.put("/v1/cases")
    assert told(put).kind is ProblemType.WRONG_METHOD
    assert put.headers["allow"] == "GET, HEAD"
    assert agent.get("/v1/cases/%ff%00").status_code == 404
    assert agent.get("/v1/cases", headers={"X-Long": "a" * 200_000}).status_code in {400, 431}
    long = agent.post("/v1/cases/C1/claim", headers=key("a" * 201))
    assert told(long).kind is ProblemType.KEY_MISSING


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "refund", "reason": "a" * 5000},
        {"kind": "refund", "reason": "a", "amount": {"amount_minor": 10**30, "currency": "CNY"}},
        {"kind": "refund", "reason": "a", "amount": {"amount_minor": 1, "currency": "nonsense"}},
        {"kind": "refund", "reason": "a", "payment": "no such payment"},
        {"kind": "notify", "template": "../../etc/passwd"},
        {"kind": "notify", "template": "checking", "language": "../.."},
        {"kind": "recheck"},
        {"kind": "correct_input", "correction": {}},
    ],
)
def test_an_action_that_means_nothing_is_never_a_500(
    world: World, agent: httpx.Client, body: dict[str, object]
) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    answer = agent.post(f"/v1/cases/{case}/actions", json=body, headers=key("a"))
    assert 400 <= told(answer).status < 500
    world.work()
    assert world.shop.books.lines == []


def test_contact_data_is_kept_in_no_answer(world: World, agent: httpx.Client) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    for _ in range(2):
        answer = agent.post(f"/v1/cases/{case}/reveal", headers=key("r"))
        assert b"wang@example.test" in answer.content
    with world.database.read() as connection:
        kept = connection.execute(sa.text("SELECT coalesce(answer, '') FROM requests")).scalars()
        assert all(b"wang@" not in bytes(row or b"") for row in kept)
        reveals = sa.text("SELECT count(*) FROM audit WHERE what = 'pii_revealed'")
        assert connection.execute(reveals).scalar_one() == 2


def test_renewing_a_claim_all_day_does_not_fill_the_disk(world: World, agent: httpx.Client) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    for number in range(30):
        world.clock.turn(60 * 60)
        agent.post(f"/v1/cases/{case}/claim", headers=key(f"c{number}"))
    with world.database.read() as connection:
        rows = connection.execute(sa.text("SELECT length(answer) AS size FROM requests")).all()
    assert len(rows) <= 26
    assert all(row.size is None for row in rows)


def test_a_key_is_not_stuck_when_the_database_fails_after_the_effect(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    requests = Requests(world.gateway)

    def answers(unique: str) -> Response:
        handling.add_note(world.gateway, world.agent, case, NoteRequest("told him"), unique)
        return Response(b"done")

    def fails_after(unique: str) -> Response:
        answers(unique)
        raise sa.exc.OperationalError("UPDATE", None, Exception("disk full"))

    def ask(carry_out: Callable[[str], Response]) -> Response:
        user = world.agent.user
        return requests.once(user, "k", "POST /notes", b"x", carry_out, keep_answer=True)

    with pytest.raises(sa.exc.OperationalError):
        ask(fails_after)
    assert ask(answers).body == b"done"
    assert ask(fails_after).body == b"done"
    notes = casefile.detail(world.gateway, world.agent, case).notes
    assert [note.text for note in notes] == ["told him"]


def test_an_approval_repeated_after_a_crash_is_the_same_approval(world: World) -> None:
    ref = world.shop.stuck("PG-1", 60_000)
    case = world.claimed(ref)
    asked = world.request(case, ActionKind.REFUND, reason="wants it back")
    yes = ApprovalRequest(approve=True, reason="fine")
    for _ in range(2):
        acting.answer_approval(world.gateway, world.lead, asked.id, yes)
        world.work()
    with pytest.raises(Refused):
        acting.answer_approval(
            world.gateway, world.lead, asked.id, ApprovalRequest(approve=False, reason="no")
        )
    done = acting.action_status(world.gateway, world.lead, asked.id).action
    assert done.record.state is ActionState.CONFIRMED
    assert done.problem is None
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1


def test_a_failing_database_is_named_and_no_customer_is_in_the_log(
    world: World, agent: httpx.Client
) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    with world.database.write() as connection:
        connection.execute(sa.text("DROP TABLE notes"))
    with structlog.testing.capture_logs() as lines:
        answer = agent.post(
            f"/v1/cases/{case}/notes", json={"text": "Wang Xiaoming called"}, headers=key("n")
        )
    problem = told(answer)
    assert problem.kind is ProblemType.INTERNAL
    assert "notes" in problem.detail
    assert "Wang" not in repr(lines) + answer.text
    with pytest.raises(sa.exc.DBAPIError) as error, world.database.write() as connection:
        connection.execute(sa.text("INSERT INTO notes VALUES (:text)"), {"text": "Wang Xiaoming"})
    assert "Wang" not in str(error.value)


def at_once(calls: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Let every call go at the same moment; return the answers in the calls' order."""
    barrier = threading.Barrier(len(calls))
    answers: dict[int, httpx.Response] = {}

    def run(number: int, call: Callable[[], httpx.Response]) -> None:
        barrier.wait()
        answers[number] = call()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(calls))]


def test_of_two_agents_at_once_one_claims_and_the_other_is_told_who(
    world: World, address: str, agent: httpx.Client
) -> None:
    refs = [world.shop.stuck(f"PG-{number}") for number in range(50)]
    world.watch()
    with client(world, address, world.other) as second:
        for number, ref in enumerate(refs):
            url = f"/v1/cases/{world.case_of(ref)}/claim"
            both = at_once(
                [
                    lambda url=url, n=number: agent.post(url, headers=key(f"{n}")),  # type: ignore[misc]
                    lambda url=url, n=number: second.post(url, headers=key(f"{n}")),  # type: ignore[misc]
                ]
            )
            assert sorted(a.status_code for a in both) == [200, 409]
            won = next(a for a in both if a.status_code == 200)
            lost = next(a for a in both if a.status_code == 409)
            claim = msgspec.json.decode(won.content, type=CaseDetail).row.claim
            assert claim is not None
            assert claim.name in told(lost).detail


def test_one_request_sent_at_once_by_many_threads_is_one_action(
    world: World, agent: httpx.Client
) -> None:
    for number in range(5):
        ref = world.shop.stuck(f"PG-{number}")
        case = world.claimed(ref)
        url, headers = f"/v1/cases/{case}/actions", key(f"k{number}")
        answers = at_once(
            [lambda: agent.post(url, json={"kind": "resubmit"}, headers=headers)] * 6  # noqa: B023
        )
        done = [a for a in answers if a.status_code == 202]
        assert len({a.content for a in done}) == 1
        for other in answers:
            if other.status_code != 202:
                assert told(other).kind is ProblemType.IN_PROGRESS
        world.work()
        assert world.shop.books.count(ActionKind.RESUBMIT, ref) == 1


def race_of_leads(world: World, address: str, rounds: int) -> Counter[int]:
    """Let two leads ask for a refund and a resubmission of one order at once, again and again."""
    opened: Counter[int] = Counter()
    refund = {"kind": "refund", "reason": "he asks"}
    with client(world, address, world.lead) as one:
        for number in range(rounds):
            ref = world.shop.stuck(f"PG-{number}", 4_200)
            case = world.claimed(ref, world.lead)
            url = f"/v1/cases/{case}/actions"
            calls: list[Callable[[], httpx.Response]] = [
                lambda url=url, n=number: one.post(url, json=refund, headers=key(f"r{n}")),  # type: ignore[misc]
                lambda url=url, n=number: one.post(  # type: ignore[misc]
                    url, json={"kind": "resubmit"}, headers=key(f"s{n}")
                ),
            ]
            answers = at_once(calls)
            opened[sum(a.status_code == 202 for a in answers)] += 1
            for other in answers:
                if other.status_code != 202:
                    assert "action_open" in told(other).why
            world.work()
            assert len([line for line in world.shop.books.lines if line[1] == ref]) == 1
    return opened


def test_refund_and_resubmission_at_once_are_one_of_the_two(world: World, address: str) -> None:
    assert race_of_leads(world, address, 12) == {1: 12}


def test_two_leads_who_approve_at_once_pay_one_refund(world: World, address: str) -> None:
    with (
        client(world, address, world.lead) as one,
        client(world, address, world.second_lead) as two,
    ):
        for number in range(10):
            ref = world.shop.stuck(f"PG-{number}", 40_000)
            case = world.claimed(ref)
            asked = world.request(case, ActionKind.REFUND, reason="he asks")
            url = f"/v1/actions/{asked.id}/approval"
            yes, headers = {"approve": True}, key(f"a{number}")
            answers = at_once(
                [
                    lambda: one.post(url, json=yes, headers=headers),  # noqa: B023
                    lambda: two.post(url, json=yes, headers=headers),  # noqa: B023
                ]
            )
            assert sorted(a.status_code for a in answers) == [200, 409]
            world.work()
            assert world.shop.books.count(ActionKind.REFUND, ref) == 1
            state = acting.action_status(world.gateway, world.lead, asked.id).action.record
            assert state.state is ActionState.CONFIRMED


def test_the_index_alone_refuses_a_second_open_money_action(world: World) -> None:
    """Whatever the code above does: with the index away the same two rows go in."""
    case = world.claimed(world.shop.stuck("PG-1", 4_200), world.lead)
    world.request(case, ActionKind.REFUND, world.lead, reason="he asks")
    copy = sa.text(
        "INSERT INTO actions SELECT 'A2', case_id, shop, ref, 'resubmit', 0, state, money, open, "
        "key, fingerprint, 'other', record, attempt, command, message, requested_by_name, "
        "approved_by_name, problem, next_try_at, fence, lease_until FROM actions"
    )
    with pytest.raises(sa.exc.IntegrityError), world.database.write() as connection:
        connection.execute(copy)
    with world.database.write() as connection:
        connection.execute(sa.text("DROP INDEX one_open_money_action"))
        connection.execute(copy)
