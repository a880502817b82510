"""Promise: a limit is worth the same in every currency; what has none goes to who may all."""

from __future__ import annotations

import pytest

from agent_app.domain.ids import UserId
from agent_app.domain.limits import RefundLimits, read_amounts, worth_in_euros
from agent_app.domain.money import Money
from agent_app.domain.roles import (
    LIMITS,
    Actor,
    ApprovalRefused,
    Role,
    check_approval,
    who_approves,
)

ASKING = UserId("chen")


def person(role: Role, limits: RefundLimits | None = None) -> Actor:
    return Actor(UserId("marta"), "Marta", role, limits=limits)


def may_approve(actor: Actor, amount: Money) -> bool:
    try:
        check_approval(ASKING, actor, amount)
    except ApprovalRefused:
        return False
    return True


def test_a_limit_counts_in_the_currencys_own_digits() -> None:
    worth = worth_in_euros(500)
    assert worth["EUR"] == 50_000
    assert worth["JPY"] == 80_000
    assert worth["KWD"] == 150_000


@pytest.mark.parametrize(
    ("amount", "alone"),
    [
        (Money(50_000, "EUR"), True),
        (Money(50_001, "EUR"), False),
        (Money(80_000, "JPY"), True),
        (Money(80_001, "JPY"), False),
        (Money(150_000, "KWD"), True),
        (Money(1, "XDR"), False),
    ],
)
def test_a_lead_pays_back_alone_up_to_the_same_worth(amount: Money, alone: bool) -> None:
    assert person(Role.LEAD).may_refund_alone(amount) is alone


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.LEAD])
def test_everybody_else_needs_a_second_person(role: Role) -> None:
    assert not person(role).may_refund_alone(Money(1, "EUR"))


def test_a_currency_without_a_limit_goes_to_finance() -> None:
    odd = Money(100, "XDR")
    assert who_approves(odd, LIMITS) == (Role.FINANCE,)
    assert not may_approve(person(Role.LEAD), odd)
    assert may_approve(person(Role.FINANCE), odd)


def test_who_is_asked_depends_on_the_amount() -> None:
    assert who_approves(Money(50_000, "EUR"), LIMITS) == (Role.SENIOR, Role.LEAD, Role.FINANCE)
    assert who_approves(Money(50_001, "EUR"), LIMITS) == (Role.LEAD, Role.FINANCE)
    assert who_approves(Money(500_001, "EUR"), LIMITS) == (Role.FINANCE,)


def test_an_operators_limits_hold_instead_of_the_defaults() -> None:
    strict = RefundLimits(approve=read_amounts({"EUR": "100.00"}))
    assert not person(Role.LEAD, strict).may_refund_alone(Money(1, "EUR"))
    assert may_approve(person(Role.LEAD, strict), Money(10_000, "EUR"))
    assert not may_approve(person(Role.LEAD, strict), Money(10_001, "EUR"))
    assert not may_approve(person(Role.LEAD, strict), Money(1, "CNY"))


def test_a_limit_gives_no_role_a_scope_that_it_lacks() -> None:
    wide = RefundLimits(alone={"EUR": 10**9}, approves_all=True)
    assert not person(Role.TECHNICIAN, wide).may_refund_alone(Money(1, "EUR"))
    assert not may_approve(person(Role.AGENT, wide), Money(1, "EUR"))


@pytest.mark.parametrize(
    "amounts",
    [
        {"EUR": "1.001"},
        {"JPY": "1.5"},
        {"EUR": "-1"},
        {"EUR": "NaN"},
        {"EUR": "Infinity"},
        {"EUR": "1e40"},
        {"EUR": "a hundred"},
        {"euro": "1"},
    ],
)
def test_an_amount_that_means_nothing_is_refused(amounts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(amounts))):
        read_amounts(amounts)


def test_amounts_are_read_exactly() -> None:
    assert read_amounts({"EUR": "100.10", "JPY": "5000", "KWD": "0.001", "USD": "0"}) == {
        "EUR": 10_010,
        "JPY": 5_000,
        "KWD": 1,
        "USD": 0,
    }
