"""The bar that says that the gateway does not answer: since when, what goes on, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.notice import NoticeBar
from agent_app.desk.ui.words import freshness


@dataclass(frozen=True, slots=True)
class _Away:
    error: Exception
    since: datetime
    as_of: datetime | None


class AwayBar(NoticeBar):
    """Stays until the gateway answers; its ages count on.

    It is read out when the gateway goes, not when a minute passes.
    """

    def __init__(self) -> None:
        self._away: _Away | None = None
        self._now: datetime | None = None
        self._unsent = 0
        super().__init__("warning", "away")

    def show_away(self, error: Exception, since: datetime, as_of: datetime | None) -> None:
        """Say what is wrong since when; `as_of`: when the gateway answered last, if ever."""
        self._away = _Away(error, since, as_of)
        self._now = since
        self._render(aloud=True)

    def show_back(self) -> None:
        """The gateway answers."""
        self._away = None
        self.hide()

    def show_unsent(self, count: int) -> None:
        """Say how many clicks wait."""
        self._unsent = count
        self._render(aloud=False)

    def tick(self, now: datetime) -> None:
        """Count the ages on."""
        self._now = now
        self._render(aloud=False)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        self._render(aloud=False)

    def _render(self, *, aloud: bool) -> None:
        away, now = self._away, self._now
        if away is None or now is None:
            return
        what = freshness.away(away.error, away.since, away.as_of, now)
        self.say(
            f"{what}\n{freshness.goes_on(self._unsent)}",
            action=QCoreApplication.translate("AwayBar", "Try now"),
            closable=False,
            aloud=aloud,
        )
