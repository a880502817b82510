"""The connect page: which gateway, and who. First screen of a first start.

Offers what the gateway offers: the company's own sign-in in the browser, an access token, or both.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.key_choice import KeyChoice
from agent_app.desk.ui.sheet import make_primary
from agent_app.desk.ui.words import problems
from agent_app.desk.work.local import KeyPlace

translate = QCoreApplication.translate
WIDTH = 460


class ConnectPage(QWidget):
    """Asks for address and token, or for the browser.

    Signals:
        connect_requested: address and token, as typed (`str`, `str`); an empty token means the
            one kept for this gateway.
        browser_requested: sign in at the company's provider, at the gateway of this address.
        look_requested: how do people sign in at this address.
        cancel_requested: do not wait for the browser any longer.
        guide_requested: the guide, which needs no gateway.
    """

    connect_requested = Signal(str, str)
    browser_requested = Signal(str)
    look_requested = Signal(str)
    cancel_requested = Signal()
    guide_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: Exception | None = None
        self._keeps = True
        self._busy = False
        self._in_browser = False
        self._by_browser = False
        self._looked_at = ""
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self._intro = QLabel(wordWrap=True)
        self._intro.setForegroundRole(self._intro.foregroundRole().PlaceholderText)
        self.gateway = QLineEdit()
        self.browser_button = QPushButton()
        self.token = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self._gateway_label = QLabel()
        self._token_label = QLabel()
        self._keeping = QLabel(wordWrap=True)
        self._keeping.setFont(design.font(design.META))
        self.key_choice = KeyChoice()
        # Plain: it may hold what a provider said.
        self.complaint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.button = QPushButton(default=True)
        self.cancel_button = QPushButton()
        self.guide_button = QPushButton(flat=True)
        self.guide_button.setIcon(icons.icon("guide"))
        FocusOutline(self.guide_button)
        self._build()
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.gateway.returnPressed.connect(self._on_submitted)
        self.gateway.editingFinished.connect(self._on_address_given)
        self.token.returnPressed.connect(self._on_submitted)
        self.button.clicked.connect(self._on_submitted)
        self.browser_button.clicked.connect(self._on_browser_chosen)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.guide_button.clicked.connect(self.guide_requested)

    def _build(self) -> None:
        self._gateway_label.setBuddy(self.gateway)
        self._token_label.setBuddy(self.token)
        make_primary(self.button)
        make_primary(self.browser_button)
        buttons = (self.button, self.cancel_button, self.guide_button)
        for field in (self.gateway, self.token, self.browser_button, *buttons):
            field.setMinimumHeight(34)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(design.S2)
        form.addRow(self._gateway_label, self.gateway)
        form.addRow(self.browser_button)
        form.addRow(self._token_label, self.token)
        column = QVBoxLayout()
        column.setSpacing(design.S3)
        for label in (self._title, self._intro):
            column.addWidget(label)
        column.addLayout(form)
        column.addWidget(self._keeping)
        column.addWidget(self.key_choice)
        column.addWidget(self.complaint)
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        holder = QWidget()
        holder.setLayout(column)
        holder.setFixedWidth(WIDTH)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(holder)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(2)

    def show_gateway(self, url: str) -> None:
        """Fill in the address known."""
        self.gateway.setText(url)

    def show_keeping(self, *, keeps: bool) -> None:
        """Say whether there is a safe keyring; without one the person chooses."""
        self._keeps = keeps
        self.retranslate()

    def show_ways(self, gateway_url: str, *, by_browser: bool) -> None:
        """Offer what the gateway at this address offers; late news of another one is dropped."""
        if gateway_url == self.gateway.text().strip():
            self._by_browser = by_browser
            self.retranslate()

    def show_busy(self, *, busy: bool, in_browser: bool = False) -> None:
        """Show that the gateway is being asked, or that the person is at the browser."""
        self._busy = busy
        self._in_browser = busy and in_browser
        if busy:
            self._error = None
        self.retranslate()

    def show_error(self, error: Exception | None) -> None:
        """Say why the last try failed."""
        self._error = error
        self._busy = self._in_browser = False
        self.retranslate()
        if error is not None and not self.gateway.hasFocus():
            self.token.setFocus()

    def chosen_place(self) -> KeyPlace | None:
        """Return where the person wants the key; None: the keyring, and no question."""
        return None if self._keeps else self.key_choice.place()

    def chosen_passphrase(self) -> str | None:
        """Return the passphrase for a new key; None where none is wanted."""
        if self.chosen_place() is not KeyPlace.PASSPHRASE:
            return None
        return self.key_choice.passphrase.text()

    def forget(self) -> None:
        """Empty what was typed in secret."""
        self.token.clear()
        self.key_choice.forget()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("ConnectPage", "Connect to your gateway"))
        self._intro.setText(
            translate(
                "ConnectPage",
                "The gateway stands before your shops. Your team lead has its address and tells "
                "you how to sign in.",
            )
        )
        self._gateway_label.setText(translate("ConnectPage", "&Address of the gateway"))
        alone = translate("ConnectPage", "Access &token")
        instead = translate("ConnectPage", "Or with an access &token")
        self._token_label.setText(instead if self._by_browser else alone)
        self.gateway.setPlaceholderText("https://gateway.example.com")
        self._keeping.setText(
            translate(
                "ConnectPage",
                "What you need to go on is kept here encrypted; its key is in this computer's "
                "keyring.",
            )
        )
        asking = translate("ConnectPage", "Connecting…")
        at_browser = translate("ConnectPage", "Waiting for the browser…")
        self.browser_button.setText(
            at_browser
            if self._in_browser
            else translate("ConnectPage", "Sign in with your company account")
        )
        connecting = self._busy and not self._in_browser
        self.button.setText(asking if connecting else translate("ConnectPage", "Connect"))
        self.cancel_button.setText(translate("ConnectPage", "Cancel"))
        self.guide_button.setText(translate("ConnectPage", "Open the guide"))
        self.guide_button.setToolTip(
            translate("ConnectPage", "The checklist and every cause; works without a gateway")
        )
        self._show_parts()

    def _show_parts(self) -> None:
        self.browser_button.setVisible(self._by_browser)
        self.browser_button.setEnabled(not self._busy)
        self.button.setEnabled(not self._busy)
        self.cancel_button.setVisible(self._in_browser)
        self._keeping.setVisible(self._keeps)
        self.key_choice.setVisible(not self._keeps)
        self.complaint.setVisible(self._error is not None)
        if self._error is not None:
            self._complain(problems.at_sign_in(self._error))

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.show()
        palette = self.complaint.palette()
        palette.setColor(palette.ColorRole.WindowText, design.tone("danger"))
        self.complaint.setPalette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            (self.token if self.gateway.text() else self.gateway).setFocus()
            self._on_address_given()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _is_ready(self) -> bool:
        problem = "" if self._keeps else self.key_choice.problem()
        if problem:
            self._complain(problem)
        return not self._busy and not problem

    @Slot()
    def _on_address_given(self) -> None:
        url = self.gateway.text().strip()
        if url and url != self._looked_at and not self._busy:
            self._looked_at = url
            self._by_browser = False
            self.look_requested.emit(url)

    @Slot()
    def _on_submitted(self) -> None:
        if self._is_ready():
            self.connect_requested.emit(self.gateway.text().strip(), self.token.text().strip())

    @Slot()
    def _on_browser_chosen(self) -> None:
        if self._is_ready():
            self.browser_requested.emit(self.gateway.text().strip())
