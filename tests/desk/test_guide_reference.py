"""The guide reference holds the whole guide and asks for no gateway."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.guide_page import GuidePage
from agent_app.desk.ui.guide_print import GuidePaper, document_of, save, whole_html
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.work.preferences import Language
from agent_app.guides import load_guide
from tests.fakes.platform import FakePlatform


@pytest.fixture
def page(
    open_desk: Callable[..., Desk], platform: FakePlatform, qtbot: QtBot
) -> Callable[[Language], GuidePage]:
    def read(language: Language) -> GuidePage:
        desk = open_desk(platform, gateway=None)
        desk.languages.use(language)
        window = desk.window
        assert window.screens.currentWidget() is window.connect_page
        window.connect_page.guide_button.click()
        assert window.screens.currentWidget() is window.guide_page
        qtbot.waitUntil(lambda: window.guide_page.list.count() > 0)
        assert desk.connection.user is None
        return window.guide_page

    return read


def _titles(page: GuidePage) -> list[str]:
    return [page.list.item(row).text() for row in range(page.list.count())]


def _choose(page: GuidePage, title: str) -> str:
    page.list.setCurrentRow(_titles(page).index(title))
    return page.card.toPlainText()


@pytest.mark.parametrize(
    ("language", "word", "step", "cause"),
    [
        (
            Language.ENGLISH,
            "phone",
            "13. Read phone number and address back to the customer",
            "Phone number or postcode was refused",
        ),
        (Language.CHINESE, "电话", "13. 与客户核对电话和地址", "电话或邮编未通过校验"),
    ],
)
def test_without_a_gateway_a_word_finds_a_step_and_a_cause(
    page: Callable[[Language], GuidePage], language: Language, word: str, step: str, cause: str
) -> None:
    opened = page(language)
    everything = _titles(opened)
    opened.search.setText(word)
    found = _titles(opened)
    assert step in found
    assert cause in found
    assert len(found) < len(everything)
    opened.search.setText("qqzzqq")
    assert _titles(opened) == []


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE])
def test_every_step_shows_text_why_answers_their_causes_and_what_to_say(
    page: Callable[[Language], GuidePage], language: Language
) -> None:
    opened, guide, tag = page(language), load_guide(), language.value
    cards = {card.cause: card.title[tag] for card in guide.causes}
    titles = [f"{number}. {step.text[tag]}" for number, step in enumerate(guide.steps, start=1)]
    assert [title for title in _titles(opened) if title in titles] == titles
    for title, step in zip(titles, guide.steps, strict=True):
        shown = _choose(opened, title)
        for outcome in step.outcomes:
            assert outcome.text[tag] in shown
            assert all(cards[cause] in shown for cause in outcome.points_to)
        assert step.why[tag] in shown
        assert step.say is None or step.say[tag] in shown


def test_a_link_leads_to_the_cause_even_when_the_search_hides_it(
    page: Callable[[Language], GuidePage],
) -> None:
    opened = page(Language.ENGLISH)
    opened.search.setText("phone")
    opened.card.anchorClicked.emit(QUrl("cause:S9"))
    assert "A paid order was cancelled by a timer" in opened.card.toPlainText().splitlines()[0]
    assert opened.search.text() == ""


def test_the_rail_leads_to_the_guide_and_back_when_nobody_is_signed_in(
    open_desk: Callable[..., Desk], platform: FakePlatform
) -> None:
    window = open_desk(platform, gateway=None).window
    window.go(Place.GUIDE)
    assert window.screens.currentWidget() is window.guide_page
    window.go(Place.TEAM)
    assert window.screens.currentWidget() is window.connect_page


class TestOnPaper:
    def test_the_whole_guide_is_saved_as_pdf(
        self, page: Callable[[Language], GuidePage], tmp_path: Path, qtbot: QtBot
    ) -> None:
        shown = page(Language.CHINESE)
        window = shown.window()
        assert isinstance(window, DeskWindow)
        paper = window.findChild(GuidePaper)
        assert paper is not None
        file = tmp_path / "手册.pdf"
        paper.save_to(file)
        qtbot.waitUntil(file.exists, timeout=20_000)
        made = file.read_bytes()
        assert made.startswith(b"%PDF-")
        assert made.rstrip().endswith(b"%%EOF")
        assert made.count(b"/Type /Page\n") > 10
        # Chinese glyphs come along, whatever the reader's machine has.
        assert b"/FontFile" in made
        qtbot.waitUntil(lambda: str(file) in window.notice.text)
        assert [other.name for other in tmp_path.iterdir()] == [file.name]

    @pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE])
    def test_every_step_and_every_cause_is_on_it_and_nothing_to_click(
        self, page: Callable[[Language], GuidePage], language: Language
    ) -> None:
        shown = page(language)
        assert shown.guide is not None
        text = whole_html(shown.guide)
        assert "<a " not in text
        plain = document_of(text).toPlainText()
        missing = [title for title in _entries(shown) if title not in plain]
        assert missing == []

    def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(
        self, page: Callable[[Language], GuidePage], tmp_path: Path, qtbot: QtBot
    ) -> None:
        shown = page(Language.ENGLISH)
        window = shown.window()
        assert isinstance(window, DeskWindow)
        paper = window.findChild(GuidePaper)
        assert paper is not None
        paper.save_to(tmp_path / "gone" / "guide.pdf")
        qtbot.waitUntil(lambda: "guide.pdf" in window.notice.text, timeout=20_000)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_there_outlasts_a_save_that_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "guide.pdf"
        file.write_bytes(b"the old one")

        def full(_self: Path, _text: bytes) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            save(b"the new one", file)
        assert file.read_bytes() == b"the old one"
        assert list(tmp_path.iterdir()) == [file]


def _entries(shown: GuidePage) -> list[str]:
    """Return the titles of the list without the numbers before them."""
    items = (shown.list.item(row) for row in range(shown.list.count()))
    titles = [item.text() for item in items if item.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert len(titles) > 40
    return [re.sub(r"^\d+\. ", "", title) for title in titles]
