"""The table's part about cases: the queues, one case, and the work on it."""

from __future__ import annotations

from agent_app.contract.messages import (
    AssignRequest,
    CaseDetail,
    CasePage,
    CaseRow,
    Changes,
    Contact,
    FindingRequest,
    Lookers,
    MessagePreview,
    NoteRequest,
    SyncEnd,
    SyncHead,
)
from agent_app.contract.problems import ProblemType
from agent_app.domain.flags import Level
from agent_app.domain.ids import ShopId
from agent_app.domain.roles import Scope
from agent_app.gateway import acting, casefile, handling, looking
from agent_app.gateway.http import first_load, streaming
from agent_app.gateway.http.endpoint import About, Call, Endpoint
from agent_app.gateway.http.parameters import (
    AFTER,
    FROM,
    LANGUAGE,
    LEVEL,
    LIMIT,
    QUEUE,
    RESOLVED_DAYS,
    SEARCH,
    SHOP,
    SINCE,
)
from agent_app.gateway.visibility import READ_SCOPES

READ_CASES = READ_SCOPES
"""Any of them; how far each sees is the matter of visibility."""


def _page(call: Call) -> CasePage:
    shop = call.value(SHOP)
    return casefile.list_cases(
        call.gateway,
        call.actor,
        call.value(QUEUE),
        words=call.value(SEARCH),
        after=call.value(AFTER),
        limit=call.value(LIMIT),
        shop=ShopId(shop) if shop is not None else None,
        least_level=Level(call.value(LEVEL)),
    )


