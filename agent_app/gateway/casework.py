"""Cases out of orders: fold what is known, judge the flags, and keep the queue's row in step.

`refresh` is called in the same transaction as whatever changed: news of the order, an action, a
claim. It alone opens cases, closes those that healed by themselves, and says when to look again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow, OpenAction
from agent_app.domain.actions import ActionRecord, ActionState
from agent_app.domain.case import ENDED, CaseState, CaseView
from agent_app.domain.flags import (
    Flag,
    FlagRule,
    Level,
    Watched,
    is_unreturned,
    next_look,
    raise_flags,
)
from agent_app.domain.guide import Guide
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.limits import NO_LIMITS, RefundLimits
from agent_app.domain.masking import mask_name
from agent_app.domain.money import Money
from agent_app.domain.remedy import remedy
from agent_app.domain.roles import LIMITS, MAIN_TEAM, Actor, Role
from agent_app.domain.stage import Stage, StageView, fold_stage
from agent_app.domain.truth import UNDECIDED, PaymentTruth, fold_truth
from agent_app.engines.port import Shop
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.store import (
    action_rows,
    audit,
    case_rows,
    journal,
    order_log,
    search_marks,
    search_terms,
)
from agent_app.gateway.store.case_rows import StoredCase

ASK_AGAIN = timedelta(minutes=2)
"""How often money whose fate is open is asked about at first; shops do not tell of every change."""
ASK_AGAIN_AT_MOST = timedelta(hours=1)
_PART_OF_ITS_AGE = 30
"""After an hour without news it is asked about ever less often: a slip takes days to be paid."""
SYSTEM = Actor(audit.SYSTEM, "", Role.TECHNICIAN)


@dataclass(frozen=True, slots=True)
class Desk:
    """What casework needs to know of the gateway: the shops and the rules in force."""

    shops: Mapping[ShopId, KnownShop]
    guide: Guide
    limits: Mapping[Role, RefundLimits] = field(default_factory=lambda: LIMITS)
    teams: Mapping[ShopId, str] = field(default_factory=dict)
    search_key: str = field(default="", repr=False)
    """By which the marks of rows are made; without one they have none."""

    def team_of(self, shop: ShopId) -> str:
        """Return whose cases the shop's orders are."""
        return self.teams.get(shop, MAIN_TEAM)

    def with_limits(self, actor: Actor) -> Actor:
        """Return the actor with the refund limits that the operator set for his role."""
        return replace(actor, limits=self.limits.get(actor.role, NO_LIMITS))


@dataclass(frozen=True, slots=True)
class Folded:
    """One order as it stands."""

    known: order_log.Known
    stage: StageView
    truth: PaymentTruth

    @property
    def watched(self) -> Watched:
        return Watched(self.known.order, self.stage, self.truth)


def fold(connection: Connection, shop: Shop, ref: OrderRef) -> Folded | None:
    """Fold everything stored of the order; None when nothing is."""
    known = order_log.known(connection, shop.id, ref)
    if known is None:
        return None
    truth = fold_truth(
        known.order,
        known.events,
        known.evidence,
        query_lag=timedelta(seconds=shop.capabilities.query_lag_s),
    )
    return Folded(known, fold_stage(known.events), truth)


def view(
    connection: Connection,
    desk: Desk,
    case: StoredCase,
    folded: Folded,
    actor: Actor,
    now: datetime,
    *,
    without: ActionRecord | None = None,
) -> CaseView:
    """Return all that a decision looks at; `without` leaves out the action that is being judged."""
    shop = desk.shops[case.shop]
    records = tuple(
        stored.record
        for stored in action_rows.of_case(connection, case.id)
        if without is None or stored.id != without.id
    )
    return CaseView(
        id=case.id,
        order=folded.known.order,
        stage=folded.stage,
        truth=folded.truth,
        evidence=folded.known.evidence,
        flags=raise_flags(folded.watched, shop.flag_policy, now),
        state=case.state,
        actor=desk.with_limits(actor),
        capabilities=shop.capabilities,
        now=now,
        claim=case.claim,
        actions=records,
        messages=journal.sent_messages(connection, case.id),
    )


def refresh(
    connection: Connection, desk: Desk, shop_id: ShopId, ref: OrderRef, now: datetime
) -> CaseId | None:
    """Judge the order anew and bring its case, if it has or needs one, up to date."""
    shop = desk.shops[shop_id]
    folded = fold(connection, shop, ref)
    if folded is None:
        return None
    flags = raise_flags(folded.watched, shop.flag_policy, now)
    order_log.set_due(connection, shop_id, ref, _due_at(folded, shop, now))
    case = case_rows.of_order(connection, shop_id, ref)
    if case is None:
        if not is_unreturned(flags):
            return None
        case = _open(connection, desk, shop_id, ref, now, flags)
    else:
        case = _changed_by_flags(connection, case, flags, now)
    _save_if_changed(connection, desk, case, folded, now)
    return case.id


def update(connection: Connection, desk: Desk, case: StoredCase, now: datetime) -> None:
    """Store a case whose claim, state or actions changed, with its row made anew."""
    folded = fold(connection, desk.shops[case.shop], case.ref)
    assert folded is not None, f"case {case.id} has no order"
    _save_if_changed(connection, desk, case, folded, now)


