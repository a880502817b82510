"""The contract of the port turns red on a shop that breaks it: one liar for each promise."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import EventId, OrderRef
from agent_app.engines.port import (
    ChangePage,
    Command,
    Message,
    Outcome,
    OutcomeUnknown,
    Reading,
    Receipt,
    Rejected,
)
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway.wrapped_shop import WrappedShop
from tests.engines.bench import SandboxBench
from tests.engines.contract import Bench, ShopContract
from tests.processes import SandboxProcess

CONTRACT = ShopContract()
_NUMBERS = itertools.count()


class Forgetful(WrappedShop):
    """Carries a command out under a new key each time."""

    def perform(self, command: Command) -> Receipt:
        return super().perform(replace(command, key=f"{command.key}-{next(_NUMBERS)}"))

    def send_message(self, message: Message) -> Receipt:
        return super().send_message(replace(message, key=f"{message.key}-{next(_NUMBERS)}"))


class Hasty(WrappedShop):
    """Takes a lost answer for a refusal."""

    def perform(self, command: Command) -> Receipt:
        try:
            return super().perform(command)
        except OutcomeUnknown as error:
            raise Rejected(str(error)) from error


class Blind(WrappedShop):
    """Finds nothing in the books."""

    def outcome(self, command: Command) -> Outcome:
        return Outcome.ABSENT


class Dreamer(WrappedShop):
    """Believes everything done."""

    def perform(self, command: Command) -> Receipt:
        return Receipt(Outcome.DONE)


class Restless(WrappedShop):
    """Gives the same fact another id at each look."""

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        events = [replace(e, id=EventId(f"{e.id}-{next(_NUMBERS)}")) for e in reading.events]
        return replace(reading, events=tuple(events))


class Deaf(WrappedShop):
    """Hears nothing new."""

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        return replace(super().changes(cursor, limit), readings=())


class Repeating(WrappedShop):
    """Begins at the beginning with every question."""

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        return super().changes(None, limit)


class Indiscreet(WrappedShop):
    """Writes the customer's name into the evidence."""

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        name = reading.order.customer.name if reading.order else ""
        return replace(
            reading, evidence=tuple(replace(look, detail=name) for look in reading.evidence)
        )


Test = Callable[[Bench], None]
CONTROLS: list[tuple[type[WrappedShop], Test]] = [
    (Forgetful, lambda b: CONTRACT.test_the_same_key_twice_has_one_effect(b, ActionKind.REFUND)),
    (Forgetful, CONTRACT.test_the_same_key_from_many_threads_has_one_effect),
    (Forgetful, CONTRACT.test_a_refund_shows_under_our_key),
    (Forgetful, CONTRACT.test_a_key_used_for_something_else_is_rejected),
    (Forgetful, CONTRACT.test_a_message_leaves_once_for_its_key),
    (
        Hasty,
        lambda b: CONTRACT.test_a_lost_answer_is_unknown_and_is_found_in_the_books(
            b, ActionKind.REFUND
        ),
    ),
    (
        Hasty,
        lambda b: CONTRACT.test_a_lost_request_is_unknown_and_is_not_in_the_books(
            b, ActionKind.REFUND
        ),
    ),
    (
        Blind,
        lambda b: CONTRACT.test_a_lost_answer_is_unknown_and_is_found_in_the_books(
            b, ActionKind.REFUND
        ),
    ),
    (Dreamer, lambda b: CONTRACT.test_the_same_key_twice_has_one_effect(b, ActionKind.REFUND)),
    (
        Dreamer,
        lambda b: CONTRACT.test_an_order_is_completed_without_a_new_charge(b, ActionKind.RESUBMIT),
    ),
    (Dreamer, CONTRACT.test_a_refusal_changes_nothing),
    (Restless, CONTRACT.test_two_looks_give_the_same_events_under_the_same_ids),
    (Deaf, CONTRACT.test_changes_cost_what_changed),
    (Deaf, CONTRACT.test_changes_in_pages_of_one_miss_nothing),
    (Repeating, CONTRACT.test_changes_cost_what_changed),
    (Indiscreet, CONTRACT.test_evidence_holds_no_personal_data),
]


@pytest.mark.parametrize(("liar", "promise"), CONTROLS)
def test_a_shop_that_breaks_a_promise_fails_it(
    liar: type[WrappedShop], promise: Test, box: SandboxProcess, shop: SandboxShop
) -> None:
    # The promise itself is kept by the honest shop.
    bench: Any = SandboxBench(box, shop)
    promise(bench)
    box.reset()
    bench.shop = liar(shop)
    with pytest.raises((AssertionError, pytest.fail.Exception, Rejected, StopIteration)):
        promise(bench)
