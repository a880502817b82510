"""Where notices are shown: the system's tray, or the window's own foot where there is none."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.window import DeskWindow

SHOWN_MS = 15_000
_IN_MENU = (Command.GO_MINE, Command.LOCK, Command.QUIT)


class Outlet(QObject):
    """Shows a notice; without a tray the window asks for attention and says it at its foot.

    Signals:
        clicked: the person answered the notice.
    """

    clicked = Signal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self.window = window

    def tell(self, title: str, text: str) -> None:
        """Show a notice until it is clicked or its time is up."""
        self.window.status.showMessage(f"{title}: {text}".replace("\n", "  "), SHOWN_MS)
        QApplication.alert(self.window)

    def raise_window(self) -> None:
        """Bring the window to the front."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()


class Tray(Outlet):
    """An icon in the system's tray with a menu of the most needed commands."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self.menu = QMenu(window)
        self.open = QAction(self.menu)
        self.menu.addAction(self.open)
        # The window's own actions: their words, and that a locked desk only quits, come with them.
        for command in _IN_MENU:
            self.menu.addAction(window.commands[command])
        self.icon = QSystemTrayIcon(window.windowIcon(), self)
        self.icon.setContextMenu(self.menu)
        self.menu.aboutToShow.connect(self._on_about_to_show)
        self.menu.triggered.connect(self._on_triggered)
        self.icon.messageClicked.connect(self.clicked)
        self.icon.activated.connect(self._on_activated)
        window.closing.connect(self.icon.hide)
        self._on_about_to_show()
        self.icon.show()

    def tell(self, title: str, text: str) -> None:
        self.icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, SHOWN_MS)

    @Slot()
    def _on_about_to_show(self) -> None:
        self.open.setText(QCoreApplication.translate("Tray", "Open the desk"))
        self.icon.setToolTip(self.window.windowTitle())

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action in (self.open, self.window.commands[Command.GO_MINE]):
            self.raise_window()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.raise_window()


def outlet(window: DeskWindow) -> Outlet:
    """Return the best place for notices that this machine has."""
    return Tray(window) if QSystemTrayIcon.isSystemTrayAvailable() else Outlet(window)
