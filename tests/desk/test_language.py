"""The language in force outlasts its file: an update may write it anew under a running desk."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from agent_app.desk.ui.language import LanguageSwitch
from agent_app.desk.work.preferences import Language
from agent_app.resources import resource

MAPS = Path("/proc/self/maps")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    shutil.copy(resource("translations", "desk_zh_CN.qm"), tmp_path)
    return tmp_path


def _is_mapped(folder: Path) -> bool:
    return str(folder) in MAPS.read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what a process has mapped")
def test_the_words_are_held_in_memory_not_in_their_file(words: Path, qapp: object) -> None:
    switch = LanguageSwitch(words)
    try:
        switch.use(Language.CHINESE)
        assert not _is_mapped(words)
        (words / "desk_zh_CN.qm").write_bytes(b"")
        assert QCoreApplication.translate("ActionKind", "Refund") == "退款"
    finally:
        switch.use(Language.ENGLISH)
        switch.fall_silent()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what a process has mapped")
def test_a_file_that_qt_maps_is_seen(words: Path, qapp: object) -> None:
    translator = QTranslator()
    assert translator.load("desk_zh_CN", str(words))
    assert _is_mapped(words)


def test_a_missing_language_is_named(tmp_path: Path, qapp: object) -> None:
    switch = LanguageSwitch(tmp_path)
    with pytest.raises(FileNotFoundError, match="desk_zh_CN"):
        switch.use(Language.CHINESE)
    switch.use(Language.ENGLISH)
    switch.fall_silent()
