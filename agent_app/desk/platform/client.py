"""The platform API over HTTP: implements `work.ports.Platform`. Only main.py makes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ApprovalRequest,
    AssignRequest,
    CaseDetail,
    CasePage,
    Changes,
    Contact,
    FindingRequest,
    Lookers,
    MessagePreview,
    NoteRequest,
    Queue,
    RequestFate,
    Session,
    SettleRequest,
)
from agent_app.desk.platform.answers import BodyTooLargeError, decoded, raise_problem
from agent_app.desk.platform.live import LiveStream, LoadStream
from agent_app.desk.platform.network import Network
from agent_app.desk.platform.wire import Wire
from agent_app.desk.work.errors import GatewayFailed, OutcomeUnknown, Rejected, Unreachable
from agent_app.desk.work.signing_in import Authorizer, OwnToken
from agent_app.domain.guide import Guide
from agent_app.domain.ids import ActionId, CaseId

T = TypeVar("T")

PAGE = 200


def gateway_address(url: str) -> str:
    """Return the address of a gateway in its one spelling, without a slash at the end.

    Raises:
        Rejected: it is no http(s) address, or plain http to another machine: the token and
            customers' data would travel in the open.
    """
    parts = urlsplit(url.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Rejected(f"not an address of a gateway: {url!r}", field="gateway_url")
    if parts.username or parts.password:
        raise Rejected("an address must not hold a password", field="gateway_url")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise Rejected("http is for this machine only; use https", field="gateway_plain")
    return parts.geturl()


class HttpPlatform:
    """A gateway at an address, asked in one person's name. Safe for several threads.

    `authorised`: an access token of the gateway's own, or what gives each request its credentials.
    `network`: how it is reached from here; `new_client` makes the client instead.
    """

    def __init__(
        self,
        gateway_url: str,
        authorised: Authorizer | str,
        *,
        network: Network | None = None,
        new_client: Callable[[], httpx.Client] | None = None,
    ) -> None:
        base = gateway_address(gateway_url) + "/v1"
        if isinstance(authorised, str):
            if not authorised.isascii() or not authorised.isprintable() or " " in authorised:
                text = "the access token holds characters that no token has"
                raise Rejected(text, field="token")
            authorised = OwnToken(authorised)
        if new_client is None:
            new_client = partial((network or Network()).client, base)
        self._wire = Wire(base, authorised, new_client)

    def session(self) -> Session:
        """Return who is signed in."""
        return self._get("/session", Session)

    def cases(self, queue: Queue, q: str = "", cursor: str | None = None) -> CasePage:
        """Return one page of a queue."""
        asked = {"queue": queue.value, "q": q, "cursor": cursor or "", "limit": str(PAGE)}
        return self._get("/cases", CasePage, {k: v for k, v in asked.items() if v})

    def changes(self, cursor: str) -> Changes:
        """Return the rows that changed since the cursor."""
        return self._get("/changes", Changes, {"cursor": cursor})

    def case(self, case: CaseId) -> CaseDetail:
        """Return everything about a case."""
        return self._get(f"/cases/{_part(case)}", CaseDetail)

    def claim(self, case: CaseId, key: str) -> CaseDetail:
        """Take or renew the claim."""
        return self._post(f"/cases/{_part(case)}/claim", None, key, CaseDetail)

    def release(self, case: CaseId, key: str) -> CaseDetail:
        """Give the claim back."""
        return self._post(f"/cases/{_part(case)}/release", None, key, CaseDetail)

    def assign(self, case: CaseId, request: AssignRequest, key: str) -> CaseDetail:
        """Let another person work on the case."""
        return self._post(f"/cases/{_part(case)}/assign", request, key, CaseDetail)

    def look(self, case: CaseId, key: str) -> Lookers:
        """Say that this desk has the case open."""
        return self._post(f"/cases/{_part(case)}/looking", None, key, Lookers)

    def leave(self, case: CaseId, key: str) -> Lookers:
        """Say that this desk no longer has it open."""
        return self._post(f"/cases/{_part(case)}/leave", None, key, Lookers)

    def recheck(self, case: CaseId, key: str) -> CaseDetail:
        """Have shop and provider read afresh."""
        return self._post(f"/cases/{_part(case)}/recheck", None, key, CaseDetail)

    def reopen(self, case: CaseId, key: str) -> CaseDetail:
        """Take up an ended case again."""
        return self._post(f"/cases/{_part(case)}/reopen", None, key, CaseDetail)

    def act(self, case: CaseId, request: ActionRequest, key: str) -> ActionStatus:
        """Have an action judged and recorded."""
        return self._post(f"/cases/{_part(case)}/actions", request, key, ActionStatus)

    def action(self, action: ActionId) -> ActionStatus:
        """Return how far an action has come."""
        return self._get(f"/actions/{_part(action)}", ActionStatus)

    def approve(self, action: ActionId, request: ApprovalRequest, key: str) -> ActionStatus:
        """Give the second person's yes or no."""
        return self._post(f"/actions/{_part(action)}/approval", request, key, ActionStatus)

    def withdraw(self, action: ActionId, key: str) -> ActionStatus:
        """Take back one's own request that waits for approval."""
        return self._post(f"/actions/{_part(action)}/withdraw", None, key, ActionStatus)

    def settle(self, action: ActionId, request: SettleRequest, key: str) -> ActionStatus:
        """Say what became of an action that the books never told of."""
        return self._post(f"/actions/{_part(action)}/settle", request, key, ActionStatus)

    def add_note(self, case: CaseId, request: NoteRequest, key: str) -> CaseDetail:
        """Add a note."""
        return self._post(f"/cases/{_part(case)}/notes", request, key, CaseDetail)

    def add_finding(self, case: CaseId, request: FindingRequest, key: str) -> CaseDetail:
        """Answer a step of the guide."""
        return self._post(f"/cases/{_part(case)}/findings", request, key, CaseDetail)

    def reveal(self, case: CaseId, key: str) -> Contact:
        """Return contact data; the gateway logs it first."""
        return self._post(f"/cases/{_part(case)}/reveal", None, key, Contact)

    def preview(self, case: CaseId, template: str, language: str) -> MessagePreview:
        """Return a message as it would be sent."""
        path = f"/cases/{_part(case)}/messages/{_part(template)}"
        return self._get(path, MessagePreview, {"language": language})

    def request(self, key: str) -> RequestFate:
        """Return what became of one's own request."""
        return self._get(f"/requests/{_part(key)}", RequestFate)

    def guide(self) -> Guide:
        """Return the guide in force."""
        return self._get("/guide", Guide)

    def first_load(self, resolved_days: int) -> LoadStream:
        """Return the first load; asked for when it is iterated over."""
        return LoadStream(self._wire, resolved_days)

    def stream(self, cursor: str) -> LiveStream:
        """Return the live stream from the cursor on; asked for when it is iterated over."""
        return LiveStream(self._wire, cursor)

    def close(self) -> None:
        """Close the connections; the platform is not used afterwards."""
        self._wire.close()

    def _get(self, path: str, shape: type[T], asked: dict[str, str] | None = None) -> T:
        try:
            status, body, headers = self._wire.exchange("GET", path, params=asked)
        except httpx.TransportError as error:
            # A read changes nothing: that it was perhaps sent does not matter.
            raise Unreachable(_told(error)) from error
        except (httpx.HTTPError, BodyTooLargeError) as error:
            raise GatewayFailed(_told(error)) from error
        if status != 200:
            raise_problem(status, body, headers, changing=False)
        return decoded(body, shape, GatewayFailed)

    def _post(self, path: str, message: msgspec.Struct | None, key: str, shape: type[T]) -> T:
        content = b"" if message is None else msgspec.json.encode(message)
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            status, body, back = self._wire.exchange("POST", path, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(_told(error)) from error
        except (httpx.HTTPError, BodyTooLargeError) as error:
            # From here on the gateway may have taken it (I4).
            raise OutcomeUnknown(_told(error)) from error
        if status not in {200, 201, 202}:
            raise_problem(status, body, back, changing=True)
        return decoded(body, shape, OutcomeUnknown)


def _part(text: str) -> str:
    return quote(text, safe="")


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
