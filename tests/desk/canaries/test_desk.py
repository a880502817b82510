"""Promise: of 1,000 planted strings of customers none is in any file that the desk leaves behind.

The whole program works with them: it loads, opens, reveals, writes, searches, goes off line, fails
in every way, saves its diagnostics, dies, and is opened again. Files are looked at while it runs
(with what is in the -wal), after its death and after an orderly end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from agent_app.contract.messages import Queue
from agent_app.desk.platform.client import HttpPlatform
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Role
from agent_app.tryout.world import World
from tests.desk.canaries.desk_process import NOTES_OF_A_CASE, Order, Seen, Stage
from tests.desk.canaries.finding import Search
from tests.desk.canaries.people import CUSTOMERS, TYPED, canaries
from tests.desk.canaries.working import (
    NOTED_FROM,
    PASSPHRASE,
    Sitting,
    note_of_others,
    planted_world,
)

_OPENED_EVERY = 5
_CONTROLS_CASES = 12


@contextlib.contextmanager
def _sitting(folder: Path, order: Order) -> Iterator[Sitting]:
    sitting = Sitting(folder, order)
    try:
        yield sitting
    finally:
        sitting.close()


def _order(world: World, cases: list[CaseId], rows: int) -> Order:
    return Order(world.gateway, world.token(Role.LEAD), PASSPHRASE, [*map(str, cases)], rows)


def _cases(world: World) -> list[CaseId]:
    platform = HttpPlatform(world.gateway, world.token(Role.LEAD))
    with contextlib.closing(platform):
        page = platform.cases(Queue.TEAM)
        found = [row.id for row in page.rows]
        while page.next is not None:
            page = platform.cases(Queue.TEAM, cursor=page.next)
            found += [row.id for row in page.rows]
    return found


def _shown_nothing(seen: Seen, search: Search) -> None:
    """Hold that titles and clipboard tell nothing, and contact data nothing before it is asked."""
    assert search.in_text("\n".join(seen.titles)) == set()
    assert len(seen.titles) >= 2
    assert seen.clipboard == ""
    assert seen.early == []
    assert seen.stayed == []


def test_none_of_1000_planted_strings_is_left_behind(tmp_path: Path) -> None:
    files = tmp_path / "desk"
    with contextlib.ExitStack() as desk:
        with planted_world(tmp_path / "world", CUSTOMERS) as world:
            cases = _cases(world)
            assert len(cases) == CUSTOMERS
            opened = cases[::_OPENED_EVERY]
            note_of_others(world, opened, TYPED - NOTED_FROM)
            order = _order(world, opened, len(cases))
            search = Search((*canaries(), order.token, PASSPHRASE))
            sitting = desk.enter_context(_sitting(files, order))
            seen = sitting.wait_for(Stage.WORKED)
            assert (seen.cases, seen.rows, seen.revealed, seen.shown) == (40, 200, 10, 10)
            assert seen.previews > 5
            assert seen.notes == 40 * NOTES_OF_A_CASE
            assert any(path.stat().st_size for path in files.rglob("*-wal")), "no -wal to look at"
            assert search.in_folder(files) == {}
        # The gateway is gone now.
        sitting.go(Stage.GO_AWAY)
        seen = sitting.wait_for(Stage.CRASHED)
        assert seen.unsent >= 8
        assert seen.crashes >= 4
        _shown_nothing(seen, search)
        assert search.in_folder(files) == {}
        sitting.go(Stage.GO_DIE)
        assert sitting.ended() != 0
        assert search.in_folder(files) == {}
    with _sitting(files, replace(order, cases=[])) as sitting:
        seen = sitting.wait_for(Stage.DONE)
        assert sitting.ended() == 0
    assert (seen.rows, seen.unsent, seen.cases) == (200, 8, 4)
    assert seen.crashes >= 5, "the death of the first desk is told by the second"
    _shown_nothing(seen, search)
    assert search.in_folder(files) == {}
    assert (files / "bundle-1.zip").stat().st_size > 1_000
    assert (files / "bundle-2.zip").stat().st_size > 1_000


def test_a_desk_that_breaks_the_rule_is_found(tmp_path: Path) -> None:
    """The control: a plain database, a plain log and a plain crash report."""
    files = tmp_path / "desk"
    with planted_world(tmp_path / "world", _CONTROLS_CASES) as world:
        cases = _cases(world)
        order = replace(_order(world, cases, _CONTROLS_CASES), leak=True)
        with _sitting(files, order) as sitting:
            seen = sitting.wait_for(Stage.WORKED)
            assert seen.cases == _CONTROLS_CASES
            search = Search(canaries())
            found = search.in_folder(files)
    assert len(found["profile/plain.log"]) > 100
    assert found["profile/plain.crash"]
    assert {"cases.db", "work.db"} <= {
        name.rpartition("/")[2].removesuffix("-wal") for name in found
    }
    assert search.in_text("\n".join(seen.titles))
    assert search.in_text(seen.clipboard)
