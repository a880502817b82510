"""The connect page: which gateway, with which token. First screen of a first start."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Signal, Slot
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
from agent_app.desk.ui.sheet import make_primary
from agent_app.desk.ui.words import problems

translate = QCoreApplication.translate
WIDTH = 460


class ConnectPage(QWidget):
    """Asks for address and token.

    Signals:
        connect_requested: address and token, as typed (`str`, `str`); an empty token means the
            one kept for this gateway.
        guide_requested: the guide, which needs no gateway.
    """

    connect_requested = Signal(str, str)
    guide_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: Exception | None = None
        self._keeps = True
        self._busy = False
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self._intro = QLabel(wordWrap=True)
        self._intro.setForegroundRole(self._intro.foregroundRole().PlaceholderText)
        self.gateway = QLineEdit()
        self.token = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self._gateway_label = QLabel()
        self._token_label = QLabel()
        self._keeping = QLabel(wordWrap=True)
        self._keeping.setFont(design.font(design.META))
        self.complaint = QLabel(wordWrap=True)
        self.button = QPushButton(default=True)
        self.guide_button = QPushButton(flat=True)
        self.guide_button.setIcon(icons.icon("guide"))
        FocusOutline(self.guide_button)
        self._build()
        self.gateway.returnPressed.connect(self._on_submitted)
        self.token.returnPressed.connect(self._on_submitted)
        self.button.clicked.connect(self._on_submitted)
        self.guide_button.clicked.connect(self.guide_requested)
        self.retranslate()

    def _build(self) -> None:
        self._gateway_label.setBuddy(self.gateway)
        self._token_label.setBuddy(self.token)
        make_primary(self.button)
        for field in (self.gateway, self.token, self.button, self.guide_button):
            field.setMinimumHeight(34)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(design.S2)
        form.addRow(self._gateway_label, self.gateway)
        form.addRow(self._token_label, self.token)
        column = QVBoxLayout()
        column.setSpacing(design.S3)
        for part in (self._title, self._intro):
            column.addWidget(part)
        column.addLayout(form)
        for part in (self._keeping, self.complaint):
            column.addWidget(part)
        row = QHBoxLayout()
        for button in (self.button, self.guide_button):
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
        """Say whether the token outlasts the session."""
        self._keeps = keeps
        self.retranslate()

    def show_busy(self, *, busy: bool) -> None:
        """Show that the gateway is being asked."""
        self._busy = busy
        self.button.setEnabled(not busy)
        if busy:
            self._error = None
        self.retranslate()

    def show_error(self, error: Exception | None) -> None:
        """Say why the last try failed."""
        self._error = error
        self._busy = False
        self.button.setEnabled(True)
        self.retranslate()
        if error is not None and not self.gateway.hasFocus():
            self.token.setFocus()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("ConnectPage", "Connect to your gateway"))
        self._intro.setText(
            translate(
                "ConnectPage",
                "The gateway stands before your shops. Your team lead has its address and your "
                "access token.",
            )
        )
        self._gateway_label.setText(translate("ConnectPage", "&Address of the gateway"))
        self._token_label.setText(translate("ConnectPage", "Access &token"))
        self.gateway.setPlaceholderText("https://gateway.example.com")
        kept = translate("ConnectPage", "The token is kept in this computer's keyring.")
        lost = translate(
            "ConnectPage",
            "This computer has no safe keyring: the token is kept for this session only.",
        )
        self._keeping.setText(kept if self._keeps else lost)
        asking = translate("ConnectPage", "Connecting…")
        self.button.setText(asking if self._busy else translate("ConnectPage", "Connect"))
        self.guide_button.setText(translate("ConnectPage", "Open the guide"))
        self.guide_button.setToolTip(
            translate("ConnectPage", "The checklist and every cause; works without a gateway")
        )
        self.complaint.setVisible(self._error is not None)
        if self._error is not None:
            self.complaint.setText(problems.at_sign_in(self._error))
            palette = self.complaint.palette()
            palette.setColor(palette.ColorRole.WindowText, design.tone("danger"))
            self.complaint.setPalette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            (self.token if self.gateway.text() else self.gateway).setFocus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def _on_submitted(self) -> None:
        if not self._busy:
            self.connect_requested.emit(self.gateway.text().strip(), self.token.text().strip())
