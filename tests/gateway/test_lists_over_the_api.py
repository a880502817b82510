"""Promise: through the API, filters narrow, cursors go on, and a desk learns when to begin anew."""

from __future__ import annotations

import pytest

from agent_app.contract.messages import Queue
from agent_app.contract.problems import ProblemType
from agent_app.domain.flags import Level
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import casefile
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from tests.fakes.shop import FakeShop
from tests.gateway.world import World

FAKE = ShopId("fake")


def lists(world: World, actor: Actor, **how: object) -> list[OrderRef]:
    page = casefile.list_cases(world.gateway, actor, Queue.TEAM, **how)  # type: ignore[arg-type]
    assert page.total == len(page.rows)
    return [row.ref for row in page.rows]


def moved(world: World, team: str) -> Gateway:
    """Give the shop to another team, as an operator does: by the configuration, and a restart."""
    shop = FakeShop(world.clock)
    gateway = Gateway(world.database, [shop], clock=world.clock, teams={FAKE: team})
    gateway.start()
    for watcher in gateway.watchers.values():
        watcher.stop()
    gateway.worker.stop()
    gateway.vitals.stop()
    return gateway


def test_a_shop_and_a_level_narrow_a_list(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    row = casefile.list_cases(world.gateway, world.agent, Queue.TEAM).rows[0]
    assert lists(world, world.agent, shop=FAKE) == ["PG-1"]
    assert lists(world, world.agent, least_level=row.level) == ["PG-1"]
    if row.level < Level.CRITICAL:
        assert lists(world, world.agent, least_level=Level.CRITICAL) == []


def test_a_foreign_shop_is_refused_as_one_that_does_not_exist(world: World) -> None:
    stranger = world.person("sven", Role.AGENT, "north")
    told = []
    for shop in (FAKE, ShopId("nowhere")):
        with pytest.raises(Refused) as refused:
            casefile.list_cases(world.gateway, stranger, Queue.TEAM, shop=shop)
        told.append(refused.value.problem)
    assert {problem.kind for problem in told} == {ProblemType.INVALID_REQUEST}
    assert str(told[0].detail).replace("fake", "") == str(told[1].detail).replace("nowhere", "")


@pytest.mark.parametrize("cursor", ["", "7", "x|y|z|C1", "7|9999|\x00|C000001", "7|" + "9" * 500])
def test_a_page_cursor_that_is_none_of_ours_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Refused, match="cursor"):
        casefile.list_cases(world.gateway, world.agent, Queue.TEAM, after=cursor)


def test_who_changes_teams_is_told_to_read_anew(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    stranger = world.person("sven", Role.AGENT, "north")
    cursor = casefile.list_cases(world.gateway, stranger, Queue.TEAM).changes
    assert not casefile.list_changes(world.gateway, stranger, cursor).reload
    joined = world.person("sven", Role.AGENT, "north", "main")
    changes = casefile.list_changes(world.gateway, joined, cursor)
    assert (changes.rows, changes.reload) == ((), True)
    assert lists(world, joined) == ["PG-1"]
    assert not casefile.list_changes(world.gateway, joined, changes.cursor).reload


def test_a_database_that_was_set_back_is_read_anew(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    cursor = casefile.list_cases(world.gateway, world.agent, Queue.TEAM).changes
    seq, mark = cursor.split(".")
    later = f"{int(seq) + 5}.{mark}"
    assert casefile.list_changes(world.gateway, world.agent, later).reload
    assert not casefile.list_changes(world.gateway, world.agent, cursor).reload


def test_a_shop_given_to_another_team_takes_its_cases_along(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    north = world.person("sven", Role.AGENT, "north")
    before = casefile.list_cases(world.gateway, north, Queue.TEAM)
    had = casefile.list_cases(world.gateway, world.agent, Queue.TEAM)
    assert (before.total, had.total) == (0, 1)
    gateway = moved(world, "north")
    now = casefile.list_cases(gateway, north, Queue.TEAM)
    assert ([row.ref for row in now.rows], now.counts.team) == (["PG-1"], 1)
    lost = casefile.list_cases(gateway, world.agent, Queue.TEAM)
    assert (lost.rows, lost.counts.team) == ((), 0)
    for actor, cursor in ((north, before.changes), (world.agent, had.changes)):
        assert casefile.list_changes(gateway, actor, cursor).reload


def test_search_reaches_contact_data_that_no_row_holds(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    assert lists(world, world.agent, words="wang@example.test") == ["PG-1"]
    assert lists(world, world.agent, words="xiaoming 1") == ["PG-1"]
    row = casefile.list_cases(world.gateway, world.agent, Queue.TEAM).rows[0]
    assert "Xiaoming" not in str(row)
