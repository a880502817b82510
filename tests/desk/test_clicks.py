"""One click is one key: however often it is sent, and however the answers get lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from agent_app.desk.work.clicks import new_key, send_until_answered
from agent_app.desk.work.errors import Conflict, OutcomeUnknown, Throttled, Unreachable

NO_PAUSES = (0.0, 0.0, 0.0)

Script = list[Exception | str]


def _send(script: Script, used: list[str]) -> Callable[[str], str]:
    left = iter(script)

    def send(key: str) -> str:
        used.append(key)
        step = next(left)
        if isinstance(step, Exception):
            raise step
        return step

    return send


def _run(script: Script, used: list[str], stop: threading.Event | None = None) -> str:
    return send_until_answered(
        _send(script, used), "k", stop=stop or threading.Event(), pauses=NO_PAUSES
    )


def test_a_lost_answer_is_asked_for_again_under_the_same_key() -> None:
    used: list[str] = []
    assert _run([OutcomeUnknown(""), Throttled("", 0.0), "done"], used) == "done"
    assert used == ["k", "k", "k"]


def test_what_was_never_sent_is_not_called_unknown() -> None:
    used: list[str] = []
    with pytest.raises(Unreachable):
        _run([Unreachable("")], used)
    assert used == ["k"]


def test_after_a_lost_answer_no_connection_does_not_mean_not_done() -> None:
    with pytest.raises(OutcomeUnknown):
        _run([OutcomeUnknown(""), Unreachable(""), Unreachable(""), Unreachable("")], [])


def test_a_refusal_ends_it() -> None:
    used: list[str] = []
    with pytest.raises(Conflict):
        _run([OutcomeUnknown(""), Conflict("")], used)
    assert len(used) == 2


def test_closing_the_desk_ends_the_waiting() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(OutcomeUnknown):
        _run([OutcomeUnknown("")], [], stop)


def test_two_clicks_have_two_keys() -> None:
    assert new_key() != new_key()
