"""A locked button says why and what opens it: to the eye as a tip, to a screen reader as words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton


def lock(button: QAbstractButton, why: str, tip: str = "") -> None:
    """Lock a button with a sentence; an empty one opens it, and `tip` is what it says then."""
    button.setEnabled(not why)
    button.setToolTip(why or tip)
    button.setAccessibleDescription(why or tip)


def without_gateway() -> str:
    """Return why nothing of this is done while the gateway is away."""
    return QCoreApplication.translate(
        "locked", "The gateway cannot be reached. It opens when the connection is back."
    )
