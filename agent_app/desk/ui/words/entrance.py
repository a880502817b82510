"""Words for coming in: keys of what is kept here, sign-in in the browser, sessions that end."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QLocale

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled
from agent_app.desk.work import keys, signing_in
from agent_app.desk.work.entry import NothingKept
from agent_app.desk.work.provider_session import SessionOver

SENTENCES: Mapping[type[Exception], str] = {
    keys.KeyringChanged: QT_TRANSLATE_NOOP(
        "Entrance",
        "The key of what is kept here is in another keyring ({before}) than the one in use now "
        "({now}). Put the old one back, or start anew: what was not sent yet would be lost.",
    ),
    keys.KeyringFailed: QT_TRANSLATE_NOOP(
        "Entrance",
        "This computer's keyring is locked or does not answer. Unlock it, then try again; nothing "
        "is lost.",
    ),
    keys.PassphraseNeeded: QT_TRANSLATE_NOOP(
        "Entrance", "What is kept on this computer opens with your passphrase."
    ),
    keys.TooSoon: QT_TRANSLATE_NOOP(
        "Entrance", "Too many wrong passphrases. Try again in {seconds} s."
    ),
    keys.WrongPassphrase: QT_TRANSLATE_NOOP("Entrance", "That is not the passphrase. Try again."),
    keys.WeakPassphrase: QT_TRANSLATE_NOOP(
        "Entrance", "A passphrase has at least {least} characters. Several words are good."
    ),
    keys.NoKey: QT_TRANSLATE_NOOP(
        "Entrance",
        "The key of what is kept here is gone, and nobody can open it without. You can start "
        "anew: what was not sent yet is lost.",
    ),
    keys.KeyFailed: QT_TRANSLATE_NOOP(
        "Entrance",
        "The key of what is kept here cannot be read or written. Try again; if it stays so, tell "
        "a technician.",
    ),
    signing_in.SignInCancelled: QT_TRANSLATE_NOOP("Entrance", "The sign-in was given up."),
    signing_in.SignInTimedOut: QT_TRANSLATE_NOOP(
        "Entrance", "Nobody came back from the browser. Sign in again."
    ),
    signing_in.SignInRefused: QT_TRANSLATE_NOOP(
        "Entrance",
        "Your company's sign-in said no ({said}). If it stays so, ask whoever gives out accounts.",
    ),
    signing_in.SignInUnsafe: QT_TRANSLATE_NOOP(
        "Entrance",
        "The sign-in was broken off, because it was not safe. Look at the gateway's address; if "
        "it is right, tell a technician: {detail}",
    ),
    signing_in.SignInFailed: QT_TRANSLATE_NOOP(
        "Entrance", "The sign-in came to nothing. Sign in again."
    ),
    NothingKept: QT_TRANSLATE_NOOP(
        "Entrance", "Nothing of you is kept on this computer any more. Sign in to go on."
    ),
    SessionOver: QT_TRANSLATE_NOOP(
        "Entrance", "Your sign-in has ended. Sign in again; what you were writing is kept."
    ),
}


def back_page() -> signing_in.BackPage:
    """Return what the browser shows when the person has signed in there."""
    return signing_in.BackPage(
        QLocale().bcp47Name(),
        QCoreApplication.translate("Entrance", "Signed in"),
        QCoreApplication.translate(
            "Entrance", "You can close this window and go back to your desk."
        ),
    )


def knows(error: Exception) -> bool:
    """Return whether these words are for such an error."""
    return isinstance(error, tuple(SENTENCES))


def sentence(error: Exception) -> str:
    """Return what went wrong while coming in, and what to do now."""
    kind = next(kind for kind in type(error).__mro__ if kind in SENTENCES)
    wait_s = getattr(error, "wait_s", 0.0)
    if wait_s > 0:
        # The pause is what the person has to know, whichever try it follows.
        kind = keys.TooSoon
    text = QCoreApplication.translate("Entrance", SENTENCES[kind])
    return filled(
        text,
        before=getattr(error, "before", ""),
        now=getattr(error, "now", ""),
        seconds=str(max(1, round(wait_s))),
        least=str(getattr(error, "least", "")),
        said=getattr(error, "said", "") or getattr(error, "code", ""),
        detail=str(error),
    )
