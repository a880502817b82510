"""A real desk, the whole program, at which somebody works with planted customers.

`python -m tests.desk.canaries.desk_process FOLDER` reads its order from standard input as one line
of JSON (`Order`). It tells each stage that it has come to by a file in FOLDER, and waits for one
(`Stage`), so that whoever looks at its files sees them as they are just then. `leak` is the
control: what a desk does that breaks the rule.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog
from sqlcipher3 import dbapi2

from agent_app.desk import main as program
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.diagnostics_sheet import DiagnosticsSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.upkeep import Upkeep
from agent_app.desk.work.case_work import ContactCard
from agent_app.desk.work.local import KeyPlace
from agent_app.domain.ids import CaseId
from tests.desk.canaries.finding import Search
from tests.desk.canaries.people import contact_canaries, person, typed
from tests.desk.canaries.screen import texts

_STEP_MS = 15
_STEP_WITHIN_S = 60.0
_REVEALED_EVERY = 4
NOTES_OF_A_CASE = 4
"""Besides a draft."""
_log = logging.getLogger("agent_app.desk.canaries")


class Stage(StrEnum):
    """What the desk tells (`…`) and is told (`go_…`)."""

    WORKED = "worked"
    GO_AWAY = "go_away"
    """The gateway is gone by now."""
    CRASHED = "crashed"
    GO_DIE = "go_die"
    DONE = "done"


@dataclass(frozen=True)
class Order:
    """What is to be done, with `cases` of a queue of `rows`.

    `cases` empty: only open what is kept, off line.
    """

    gateway: str
    token: str
    passphrase: str
    cases: list[str] = field(default_factory=list)
    rows: int = 0
    leak: bool = False


@dataclass
class Seen:
    """What was on screen. `early`: contact data before anybody asked for it."""

    cases: int = 0
    rows: int = 0
    revealed: int = 0
    shown: int = 0
    previews: int = 0
    kept: int = 0
    notes: int = 0
    unsent: int = 0
    crashes: int = 0
    titles: list[str] = field(default_factory=list)
    clipboard: str = ""
    early: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)
    failed: str = ""


class _Plain(dbapi2.Connection):  # type: ignore[misc]
    """A connection that forgets to encrypt."""

    def execute(self, sql: str, *values: Any) -> Any:
        return super().execute("SELECT 1" if sql.startswith("PRAGMA key") else sql, *values)


def _leak(folder: Path) -> None:
    """Break the rule at every place that the search must look at."""
    connect = dbapi2.connect
    dbapi2.connect = lambda *given, **named: connect(*given, **{**named, "factory": _Plain})
    handler = logging.FileHandler(folder / "profile" / "plain.log", encoding="utf-8")
    logging.getLogger().addHandler(handler)
    before = sys.excepthook

    def told_in_full(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        told = "".join(traceback.format_exception(kind, error, trace))
        (folder / "profile" / "plain.crash").write_text(told, "utf-8")
        before(kind, error, trace)

    sys.excepthook = told_in_full


class Worker:
    """Works through a script; each thing that the script gives is waited for."""

    def __init__(self, desk: program.Desk, upkeep: Upkeep, order: Order, folder: Path) -> None:
        self._desk, self._upkeep, self._order, self._folder = desk, upkeep, order, folder
        self._window = desk.window
        self._page = desk.window.work.case
        self._contact = Search(contact_canaries())
        self._texts = count()
        self.seen = Seen()
        self._titles: set[str] = set()
        self._script = self._work() if order.cases else self._look_again()
        self._waits_for: Callable[[], object] = lambda: True
        self._waited = 0
        self._timer = QTimer(desk, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_step)
        self._timer.start()
        desk.window.case.revealed.connect(self._on_revealed)
        desk.window.case.previewed.connect(self._on_previewed)
        desk.window.case.written.connect(self._on_written)

    @Slot()
    def _on_step(self) -> None:
        self._titles |= {w.windowTitle() for w in QApplication.topLevelWidgets()}
        self._titles |= {w.windowTitle() for w in self._window.findChildren(QDialog)}
        self._waited += 1
        try:
            if self._waits_for():
                self._waited = 0
                self._waits_for = next(self._script)
            elif self._waited * _STEP_MS > _STEP_WITHIN_S * 1000:
                raise TimeoutError("this step took too long")
        except StopIteration:
            self._end()
        except BaseException:  # noqa: BLE001  (told to the test)
            frame = self._script.gi_frame if hasattr(self._script, "gi_frame") else None
            line = frame.f_lineno if frame is not None else 0
            self.seen.failed = f"line {line}: {traceback.format_exc()}; {self._state()}"
            self._end()

    def _state(self) -> str:
        connection = self._desk.connection
        notice = " / ".join(texts(self._window.notice))
        rows = self._window.work.queue.model.rowCount()
        return f"user {connection.user is not None}, away {connection.is_away}, {rows}, {notice}"

    def _end(self) -> None:
        self._timer.stop()
        self._tell(Stage.DONE)
        self._window.close()

    def _tell(self, stage: Stage) -> None:
        self.seen.titles = sorted(self._titles)
        self.seen.clipboard = QGuiApplication.clipboard().text()
        new = self._folder / "told" / f".{stage}"
        new.write_text(json.dumps(asdict(self.seen)), "utf-8")
        new.rename(self._folder / "told" / stage)

    def _told(self, stage: Stage) -> Callable[[], bool]:
        return (self._folder / "told" / stage).exists

    @Slot(object)
    def _on_revealed(self, contact: ContactCard) -> None:
        self.seen.revealed += 1
        if self._order.leak:
            self._window.setWindowTitle(contact.name)
            QGuiApplication.clipboard().setText(contact.phone)

    @Slot(object)
    def _on_previewed(self, _preview: object) -> None:
        self.seen.previews += 1

    def _work(self) -> Iterator[Callable[[], object]]:
        connection, order = self._desk.connection, self._order
        connection.sign_in(order.gateway, order.token, KeyPlace.PASSPHRASE, order.passphrase)
        queue = self._window.work.queue
        yield lambda: queue.model.rowCount() >= order.rows
        yield self._is_loaded
        self.seen.rows = queue.model.rowCount()
        for number, case in enumerate(order.cases):
            yield from self._work_on(number, CaseId(case))
        yield from self._search()
        yield from self._be_careless()
        if order.leak:
            yield from self._crash()
        self._tell(Stage.WORKED)
        yield self._told(Stage.GO_AWAY)
        self._desk.connection.try_now()
        yield lambda: connection.is_away
        for case in order.cases[:8]:
            self._window.open_case(CaseId(case))
            yield lambda case=case: self._is_open(CaseId(case))  # type: ignore[misc]
            yield from self._write(1)
        store = connection.store
        assert store is not None
        yield lambda: len(store.pending()) >= 8
        yield lambda: len(store.drafts()) >= 8
        self.seen.unsent = len(store.pending())
        yield from self._crash()
        yield from self._save_bundle("bundle-1.zip")
        self._tell(Stage.CRASHED)
        yield self._told(Stage.GO_DIE)
        import faulthandler

        faulthandler._sigsegv()  # type: ignore[attr-defined]

    def _look_again(self) -> Iterator[Callable[[], object]]:
        connection, order = self._desk.connection, self._order
        connection.key_wanted.connect(lambda _error: connection.unlock(order.passphrase))
        self._window.sign_in(order.gateway)
        yield lambda: connection.user is not None
        queue = self._window.work.queue
        yield lambda: queue.model.rowCount() > 0
        self.seen.rows = queue.model.rowCount()
        line = queue.model.line_at(0)
        assert line is not None
        assert connection.store is not None
        self.seen.unsent = len(connection.store.pending())
        for click in connection.store.pending()[:4]:
            self._window.open_case(click.case)
            yield lambda case=click.case: self._is_open(case)  # type: ignore[misc]
            self._look(self.seen.early)
            self.seen.cases += 1
        self.seen.crashes = len(self._upkeep.crashes.all())
        yield from self._save_bundle("bundle-2.zip")

    def _is_loaded(self) -> bool:
        store = self._desk.connection.store
        position = store.position() if store is not None else None
        return position is not None and position.complete

    def _is_open(self, case: CaseId) -> bool:
        file = self._page.file
        return file is not None and file.line.id == case and self._window.case.file is not None

    def _work_on(self, number: int, case: CaseId) -> Iterator[Callable[[], object]]:
        self._window.go(Place.TEAM)
        self._window.open_case(case)
        yield lambda: self._is_open(case)
        self.seen.cases += 1
        self._look(self.seen.early)
        if number % _REVEALED_EVERY == 0:
            before = self.seen.revealed
            self._window.commands[Command.REVEAL].trigger()
            yield lambda: self.seen.revealed > before
            shown: list[str] = []
            self._look(shown)
            self.seen.shown += len(set(shown)) >= 3
        yield from self._write(NOTES_OF_A_CASE)
        self.seen.notes += NOTES_OF_A_CASE
        if number % 4 == 1:
            yield from self._read_message()
        self._window.close_case()
        # Contact data goes with the case that it was asked for.
        yield lambda: not self._window.work.case_shown
        self._look(self.seen.stayed)

    def _write(self, notes: int) -> Iterator[Callable[[], object]]:
        """Keep some notes, and leave one half-written."""
        wanted = self.seen.kept + notes
        for _ in range(notes):
            self._window.case.add_note(typed(next(self._texts)))
        yield lambda: self.seen.kept >= wanted
        self._page.tabs.note.setPlainText(typed(next(self._texts)))

    @Slot(object)
    def _on_written(self, _click: object) -> None:
        self.seen.kept += 1

    def _read_message(self) -> Iterator[Callable[[], object]]:
        page = self._page
        if page.file is None or page.decisions is None or not page.decisions.templates:
            return
        before = self.seen.previews
        self._window.sheets.compose(page.decisions.templates[0].value)
        yield lambda: self.seen.previews > before
        for sheet in self._window.findChildren(QDialog):
            sheet.reject()

    def _search(self) -> Iterator[Callable[[], object]]:
        field = self._window.work.queue.search
        self._window.go(Place.TEAM)
        for number in range(0, 60, 4):
            one = person(number)
            for text in (one.name, one.phone, one.email):
                field.setText(text)
                yield lambda: True
        yield from (lambda: True for _ in range(30))
        field.clear()

    def _be_careless(self) -> Iterator[Callable[[], object]]:
        """Write into the log what whoever is careless writes."""
        for number in range(0, 200, 3):
            one = person(number)
            _log.warning("the row of %s: %s", one.name, {"phone": one.phone, "mail": one.email})
            _log.warning(f"no case for {one.name} {one.phone}")
            logging.getLogger("httpx").warning("GET %s", f"https://gw/v1/cases?q={one.email}")
            try:
                raise KeyError(one.phone)
            except KeyError:
                _log.exception("this failed for " + typed(number))
        yield lambda: True

    def _crash(self) -> Iterator[Callable[[], object]]:
        """Fail where nobody expects it: a slot, a thread, a job, a destructor."""

        def fail() -> None:
            contact = person(7)
            raise LookupError(f"no row for {contact} {typed(7)}")

        class Bad:
            def __del__(self) -> None:
                raise RuntimeError(typed(11) + person(11).phone)

        QTimer.singleShot(0, self._desk, fail)
        self._desk.runner.run(_fail_in_job, print, print, owner=self._desk)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        Bad()
        yield lambda: len(self._upkeep.crashes.all()) >= 4
        self.seen.crashes = len(self._upkeep.crashes.all())

    def _save_bundle(self, name: str) -> Iterator[Callable[[], object]]:
        self._window.commands[Command.DIAGNOSTICS].trigger()
        yield lambda: any(sheet.parts for sheet in self._sheets())
        (sheet,) = self._sheets()
        sheet.save_to(self._folder / name)
        yield (self._folder / name).exists
        sheet.reject()

    def _sheets(self) -> list[DiagnosticsSheet]:
        return list(self._window.findChildren(DiagnosticsSheet))

    def _look(self, found: list[str]) -> None:
        """Add what of contact data can be read on screen."""
        found.extend(self._contact.in_text("\n".join(texts(self._window))))


def _fail_in_job() -> object:
    raise ZeroDivisionError(person(13).email)


def main() -> int:
    """Be the desk until the script is over."""
    folder = Path(sys.argv[1])
    order = Order(**json.loads(sys.stdin.readline()))
    held: dict[str, Any] = {}

    class Looked(program.Desk):
        def start(self, gateway_url: str | None, token: str | None) -> None:
            super().start(gateway_url, token)
            held["worker"] = Worker(self, held["upkeep"], order, folder)

    class Kept(Upkeep):
        def __init__(self, profile: Path | None) -> None:
            super().__init__(profile)
            held["upkeep"] = self

        def claim(self, link: str = "") -> bool:
            claimed = super().claim(link)
            if order.leak:
                _leak(folder)
            return claimed

    program.Desk = Looked  # type: ignore[misc]
    program.Upkeep = Kept  # type: ignore[attr-defined]
    return program.main(["--profile", str(folder / "profile"), "--language", "en"])


if __name__ == "__main__":
    sys.exit(main())
