"""The guide reference holds the whole guide and asks for no gateway."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.guide_page import GuidePage
from agent_app.desk.ui.rail import Place
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
