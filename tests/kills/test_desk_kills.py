"""The judge of the desks that are killed: it sees what is lost, doubled or shown wrongly.

The kills themselves are a benchmark (`dev.py bench kill-desk`), with both controls; a few of them
are run here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_app.gateway.store import schema
from agent_app.gateway.store.database import Database
from tests.kills.desk_life import Fact
from tests.kills.desk_loop import Report, judge, run
from tests.kills.nest import CAN_FORK


def _report(folder: Path, facts: list[Fact], *texts: str) -> Report:
    """Judge what a desk said, at a gateway that holds notes of these texts."""
    database = Database(folder / "gateway.db")
    with database.write() as connection:
        for number, text in enumerate(texts):
            connection.execute(
                schema.notes.insert().values(
                    case_id="c",
                    request=f"agent0:k{number}",
                    at="",
                    by="agent0",
                    by_name="A",
                    text=text,
                )
            )
    database.close()
    return judge(folder / "gateway.db", {"agent0": facts}, 1, 1.0)


def _kept(text: str, key: str = "k0") -> Fact:
    return Fact("kept", key, "note", "c", text)


def test_a_click_that_was_kept_and_arrived_is_well(tmp_path: Path) -> None:
    report = _report(tmp_path, [_kept("a")], "a")
    assert (report.lost, report.doubled, report.kept["note"]) == ((), (), 1)


def test_the_control_one_that_never_arrived_is_lost(tmp_path: Path) -> None:
    report = _report(tmp_path, [_kept("a"), _kept("b", "k1")], "a")
    assert len(report.lost) == 1
    assert "b k1" in report.lost[0]


def test_the_control_one_that_arrived_twice_is_doubled(tmp_path: Path) -> None:
    assert len(_report(tmp_path, [_kept("a")], "a", "a").doubled) == 1


@pytest.mark.parametrize("what", ["refused", "left"])
def test_what_the_person_was_told_of_is_not_lost(tmp_path: Path, what: str) -> None:
    told = Fact("refused" if what == "refused" else "left", "k0", "note", "c", "refused")
    assert _report(tmp_path, [_kept("a"), told]).lost == ()


def test_a_start_that_shows_less_than_was_kept_is_wrong(tmp_path: Path) -> None:
    facts = [Fact("right", case="c", s=0.4), Fact("wrong", case="c", text="not on screen")]
    report = _report(tmp_path, facts)
    assert (report.shown_s, len(report.wrong)) == ((0.4,), 1)


@pytest.mark.skipif(not CAN_FORK, reason="this system does not fork processes")
def test_a_desk_killed_while_it_clicks_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, kills=6, desks=1, seed=11)
    assert (report.lost, report.doubled, report.wrong) == ((), (), ())
    assert sum(report.kept.values()) > 0
