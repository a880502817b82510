"""The contract of `port.Shop`, to be inherited once per shop: what the gateway relies on.

A subclass provides the fixture `bench`: the shop under test with a hand in its world. A shop in
whose world an answer cannot be made to vanish sets `can_lose_answers` to False. What a shop
declares that it cannot do it must refuse; the tests that need it are skipped, and say so.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import PAYMENT_KINDS, Source
from agent_app.domain.evidence import EvidenceKind, latest
from agent_app.domain.ids import OrderRef
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import Verdict, fold_truth
from agent_app.engines.port import (
    Command,
    Conflict,
    Forbidden,
    Message,
    Outcome,
    OutcomeUnknown,
    Reading,
    Rejected,
    Shop,
)

MONEY_COMMANDS = (
    ActionKind.REFUND,
    ActionKind.RESUBMIT,
    ActionKind.RESYNC,
    ActionKind.CAPTURE,
    ActionKind.VOID,
)


NEEDS = {
    ActionKind.REFUND: "can_refund",
    ActionKind.RESUBMIT: "can_complete",
    ActionKind.RESYNC: "can_resync",
    ActionKind.CAPTURE: "can_capture",
    ActionKind.VOID: "can_void",
    ActionKind.NOTIFY: "can_notify",
}
"""By what of its profile a shop declares that it can carry the action out."""


class Bench(Protocol):
    """A shop under test and a hand in its world."""

    shop: Shop
    can_lose_answers: bool

    def ready(self, kind: ActionKind) -> Command:
        """Make an order on which an action of this kind can be carried out, and its command."""

    def unpaid(self) -> OrderRef:
        """Make an order for which nothing was ever paid."""

    def effects(self, command: Command) -> int:
        """Return how often the command took effect, by the world's own books."""

    def messages(self, ref: OrderRef) -> int:
        """Return how many messages left for the customer."""

    def lose_next_answer(self, *, applied: bool) -> None:
        """Let the next command's answer vanish, after or before it takes effect."""


def can(bench: Bench, kind: ActionKind) -> bool:
    """Return whether the shop declares that it can carry this out."""
    return bool(getattr(bench.shop.capabilities, NEEDS[kind]))


def needs(bench: Bench, kind: ActionKind) -> None:
    """Skip the test where the shop declares that it cannot do this."""
    if not can(bench, kind):
        pytest.skip(f"{bench.shop.id} declares that it cannot {kind}")


def told(reading: Reading) -> set[object]:
    """Return what a reading states, whenever it was observed."""
    return {(e.id, *e._content()) for e in reading.events}


