"""Killed at any moment: what was said to be written is there, and the rest is of one piece.

Power cuts are not made here (the kernel keeps what a killed process wrote): that `synchronous` is
FULL is looked up instead.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.queue_rows import Order, QueueName
from tests.desk.store import crashing
from tests.desk.store.conftest import Open
from tests.desk.store.rows import ME, NAME, NOW

ROOT = Path(__file__).resolve().parents[3]


def _kill(base: Path, key: bytes, lines: int, say: str = "after") -> tuple[set[str], int]:
    """Kill a writing desk after so many lines; return the clicks and the last change it told."""
    words = [sys.executable, "-m", crashing.__name__, str(base), key.hex(), say]
    clicks, change = set(), 0
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as desk:
        assert desk.stdout is not None
        for number, line in enumerate(desk.stdout, 1):
            what, name = line.split()
            if what == "click":
                clicks.add(name)
            else:
                change = int(name)
            if number == lines:
                desk.kill()
    return clicks, change


def _lost(store: Store, told: set[str], change: int) -> list[str]:
    """Return what was told as written and is not there, or does not fit together."""
    there = {click.key for click in store.pending()}
    lost = [f"click {name}" for name in told - there]
    kept = store.position()
    cursor = int(kept.cursor) if kept else 0
    if cursor < change:
        lost.append(f"change {change}")
    if _ids(store) != [f"C{number:06d}" for number in range(1, cursor + 1)]:
        lost.append("cases that do not fit the position")
    return lost


def _ids(store: Store) -> list[str]:
    numbers = store.numbers(QueueName.TEAM, ME, NOW, Order())
    return sorted(line.id for line in store.lines(numbers))


@pytest.mark.slow
def test_what_was_acknowledged_outlasts_a_kill(tmp_path: Path, key: bytes) -> None:
    chance, told, change, folder = random.Random(3), set[str](), 0, StoreFolder(tmp_path)
    for _ in range(12):
        clicks, last = _kill(tmp_path, key, chance.randrange(1, 30))
        told, change = told | clicks, max(change, last)
        store = folder.open(NAME, key)
        assert _lost(store, told, change) == []
        store.check()
        store.close()
    assert len(told) > 20


@pytest.mark.slow
def test_what_is_acknowledged_too_early_is_seen_to_be_lost(tmp_path: Path, key: bytes) -> None:
    """The control: the desk says so first and writes then."""
    told, lost, folder = set[str](), 0, StoreFolder(tmp_path)
    for _ in range(5):
        clicks, _change = _kill(tmp_path, key, 1, "first")
        store = folder.open(NAME, key)
        lost += bool(_lost(store, clicks - told, 0))
        told |= clicks
        store.close()
    assert lost


def _flip_in_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("harm", [Path.unlink, _flip_in_the_middle])
def test_after_a_kill_a_damaged_wal_takes_no_click_and_leaves_the_cases_of_one_piece(
    tmp_path: Path, key: bytes, harm: Callable[[Path], object]
) -> None:
    told, change = _kill(tmp_path, key, 40)
    home = tmp_path / NAME.person
    logs = [path for path in home.glob("*.db-wal") if path.stat().st_size > 0]
    assert home / "cases.db-wal" in logs
    for path in logs:
        harm(path)
    store = StoreFolder(tmp_path).open(NAME, key)
    # Cases may have gone back, together with the position: the gateway tells the rest again.
    assert _lost(store, told, 0) == []
    kept = store.position()
    assert kept is None or int(kept.cursor) <= change + 1
    store.check()
    store.close()


def test_a_click_waits_until_it_is_on_the_disk(reopen: Open) -> None:
    store = reopen()
    ((work,),) = store._work._writer.execute("PRAGMA synchronous").fetchall()
    ((cases,),) = store._cases._writer.execute("PRAGMA synchronous").fetchall()
    assert (work, cases) == (2, 1), "FULL for what nobody tells again, NORMAL for the rest"
