"""What a platform promises to readers; these checks change nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from agent_app import typed_json
from agent_app.contract.messages import (
    API_VERSION,
    AuditHead,
    CaseDetail,
    CasePage,
    CaseRow,
    Changes,
    Session,
    SyncEnd,
    SyncHead,
)
from agent_app.contract.problems import ProblemType
from agent_app.domain.guide import Guide
from agent_app.gateway.conformance.platform import (
    Check,
    Fails,
    Platform,
    Skips,
    expect,
    message,
    refused,
)
from agent_app.gateway.http.endpoints import document

_CLOCK = timedelta(minutes=5)
_NOWHERE = ("no-such-case-1", "no-such-case-two")
_STREAM_S = 25.0
_PAGES = 5
_OF_A_LINE = 500


def _is_alive(at: Platform) -> None:
    answer = at.asked("GET", "/v1/health", token="")
    told = message(answer, dict[str, Any])
    expect(told.get("status") == "ok", 'GET /v1/health: {"status": "ok"}', told)


def _says_ready(at: Platform) -> None:
    answer = at.asked("GET", "/v1/ready", token="")
    if answer.status_code != 200:
        refused(answer, ProblemType.UNAVAILABLE)


def _needs_sign_in(at: Platform) -> None:
    for path in ("/v1/session", "/v1/cases", "/v1/changes", f"/v1/cases/{_NOWHERE[0]}"):
        for token in ("", "aat_nobody"):
            answer = at.asked("GET", path, token=token)
            refused(answer, ProblemType.UNAUTHENTICATED)
            said = answer.headers.get("www-authenticate", "")
            expect(bool(said), f"GET {path}: WWW-Authenticate with a 401", "no such header")


def _has_a_session(at: Platform) -> None:
    session = at.read("/v1/session", Session)
    expect(session.api_version == API_VERSION, f"api_version {API_VERSION}", session.api_version)
    off = abs(session.server_time - datetime.now(UTC))
    expect(off < _CLOCK, "server_time within 5 minutes of this machine's", session.server_time)


def _describes_itself(at: Platform) -> None:
    theirs = message(at.asked("GET", "/v1/openapi.json", token=""), dict[str, Any])
    version = str(theirs.get("openapi", ""))
    expect(version.startswith("3.1"), "an OpenAPI 3.1 document", version or "no `openapi`")
    for path, operations in document()["paths"].items():
        for method, ours in operations.items():
            about = f"{method.upper()} {path}"
            found = theirs.get("paths", {}).get(path, {}).get(method)
            expect(found is not None, f"the document has {about}", "it is missing")
            assert found is not None
            name = found.get("operationId")
            expect(name == ours["operationId"], f"{about}: operationId {ours['operationId']}", name)
            missing = set(ours["responses"]) - set(found.get("responses", {}))
            expect(not missing, f"{about}: all its statuses", f"without {sorted(missing)}")


def _tells_problems(at: Platform) -> None:
    told = refused(at.asked("GET", f"/v1/cases/{_NOWHERE[0]}"), ProblemType.NOT_VISIBLE)
    expect(bool(told.title and told.detail), "a problem with title and detail", told)
    refused(at.asked("GET", "/v1/no-such-address"), ProblemType.NOT_VISIBLE)


def _hides_alike(at: Platform) -> None:
    told = set()
    for name in (*_NOWHERE, *([at.foreign] if at.foreign is not None else [])):
        answer = at.asked("GET", f"/v1/cases/{name}")
        refused(answer, ProblemType.NOT_VISIBLE)
        # What was asked for may be repeated; nothing else may differ.
        told.add(answer.text.replace(name, "CASE"))
    same = "the same answer for whatever case is not visible, one of another team too"
    expect(len(told) == 1, same, " | ".join(sorted(told)))


def _knows_its_parameters(at: Platform) -> None:
    for path, params in (
        ("/v1/cases", {"quue": "mine"}),
        ("/v1/changes", {"since": "0"}),
        ("/v1/session", {"x": "1"}),
    ):
        refused(at.asked("GET", path, params=params), ProblemType.INVALID_REQUEST)


def _checks_values(at: Platform) -> None:
    for params in ({"queue": "nonsense"}, {"limit": "0"}, {"limit": "201"}, {"limit": "many"}):
        refused(at.asked("GET", "/v1/cases", params=params), ProblemType.INVALID_REQUEST)
    changes = at.asked("GET", "/v1/changes", params={"cursor": "not-a-cursor"})
    refused(changes, ProblemType.INVALID_REQUEST)


def _refuses_methods(at: Platform) -> None:
    answer = at.asked("DELETE", "/v1/session")
    refused(answer, ProblemType.WRONG_METHOD)
    expect("GET" in answer.headers.get("allow", ""), "Allow: GET with a 405", "no such header")


def _pages_whole(at: Platform) -> None:
    whole = at.read("/v1/cases", CasePage, limit="200")
    seen: list[str] = []
    cursor: str | None = None
    size = max(1, min(50, len(whole.rows) // _PAGES + 1))
    for _ in range(_PAGES):
        more = {"cursor": cursor} if cursor else {}
        page = at.read("/v1/cases", CasePage, limit=str(size), **more)
        expect(len(page.rows) <= size, f"at most {size} rows", len(page.rows))
        seen.extend(row.id for row in page.rows)
        cursor = page.next
        if cursor is None:
            break
    expect(len(set(seen)) == len(seen), "each case on one page", f"{len(seen)} rows, some twice")
    if at.read("/v1/cases", CasePage, limit="200").changes != whole.changes:
        raise Skips("cases changed meanwhile; try when it is quieter")
    first = [row.id for row in whole.rows[: len(seen)]]
    expect(seen == first, "the pages in the order of the whole list", "another order or rows")
    expect(whole.total >= len(whole.rows), f"total ≥ {len(whole.rows)}", whole.total)


def _follows_changes(at: Platform) -> None:
    page = at.read("/v1/cases", CasePage, limit="1")
    news = at.read("/v1/changes", Changes, cursor=page.changes)
    again = at.read("/v1/changes", Changes, cursor=page.changes)
    expect(
        {row.id for row in news.rows} <= {row.id for row in again.rows},
        "the same cursor gives at least the same cases again",
        f"{len(news.rows)} then {len(again.rows)}",
    )
    seen: set[str] = set()
    cursor = "0"
    for _ in range(_PAGES):
        changes = at.read("/v1/changes", Changes, cursor=cursor)
        seen.update(row.id for row in changes.rows)
        if not changes.more:
            break
        expect(changes.cursor != cursor, "a cursor that goes on while there is more", cursor)
        cursor = changes.cursor
    else:
        return
    listed = {row.id for row in page.rows}
    expect(listed <= seen, "from cursor 0 every listed case comes", f"without {listed - seen}")


def first_case(at: Platform) -> CaseRow:
    """Return some case that the account sees.

    Raises:
        Skips: it sees none.
    """
    rows = at.read("/v1/cases", CasePage, limit="1").rows
    if not rows:
        raise Skips("needs an open case that this account sees")
    return rows[0]


def _tells_a_case(at: Platform) -> None:
    row = first_case(at)
    detail = at.read(f"/v1/cases/{row.id}", CaseDetail)
    expect(detail.row.id == row.id, f"case {row.id}", detail.row.id)
    expect(detail.order.ref == row.ref, f"order {row.ref}", detail.order.ref)


def _masks(at: Platform) -> None:
    row = first_case(at)
    customer = at.read(f"/v1/cases/{row.id}", CaseDetail).order.customer
    for name in (row.customer_masked, customer.name):
        initials = all(len(word.rstrip(".")) <= 1 for word in name.split())
        expect(
            "*" in name or initials, "a masked name: initials, or stars", f"{len(name)} characters"
        )
    hidden = not customer.email or "*" in customer.email
    expect(hidden, "a masked e-mail address", "one without a star")
    digits = len(re.findall(r"\d", customer.phone))
    expect(digits <= 4, "a masked telephone number", f"{digits} digits")


def _has_a_guide(at: Platform) -> None:
    guide = at.read("/v1/guide", Guide)
    expect(bool(guide.steps), "a guide with steps", "none")


def _needs_keys(at: Platform) -> None:
    for path in (f"/v1/cases/{_NOWHERE[0]}/claim", f"/v1/cases/{_NOWHERE[0]}/notes"):
        body = {"text": "never kept"} if path.endswith("notes") else None
        refused(at.asked("POST", path, body=body), ProblemType.KEY_MISSING)
        for key in ("x" * 201, "two words"):
            refused(at.asked("POST", path, body=body, key=key), ProblemType.KEY_MISSING)


def _tells_its_seal(at: Platform) -> None:
    head = at.read("/v1/audit/head", AuditHead)
    later = at.read("/v1/audit/head", AuditHead)
    expect(later.seq >= head.seq, f"a log that only grows (at {head.seq})", later.seq)
    if later.seq == head.seq:
        expect(later.hash == head.hash, "the same seal for the same entry", later.hash)


def _streams(at: Platform) -> None:
    headers = {"Authorization": f"Bearer {at.token}", "Accept": "text/event-stream"}
    path = "/v1/stream"
    try:
        with at.client.stream("GET", path, headers=headers, timeout=_STREAM_S) as answer:
            kind = answer.headers.get("content-type", "").partition(";")[0]
            is_stream = answer.status_code == 200 and kind == "text/event-stream"
            expect(is_stream, f"GET {path}: 200 text/event-stream", (answer.status_code, kind))
            first = next(answer.iter_lines(), "")
    except httpx.HTTPError as error:
        raise Fails(
            f"GET {path}: a first line within {_STREAM_S:g} s", type(error).__name__
        ) from error
    known = first.startswith((":", "event:", "id:", "data:", "retry:"))
    expect(known, "a line of Server-Sent Events", first)


def _loads_whole(at: Platform) -> None:
    path = "/v1/sync"
    headers = {"Authorization": f"Bearer {at.token}", "Accept-Encoding": "identity"}
    try:
        answer = at.client.get(path, headers=headers, timeout=_STREAM_S)
    except httpx.HTTPError as error:
        raise Fails(f"GET {path}: an answer", type(error).__name__) from error
    kind = answer.headers.get("content-type", "").partition(";")[0]
    is_load = answer.status_code == 200 and kind == "application/x-ndjson"
    expect(is_load, f"GET {path}: 200 application/x-ndjson", (answer.status_code, kind))
    lines = answer.content.splitlines()
    expect(len(lines) > 1, f"GET {path}: a head and an end", f"{len(lines)} lines")
    try:
        head = typed_json.decode(lines[0], SyncHead)
        parts = [typed_json.decode(line, tuple[CaseRow, ...]) for line in lines[1:-1]]
        end = typed_json.decode(lines[-1], SyncEnd)
    except msgspec.DecodeError as error:
        raise Fails(f"GET {path}: SyncHead, arrays of CaseRow, SyncEnd", str(error)) from error
    rows = {row.id for part in parts for row in part}
    expect(sum(map(len, parts)) == end.rows, f"{end.rows} rows as its end says", len(rows))
    expect(max(map(len, parts), default=0) <= _OF_A_LINE, f"lines of {_OF_A_LINE} rows", "longer")
    listed = {row.id for row in at.read("/v1/cases", CasePage, limit="200").rows}
    changed = {row.id for row in at.read("/v1/changes", Changes, cursor=head.cursor).rows}
    missing = listed - rows - changed
    expect(not missing, "every listed case in the load or changed since", f"without {missing}")


CHECKS = (
    Check("alive", "the platform answers", writes=False, make=_is_alive),
    Check("ready", "it says whether it can take work", writes=False, make=_says_ready),
    Check("sign-in", "nobody reads without a token", writes=False, make=_needs_sign_in),
    Check("session", "the session tells who is signed in", writes=False, make=_has_a_session),
    Check("openapi", "its document has every operation", writes=False, make=_describes_itself),
    Check("problems", "refusals are RFC 9457 problems", writes=False, make=_tells_problems),
    Check("visibility", "what is hidden is as what is not there", writes=False, make=_hides_alike),
    Check("parameters", "an unknown one is refused", writes=False, make=_knows_its_parameters),
    Check("values", "a wrong one is refused", writes=False, make=_checks_values),
    Check("methods", "a wrong one is refused", writes=False, make=_refuses_methods),
    Check("pages", "a list is whole on its pages", writes=False, make=_pages_whole),
    Check("changes", "the change feed skips nothing", writes=False, make=_follows_changes),
    Check("case", "a case tells all for its decision", writes=False, make=_tells_a_case),
    Check("masked", "contact data is masked", writes=False, make=_masks),
    Check("guide", "the guide in force is told", writes=False, make=_has_a_guide),
    Check("keys", "no change without a key", writes=False, make=_needs_keys),
    Check("seal", "the audit log's newest seal is told", writes=False, make=_tells_its_seal),
    Check("stream", "changes are streamed", writes=False, make=_streams),
    Check("first-load", "a first load is whole", writes=False, make=_loads_whole),
)
