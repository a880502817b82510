"""Promise: whatever the cause, the right safe action is offered, and no money moves twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.contract.messages import CaseDetail
from agent_app.domain.actions import MONEY, ActionKind, ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.causes import Cause
from agent_app.domain.evidence import CustomerMatch
from agent_app.domain.ids import CaseId
from agent_app.engines.http import Bounds
from agent_app.engines.sandbox.world import Step, Truth
from agent_app.gateway import casefile
from agent_app.gateway.store import action_rows
from tests.processes import SandboxProcess, sandbox
from tests.promises.handling import Handling

IMPATIENT = Bounds(read_s=0.5)
"""Lost answers are waited for; half a second is enough on loopback."""


@pytest.fixture
def shop() -> Iterator[SandboxProcess]:
    with sandbox() as running:
        yield running


@pytest.fixture
def hands(tmp_path: Path, shop: SandboxProcess) -> Iterator[Handling]:
    made = Handling(tmp_path, shop, IMPATIENT)
    yield made
    made.close()


def weather(shop: SandboxProcess, kind: str) -> None:
    """Set how the shop treats requests: it answers well, or loses answers with or without keys."""
    if kind == "calm":
        return
    keys = kind == "lost-answers"
    shop.faults(settings={"keys": keys, "query_lag_s": 0.0 if keys else 2.0})


def lose_the_next_answer(shop: SandboxProcess, kind: str) -> None:
    if kind != "calm":
        shop.faults({"what": "drop_after", "method": "POST", "path": "/orders/*", "times": 1})


@pytest.mark.parametrize("kind", ["calm", "lost-answers", "lost-answers-no-keys"])
@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.value)
def test_every_cause_is_found_and_put_right(
    shop: SandboxProcess, hands: Handling, cause: Cause, kind: str
) -> None:
    weather(shop, kind)
    known = shop.seed(cause.value, healthy=4)
    truth = next(t for t in known if t.cause == cause.value)
    # What happened last is in the provider's queries only after their lag.
    shop.advance(3)
    hands.watch()
    hands.watch()

    for other in known:
        if other.cause is None:
            assert hands.case_of(other.reference) is None, "a healthy order was flagged"
    case = hands.case_of(truth.reference)
    assert (case is not None) == truth.unreturned
    if case is not None:
        for step in truth.steps:
            take(shop, hands, case, step, kind)
    check_books(shop, truth)


def take(shop: SandboxProcess, hands: Handling, case: CaseId, step: Step, kind: str) -> None:
    """Take one step as an agent would: look, see that it is what the desk advises, do it."""
    if step.after_s:
        shop.advance(step.after_s)
    action = ActionKind(step.action)
    detail = hands.look(case)
    if action is not ActionKind.NOTIFY or detail.decisions.remedy.action is ActionKind.NOTIFY:
        assert detail.decisions.remedy.action is action, detail.decisions.remedy
    if action is ActionKind.RECHECK:
        locked_while_unsure(detail)
        return
    if action is ActionKind.ESCALATE:
        locked_while_unsure(detail)
        hands.act(case, action, reason="payment belongs to somebody else or is not ours to see")
        return
    if action is ActionKind.RESOLVE:
        finish(hands, case, detail)
        return
    lose_the_next_answer(shop, kind)
    done = hands.act(case, action, **arguments(detail, action, step))
    assert done is ActionState.CONFIRMED


def arguments(detail: CaseDetail, action: ActionKind, step: Step) -> dict[str, object]:
    if action is ActionKind.NOTIFY:
        return {"template": detail.decisions.templates[0], "language": "zh_CN"}
    if action is ActionKind.CORRECT_INPUT:
        field = detail.order.input_problem
        assert field is not None
        return {"correction": {field: "+86 138 0013 8000"}}
    if action in MONEY and step.payment is not None:
        return {"payment": step.payment, "reason": "by the decision table"}
    return {}


def locked_while_unsure(detail: CaseDetail) -> None:
    """While the money is unknown or somebody else's, neither money button opens."""
    for kind in MONEY:
        assert not detail.decisions[kind].allowed, f"{kind} is open"


def finish(hands: Handling, case: CaseId, detail: CaseDetail) -> None:
    """Tell the customer what is evidenced now, and resolve."""
    if not detail.decisions[ActionKind.RESOLVE].allowed:
        template = detail.decisions.templates[0]
        told = hands.act(case, ActionKind.NOTIFY, template=template, language="en")
        assert told is ActionState.CONFIRMED
    hands.look(case)
    hands.act(case, ActionKind.RESOLVE)
    ended = casefile.detail(hands.gateway, hands.agent, case)
    assert ended.row.state is CaseState.RESOLVED


def check_books(shop: SandboxProcess, truth: Truth) -> None:
    """Compare what really happened with what was right: nothing twice, nothing to a stranger."""
    ledger = shop.ledger(truth.reference)
    done = [entry.what for entry in ledger]
    assert done.count("capture") == truth.captures
    assert done.count("refund") == truth.refunds
    assert done.count("void") == truth.voids
    books = shop.books(truth.reference)
    assert books.stage == truth.ends


def test_a_strangers_payment_is_never_acted_on(shop: SandboxProcess, hands: Handling) -> None:
    known = shop.seed("S6", "P3", count=3)
    hands.watch()
    for truth in known:
        case = hands.case_of(truth.reference)
        assert case is not None
        detail = hands.look(case)
        assert detail.truth.customer_match is CustomerMatch.DIFFERENT
        locked_while_unsure(detail)


def test_the_books_would_show_a_second_refund(shop: SandboxProcess, hands: Handling) -> None:
    """The negative control: sent twice past the ledger, this shop pays twice and it is seen."""
    weather(shop, "lost-answers-no-keys")
    truth = shop.seed("S5")[0]
    hands.watch()
    case = hands.case_of(truth.reference)
    assert case is not None
    detail = hands.look(case)
    refund = arguments(detail, ActionKind.REFUND, truth.steps[0])
    hands.act(case, ActionKind.REFUND, **refund)
    with hands.gateway.database.read() as connection:
        command = action_rows.of_case(connection, case)[0].command
    hands.shop.perform(command)
    shop.advance(10)
    with pytest.raises(AssertionError):
        check_books(shop, truth)
