"""Every cause seeds the world it promises, and its right steps lead where the truth says.

This is as much a test of the domain: truth, remedy and locks are judged on what a real process
answers, against a truth that they never see.
"""

from __future__ import annotations

import pytest

from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.causes import Cause
from agent_app.domain.events import Source
from agent_app.domain.evidence import EvidenceKind, latest
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.reasons import Why
from agent_app.domain.remedy import RemedyWhy
from agent_app.engines.port import Command
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.engines.sandbox.faults import PLOTS
from agent_app.engines.sandbox.world import Step, Truth
from tests.engines.walk import Case
from tests.processes import SandboxProcess

VARIANTS = [
    *((cause.value, "") for cause in Cause),
    ("N6", "never"),
    ("N7", "fails"),
    ("X", "heals"),
]
_CARRIED_OUT = MONEY | {ActionKind.RESYNC, ActionKind.CORRECT_INPUT, ActionKind.NOTIFY}
_CALLBACKS = {
    "S2": "repeated",
    "S3": "too_early",
    "S4": "refused",
    "S7": "no_effect",
    "N1": "wrong_address",
    "N2": "blocked",
    "N3": "switched_off",
    "N4": "never_sent",
}


def test_there_is_a_plot_for_every_cause() -> None:
    assert set(PLOTS) == {cause.value for cause in Cause}


@pytest.mark.parametrize(("cause", "variant"), VARIANTS)
def test_the_right_steps_lead_to_the_known_end(
    box: SandboxProcess, shop: SandboxShop, cause: str, variant: str
) -> None:
    truth = box.seed(cause, variant=variant)[0]
    case = Case(box, shop, OrderRef(truth.reference))
    assert case.flagged is truth.unreturned
    for step in truth.steps:
        if step.after_s:
            box.advance(step.after_s)
        _take(case, step)
    _assert_end(box, truth)


def _take(case: Case, step: Step) -> None:
    """Check that the domain advises the step and allows nothing dangerous; then do it."""
    wanted = ActionKind(step.action)
    _, decisions = case.judge()
    if Why.CUSTOMER_NOT_TOLD in {reason.why for reason in decisions[wanted].locks}:
        case.tell()
        _, decisions = case.judge()
    locks = decisions[wanted].locks
    assert locks == (), f"{wanted} is locked: {locks}"
    # The table knows no messages: an unpaid order that was told about stays advised to be told.
    told = wanted is ActionKind.RESOLVE and decisions.remedy.why is RemedyWhy.UNPAID
    assert decisions.remedy.action is wanted or told, decisions.remedy
    if step.payment is not None:
        assert decisions.remedy.payment == step.payment
    safe = {wanted, ActionKind.RESYNC}
    open_money = {k for k in MONEY - safe if decisions[k].allowed and not _harmless(k, wanted)}
    assert open_money == set(), f"beside {wanted} these are open: {open_money}"
    if wanted in _CARRIED_OUT:
        case.act(wanted, PaymentId(step.payment) if step.payment else decisions.remedy.payment)


def _harmless(kind: ActionKind, wanted: ActionKind) -> bool:
    """Return whether the other action is a right choice too, if not the default one."""
    # Instead of completing or catching up, a person may give the money back; a reservation may
    # be let go instead of taken. Never both: each locks the other.
    return (kind, wanted) in {
        (ActionKind.REFUND, ActionKind.RESUBMIT),
        (ActionKind.REFUND, ActionKind.RESYNC),
        (ActionKind.VOID, ActionKind.CAPTURE),
        (ActionKind.VOID, ActionKind.RESYNC),
    }


def _assert_end(box: SandboxProcess, truth: Truth) -> None:
    kinds = [e.what for e in box.ledger(truth.reference)]
    assert kinds.count("capture") == truth.captures
    assert kinds.count("refund") == truth.refunds
    assert kinds.count("void") == truth.voids
    sale = box.books(truth.reference)
    assert sale.stage == truth.ends
    assert sum(s.kind == "confirmed" for s in sale.stages) <= 1


