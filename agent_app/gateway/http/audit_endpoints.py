"""The table's part about the audit log."""

from __future__ import annotations

from agent_app.contract.messages import AuditHead, AuditPage
from agent_app.contract.problems import ProblemType
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Scope
from agent_app.gateway import auditing
from agent_app.gateway.http.endpoint import SIGNED_IN, Call, Endpoint
from agent_app.gateway.http.parameters import number, text

CASE = text("case", "Only entries about this case.", longest=100)
AFTER = number("after", "Entries behind this number.", default=0, least=0, most=10**12)
LIMIT = number("limit", "Entries at most.", default=100, least=1, most=1000)


def _entries(call: Call) -> AuditPage:
    case = call.value(CASE)
    return auditing.entries(
        call.gateway,
        call.actor,
        case=CaseId(case) if case else None,
        after=call.value(AFTER),
        limit=call.value(LIMIT),
    )


ENDPOINTS = (
    Endpoint(
        name="list_audit",
        method="GET",
        path="/v1/audit",
        summary="Who did what and when, oldest first",
        needs=(Scope.AUDIT_READ,),
        query=(CASE, AFTER, LIMIT),
        use=_entries,
        answer=AuditPage,
        refuses=(ProblemType.NOT_VISIBLE,),
    ),
    Endpoint(
        name="audit_head",
        method="GET",
        path="/v1/audit/head",
        summary="The log's newest seal; who keeps it can show that the log was cut or rewritten",
        needs=SIGNED_IN,
        use=lambda call: auditing.head(call.gateway),
        answer=AuditHead,
    ),
)
