"""The language of the screen: translators, Qt's own words, the locale of money and dates.

`main` makes one `LanguageSwitch`; every widget answers QEvent.LanguageChange by `retranslate`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from agent_app.desk.work.preferences import Language
from agent_app.resources import resource


def effective(language: Language) -> Language:
    """Return the language that a choice means on this system."""
    if language is not Language.SYSTEM:
        return language
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return Language.CHINESE
        if name.startswith("en"):
            return Language.ENGLISH
    return Language.ENGLISH


def tag() -> str:
    """Return the key of the language in force in bilingual content: `en` or `zh_CN`."""
    return "zh_CN" if QLocale().language() == QLocale.Language.Chinese else "en"


class LanguageSwitch:
    """Installs the words of one language and takes those of the last one away."""

    def __init__(self, words: Path | None = None) -> None:
        """Take the desk's words from a folder; None: from the program's own resources."""
        self._folder = words or resource("translations")
        self._installed: list[tuple[QTranslator, bytes]] = []
        """With the words themselves: a translator reads them where they lie, and copies nothing."""

    def use(self, choice: Language) -> None:
        """Speak the chosen language from now on; every window is told by LanguageChange."""
        language = effective(choice)
        self.fall_silent()
        QLocale.setDefault(_locale(language))
        # Qt's own words first: the desk's, installed later, are asked before them.
        qt_words = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._install(f"qtbase_{language.value}", qt_words, needed=False)
        desk_words = str(self._folder)
        self._install(f"desk_{language.value}", desk_words, needed=language is Language.CHINESE)

    def fall_silent(self) -> None:
        """Take all words away, so that a next desk in this process speaks its own language."""
        for translator, _words in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()

    def _install(self, name: str, folder: str, *, needed: bool) -> None:
        file = Path(folder) / f"{name}.qm"
        # By way of memory: Qt maps a file that it loads itself, and dies of its next word when an
        # update writes the file anew under a running desk.
        words = file.read_bytes() if file.is_file() else b""
        translator = QTranslator(QApplication.instance())
        if words and translator.load(words, folder):
            QCoreApplication.installTranslator(translator)
            self._installed.append((translator, words))
        elif needed:
            raise FileNotFoundError(f"missing translation: {file} (run dev.py i18n)")


def _locale(language: Language) -> QLocale:
    """Return the person's own locale where it speaks the language, so that dates stay his."""
    system = QLocale.system()
    if language is Language.CHINESE:
        if system.language() == QLocale.Language.Chinese:
            return system
        return QLocale(QLocale.Language.Chinese, QLocale.Country.China)
    if system.language() == QLocale.Language.English:
        return system
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
