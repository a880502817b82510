"""Words for how old what is shown is, and for what goes on while the gateway does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import filled, problems
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.sync import Loading

_MINUTE = timedelta(minutes=1)
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the cases on this machine follow the gateway.

    `as_of`: when it answered last, None if it never did; `loading`: how far a first load has come;
    `away`: it does not answer now.
    """

    as_of: datetime | None = None
    loading: Loading | None = None
    away: bool = False


NEVER = Freshness()


def synced(count: int, fresh: Freshness, now: datetime) -> str:
    """Return the status line: how many cases are in view, and how old they are."""
    shown = translate("Freshness", "Cases: {count}")
    shown = filled(shown, count=formats.number(count))
    if fresh.loading is not None:
        return _joined(shown, progress(fresh.loading, away=fresh.away))
    if fresh.as_of is None:
        if not count:
            return translate("Freshness", "No cases from the gateway yet") if fresh.away else ""
        # What a first load brought that was cut off: never to be taken for all there is. Not only
        # while the gateway is away: one that hangs is away no sooner than its time is up.
        text = translate("Freshness", "not all yet: the others come once the gateway answers")
        return _joined(shown, text)
    if fresh.away:
        text = translate("Freshness", "as of {time} · {ago}")
    else:
        text = translate("Freshness", "synced {ago}")
    ago = formats.ago(fresh.as_of, now)
    return _joined(shown, filled(text, time=formats.moment(fresh.as_of), ago=ago))


def progress(loading: Loading, *, away: bool) -> str:
    """Return how far a first load has come; what came while it ran can make it more than all."""
    text = (
        translate("Freshness", "stopped at {done} of {total} cases")
        if away
        else translate("Freshness", "fetching {done} of {total} cases")
    )
    total = max(loading.total, loading.done)
    return filled(text, done=formats.number(loading.done), total=formats.number(total))


def away(error: Exception, since: datetime, as_of: datetime | None, now: datetime) -> str:
    """Return what is wrong, since when, and how old what is shown is."""
    if isinstance(error, Unreachable):
        text = translate("Freshness", "The gateway cannot be reached since {since}.")
    else:
        so = translate("Freshness", "It is so since {since}.")
        text = f"{problems.sentence(error)} {so}"
    when = formats.moment(since)
    if now - since >= _MINUTE:
        lasts = translate("Freshness", "{time} ({length})")
        when = filled(lasts, time=when, length=formats.length(now - since))
    parts = [filled(text, since=when)]
    if as_of is not None:
        age = translate("Freshness", "What you see is from {time}, {ago}.")
        parts.append(filled(age, time=formats.moment(as_of), ago=formats.ago(as_of, now)))
    return " ".join(parts)


def goes_on(unsent: int) -> str:
    """Return what can be done meanwhile, and what waits."""
    text = translate(
        "Freshness",
        "Go on: search the queue, read cases that were opened here before, claim, release, note, "
        "answer the guide. Money and contact data wait for the gateway.",
    )
    if not unsent:
        return text
    waits = translate("Freshness", "Not sent yet: {count}; this is done by itself once it answers.")
    return f"{text} {filled(waits, count=formats.number(unsent))}"


def nothing_yet(fresh: Freshness) -> tuple[str, str]:
    """Return what to say, and what to do, where no case has ever come."""
    if fresh.away:
        return (
            translate("Freshness", "No cases on this computer yet"),
            with_keys(
                translate(
                    "Freshness",
                    "They come as soon as the gateway answers. The guide works without it "
                    "({key_go_guide}).",
                )
            ),
        )
    text = progress(fresh.loading, away=False) if fresh.loading is not None else ""
    return translate("Freshness", "Fetching cases…"), text


def no_match(fresh: Freshness) -> tuple[str, str]:
    """Return what to say, and what to do, where a search finds nothing."""
    title = translate("Freshness", "No case matches your search")
    if not fresh.away:
        return title, translate("Freshness", "Press Enter to ask the gateway, or Esc to clear it.")
    if fresh.as_of is None:
        return title, translate("Freshness", "The gateway cannot be asked now. Esc clears it.")
    text = translate(
        "Freshness",
        "Looked through the cases on this computer, as of {time}; the gateway cannot be asked "
        "now. Esc clears it.",
    )
    return title, filled(text, time=formats.moment(fresh.as_of))


def nothing_new(fresh: Freshness) -> str:
    """Return what an empty queue means while the gateway is away; "" while it answers."""
    if not fresh.away or fresh.as_of is None:
        return ""
    text = translate(
        "Freshness",
        "So it was at {time}. The gateway cannot be reached: what is newer comes once it answers.",
    )
    return filled(text, time=formats.moment(fresh.as_of))


def _joined(shown: str, text: str) -> str:
    return f"{shown} · {text}"
