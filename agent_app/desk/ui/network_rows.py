"""Settings: the proxy and a company's authority, checked before they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words import filled
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.network import NetworkChoice, ProxyUse, checked_proxy

translate = QCoreApplication.translate


class NetworkRows(QWidget):
    """Proxy, its address, and the file of an authority.

    Signals:
        chosen: another choice that can be used (`NetworkChoice`).

    `check` raises `Rejected` for a choice that cannot be used; it may read the file.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check: Callable[[NetworkChoice], None] = _checked_alone
        self._choice = NetworkChoice()
        self._error: Rejected | None = None
        self.proxy = QComboBox()
        for use in ProxyUse:
            self.proxy.addItem("", use)
        self.address = QLineEdit()
        self.address.setMinimumWidth(280)
        self.address.setMaximumWidth(320)
        self.file = QPushButton()
        self.no_file = QPushButton()
        self._named = ToneLabel("muted")
        self._note = ToneLabel("muted", size=design.META, wrap=True)
        self.complaint = ToneLabel("danger", wrap=True)
        for box in (self.proxy, self.address, self.file, self.no_file):
            box.setMinimumHeight(30)
        self.proxy.setMinimumWidth(220)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (first, (self.proxy, self.address)),
            (second, (self.file, self.no_file, self._named)),
        ):
            row.setSpacing(design.S2)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(design.S2)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.complaint)
        layout.addWidget(self._note)
        self.proxy.activated.connect(self._on_proxy_chosen)
        self.address.editingFinished.connect(self._on_address_edited)
        self.file.clicked.connect(self._on_file_clicked)
        self.no_file.clicked.connect(self._on_no_file_clicked)
        self.show_choice(self._choice)

    def show_choice(self, choice: NetworkChoice) -> None:
        """Show what is chosen."""
        self._choice = choice
        self._error = None
        self.proxy.setCurrentIndex(list(ProxyUse).index(choice.proxy))
        self.address.setText(choice.proxy_url)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        uses = (
            translate("NetworkRows", "Proxy of the system"),
            translate("NetworkRows", "No proxy"),
            translate("NetworkRows", "This proxy:"),
        )
        for place, text in enumerate(uses):
            self.proxy.setItemText(place, text)
        self.proxy.setAccessibleName(translate("NetworkRows", "Proxy"))
        self.address.setAccessibleName(translate("NetworkRows", "Address of the proxy"))
        self.address.setPlaceholderText("http://proxy.example:3128")
        self.address.setVisible(self.proxy.currentData() == ProxyUse.MANUAL)
        self.file.setText(translate("NetworkRows", "Certificate of your company…"))
        self.no_file.setText(translate("NetworkRows", "Without it"))
        self.no_file.setVisible(bool(self._choice.ca_file))
        self._named.setText(Path(self._choice.ca_file).name)
        self._named.setVisible(bool(self._choice.ca_file))
        self._note.setText(
            translate(
                "NetworkRows",
                "Holds from the next start on. Proxies by an automatic script (PAC) and SOCKS are "
                "not supported.",
            )
        )
        self.complaint.setText(_words(self._error) if self._error is not None else "")
        self.complaint.setVisible(self._error is not None)

    def choose_file(self, path: str) -> None:
        """Trust the authority in a file, if it holds one."""
        self._choose(replace(self._choice, ca_file=path))

    def _choose(self, choice: NetworkChoice) -> None:
        try:
            self.check(choice)
        except Rejected as error:
            # What was in force stays so; what is typed stays on screen to be mended.
            self._error = error
            self.retranslate()
            return
        if choice.proxy is ProxyUse.MANUAL:
            choice = replace(choice, proxy_url=checked_proxy(choice.proxy_url))
        changed = choice != self._choice
        self.show_choice(choice)
        if changed:
            self.chosen.emit(choice)

    @Slot()
    def _on_proxy_chosen(self) -> None:
        use = ProxyUse(self.proxy.currentData())
        self.retranslate()
        if use is ProxyUse.MANUAL and not self.address.text().strip():
            self.address.setFocus()
            return
        self._choose(replace(self._choice, proxy=use, proxy_url=self.address.text().strip()))

    @Slot()
    def _on_address_edited(self) -> None:
        if self.proxy.currentData() == ProxyUse.MANUAL and self.address.text().strip():
            url = self.address.text().strip()
            self._choose(replace(self._choice, proxy=ProxyUse.MANUAL, proxy_url=url))

    @Slot()
    def _on_file_clicked(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.file.text())
        if path:
            self.choose_file(path)

    @Slot()
    def _on_no_file_clicked(self) -> None:
        self.choose_file("")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _checked_alone(choice: NetworkChoice) -> None:
    if choice.proxy is ProxyUse.MANUAL:
        checked_proxy(choice.proxy_url)


def _words(error: Rejected) -> str:
    if error.field == "ca_file":
        return translate(
            "NetworkRows",
            "This file holds no certificate that can be used. Ask IT for the certificate of your "
            "company's authority (PEM or DER).",
        )
    if error.field == "proxy_password":
        return translate(
            "NetworkRows", "A proxy's address with a password is not kept; leave the password out."
        )
    text = translate("NetworkRows", "This is not the address of an http proxy, such as {example}.")
    return filled(text, example="http://proxy.example:3128")
