"""Cases as the store is given them, without shops and folds: for tests of lists and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow, Queue
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import ENDED, WAITING, CaseState, Claim
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId, CustomerId, OrderRef, ShopId, UserId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.stage import Stage
from agent_app.domain.truth import Verdict
from agent_app.gateway.store import case_rows, search_terms
from agent_app.gateway.store.case_rows import StoredCase
from tests.gateway.world import NOON


@dataclass(frozen=True, slots=True)
class Some:
    """One case by what lists look at; `number` makes its ids."""

    number: int
    team: str = "main"
    shop: str = "sandbox"
    state: CaseState = CaseState.FLAGGED
    is_orphan: bool = False
    needs_approval: bool = False
    level: Level = Level.FLAG
    deadline_min: int | None = None
    claim_user: str | None = None
    claim_until: datetime = NOON + timedelta(seconds=90)
    name: str = "Maria Silva"

    @property
    def id(self) -> CaseId:
        return CaseId(f"C{self.number:06d}")

    def is_in(self, queue: Queue, user: str = "chen", now: datetime = NOON) -> bool:
        """Say it in the words of the contract, not of the store."""
        if queue is Queue.RESOLVED:
            return self.state in ENDED
        waiting = self.state in WAITING or self.state is CaseState.ESCALATED
        return (
            self.state not in ENDED
            and {
                Queue.MINE: self.claim_user == user and self.claim_until > now,
                Queue.TEAM: True,
                Queue.ORPHANS: self.is_orphan,
                Queue.WAITING: waiting,
                Queue.APPROVALS: self.needs_approval,
            }[queue]
        )

    def row(self, version: int = 1) -> CaseRow:
        deadline = None
        if self.deadline_min is not None:
            at = NOON + timedelta(minutes=self.deadline_min)
            deadline = Deadline(DeadlineKind.AUTO_CANCEL, at)
        return CaseRow(
            id=self.id,
            version=version,
            shop=ShopId(self.shop),
            shop_label=self.shop.title(),
            ref=OrderRef(f"PG-{self.number}"),
            shop_number=None,
            customer_masked="M***",
            stage=Stage.ABSENT if self.is_orphan else Stage.PAID,
            verdict=Verdict.CAPTURED,
            conflict=False,
            total=Money(1_000, "EUR"),
            at_risk=Money(1_000, "EUR"),
            method=PaymentMethod.CARD,
            placed_at=NOON,
            flagged_at=NOON,
            level=self.level,
            rules=(),
            deadline=deadline,
            state=self.state,
            claim=self._claim,
            remedy=ActionKind.RECHECK,
            remedy_why=next(iter(RemedyWhy)),
            open_action=None,
            truth_as_of=None,
            updated_at=NOON,
        )

    @property
    def _claim(self) -> Claim | None:
        if self.claim_user is None:
            return None
        return Claim(UserId(self.claim_user), self.claim_user.title(), self.claim_until)

    def order(self) -> Order:
        return Order(
            shop=ShopId(self.shop),
            ref=OrderRef(f"PG-{self.number}"),
            customer=Customer(CustomerId("c-1"), self.name, f"a{self.number}@b.example", ""),
            total=Money(1_000, "EUR"),
            method=PaymentMethod.CARD,
            placed_at=NOON,
        )

    def save(self, connection: Connection) -> None:
        """Save it through the store, as casework does."""
        before = case_rows.get(connection, self.id)
        version = before.row.version + 1 if before and before.row else 1
        case = StoredCase(
            self.id,
            ShopId(self.shop),
            OrderRef(f"PG-{self.number}"),
            self.state,
            NOON,
            self._claim,
            "guide@1",
            self.needs_approval,
            before.row if before else None,
            before.terms_mark if before else None,
        )
        terms = search_terms.terms_of(self.id, self.order())
        case_rows.save(connection, case, self.row(version), team=self.team, terms=terms)
