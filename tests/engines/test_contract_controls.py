"""The contract of the port turns red on a shop that breaks it: one liar for each promise."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import PAYMENT_KINDS, Source
from agent_app.domain.ids import EventId, EvidenceId, OrderRef
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
from tests.engines.test_history_contract import HistoryBench, write
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


class Parroting(WrappedShop):
    """Tells an earlier look as a new one."""

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        looks = (replace(e, id=EvidenceId(f"{e.source}:{e.kind}")) for e in reading.evidence)
        return replace(reading, evidence=tuple(looks))


class Presuming(WrappedShop):
    """Lets the shop say who paid."""

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        payer = reading.order.customer.id if reading.order else None
        events = (
            replace(e, source=Source.PLATFORM, customer=payer) if e.kind in PAYMENT_KINDS else e
            for e in reading.events
        )
        return replace(reading, events=tuple(events))


class Concluding(WrappedShop):
    """Calls absent what is only not shown."""

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        looks = (
            replace(e, verdict="absent") if e.verdict == "not_visible" else e
            for e in reading.evidence
        )
        return replace(reading, evidence=tuple(looks))


class Orderly(WrappedShop):
    """Lists orders alone, and no money without one."""

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        page = super().changes(cursor, limit)
        with_order = [r for r in page.readings if r.order is not None and r.order.shop_number]
        return replace(page, readings=tuple(with_order))


class Complaining(WrappedShop):
    """Finds fault with a healthy connection."""

    def problems(self) -> Sequence[str]:
        return ("something may be wrong",)


class Obliging(WrappedShop):
    """Takes in what it declared that it cannot do."""

    def perform(self, command: Command) -> Receipt:
        return Receipt(Outcome.DONE)

    def send_message(self, message: Message) -> Receipt:
        return Receipt(Outcome.DONE)


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
    (Parroting, CONTRACT.test_every_look_is_its_own_evidence_of_both_sources),
    (Presuming, CONTRACT.test_only_the_provider_names_the_payer),
    (Concluding, CONTRACT.test_an_unknown_reference_is_not_visible_rather_than_absent),
    (Orderly, CONTRACT.test_money_without_an_order_is_among_the_changes),
    (Complaining, CONTRACT.test_a_healthy_connection_has_no_problems),
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


def test_a_read_only_shop_that_takes_commands_fails(tmp_path: Path) -> None:
    bench: Any = HistoryBench(write(tmp_path))
    CONTRACT.test_what_it_cannot_do_is_refused_and_changes_nothing(bench, ActionKind.REFUND)
    CONTRACT.test_messages_that_it_cannot_send_are_refused(bench)
    bench.shop = Obliging(bench.shop)
    with pytest.raises(pytest.fail.Exception):
        CONTRACT.test_what_it_cannot_do_is_refused_and_changes_nothing(bench, ActionKind.REFUND)
    with pytest.raises(pytest.fail.Exception):
        CONTRACT.test_messages_that_it_cannot_send_are_refused(bench)