@pytest.mark.parametrize(("cause", "verdict"), _CALLBACKS.items())
def test_the_callback_log_tells_the_causes_apart(
    box: SandboxProcess, shop: SandboxShop, cause: str, verdict: str
) -> None:
    reading = shop.read(OrderRef(box.seed(cause)[0].reference))
    look = latest(reading.evidence, Source.CALLBACK_LOG, EvidenceKind.CALLBACKS)
    assert look is not None
    assert look.verdict == verdict


def test_healthy_orders_are_not_flagged_now_or_when_they_are_done(
    box: SandboxProcess, shop: SandboxShop
) -> None:
    """Fresh payments, slow methods, choosing customers, rightly cancelled ones: no alarm."""
    healthy = [Case(box, shop, OrderRef(t.reference)) for t in box.seed(healthy=20)]
    assert [c.ref for c in healthy if c.flagged] == []
    box.advance(60)
    assert [c.ref for c in healthy if c.flagged] == []
    box.advance(86_400)
    # Those who never chose how to pay are unpaid by now, which is what F2 is for.
    flagged = [c for c in healthy if c.flagged]
    assert {box.books(c.ref).stage for c in flagged} <= {"submitted"}


@pytest.mark.parametrize("cause", ["P1", "P2"])
def test_a_hidden_order_proves_nobody_s_identity(
    box: SandboxProcess, shop: SandboxShop, cause: str
) -> None:
    """The provider's word on the payer is not compared with itself (I8)."""
    view = Case(box, shop, OrderRef(box.seed(cause)[0].reference)).look()
    assert view.truth.customer_match == "unknown"


def test_a_refund_that_the_lagging_provider_does_not_show_yet_is_no_contradiction(
    box: SandboxProcess, shop: SandboxShop
) -> None:
    truth = box.seed("S5")[0]
    box.advance(120)
    box.faults(settings={"query_lag_s": 60})
    case = Case(box, shop, OrderRef(truth.reference))
    view, decisions = case.judge()
    payment = decisions.remedy.payment
    amount = view.truth.held[0].captured
    shop.perform(Command(ActionKind.REFUND, case.ref, "aa-lag", payment, amount))
    box.advance(5)
    view = case.look()
    own = [e for e in case.events.values() if e.refund == "aa-lag"]
    assert {e.source for e in own} == {Source.PLATFORM}
    assert view.truth.conflicts == frozenset()
    box.advance(61)
    assert case.look().truth.verdict == "refunded"


@pytest.mark.parametrize("cause", ["S6", "P3"])
def test_the_careless_shop_does_what_the_locks_prevent(
    box: SandboxProcess, shop: SandboxShop, cause: str
) -> None:
    """The negative control of the walk: past the guards, a stranger's money confirms the order."""
    truth = box.seed(cause)[0]
    case = Case(box, shop, OrderRef(truth.reference))
    _, decisions = case.judge()
    assert decisions[ActionKind.RESYNC].locks
    assert decisions[ActionKind.RESUBMIT].locks
    shop.perform(Command(ActionKind.RESYNC, case.ref, "aa-unguarded"))
    with pytest.raises(AssertionError):
        _assert_end(box, truth)


def test_past_the_guards_one_payment_is_refunded_and_carries_an_order(
    box: SandboxProcess, shop: SandboxShop
) -> None:
    """What I7 prevents is possible here, and the known end sees it."""
    truth = box.seed("S1")[0]
    case = Case(box, shop, OrderRef(truth.reference))
    view, _ = case.judge()
    held = view.truth.held[0]
    shop.perform(Command(ActionKind.REFUND, case.ref, "aa-back", held.id, held.captured))
    assert case.judge()[1][ActionKind.RESUBMIT].locks
    shop.perform(Command(ActionKind.RESUBMIT, case.ref, "aa-and-on", held.id))
    box.advance(5)
    with pytest.raises(AssertionError):
        _assert_end(box, truth)