class ShopContract:
    """Inherit and provide `bench`."""

    @pytest.fixture
    def bench(self) -> Bench:
        raise NotImplementedError

    def test_two_looks_give_the_same_events_under_the_same_ids(self, bench: Bench) -> None:
        ref = bench.ready(ActionKind.RESYNC).order
        first, second = bench.shop.read(ref), bench.shop.read(ref)
        assert first.events
        assert told(first) == told(second)
        assert len({e.id for e in first.events}) == len(first.events)

    def test_every_look_is_its_own_evidence_of_both_sources(self, bench: Bench) -> None:
        ref = bench.ready(ActionKind.RESYNC).order
        first, second = bench.shop.read(ref), bench.shop.read(ref)
        assert {e.id for e in first.evidence}.isdisjoint(e.id for e in second.evidence)
        sources = [(Source.PLATFORM, EvidenceKind.ORDER)]
        if bench.shop.capabilities.reads_provider:
            sources.append((Source.PROVIDER, EvidenceKind.PAYMENTS))
        for reading in (first, second):
            for source, kind in sources:
                look = latest(reading.evidence, source, kind, answered=True)
                assert look is not None
                assert look.payload_hash is not None
                assert look.observed_at < look.fresh_until

    def test_only_the_provider_names_the_payer(self, bench: Bench) -> None:
        reading = bench.shop.read(bench.ready(ActionKind.RESYNC).order)
        for event in reading.events:
            if event.kind in PAYMENT_KINDS:
                assert event.payment is not None
                assert event.customer is None or event.source is Source.PROVIDER

    def test_evidence_holds_no_personal_data(self, bench: Bench) -> None:
        reading = bench.shop.read(bench.ready(ActionKind.RESYNC).order)
        assert reading.order is not None
        customer = reading.order.customer
        # A shop in which nothing can be done need not name anybody.
        if any(can(bench, kind) for kind in NEEDS):
            assert customer.name
            assert customer.email or customer.phone
        for look in reading.evidence:
            for secret in filter(None, (customer.name, customer.email, customer.phone)):
                assert secret not in (look.detail or "")

    def test_an_unknown_reference_is_not_visible_rather_than_absent(self, bench: Bench) -> None:
        reading = bench.shop.read(OrderRef("no such order"))
        assert reading.order is None
        assert reading.events == ()
        look = latest(reading.evidence, Source.PLATFORM, EvidenceKind.ORDER)
        assert look is not None
        assert look.verdict == "not_visible"

    def test_changes_cost_what_changed(self, bench: Bench) -> None:
        refs = {bench.ready(ActionKind.RESYNC).order, bench.ready(ActionKind.RESUBMIT).order}
        seen, cursor = self._all_changes(bench, None, limit=200)
        assert refs <= seen
        assert bench.shop.changes(cursor, 200).readings == ()
        command = bench.ready(ActionKind.REFUND)
        assert self._all_changes(bench, cursor, limit=200)[0] == {command.order}

    def test_changes_in_pages_of_one_miss_nothing(self, bench: Bench) -> None:
        _, cursor = self._all_changes(bench, None, limit=200)
        refs = {bench.ready(kind).order for kind in MONEY_COMMANDS}
        seen, _ = self._all_changes(bench, cursor, limit=1)
        assert seen == refs

    def test_money_without_an_order_is_among_the_changes(self, bench: Bench) -> None:
        needs(bench, ActionKind.RESUBMIT)
        _, cursor = self._all_changes(bench, None, limit=200)
        ref = bench.ready(ActionKind.RESUBMIT).order
        page = bench.shop.changes(cursor, 200)
        reading = next(r for r in page.readings if r.order is not None and r.order.ref == ref)
        assert reading.order is not None
        assert fold_stage(reading.events).stage is Stage.ABSENT
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        assert truth.verdict is Verdict.CAPTURED

    @pytest.mark.parametrize("kind", MONEY_COMMANDS)
    def test_the_same_key_twice_has_one_effect(self, bench: Bench, kind: ActionKind) -> None:
        needs(bench, kind)
        command = bench.ready(kind)
        assert bench.shop.outcome(command) is Outcome.ABSENT
        first = bench.shop.perform(command)
        assert bench.shop.perform(command) == first
        assert bench.effects(command) == 1
        assert bench.shop.outcome(command) in {Outcome.DONE, Outcome.PENDING}

    def test_the_same_key_from_many_threads_has_one_effect(self, bench: Bench) -> None:
        needs(bench, ActionKind.REFUND)
        command = bench.ready(ActionKind.REFUND)
        with ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(bench.shop.perform, command) for _ in range(16)]
            assert len({answer.result() for answer in answers}) == 1
        assert bench.effects(command) == 1

    def test_a_key_used_for_something_else_is_rejected(self, bench: Bench) -> None:
        needs(bench, ActionKind.REFUND)
        command = bench.ready(ActionKind.REFUND)
        bench.shop.perform(command)
        assert command.amount is not None
        less = replace(command.amount, amount_minor=command.amount.amount_minor - 1)
        with pytest.raises(Rejected):
            bench.shop.perform(replace(command, amount=less))
        assert bench.effects(command) == 1

    @pytest.mark.parametrize("kind", MONEY_COMMANDS)
    def test_a_lost_answer_is_unknown_and_is_found_in_the_books(
        self, bench: Bench, kind: ActionKind
    ) -> None:
        needs(bench, kind)
        if not bench.can_lose_answers:
            pytest.skip("no answer can be made to vanish in this shop")
        command = bench.ready(kind)
        bench.lose_next_answer(applied=True)
        with pytest.raises(OutcomeUnknown):
            bench.shop.perform(command)
        assert bench.shop.outcome(command) in {Outcome.DONE, Outcome.PENDING}
        bench.shop.perform(command)
        assert bench.effects(command) == 1

    @pytest.mark.parametrize("kind", MONEY_COMMANDS)
    def test_a_lost_request_is_unknown_and_is_not_in_the_books(
        self, bench: Bench, kind: ActionKind
    ) -> None:
        needs(bench, kind)
        if not bench.can_lose_answers:
            pytest.skip("no answer can be made to vanish in this shop")
        command = bench.ready(kind)
        bench.lose_next_answer(applied=False)
        with pytest.raises(OutcomeUnknown):
            bench.shop.perform(command)
        assert bench.shop.outcome(command) is Outcome.ABSENT
        assert bench.effects(command) == 0
        bench.shop.perform(command)
        assert bench.effects(command) == 1

    @pytest.mark.parametrize("kind", [ActionKind.RESUBMIT, ActionKind.RESYNC])
    def test_an_order_is_completed_without_a_new_charge(
        self, bench: Bench, kind: ActionKind
    ) -> None:
        needs(bench, kind)
        command = bench.ready(kind)
        before = bench.shop.read(command.order)
        bench.shop.perform(command)
        after = bench.shop.read(command.order)
        assert fold_stage(after.events).stage is Stage.CONFIRMED
        assert self._paid(before) == self._paid(after)
        assert told(before) < told(after)

    def test_a_refusal_changes_nothing(self, bench: Bench) -> None:
        needs(bench, ActionKind.REFUND)
        ref = bench.unpaid()
        before = bench.shop.read(ref)
        refund = bench.ready(ActionKind.REFUND)
        foreign = replace(refund, order=ref)
        with pytest.raises((Rejected, Conflict)):
            bench.shop.perform(foreign)
        assert told(bench.shop.read(ref)) == told(before)
        assert bench.effects(refund) == 0

    @pytest.mark.parametrize("kind", MONEY_COMMANDS)
    def test_what_it_cannot_do_is_refused_and_changes_nothing(
        self, bench: Bench, kind: ActionKind
    ) -> None:
        if can(bench, kind):
            pytest.skip(f"{bench.shop.id} can {kind}")
        command = bench.ready(kind)
        before = bench.shop.read(command.order)
        with pytest.raises((Rejected, Forbidden)):
            bench.shop.perform(command)
        assert told(bench.shop.read(command.order)) == told(before)
        assert bench.shop.outcome(command) is Outcome.ABSENT
        assert bench.effects(command) == 0

    def test_messages_that_it_cannot_send_are_refused(self, bench: Bench) -> None:
        if can(bench, ActionKind.NOTIFY):
            pytest.skip(f"{bench.shop.id} can notify")
        ref = bench.unpaid()
        message = Message(ref, "aa-message", "checking", "en", "Your order", "We are checking.")
        with pytest.raises((Rejected, Forbidden)):
            bench.shop.send_message(message)
        assert bench.messages(ref) == 0

    def test_a_refund_shows_under_our_key(self, bench: Bench) -> None:
        needs(bench, ActionKind.REFUND)
        command = bench.ready(ActionKind.REFUND)
        bench.shop.perform(command)
        reading = bench.shop.read(command.order)
        assert reading.order is not None
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        # Told by two books under two ids, it is one refund all the same.
        (refund,) = [r for p in truth.payments for r in p.refunds]
        assert command.key in {refund.key, refund.id}
        assert refund.source is Source.PROVIDER

    def test_a_message_leaves_once_for_its_key(self, bench: Bench) -> None:
        needs(bench, ActionKind.NOTIFY)
        ref = bench.unpaid()
        message = Message(ref, "aa-message", "checking", "en", "Your order", "We are checking.")
        bench.shop.send_message(message)
        bench.shop.send_message(message)
        assert bench.messages(ref) == 1

    def test_a_healthy_connection_has_no_problems(self, bench: Bench) -> None:
        assert list(bench.shop.problems()) == []
        assert bench.shop.capabilities.label

    @staticmethod
    def _paid(reading: Reading) -> list[tuple[str, Money]]:
        assert reading.order is not None
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        return [(payment.id, payment.captured) for payment in truth.payments]

    @staticmethod
    def _all_changes(bench: Bench, cursor: str | None, *, limit: int) -> tuple[set[OrderRef], str]:
        seen: set[OrderRef] = set()
        while True:
            page = bench.shop.changes(cursor, limit)
            assert len(page.readings) <= limit
            seen |= {r.order.ref for r in page.readings if r.order is not None}
            cursor = page.cursor
            if not page.more:
                return seen, cursor
