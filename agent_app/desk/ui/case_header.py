"""The head of a case: order, customer, amount, running deadline, claim."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from agent_app.desk.ui import design, formats, icons
from agent_app.desk.ui.locked import lock, without_gateway
from agent_app.desk.ui.onlookers import OnlookersLine
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words import filled, states
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.ageing import countdown
from agent_app.desk.work.case_file import CaseFile, Onlooker
from agent_app.desk.work.case_work import ContactCard
from agent_app.desk.work.handover import is_handover_due
from agent_app.domain.case import ENDED, CaseState, Claim
from agent_app.domain.ids import UserId

translate = QCoreApplication.translate


class CaseHeader(QWidget):
    """What every decision about the case starts from.

    Signals:
        back_requested, claim_requested, release_requested, reopen_requested, reveal_requested.
        assign_requested: the case is to go to another person.
        handover_requested: the case is to be given back, and the next one must know something.
    """

    back_requested = Signal()
    claim_requested = Signal()
    release_requested = Signal()
    reopen_requested = Signal()
    reveal_requested = Signal()
    assign_requested = Signal()
    handover_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: CaseFile | None = None
        self._me: UserId | None = None
        self._contact: ContactCard | None = None
        self._now: datetime | None = None
        self._back = QToolButton(autoRaise=True)
        self._back.setIcon(icons.icon("back"))
        self._order = ToneLabel(size=design.HEADLINE, bold=True)
        self._order.setTextInteractionFlags(
            self._order.textInteractionFlags().TextSelectableByMouse
        )
        self._amount = ToneLabel(size=design.HEADLINE, bold=True)
        self._who = ToneLabel("muted")
        self._reveal = QToolButton(autoRaise=True)
        self._reveal.setIcon(icons.icon("eye", "muted"))
        self._flagged = ToneLabel("muted")
        self._timer = QLabel()
        self._deadline = ToneLabel(size=design.SECTION, bold=True)
        self._claimed = ToneLabel("muted", size=design.META)
        self._age = ToneLabel("warning", size=design.META)
        """How old all that is shown is, while nobody can be asked."""
        self.claim = QPushButton()
        self.assign = QPushButton()
        self.onlookers = OnlookersLine()
        self._may_assign = False
        self._online = True
        self._wants_claim: bool | None = None
        self._build()
        self._back.clicked.connect(self.back_requested)
        self._reveal.clicked.connect(self.reveal_requested)
        self.claim.clicked.connect(self._on_claim_clicked)
        self.assign.clicked.connect(self.assign_requested)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(design.S3)
        for part in (self._back, self._order, self._amount):
            first.addWidget(part)
        first.addStretch(1)
        first.addWidget(self._timer)
        first.addWidget(self._deadline)
        first.addWidget(self.assign)
        first.addWidget(self.claim)
        second = QHBoxLayout()
        second.setSpacing(design.S2)
        second.addSpacing(34)
        for part in (self._who, self._reveal, self._flagged):
            second.addWidget(part)
        second.addStretch(1)
        second.addWidget(self._age)
        second.addWidget(self._claimed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.onlookers)
        for button in (self.claim, self.assign):
            button.setMinimumHeight(30)

    @property
    def age_shown(self) -> bool:
        """Return whether it says how old the case is."""
        return not self._age.isHidden()

    def show_others(self, others: tuple[Onlooker, ...], now: datetime) -> None:
        """Show who else has the case open."""
        self.onlookers.show_others(others, now)

    def show_case(self, file: CaseFile, me: UserId, now: datetime, *, may_assign: bool) -> None:
        """Show a case."""
        self._may_assign = may_assign
        if self._file is None or self._file.line.id != file.line.id:
            self._contact = None
        self._file, self._me = file, me
        self._render(now)

    @property
    def is_mine(self) -> bool:
        """Return whether this person has the case, or his claim waits to be sent."""
        if self._file is None or self._now is None:
            return False
        if self._wants_claim is not None:
            return self._wants_claim
        claim = self._file.line.claimed_by(self._now)
        return claim is not None and claim.user == self._me

    @property
    def claimed(self) -> str:
        """Return what it says of who has the case."""
        return self._claimed.text()

    @property
    def age(self) -> str:
        """Return what it says of the age of the case; empty while the gateway answers."""
        return "" if self._online else self._age.text()

    @property
    def may_reveal(self) -> bool:
        """Return whether the contact data may be asked for."""
        return self._reveal.isEnabled()

    def show_online(self, *, online: bool) -> None:
        """Lock what needs the gateway while it is away, and say how old the case is."""
        self._online = online
        if self._now is not None and self._file is not None:
            self._render(self._now)

    def show_pending(self, *, wants_claim: bool | None) -> None:
        """Show that taking or giving back the case waits to be sent."""
        self._wants_claim = wants_claim
        if self._now is not None and self._file is not None:
            self._render(self._now)

    def show_contact(self, contact: ContactCard) -> None:
        """Show contact data; it goes with the case."""
        self._contact = contact
        if self._now is not None:
            self._render(self._now)

    def tick(self, now: datetime) -> None:
        """Count the deadline and the ages on."""
        self.onlookers.tick(now)
        if self._file is not None:
            self._render(now)

    def _render(self, now: datetime) -> None:
        file = self._file
        assert file is not None
        self._now = now
        line = file.line
        self._back.setToolTip(with_keys(translate("CaseHeader", "Back to the queue ({key_back})")))
        self._back.setAccessibleName(self._back.toolTip())
        self._order.setText(line.name)
        self._order.setToolTip(line.ref if line.ref != line.name else "")
        self._amount.setText(formats.money(line.total))
        contact = self._contact
        shown = (
            " · ".join(filter(None, (contact.name, contact.phone, contact.email)))
            if (contact)
            else line.customer
        )
        parts = (shown, line.shop, states.method(line.method))
        self._who.setText(" · ".join(filter(None, parts)))
        self._reveal.setVisible(contact is None)
        self._reveal.setEnabled(self._online)
        self._reveal.setToolTip(
            translate("CaseHeader", "Show contact data; this is logged")
            if self._online
            else translate("CaseHeader", "Contact data needs the gateway: it logs every look")
        )
        self._age.setVisible(not self._online)
        as_of = translate("CaseHeader", "as it was {ago}")
        self._age.setText(filled(as_of, ago=formats.ago(file.as_of, now)))
        self._reveal.setAccessibleName(self._reveal.toolTip())
        times = translate("CaseHeader", "placed {placed} · flagged {flagged}")
        placed, flagged = formats.ago(line.placed_at, now), formats.ago(line.flagged_at, now)
        self._flagged.setText("· " + filled(times, placed=placed, flagged=flagged))
        self._render_deadline(file, now)
        self._render_claim(file, now)

    def _render_deadline(self, file: CaseFile, now: datetime) -> None:
        deadline = file.order.next_deadline(now) or file.line.deadline
        self._timer.setVisible(deadline is not None)
        self._deadline.setVisible(deadline is not None)
        if deadline is None:
            return
        count = countdown(deadline.at, now)
        tone = "danger" if count.urgent else "warning"
        self._timer.setPixmap(icons.pixmap("timer", tone, 18, self.devicePixelRatioF()))
        self._deadline.setText(f"{states.deadline(deadline.kind)} {formats.running(count)}")
        self._deadline.set_tone(tone)

    def _render_claim(self, file: CaseFile, now: datetime) -> None:
        self.assign.setText(translate("CaseHeader", "Assign…"))
        self.assign.setVisible(self._may_assign and file.line.state not in ENDED)
        lock(self.assign, "" if self._online else without_gateway())
        claim = file.line.claimed_by(now)
        mine = claim is not None and claim.user == self._me
        state = states.case_now(file.line.state, claimed=claim is not None)
        if file.line.state in ENDED:
            self.claim.setText(translate("CaseHeader", "Reopen"))
            self._claimed.setText(state)
        elif claim is None:
            self._name_claim(translate("CaseHeader", "Claim  {key_claim}"))
            self._claimed.setText(state)
        elif mine:
            self._name_claim(translate("CaseHeader", "Release  {key_claim}"))
            yours = translate("CaseHeader", "claimed by you")
            plain = file.line.state is CaseState.CLAIMED
            self._claimed.setText(yours if plain else f"{state} · {yours}")
        else:
            self._name_claim(translate("CaseHeader", "Claim  {key_claim}"))
            others = translate("CaseHeader", "{name} is working on it")
            self._claimed.setText(f"{state} · " + filled(others, name=claim.name))
        ended = file.line.state in ENDED
        lock(self.claim, self._claim_lock(None if mine else claim, ended=ended))
        if self._wants_claim is not None and not ended:
            self._render_claim_wanted(wanted=self._wants_claim)

    def _name_claim(self, text: str) -> None:
        self.claim.setText(with_keys(text))

    def _claim_lock(self, others: Claim | None, *, ended: bool) -> str:
        """Return why the case can be neither taken, given back nor reopened; empty if it can."""
        if ended:
            return "" if self._online else without_gateway()
        if others is None:
            return ""
        text = translate(
            "CaseHeader",
            "{name} is working on the case. Ask for it, or wait until it is released.",
        )
        return filled(text, name=others.name)

    def _render_claim_wanted(self, *, wanted: bool) -> None:
        lock(self.claim, "")
        if wanted:
            self._name_claim(translate("CaseHeader", "Release  {key_claim}"))
            self._claimed.setText(translate("CaseHeader", "claimed here, waiting to be sent"))
        else:
            self._name_claim(translate("CaseHeader", "Claim  {key_claim}"))
            self._claimed.setText(translate("CaseHeader", "released here, waiting to be sent"))

    def toggle_claim(self) -> None:
        """Claim, release or reopen: what the button says."""
        if self.claim.isEnabled():
            self._on_claim_clicked()

    def _on_claim_clicked(self) -> None:
        file, now = self._file, self._now
        if file is None or now is None:
            return
        if file.line.state in ENDED:
            self.reopen_requested.emit()
        elif self._wants_claim is not None:
            (self.release_requested if self._wants_claim else self.claim_requested).emit()
        elif file.line.claimed_by(now) is None:
            self.claim_requested.emit()
        elif self._me is not None and is_handover_due(file, self._me):
            self.handover_requested.emit()
        else:
            self.release_requested.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._now is not None:
            self._render(self._now)
        super().changeEvent(event)
