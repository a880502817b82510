"""Promise: gateways that are killed again and again lose no action and do none twice.

The short form of `dev.py bench kill`: real processes, `kill -9` at random, people over HTTP, and
the shop's own books as the judge (tests/kills).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.loop import Plan, Report, run, without_waiting
from tests.kills.nest import CAN_FORK
from tests.kills.trade import WITH_KEYS, WITHOUT_KEYS, Engine
from tests.postgres import NoPostgresError, server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_FORK, reason="this system does not fork processes"),
]
KILLS = 12


def place(folder: Path, database: str) -> tuple[Path | str, int]:
    """Return where the database is and how many gateways share it; skip where there is none."""
    if database == "sqlite":
        return folder / "gateway.db", 1
    try:
        return server().database(), 2
    except NoPostgresError as problem:
        pytest.skip(str(problem))


def killed(folder: Path, database: str, engine: Engine) -> Report:
    where, gateways = place(folder, database)
    return run(Plan(KILLS, engine, gateways), folder, where)


@pytest.mark.parametrize("engine", [WITH_KEYS, WITHOUT_KEYS], ids=["keys", "no-keys"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_again_and_again_it_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, database: str, engine: Engine
) -> None:
    report = killed(tmp_path, database, engine)
    assert report.deaths.total == KILLS
    assert report.is_clean, report
    assert not report.broken, report


def test_gateways_that_do_not_wait_pay_twice(tmp_path: Path) -> None:
    """The negative control: what the loop would show if the rule were not kept."""
    # A long lag, so that it is asked within it on a busy machine too.
    slow = Engine(keys=False, query_lag_s=2.0)
    report = run(without_waiting(KILLS, engine=slow), tmp_path, tmp_path / "gateway.db")
    assert report.found.duplicated, report
    assert not report.is_clean
