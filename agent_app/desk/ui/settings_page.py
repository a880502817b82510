"""Settings: language, theme, keys, lock, network, gateway. All but the network act at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.choice import Tick
from agent_app.desk.ui.network_rows import NetworkRows
from agent_app.desk.ui.words import filled, people
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.case_file import SignedIn
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.network import NetworkChoice
from agent_app.desk.work.preferences import LOCK_MINUTES, Language, Preferences, Theme

translate = QCoreApplication.translate


class SettingsPage(QWidget):
    """Shows the preferences and who is signed in.

    Signals:
        preferences_chosen: the person chose something else (`Preferences`).
        sign_out_requested: another gateway or person.
        passphrase_requested: another passphrase for what is kept here.
        keys_requested: other keys for the commands; notices_requested: which notices to tell.
    """

    preferences_chosen = Signal(object)
    sign_out_requested = Signal()
    passphrase_requested = Signal()
    keys_requested = Signal()
    notices_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = Preferences()
        self._user: SignedIn | None = None
        self._gateway = ""
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self.language = QComboBox()
        self.theme = QComboBox()
        self.letters = Tick()
        self.keys = QPushButton()
        self.notices = QPushButton()
        self.lock = QComboBox()
        self.network = NetworkRows()
        self._labels = tuple(QLabel() for _ in range(8))
        self._where = QLabel(wordWrap=True)
        self._who = QLabel(wordWrap=True)
        self._problems = QLabel(wordWrap=True)
        self.sign_out = QPushButton()
        self.passphrase = QPushButton()
        self.passphrase.hide()
        for language in Language:
            self.language.addItem("", language)
        for theme in Theme:
            self.theme.addItem("", theme)
        for minutes in LOCK_MINUTES:
            self.lock.addItem("", minutes)
        self._build()
        self.retranslate()
        self.language.activated.connect(self._on_chosen)
        self.theme.activated.connect(self._on_chosen)
        self.letters.clicked.connect(self._on_chosen)
        self.lock.activated.connect(self._on_chosen)
        self.network.chosen.connect(self._on_network_chosen)
        self.sign_out.clicked.connect(self.sign_out_requested)
        self.passphrase.clicked.connect(self.passphrase_requested)
        self.keys.clicked.connect(self.keys_requested)
        self.notices.clicked.connect(self.notices_requested)

    def _build(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(design.S3)
        form.setHorizontalSpacing(design.S5)
        habits = QWidget()
        beside = QHBoxLayout(habits)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(design.S2)
        for button in (self.keys, self.notices):
            button.setMinimumHeight(30)
            beside.addWidget(button)
        beside.addStretch(1)
        own = (self.language, self.theme, self.letters, habits, self.lock, self.network)
        fields = (*own, self._where, self._who)
        for label, field in zip(self._labels, fields, strict=True):
            form.addRow(label, field)
        for box in (self.language, self.theme, self.lock):
            box.setMinimumHeight(30)
            box.setMinimumWidth(220)
            box.setMaximumWidth(320)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S4)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addWidget(self._problems)
        row = QHBoxLayout()
        row.addWidget(self.sign_out)
        row.addWidget(self.passphrase)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what is chosen."""
        self._preferences = preferences
        self.language.setCurrentIndex(list(Language).index(preferences.language))
        self.theme.setCurrentIndex(list(Theme).index(preferences.theme))
        self.letters.setChecked(preferences.letter_keys)
        self.lock.setCurrentIndex(LOCK_MINUTES.index(preferences.lock_minutes))
        self.network.show_choice(preferences.network)

    def show_session(
        self, user: SignedIn | None, gateway: str, place: KeyPlace | None = None
    ) -> None:
        """Show who is signed in where; `place`: where the key of his store is."""
        self._user, self._gateway = user, gateway
        self.passphrase.setVisible(place is KeyPlace.PASSPHRASE)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("SettingsPage", "Settings"))
        heads = (
            translate("SettingsPage", "Language"),
            translate("SettingsPage", "Appearance"),
            translate("SettingsPage", "Keys"),
            translate("SettingsPage", "Habits"),
            translate("SettingsPage", "Lock"),
            translate("SettingsPage", "Network"),
            translate("SettingsPage", "Gateway"),
            translate("SettingsPage", "Signed in"),
        )
        for label, text in zip(self._labels, heads, strict=True):
            label.setText(text)
        # Each language in its own name: whoever cannot read this one must find his own.
        languages = (translate("SettingsPage", "As the system"), "English", "中文")
        themes = (
            translate("SettingsPage", "As the system"),
            translate("SettingsPage", "Light"),
            translate("SettingsPage", "Dark"),
        )
        for box, names in ((self.language, languages), (self.theme, themes)):
            for place, text in enumerate(names):
                box.setItemText(place, text)
        for place, minutes in enumerate(LOCK_MINUTES):
            self.lock.setItemText(place, _after(minutes))
        self.letters.setText(
            translate("SettingsPage", "Single letters act in lists and on the case page")
        )
        self.keys.setText(translate("SettingsPage", "Change the keys…"))
        self.notices.setText(translate("SettingsPage", "Choose notices…"))
        self.sign_out.setText(translate("SettingsPage", "Sign out and connect elsewhere"))
        self.sign_out.setEnabled(self._user is not None)
        self.passphrase.setText(translate("SettingsPage", "Change the passphrase…"))
        self._where.setText(self._gateway or "–")
        self._who.setText(_who(self._user))
        self._problems.setText("\n".join(self._user.shop_problems) if self._user else "")
        self._problems.setVisible(bool(self._problems.text()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def _on_chosen(self) -> None:
        self._preferences = replace(
            self._preferences,
            language=Language(self.language.currentData()),
            theme=Theme(self.theme.currentData()),
            letter_keys=self.letters.isChecked(),
            lock_minutes=int(self.lock.currentData()),
        )
        self.preferences_chosen.emit(self._preferences)

    @Slot(object)
    def _on_network_chosen(self, choice: NetworkChoice) -> None:
        self._preferences = replace(self._preferences, network=choice)
        self.preferences_chosen.emit(self._preferences)


def _after(minutes: int) -> str:
    if not minutes:
        return with_keys(translate("SettingsPage", "Only when I lock it ({key_lock})"))
    text = translate("SettingsPage", "After {minutes} min without a key or a click")
    return filled(text, minutes=str(minutes))


def _who(user: SignedIn | None) -> str:
    if user is None:
        return translate("SettingsPage", "nobody")
    text = translate("SettingsPage", "{name}, {role}; gateway version {version}")
    return filled(
        text, name=user.actor.name, role=people.role(user.role), version=user.gateway_version
    )
