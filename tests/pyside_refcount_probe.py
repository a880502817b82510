"""Count the references to None, True and False that calls into Qt lose; a program of its own.

Run by tests/test_pyside_refcount.py as `python -m tests.pyside_refcount_probe [CALL ...]`; prints
one JSON object, call → singleton → references lost per thousand calls. A program of its own,
since a leak large enough to matter aborts the interpreter that it is measured in.
"""

import ctypes
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QApplication, QPushButton

CALLS = 3000
SINGLETONS = (None, True, False)


class _Sender(QObject):
    flagged = Signal(bool)
    anything = Signal(object)


class _Table(QAbstractTableModel):
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 1

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        return None


class _Filter(QSortFilterProxyModel):
    def filterAcceptsRow(
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        return True


def _calls(app: QApplication) -> dict[str, Callable[[], object]]:
    button, sender, table, proxy = QPushButton(), _Sender(), _Table(), _Filter()
    sender.flagged.connect(lambda value: None)
    sender.anything.connect(lambda value: None)
    proxy.setSourceModel(table)
    held = QTimer(button)
    lose = ctypes.pythonapi.Py_DecRef
    lose.argtypes, lose.restype = [ctypes.py_object], None
    return {
        "setEnabled": lambda: button.setEnabled(False),
        "property": lambda: button.property("no such property"),
        "killTimer": lambda: sender.killTimer(sender.startTimer(10_000)),
        "setInterval": lambda: held.setInterval(10_000),
        "processEvents": app.processEvents,
        "emit(bool)": lambda: sender.flagged.emit(True),
        "emit(object)": lambda: sender.anything.emit(None),
        "click": button.click,
        "data": lambda: proxy.data(proxy.index(0, 0)),
        "filterAcceptsRow": proxy.invalidate,
        # What the guard must see: a reference to None lost once per call.
        "simulated leak": lambda: lose(None),
    }


def lost_references(call: Callable[[], object]) -> dict[str, float]:
    """Return how many references to each singleton a thousand calls lose."""
    # The first calls fill caches, which keep references for good.
    for _ in range(100):
        call()
    before = [sys.getrefcount(one) for one in SINGLETONS]
    for _ in range(CALLS):
        call()
    after = [sys.getrefcount(one) for one in SINGLETONS]
    return {
        str(one): (b - a) * 1000 / CALLS
        for one, b, a in zip(SINGLETONS, before, after, strict=True)
    }


def main(names: list[str]) -> None:
    """Measure the named calls, or all but the simulated leak."""
    app = QApplication([])
    # With few references in hand a real leak would end the interpreter while it is measured.
    stock: list[object] = [one for one in SINGLETONS for _ in range(200_000)]
    calls = _calls(app)
    chosen = names or [name for name in calls if name != "simulated leak"]
    print(json.dumps({name: lost_references(calls[name]) for name in chosen}), flush=True)
    assert stock
    # Tidying up would drop the stock, and with a leak that aborts a measured interpreter.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
