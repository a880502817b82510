"""What a platform promises to those who change something; made on one case that is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx

from agent_app.contract.messages import (
    CaseDetail,
    CasePage,
    Changes,
    Contact,
    Lookers,
    RequestFate,
    RequestState,
    Session,
)
from agent_app.contract.problems import ProblemType
from agent_app.gateway.conformance.platform import (
    Check,
    Platform,
    expect,
    message,
    new_key,
    refused,
)

_AT_ONCE = 8
_ROUNDS = 10
_A_STEP = "visible"
"""Of the packaged guide; a platform judges who has the case before it knows a step or not."""


def _claimed(at: Platform) -> CaseDetail:
    return message(at.post(f"{at.writable()}/claim"), CaseDetail)


def _released(at: Platform) -> CaseDetail:
    return message(at.post(f"{at.writable()}/release"), CaseDetail)


def _notes(at: Platform, text: str) -> int:
    detail = at.read(at.writable(), CaseDetail)
    return sum(note.text == text for note in detail.notes)


def _claims(at: Platform) -> None:
    user = at.read("/v1/session", Session).user
    claim = _claimed(at).row.claim
    expect(claim is not None and claim.user == user, f"a claim of {user}", claim)
    assert claim is not None
    expect(claim.until > datetime.now(UTC), "a claim that lasts", claim.until)
    after = _released(at).row.claim
    expect(after is None, "no claim after the release", after)


def _one_wins(at: Platform) -> None:
    second = at.second()
    path = f"{at.writable()}/claim"
    for _ in range(_ROUNDS):
        _released(at)
        message(second.post(f"{at.writable()}/release"), CaseDetail)
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda who: who.post(path), (at, second)))
        won = [answer for answer in answers if answer.status_code == 200]
        expect(len(won) == 1, "exactly one of two who claim at once", f"{len(won)} won")
        lost = next(answer for answer in answers if answer.status_code != 200)
        told = refused(lost, ProblemType.CONFLICT)
        expect(bool(told.holder), "the loser is told who was first", told)
        winner = at if answers[0].status_code == 200 else second
        _released(winner)


def _replays(at: Platform) -> None:
    text, key = new_key(), new_key()
    path, body = f"{at.writable()}/notes", {"text": text}
    first = at.asked("POST", path, body=body, key=key)
    message(first, CaseDetail)
    again = at.asked("POST", path, body=body, key=key)
    same = again.status_code == first.status_code and again.content == first.content
    expect(same, "the same request gets the same answer again", again.text)
    expect((count := _notes(at, text)) == 1, "one note for a request sent twice", count)


def _once_at_once(at: Platform) -> None:
    text, key = new_key(), new_key()

    def send(_: int) -> httpx.Response:
        return at.asked("POST", f"{at.writable()}/notes", body={"text": text}, key=key)

    with ThreadPoolExecutor(_AT_ONCE) as all_at_once:
        answers = list(all_at_once.map(send, range(_AT_ONCE)))
    done = [answer for answer in answers if answer.status_code == 200]
    expect(bool(done), "at least one is carried out", answers[0].text)
    expect(len({a.content for a in done}) == 1, "one answer for all", f"{len(done)} answers")
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, ProblemType.IN_PROGRESS)
    expect((count := _notes(at, text)) == 1, f"one note for {_AT_ONCE} at once", count)


def _keys_are_for_one_request(at: Platform) -> None:
    key = new_key()
    path = f"{at.writable()}/notes"
    message(at.asked("POST", path, body={"text": new_key()}, key=key), CaseDetail)
    other = new_key()
    refused(at.asked("POST", path, body={"text": other}, key=key), ProblemType.KEY_REUSED)
    expect((count := _notes(at, other)) == 0, "nothing done for the other request", count)


def _keys_of_wrong_forms_stay_free(at: Platform) -> None:
    path, text, key = f"{at.writable()}/notes", new_key(), new_key()
    for content in (b'{"text": 1}', b'{"text": ', b'{"text": "x", "odd": 1}'):
        refused(at.asked("POST", path, content=content, key=key), ProblemType.INVALID_REQUEST)
    message(at.asked("POST", path, body={"text": text}, key=key), CaseDetail)
    expect((count := _notes(at, text)) == 1, "the key of a request without form stays free", count)


def _refusals_keep_their_key(at: Platform) -> None:
    path, key, text = f"{at.writable()}/findings", new_key(), new_key()
    body = {"step": _A_STEP, "state": "deferred", "note": text}
    _released(at)
    first = at.asked("POST", path, body=body, key=key)
    refused(first, ProblemType.CONFLICT)
    claimed = _claimed(at)
    again = at.asked("POST", path, body=body, key=key)
    same = again.status_code == first.status_code and again.content == first.content
    expect(same, "the same refusal when its reason is gone", again.text)
    other = at.asked("POST", path, body={**body, "note": new_key()}, key=key)
    refused(other, ProblemType.KEY_REUSED)
    after = at.read(at.writable(), CaseDetail)
    expect(after.row.version == claimed.row.version, "nothing done under its key", "the case moved")
    _released(at)


def _tells_its_changes(at: Platform) -> None:
    _released(at)
    before = at.read("/v1/cases", CasePage, limit="1").changes
    version = _claimed(at).row.version
    changes = at.read("/v1/changes", Changes, cursor=before)
    rows = {row.id: row for row in changes.rows}
    expect(at.case in rows, f"{at.case} among the changes after a claim", sorted(rows))
    assert at.case is not None
    row = rows[at.case]  # type: ignore[index]
    expect(row.version >= version, f"version {version} or newer", row.version)
    expect(row.claim is not None, "the claim in the change", "none")
    _released(at)


def _tells_who_looks(at: Platform) -> None:
    user = at.read("/v1/session", Session).user
    here = message(at.post(f"{at.writable()}/looking"), Lookers)
    expect(user in {each.user for each in here.lookers}, f"{user} among who looks", here.lookers)
    gone = message(at.post(f"{at.writable()}/leave"), Lookers)
    expect(user not in {each.user for each in gone.lookers}, f"{user} has left", gone.lookers)


def _reveals(at: Platform) -> None:
    _claimed(at)
    answer = at.post(f"{at.writable()}/reveal")
    if answer.status_code == 403:
        told = refused(answer, ProblemType.FORBIDDEN)
        expect(bool(told.why and told.roles), "the missing scope and who has it", told)
    else:
        contact = message(answer, Contact)
        shown = "*" not in contact.email + contact.phone
        expect(shown, "contact data as it is", "it is masked still")
    _released(at)


def _tells_fates(at: Platform) -> None:
    key = new_key()
    path = f"/v1/requests/{key}"
    refused(at.asked("GET", path), ProblemType.NOT_VISIBLE)
    body = {"text": new_key()}
    first = at.asked("POST", f"{at.writable()}/notes", body=body, key=key)
    message(first, CaseDetail)
    told = at.read(path, RequestFate)
    kept = told.state is RequestState.ANSWERED and told.status == first.status_code
    expect(kept, f"answered with {first.status_code}", (told.state, told.status))
    expect(bytes(told.answer) == first.content, "the answer that was given", "another")


CHECKS = (
    Check("claim", "a claim is given and given back", writes=True, make=_claims),
    Check("claim-race", "of two who claim at once one wins", writes=True, make=_one_wins),
    Check("replay", "a repeat gets the first answer", writes=True, make=_replays),
    Check("at-once", "the same request at once is done once", writes=True, make=_once_at_once),
    Check("key-reused", "a key is for one request", writes=True, make=_keys_are_for_one_request),
    Check(
        "key-formless",
        "a wrong form takes no key",
        writes=True,
        make=_keys_of_wrong_forms_stay_free,
    ),
    Check("key-refused", "a refusal keeps its key", writes=True, make=_refusals_keep_their_key),
    Check("change-told", "a change comes by the feed", writes=True, make=_tells_its_changes),
    Check("looking", "who looks is told", writes=True, make=_tells_who_looks),
    Check("fate", "what became of a request is told", writes=True, make=_tells_fates),
    Check("reveal", "contact data is revealed or refused", writes=True, make=_reveals),
)