ENDPOINTS = (
    Endpoint(
        name="list_cases",
        method="GET",
        path="/v1/cases",
        summary="A page of a queue in working order",
        needs=READ_CASES,
        query=(QUEUE, SEARCH, SHOP, LEVEL, AFTER, LIMIT),
        use=_page,
        answer=CasePage,
    ),
    Endpoint(
        name="list_changes",
        method="GET",
        path="/v1/changes",
        summary="The rows that changed since a cursor",
        needs=READ_CASES,
        query=(SINCE,),
        use=lambda call: casefile.list_changes(call.gateway, call.actor, call.value(SINCE)),
        answer=Changes,
    ),
    Endpoint(
        name="load_cases",
        method="GET",
        path="/v1/sync",
        summary="All open cases and those that ended of late, to be kept: JSON lines",
        doc="Lines: first a SyncHead, whose `cursor` is where `/v1/changes` goes on; then arrays "
        "of at most 500 CaseRow; last a SyncEnd. Without that line the load was cut off: begin "
        "again. Packed by gzip for who accepts it.",
        needs=READ_CASES,
        query=(RESOLVED_DAYS,),
        stream=first_load.open_load,
        answer=str,
        inside=(SyncHead, CaseRow, SyncEnd),
        media_type=first_load.MEDIA_TYPE,
        refuses=(ProblemType.THROTTLED, ProblemType.UNAVAILABLE),
    ),
    Endpoint(
        name="stream_changes",
        method="GET",
        path="/v1/stream",
        summary="What changes, as it changes: Server-Sent Events",
        doc="Events: `changes` (a Changes message, its id the cursor to go on from), `looking` (a "
        "Lookers message of a case that one looks at oneself), `end` (why no more comes: connect "
        "again from the last id). A comment every 15 s shows that the line is alive.",
        needs=READ_CASES,
        query=(FROM,),
        stream=streaming.open_stream,
        endless=True,
        inside=(Changes, Lookers),
        answer=str,
        media_type=streaming.MEDIA_TYPE,
        refuses=(ProblemType.THROTTLED, ProblemType.UNAVAILABLE),
    ),
    Endpoint(
        name="read_case",
        method="GET",
        path="/v1/cases/{case}",
        summary="Everything about one case, contact data masked",
        needs=READ_CASES,
        about=About.CASE,
        use=lambda call: casefile.detail(call.gateway, call.actor, call.case),
        answer=CaseDetail,
    ),
    Endpoint(
        name="preview_message",
        method="GET",
        path="/v1/cases/{case}/messages/{template}",
        summary="A message to the customer as it would be sent now",
        needs=READ_CASES,
        about=About.CASE,
        path_doc={"template": "The message's name, one of the case's `decisions.templates`."},
        query=(LANGUAGE,),
        use=lambda call: acting.preview(
            call.gateway,
            call.actor,
            call.case,
            call.request.path_params["template"],
            call.value(LANGUAGE),
        ),
        answer=MessagePreview,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="claim_case",
        method="POST",
        path="/v1/cases/{case}/claim",
        summary="Claim the case, or renew one's claim, for 90 seconds",
        needs=(Scope.CASE_CLAIM,),
        about=About.CASE,
        use=lambda call: handling.claim(call.gateway, call.actor, call.case),
        answer=CaseDetail,
        keep_answer=False,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="release_case",
        method="POST",
        path="/v1/cases/{case}/release",
        summary="End one's claim, or as a lead another's",
        needs=(Scope.CASE_CLAIM,),
        about=About.CASE,
        use=lambda call: handling.release(call.gateway, call.actor, call.case),
        answer=CaseDetail,
        keep_answer=False,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="assign_case",
        method="POST",
        path="/v1/cases/{case}/assign",
        summary="Let another person of the team work on the case",
        needs=(Scope.CASE_REASSIGN,),
        about=About.CASE,
        body=AssignRequest,
        use=lambda call: handling.assign(
            call.gateway, call.actor, call.case, call.sent(AssignRequest)
        ),
        answer=CaseDetail,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="look_at_case",
        method="POST",
        path="/v1/cases/{case}/looking",
        summary="Say that one looks at the case, for 45 seconds; who else does is the answer",
        needs=READ_CASES,
        about=About.CASE,
        use=lambda call: looking.look(call.gateway, call.actor, call.case),
        answer=Lookers,
        keep_answer=False,
    ),
    Endpoint(
        name="leave_case",
        method="POST",
        path="/v1/cases/{case}/leave",
        summary="Say that one no longer looks at the case",
        needs=READ_CASES,
        about=About.CASE,
        use=lambda call: looking.leave(call.gateway, call.actor, call.case),
        answer=Lookers,
        keep_answer=False,
    ),
    Endpoint(
        name="recheck_case",
        method="POST",
        path="/v1/cases/{case}/recheck",
        summary="Ask shop and provider now",
        needs=(Scope.ORDER_RECHECK,),
        about=About.CASE,
        use=lambda call: handling.recheck(call.gateway, call.actor, call.case),
        answer=CaseDetail,
        keep_answer=False,
        refuses=(ProblemType.SHOP_UNREACHABLE,),
    ),
    Endpoint(
        name="reopen_case",
        method="POST",
        path="/v1/cases/{case}/reopen",
        summary="Take an ended case up again",
        needs=(Scope.CASE_RESOLVE,),
        about=About.CASE,
        use=lambda call: handling.reopen(call.gateway, call.actor, call.case),
        answer=CaseDetail,
        refuses=(ProblemType.CONFLICT,),
    ),
    Endpoint(
        name="reveal_contact",
        method="POST",
        path="/v1/cases/{case}/reveal",
        summary="The customer's contact data; the reveal is audited first",
        needs=(Scope.PII_REVEAL,),
        about=About.CASE,
        use=lambda call: handling.reveal(call.gateway, call.actor, call.case),
        answer=Contact,
        keep_answer=False,
    ),
    Endpoint(
        name="add_note",
        method="POST",
        path="/v1/cases/{case}/notes",
        summary="Add a note",
        needs=(Scope.CASE_READ_TEAM,),
        about=About.CASE,
        body=NoteRequest,
        use=lambda call: handling.add_note(
            call.gateway, call.actor, call.case, call.sent(NoteRequest), call.unique
        ),
        answer=CaseDetail,
    ),
    Endpoint(
        name="add_finding",
        method="POST",
        path="/v1/cases/{case}/findings",
        summary="Answer, override or defer a step of the guide",
        needs=(Scope.CASE_CLAIM,),
        about=About.CASE,
        body=FindingRequest,
        use=lambda call: handling.add_finding(
            call.gateway, call.actor, call.case, call.sent(FindingRequest), call.unique
        ),
        answer=CaseDetail,
        refuses=(ProblemType.CONFLICT,),
    ),
)
