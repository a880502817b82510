"""On the real sandbox shop, what the guide suspects holds the true cause for every fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent_app.domain.case import CaseState, CaseView
from agent_app.domain.causes import Cause
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.progress import progress
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import fold_truth
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.guides import load_guide
from tests.processes import SandboxProcess, sandbox

# Whose account or payment it is only finance or the customer can tell: the guide names both.
SECOND = {Cause.OTHER_IDENTITY: Cause.REFERENCE_REUSED}


@pytest.fixture(scope="module")
def shop_process() -> Iterator[SandboxProcess]:
    with sandbox(seed=11) as running:
        yield running


@pytest.fixture(scope="module")
def connector(shop_process: SandboxProcess) -> Iterator[SandboxShop]:
    shop = SandboxShop(shop_process.base_url, ShopId("sandbox"))
    yield shop
    shop.close()


def view_of(shop: SandboxShop, process: SandboxProcess, reference: str) -> CaseView:
    reading = shop.read(OrderRef(reference))
    assert reading.order is not None
    return CaseView(
        id=CaseId("case-1"),
        order=reading.order,
        stage=fold_stage(reading.events),
        truth=fold_truth(reading.order, reading.events, reading.evidence),
        evidence=reading.evidence,
        flags=(),
        state=CaseState.DIAGNOSING,
        actor=Actor(UserId("u-1"), "Lin", Role.AGENT),
        capabilities=shop.capabilities,
        now=process.now(),
    )


@pytest.mark.parametrize("cause", Cause, ids=lambda c: c.value)
def test_evidence_from_the_sandbox_leads_to_the_true_cause(
    cause: Cause, shop_process: SandboxProcess, connector: SandboxShop
) -> None:
    (truth,) = shop_process.seed(cause.value)
    view = view_of(connector, shop_process, truth.reference)
    result = progress(load_guide(), view, ())
    found = {f.step: f.outcome for f in result.findings}
    assert result.suspected, found
    assert result.suspected[0] is SECOND.get(cause, cause), (result.suspected, found)
    assert cause in result.suspected


def test_a_healthy_order_is_suspected_of_nothing_but_being_well(
    shop_process: SandboxProcess, connector: SandboxShop
) -> None:
    healthy = shop_process.seed(healthy=12)
    confirmed = 0
    for truth in healthy:
        view = view_of(connector, shop_process, truth.reference)
        if view.stage.stage == "confirmed" and view.truth.held:
            confirmed += 1
            suspected = progress(load_guide(), view, ()).suspected
            assert suspected == (Cause.FALSE_ALARM,)
    assert confirmed > 0
