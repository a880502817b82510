"""One life of a real desk that is killed: it checks what the last one left, then clicks away.

Runs in a process of its own, forked by `desk_nest`. Every line that it writes is one JSON fact
(`Fact`); a click counts as acknowledged when its line is written, which the desk causes only after
the click is on the disk.
"""

from __future__ import annotations

import os
import random
import time
import uuid
from pathlib import Path
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from agent_app.desk.adapters import Adapters, connect
from agent_app.desk.main import Desk
from agent_app.desk.platform.oidc import HttpProvider
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.vault.proofs import ProofKeys
from agent_app.desk.work import outbox_clicks
from agent_app.desk.work.delivery import Delivery, End
from agent_app.desk.work.entry import Entry
from agent_app.desk.work.keys import NoKey
from agent_app.desk.work.local import Click, ClickKind, KeyPlace, LocalStore, StoreName
from agent_app.desk.work.outbox import Deliverer
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.desk.work.preferences import Language, Theme
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId
from agent_app.gateway.store.codec import encode

Control = Literal["", "new_keys", "early"]
"""`new_keys`: after a start every pending click gets a key made anew. `early`: a click counts as
acknowledged before it is written."""
_TICK_MS = 15
_LOOK_MS = 10
_GIVES_UP_S = 8.0
_CONTROL_GIVES_UP_S = 2.5
_SLOW_DISK_S = 0.2
"""In the controls, so that few kills are enough to hit what they leave open."""
_ACTS_OF_A_CASE = 6


class Plan(msgspec.Struct, frozen=True):
    """What a desk needs to live. `key` is hexadecimal; `settles`: it ends when all is sent."""

    profile: str
    gateway: str
    token: str
    key: str
    seed: int
    control: Control = ""
    settles: bool = False
    case: str = ""
    """What the life before had acknowledged last, and what must be seen of it."""
    texts: tuple[str, ...] = ()


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened. `s` is seconds since the window showed."""

    what: Literal["window", "right", "wrong", "ready", "made", "kept", "refused", "left", "end"]
    key: str = ""
    kind: str = ""
    case: str = ""
    text: str = ""
    s: float = 0.0


class _TestKeys:
    """One key for the store, as if a keyring held it; implements `work.keys.KeyKeeper`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def safest(self) -> KeyPlace:
        return KeyPlace.KEYRING

    def place(self, name: StoreName) -> KeyPlace | None:
        return KeyPlace.KEYRING

    def make(self, name: StoreName, place: KeyPlace, passphrase: str | None = None) -> bytes:
        return self._key

    def open(self, name: StoreName, passphrase: str | None = None) -> bytes:
        return self._key

    def rewrap(self, name: StoreName, old: str, new: str) -> None:
        raise NoKey("this key is not wrapped")

    def destroy(self, name: StoreName) -> None:
        self._key = b""


def say(fact: Fact) -> None:
    """Write a fact; it outlasts the end of this process."""
    os.write(1, encode(fact) + b"\n")


def _tell_refusals() -> None:
    deliver = Deliverer.deliver

    def told(self: Deliverer, click: Click) -> Delivery:
        delivery = deliver(self, click)
        if delivery.end is End.REFUSED:
            say(Fact("refused", click.key, str(click.kind), click.case, str(delivery.error)))
        return delivery

    Deliverer.deliver = told  # type: ignore[method-assign]


def _with_new_keys() -> None:
    begin = Deliverer.__init__

    def forgetful(self: Deliverer, store: LocalStore, *given: object, **named: object) -> None:
        for click in store.pending():
            new = outbox_clicks.again(click)
            store.put(
                new.key, new.kind, new.case, new.subject, new.body, click.made_at,
                is_money=new.is_money,
            )  # fmt: skip
            store.done(click.number)
        begin(self, store, *given, **named)  # type: ignore[arg-type]

    Deliverer.__init__ = forgetful  # type: ignore[method-assign]
    forget = Deliverer._forget

    def slowly(self: Deliverer, click: Click) -> None:
        time.sleep(_SLOW_DISK_S)
        forget(self, click)

    Deliverer._forget = slowly  # type: ignore[method-assign]


def _told_early() -> None:
    accept = Deliverer.accept

    def early(self: Deliverer, new: NewClick) -> None:
        say(_fact_of("kept", new))
        accept(self, new)

    Deliverer.accept = early  # type: ignore[method-assign]
    write = Deliverer.write

    def slowly(self: Deliverer, key: str) -> Click:
        time.sleep(_SLOW_DISK_S)
        return write(self, key)

    Deliverer.write = slowly  # type: ignore[method-assign]


def _fact_of(what: Literal["made", "kept"], new: NewClick | Click) -> Fact:
    text = ""
    if new.kind is ClickKind.NOTE:
        text = msgspec.json.decode(new.body)["text"]
    elif new.kind is ClickKind.ACT:
        text = msgspec.json.decode(new.body)["kind"]
    return Fact(what, new.key, str(new.kind), new.case, text)