def _due_at(folded: Folded, shop: Shop, now: datetime) -> datetime | None:
    moments = [next_look(folded.watched, shop.flag_policy, now)]
    # A deadline or window that passes changes the remedy though no flag changes.
    moments += [d.at for d in folded.known.order.deadlines]
    if folded.truth.verdict in UNDECIDED or folded.truth.refund_open:
        news = max((e.at for e in folded.known.events), default=folded.known.order.placed_at)
        pause = max(ASK_AGAIN, (now - news) / _PART_OF_ITS_AGE)
        moments.append(now + min(pause, ASK_AGAIN_AT_MOST))
    return min((at for at in moments if at is not None and at > now), default=None)


def _open(
    connection: Connection,
    desk: Desk,
    shop: ShopId,
    ref: OrderRef,
    now: datetime,
    flags: tuple[Flag, ...],
) -> StoredCase:
    case_id = case_rows.new_id(connection)
    rules = [f.rule for f in flags if f.level >= Level.FLAG]
    audit.record(connection, now, audit.SYSTEM, "case_flagged", case_id, rules=rules)
    guide = f"{desk.guide.id}@{desk.guide.version}"
    return StoredCase(case_id, shop, ref, CaseState.FLAGGED, now, None, guide, False, None)


def _changed_by_flags(
    connection: Connection, case: StoredCase, flags: tuple[Flag, ...], now: datetime
) -> StoredCase:
    """Close a case that healed before anyone touched it; reopen one that broke in a new way."""
    if case.state is CaseState.FLAGGED and not is_unreturned(flags):
        audit.record(connection, now, audit.SYSTEM, "case_healed", case.id)
        return replace(case, state=CaseState.FALSE_ALARM)
    if case.state in ENDED and case.row is not None:
        new = {f.rule for f in flags if f.level >= Level.FLAG} - set(case.row.rules)
        if new:
            audit.record(connection, now, audit.SYSTEM, "case_reopened", case.id, rules=sorted(new))
            return replace(case, state=CaseState.REOPENED, claim=None)
    return case


def _save_if_changed(
    connection: Connection, desk: Desk, case: StoredCase, folded: Folded, now: datetime
) -> None:
    seen = view(connection, desk, case, folded, SYSTEM, now)
    awaits = any(a.state is ActionState.AWAITING_APPROVAL for a in seen.actions)
    case = replace(case, needs_approval=awaits)
    row = make_row(seen, case, marked=search_marks.of_order(desk.search_key, seen.order))
    unchanged = case.row is not None and row == replace_live(case.row, row)
    terms = search_terms.terms_of(case.id, folded.known.order)
    if unchanged:
        # What it is searched by holds contact data, which the row does not.
        case_rows.keep_terms(connection, case, terms)
    else:
        case_rows.save(connection, case, row, team=desk.team_of(case.shop), terms=terms)


def replace_live(old: CaseRow, new: CaseRow) -> CaseRow:
    """Return the old row with the members of the new one that change without being news."""
    return msgspec.structs.replace(
        old, version=new.version, updated_at=new.updated_at, truth_as_of=new.truth_as_of
    )


def make_row(case: CaseView, stored: StoredCase, *, marked: str = "") -> CaseRow:
    """Return the line that queues show of the case, found by the marks `marked`."""
    order, truth = case.order, case.truth
    advice = remedy(case)
    flags = [f for f in case.flags if f.level >= Level.FLAG]
    running = next((a for a in case.actions if a.is_open), None)
    return CaseRow(
        id=case.id,
        version=stored.row.version + 1 if stored.row else 1,
        shop=order.shop,
        shop_label=case.capabilities.label,
        ref=order.ref,
        shop_number=order.shop_number,
        customer_masked=mask_name(order.customer.name),
        stage=case.stage.stage,
        verdict=truth.verdict,
        conflict=bool(truth.conflicts),
        total=order.total,
        at_risk=money_at_risk(case),
        method=order.method,
        placed_at=order.placed_at,
        flagged_at=stored.flagged_at,
        level=max((f.level for f in flags), default=Level.WATCH),
        rules=_rules(stored, flags),
        deadline=None if stored.state in ENDED else order.next_deadline(case.now),
        state=stored.state,
        claim=stored.claim,
        remedy=advice.action,
        remedy_why=advice.why,
        open_action=OpenAction(running.kind, running.state) if running else None,
        truth_as_of=truth.as_of,
        updated_at=case.now,
        marks=marked,
    )


def _rules(stored: StoredCase, flags: Sequence[Flag]) -> tuple[FlagRule, ...]:
    """Return the rules that hold; of an ended case those that it ended under and that still hold.

    Only others reopen it. One that ceased meanwhile is forgotten: if it holds again, it is news.
    """
    held = tuple(f.rule for f in flags)
    if stored.row is None or not {stored.state, stored.row.state} <= ENDED:
        return held
    return tuple(rule for rule in stored.row.rules if rule in held)


def money_at_risk(case: CaseView) -> Money:
    """Return the customer's money that stands without what it was paid for."""
    truth, currency = case.truth, case.order.total.currency
    payments = truth.surplus if case.stage.stage is Stage.CONFIRMED else truth.held
    amount = sum(
        (p.captured - p.refunded).amount_minor for p in payments if p.captured.currency == currency
    )
    return Money(amount, currency)


def is_claimed_by(case: StoredCase, user: UserId, now: datetime) -> bool:
    return case.claim is not None and case.claim.user == user and case.claim.until > now
