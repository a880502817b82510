"""What we know: the shop's word and the provider's side by side, each with its age."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from agent_app.desk.ui import design, formats, icons
from agent_app.desk.ui.badges import BadgeLabel
from agent_app.desk.ui.panel import Panel, ToneLabel
from agent_app.desk.ui.words import actions, filled, flagged, states
from agent_app.desk.work.known import Known, ProviderWord, ShopWord
from agent_app.domain.truth import AmountMatch

translate = QCoreApplication.translate


class KnownPanel(Panel):
    """Both sources, their conflict as a sentence, and the row of the decision table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: Known | None = None
        self._now: datetime | None = None
        self._names = (ToneLabel("muted"), ToneLabel("muted"))
        self._badges = (BadgeLabel(), BadgeLabel())
        self._ages = (ToneLabel("muted", size=design.META), ToneLabel("muted", size=design.META))
        self._details = (
            ToneLabel(size=design.META, wrap=True),
            ToneLabel(size=design.META, wrap=True),
        )
        self._sign = QLabel()
        self._summary = ToneLabel(bold=True, wrap=True)
        self._flagged = ToneLabel("muted", size=design.META, wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(design.S3)
        grid.setVerticalSpacing(2)
        right = Qt.AlignmentFlag.AlignRight
        for row in (0, 1):
            grid.addWidget(self._names[row], row * 2, 0)
            grid.addWidget(self._badges[row], row * 2, 1)
            grid.addWidget(self._ages[row], row * 2, 2, right)
            grid.addWidget(self._details[row], row * 2 + 1, 1, 1, 2)
        grid.setColumnStretch(2, 1)
        self.body.addLayout(grid)
        bottom = QGridLayout()
        bottom.setHorizontalSpacing(design.S2)
        bottom.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        bottom.addWidget(self._summary, 0, 1)
        bottom.addWidget(self._flagged, 1, 1)
        bottom.setColumnStretch(1, 1)
        self.body.addLayout(bottom)
        self.body.addStretch(1)

    def show_known(self, known: Known, now: datetime) -> None:
        """Show what both sources say."""
        self._known = known
        self._render(now)

    def tick(self, now: datetime) -> None:
        """Let the ages grow."""
        if self._known is not None:
            self._now = now
            self._render_ages(self._known, now)

    def _render(self, now: datetime) -> None:
        known = self._known
        assert known is not None
        self._now = now
        self.heading.setText(translate("KnownPanel", "What we know"))
        self._names[0].setText(translate("KnownPanel", "Shop says"))
        self._names[1].setText(translate("KnownPanel", "Provider says"))
        self._badges[0].show_state(known.shop.stage)
        self._badges[1].show_state(known.provider.verdict)
        self._details[0].setText(_shop_detail(known.shop))
        self._details[1].setText(_provider_detail(known.provider))
        for detail in self._details:
            detail.setVisible(bool(detail.text()))
        conflict = bool(known.conflicts)
        sentences = [states.conflict(code) for code in known.conflicts]
        sentences.append(actions.remedy(known.summary))
        self._summary.setText(" ".join(sentences))
        self._summary.set_tone("danger" if conflict else "text")
        drawing, tone = ("differs", "danger") if conflict else ("info", "accent")
        self._sign.setPixmap(icons.pixmap(drawing, tone, 16, self.devicePixelRatioF()))
        reasons = translate("KnownPanel", "; ").join(flagged.why(flag) for flag in known.flags)
        self._flagged.setVisible(bool(reasons))
        why = translate("KnownPanel", "In the queue because: {reasons}")
        self._flagged.setText(filled(why, reasons=reasons))
        self._render_ages(known, now)

    def _render_ages(self, known: Known, now: datetime) -> None:
        words: tuple[ShopWord | ProviderWord, ...] = (known.shop, known.provider)
        for label, word in zip(self._ages, words, strict=True):
            if word.asked_at is None:
                label.setText(translate("KnownPanel", "never asked"))
                label.set_tone("warning")
                continue
            fresh = word.fresh_until is not None and now <= word.fresh_until
            age = formats.ago(word.asked_at, now)
            old = filled(translate("KnownPanel", "{age}, out of date"), age=age)
            label.setText(age if fresh else old)
            label.set_tone("muted" if fresh else "warning")

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}
        if event.type() in kinds and self._known is not None and self._now is not None:
            self._render(self._now)
        super().changeEvent(event)


def _shop_detail(word: ShopWord) -> str:
    parts = []
    if word.no_answer is not None:
        said = QCoreApplication.translate("Look", states.ANSWERS[word.no_answer])
        parts.append(filled(translate("KnownPanel", "last look: the shop {said}"), said=said))
    if word.since is not None:
        since = translate("KnownPanel", "since {time}")
        parts.append(filled(since, time=formats.moment(word.since)))
    if word.ended_by_timer:
        parts.append(translate("KnownPanel", "ended by the platform's timer"))
    return " · ".join(parts)


def _provider_detail(word: ProviderWord) -> str:
    parts = []
    if word.no_answer is not None:
        said = QCoreApplication.translate("Look", states.ANSWERS[word.no_answer])
        parts.append(filled(translate("KnownPanel", "last look: the provider {said}"), said=said))
    if word.captured is not None:
        parts.append(formats.money(word.captured))
    if word.amount_match is not AmountMatch.NOTHING:
        parts.append(states.amount_match(word.amount_match))
    if word.payments:
        parts.append(states.payer(word.customer_match))
        if len(word.payments) > 1:
            count = formats.number(len(word.payments))
            parts.append(filled(translate("KnownPanel", "payments: {count}"), count=count))
    if word.unrecorded is not None:
        unknown_to_shop = translate(
            "KnownPanel", "paid back, and not in the shop's books: {amount}"
        )
        parts.append(filled(unknown_to_shop, amount=formats.money(word.unrecorded)))
    return " · ".join(parts)
