"""The windows of `bench sync`, each in a process of its own.

`python -m tests.bench.sync_window prepare URL KEY FOLDER` (the token in AGENT_APP_TOKEN) signs in
and loads everything. `desk` opens the desk on that. `table` is a bare PySide6 window that reads the
same cases into its table, by no code of ours; `made-up` is one whose rows are made up, which has
nothing to read. `all` (the control) is `made-up` after the desk's store has read every line. Each
prints `painted MB` when its first rows are on screen, MB being the most memory that it had, and
ends. `evening` is a first evening at a new desk: it prints that when everything has been loaded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def _painted() -> None:
    print(f"painted {_peak_mb():.1f}", flush=True)


def _rows_of(key: bytes, folder: Path) -> list[tuple[object, ...]]:
    """Return what a queue shows of the open cases in working order, as anybody would read it."""
    from sqlcipher3 import dbapi2

    (file,) = (folder / "stores").glob("*/cases.db")
    connection = dbapi2.connect(str(file))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    found: list[tuple[object, ...]] = connection.execute(
        "SELECT ref, customer, stage, verdict, at_risk, deadline, claim_name, placed_at"
        " FROM cases WHERE is_open = 1"
        " ORDER BY level DESC, deadline, at_risk DESC, flagged_at, ref, id"
    ).fetchall()
    connection.close()
    return found


def _table(rows: int, read: list[tuple[object, ...]] | None = None) -> int:
    # Nothing of ours is imported: this is what PySide6 takes by itself.
    from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QTableView

    class Numbers(QAbstractTableModel):
        def rowCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008
            return rows

        def columnCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008
            return 8

        def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            if read is not None:
                return str(read[index.row()][index.column()])
            return f"row {index.row()}, column {index.column()}"

    class View(QTableView):
        is_told = False

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if not self.is_told:
                self.is_told = True
                QTimer.singleShot(0, _painted)
                QTimer.singleShot(0, self.close)

    application = QApplication(sys.argv[:1])
    view, model = View(), Numbers()
    view.setModel(model)
    view.resize(1280, 800)
    view.show()
    return application.exec()


def _adapters(key: bytes, folder: Path) -> Any:
    from agent_app.desk.adapters import Adapters, connect
    from agent_app.desk.platform.oidc import HttpProvider
    from agent_app.desk.store.folder import StoreFolder
    from agent_app.desk.store.preference_file import PreferenceFile
    from agent_app.desk.store.seal_file import SealFile
    from agent_app.desk.vault.proofs import ProofKeys
    from agent_app.desk.work.entry import Entry
    from agent_app.desk.work.local import KeyPlace, StoreName

    class Known:
        """A keyring that answers at once: what it takes by itself is not ours."""

        def safest(self) -> KeyPlace:
            return KeyPlace.KEYRING

        def place(self, name: StoreName) -> KeyPlace | None:
            return KeyPlace.KEYRING

        def make(self, name: StoreName, place: KeyPlace, passphrase: str | None = None) -> bytes:
            return key

        def open(self, name: StoreName, passphrase: str | None = None) -> bytes:
            return key

        def rewrap(self, name: StoreName, old: str, new: str) -> None: ...

        def destroy(self, name: StoreName) -> None: ...

    entry = Entry(connect, Known(), StoreFolder(folder / "stores"), HttpProvider(), ProofKeys())
    seals = SealFile(folder / "seals")
    return Adapters(entry, PreferenceFile(folder / "desk.json"), seals=seals)


def _prepare(address: str, key: bytes, folder: Path) -> int:
    from agent_app.desk.work.local import KeyPlace
    from tests.bench.sync_desk import load

    entry = _adapters(key, folder).entry
    opened = entry.keep(
        entry.by_token(address, os.environ["AGENT_APP_TOKEN"]), KeyPlace.KEYRING, None
    )
    rows, _ = load(opened.platform, opened.store)
    entry.close(opened)
    print(rows)
    return 0


def _desk(address: str, key: bytes, folder: Path) -> int:
    from PySide6.QtWidgets import QApplication

    from agent_app.desk.main import Desk, _keep_memory_together
    from agent_app.desk.work.preferences import Language, Theme

    _keep_memory_together()
    application = QApplication(sys.argv[:1])
    desk = Desk(application, _adapters(key, folder), language=Language.ENGLISH, theme=Theme.LIGHT)
    desk.window.queue_painted.connect(_painted)
    desk.window.queue_painted.connect(desk.window.close)
    desk.start(address, None)
    code = application.exec()
    desk.runner.close()
    return code


def _evening(address: str, key: bytes, folder: Path) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from agent_app.desk.main import Desk, _keep_memory_together

    _keep_memory_together()
    application = QApplication(sys.argv[:1])
    desk = Desk(application, _adapters(key, folder))
    timer = QTimer()

    def look() -> None:
        store = desk.connection.store
        position = store.position() if store is not None else None
        if position is not None and position.complete:
            timer.stop()
            _painted()
            desk.window.close()

    timer.timeout.connect(look)
    timer.start(100)
    desk.start(address, os.environ["AGENT_APP_TOKEN"])
    code = application.exec()
    desk.runner.close()
    return code


def _all(address: str, key: bytes, folder: Path, rows: int) -> int:
    from datetime import UTC, datetime

    from agent_app.desk.work.queue_rows import Order, QueueName
    from agent_app.domain.ids import UserId

    opened = _adapters(key, folder).entry.reopen(address)
    now = datetime.now(UTC)
    numbers = opened.store.numbers(QueueName.TEAM, UserId("wide"), now, Order())
    lines = opened.store.lines(numbers)
    opened.store.close()
    assert len(lines) == len(numbers)
    return _table(rows)


def main() -> int:
    way, *words = sys.argv[1:]
    if way == "made-up":
        return _table(int(words[0]))
    address, key, folder = words[0], bytes.fromhex(words[1]), Path(words[2])
    if way == "table":
        read = _rows_of(key, folder)
        return _table(len(read), read)
    if way == "prepare":
        return _prepare(address, key, folder)
    if way == "desk":
        return _desk(address, key, folder)
    if way == "evening":
        return _evening(address, key, folder)
    return _all(address, key, folder, int(words[3]))


if __name__ == "__main__":
    sys.exit(main())
