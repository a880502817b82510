"""The table's part about actions: asked for, looked at, approved; and what became of requests."""

from __future__ import annotations

from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ApprovalRequest,
    RequestFate,
    SettleRequest,
)
from agent_app.contract.problems import ProblemType
from agent_app.domain.locks import SCOPE_OF
from agent_app.domain.roles import Scope
from agent_app.gateway import acting, fates, settling
from agent_app.gateway.http.case_endpoints import READ_CASES
from agent_app.gateway.http.endpoint import SIGNED_IN, About, Endpoint

ENDPOINTS = (
    Endpoint(
        name="request_action",
        method="POST",
        path="/v1/cases/{case}/actions",
        summary="Ask for an action; it is judged on a fresh view and carried out exactly once",
        needs=READ_CASES,
        scope_by_kind=SCOPE_OF,
        about=About.CASE,
        body=ActionRequest,
        use=lambda call: acting.request_action(
            call.gateway, call.actor, call.case, call.sent(ActionRequest), call.unique
        ),
        answer=ActionStatus,
        status=202,
        refuses=(ProblemType.CONFLICT, ProblemType.LOCKED),
    ),
    Endpoint(
        name="read_action",
        method="GET",
        path="/v1/actions/{action}",
        summary="How far an action has come",
        needs=READ_CASES,
        about=About.ACTION,
        use=lambda call: acting.action_status(call.gateway, call.actor, call.action),
        answer=ActionStatus,
    ),
    Endpoint(
        name="answer_approval",
        method="POST",
        path="/v1/actions/{action}/approval",
        summary="A second person's yes or no to a refund",
        needs=(Scope.REFUND_APPROVE,),
        about=About.ACTION,
        body=ApprovalRequest,
        use=lambda call: acting.answer_approval(
            call.gateway, call.actor, call.action, call.sent(ApprovalRequest)
        ),
        answer=ActionStatus,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="withdraw_request",
        method="POST",
        path="/v1/actions/{action}/withdraw",
        summary="Take back one's own request that waits for a second person",
        needs=(Scope.REFUND_REQUEST,),
        about=About.ACTION,
        use=lambda call: settling.withdraw(call.gateway, call.actor, call.action),
        answer=ActionStatus,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="settle_action",
        method="POST",
        path="/v1/actions/{action}/settle",
        summary="Say what became of an action that the books never told of; nothing is sent",
        needs=(Scope.REFUND_APPROVE,),
        about=About.ACTION,
        body=SettleRequest,
        use=lambda call: settling.settle(
            call.gateway, call.actor, call.action, call.sent(SettleRequest), call.unique
        ),
        answer=ActionStatus,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="read_request",
        method="GET",
        path="/v1/requests/{key}",
        summary="What became of one's own changing request, by its key; nothing is carried out",
        doc="404: none came under this key, or it was refused, so that nothing was done. That "
        "answers of a kind are not kept is known for a day.",
        needs=SIGNED_IN,
        path_doc={"key": "The request's Idempotency-Key; one that holds a slash is not found."},
        use=lambda call: fates.fate(call.gateway, call.actor, call.request.path_params["key"]),
        answer=RequestFate,
        refuses=(ProblemType.NOT_VISIBLE,),
    ),
)
