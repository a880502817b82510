"""Words for what a person is told while he looks elsewhere: counts and kinds, never who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled
from agent_app.desk.work.notices import Notice, NoticeKind

_SENTENCES: Mapping[NoticeKind, str] = {
    NoticeKind.SIGN_IN: QT_TRANSLATE_NOOP("Notices", "The sign-in has ended. Sign in again."),
    NoticeKind.DEADLINE: QT_TRANSLATE_NOOP(
        "Notices", "Cases of yours with a deadline in under 5 minutes: {count}."
    ),
    NoticeKind.APPROVAL: QT_TRANSLATE_NOOP("Notices", "New requests for approval: {count}."),
    NoticeKind.ASSIGNED: QT_TRANSLATE_NOOP("Notices", "New cases assigned to you: {count}."),
}
_KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.SIGN_IN: QT_TRANSLATE_NOOP("Notices", "The sign-in has ended"),
    NoticeKind.DEADLINE: QT_TRANSLATE_NOOP("Notices", "A case of mine has under 5 minutes left"),
    NoticeKind.APPROVAL: QT_TRANSLATE_NOOP("Notices", "Somebody asks for an approval"),
    NoticeKind.ASSIGNED: QT_TRANSLATE_NOOP("Notices", "A case is assigned to me"),
}


def kind(of: NoticeKind) -> str:
    """Return what a kind is called where it is chosen."""
    return QCoreApplication.translate("Notices", _KINDS[of])


def sentences(notices: Sequence[Notice]) -> str:
    """Return all notices as lines, the most pressing first."""
    return "\n".join(
        filled(
            QCoreApplication.translate("Notices", _SENTENCES[each.kind]),
            count=formats.number(each.count),
        )
        for each in notices
    )