class _Driver(QObject):
    """Looks whether what was kept is on screen, then works as a person in great haste."""

    def __init__(self, desk: Desk, plan: Plan) -> None:
        super().__init__(desk)
        self._desk, self._plan = desk, plan
        self._window = desk.window
        self._chance = random.Random(plan.seed)
        self._shown_at = time.monotonic()
        self._acts = 0
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._on_look)
        self._acting = QTimer(self, interval=_TICK_MS)
        self._acting.timeout.connect(self._on_act)
        if plan.control != "early":
            self._window.case.written.connect(self._on_written, Qt.ConnectionType.DirectConnection)
        self._looking.start()
        say(Fact("window"))

    @Slot(object)
    def _on_written(self, click: Click) -> None:
        say(_fact_of("kept", click))

    @property
    def _since_s(self) -> float:
        return time.monotonic() - self._shown_at

    @Slot()
    def _on_look(self) -> None:
        if self._desk.connection.case_work is None:
            self._give_up("nobody is signed in")
            return
        if self._plan.case and not self._is_right():
            self._give_up("what was kept is not on screen")
            return
        self._looking.stop()
        if self._plan.case:
            say(Fact("right", case=self._plan.case, s=self._since_s))
        say(Fact("ready"))
        self._acting.start()

    def _give_up(self, why: str) -> None:
        if self._since_s > (_CONTROL_GIVES_UP_S if self._plan.control else _GIVES_UP_S):
            say(Fact("wrong", case=self._plan.case, text=f"{why}: {self._seen()}", s=self._since_s))
            self._looking.stop()
            say(Fact("ready"))
            self._acting.start()

    def _is_right(self) -> bool:
        """Tell whether each note that was kept stands on its case once, told or pending."""
        window, case = self._window, CaseId(self._plan.case)
        if window.case.case != case:
            window.open_case(case)
            return False
        seen = self._seen()
        return all(seen.count(text) == 1 for text in self._plan.texts)

    def _seen(self) -> list[str]:
        table = self._window.work.case.tabs.notes
        items = [table.item(row, 2) for row in range(table.rowCount())]
        return [item.text().split(" – ")[0] for item in items if item is not None]

    @Slot()
    def _on_act(self) -> None:
        if self._plan.settles:
            self._settle()
            return
        page, case = self._window.work.case, self._window.case
        if case.case is None or self._acts >= _ACTS_OF_A_CASE:
            self._next_case()
            return
        if page.file is None or page.decisions is None or page.file.line.id != case.case:
            return
        self._acts += 1
        if page.file.line.claim is None and page.pending.wants_claim is None:
            case.claim()
        choice = self._chance.random()
        if choice < 0.5:
            case.add_note(f"seen {uuid.UUID(int=self._chance.getrandbits(128))}")
        elif choice < 0.62:
            page.guide.choose(1)
        elif choice < 0.68:
            case.recheck()
        else:
            self._act_on_money()

    def _act_on_money(self) -> None:
        page, case = self._window.work.case, self._window.case
        assert page.decisions is not None
        kinds = (ActionKind.REFUND, ActionKind.RESUBMIT, ActionKind.NOTIFY, ActionKind.ESCALATE)
        allowed = [kind for kind in kinds if page.decisions[kind].allowed]
        if not allowed:
            case.recheck()
            return
        kind = self._chance.choice(allowed)
        targets = page.decisions[kind].targets
        templates = page.decisions.templates
        case.do(
            Wish(
                kind,
                payment=targets[0].payment if targets else None,
                amount=targets[0].limit if targets and kind is ActionKind.REFUND else None,
                template=templates[0].value if kind is ActionKind.NOTIFY and templates else None,
                language="en" if kind is ActionKind.NOTIFY else None,
                reason="" if kind in {ActionKind.RESUBMIT, ActionKind.NOTIFY} else "asked for",
            )
        )

    def _next_case(self) -> None:
        model = self._window.work.queue.model
        if model.rowCount() == 0:
            return
        line = model.line_at(self._chance.randrange(model.rowCount()))
        if line is not None:
            self._acts = 0
            self._window.open_case(line.id)

    def _settle(self) -> None:
        """End when nothing is left that is sent by itself; tell what waits for the person."""
        pending = self._window.outbox.pending()
        if any(click.state in {"waiting", "sent"} for click in pending):
            if self._since_s > 120:
                self._end()
            return
        self._end()

    def _end(self) -> None:
        self._acting.stop()
        for click in self._window.outbox.pending():
            say(Fact("left", click.key, str(click.kind), click.case, str(click.state)))
        say(Fact("end"))
        self._window.close()


def live(plan: Plan) -> int:
    """Be a desk until killed, or until all is sent."""
    _tell_refusals()
    if plan.control == "new_keys":
        _with_new_keys()
    elif plan.control == "early":
        _told_early()
    application = QApplication(["agent-app"])
    profile = Path(plan.profile)
    stores = StoreFolder(profile / "stores")
    keys = _TestKeys(bytes.fromhex(plan.key))
    entry = Entry(connect, keys, stores, HttpProvider(), ProofKeys())
    adapters = Adapters(entry, PreferenceFile(profile / "desk.json"))
    desk = Desk(application, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)
    # From the second life on it begins as people's desks do: with what is kept.
    is_first = stores.last(plan.gateway) is None
    desk.start(plan.gateway, plan.token if is_first else None)
    driver = _Driver(desk, plan)
    code = application.exec()
    driver.deleteLater()
    desk.runner.close()
    return code
