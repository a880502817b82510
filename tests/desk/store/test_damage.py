"""Damage is found and never shown as a value; what nobody can tell again is rescued."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_app.desk.store import folder as folder_module
from agent_app.desk.store import own_work
from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.local import ClickKind, Damaged
from agent_app.desk.work.queue_rows import Order, QueueName
from agent_app.domain.ids import CaseId
from tests.desk.store.conftest import Open
from tests.desk.store.rows import COUNTS, DETAIL, ME, NAME, NOW, position, row

CASES, CLICKS, FLIPS = 400, 40, 200
_WORK, _COPY = "work.db", "work-copy.db"
_Everything = tuple[object, ...]


def fill(store: Store) -> None:
    load = store.begin_load()
    store.take_loaded(load, [row(number) for number in range(CASES)])
    store.end_load(load, position(), COUNTS)
    store.keep_detail(DETAIL)
    with store._work.write() as connection:
        rows = own_work.Everything(
            tuple(
                (
                    *(n, f"key-{n}", ClickKind.NOTE.value, f"C{n % 7:06d}", "s", b"b" * (97 * n)),
                    *(n * 1000, "waiting", 0, 0, n, b"", None),
                )
                for n in range(1, CLICKS + 1)
            ),
            tuple((f"C{n:06d}", "note", f"draft {n} " * 30) for n in range(20)),
            (("refresh", b"secret"),),
            CLICKS,
        )
        own_work.fill(connection, rows)


def read_all(store: Store) -> _Everything:
    """Read every value that the store can tell."""
    numbers = store.numbers(QueueName.TEAM, ME, NOW, Order())
    return (
        *(store.lines(numbers), store.detail(DETAIL.row.id), store.position(), store.counts()),
        *(store.pending(), store.secret("refresh")),
        *((where, store.draft(*where)) for where in store.drafts()),
    )


@pytest.fixture
def home(tmp_path: Path, folder: StoreFolder, key: bytes) -> Path:
    """Return the folder of a filled store that is closed."""
    store = folder.open(NAME, key)
    fill(store)
    store.close()
    # Once more: the copy is made equal when a store is opened.
    folder.open(NAME, key).close()
    return tmp_path / "stores" / NAME.person


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_every_flipped_bit_is_found_and_no_wrong_value_is_told(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    store = folder.open(NAME, key)
    right = read_all(store)
    clicks = store.pending()
    store.close()
    sound = home.with_name("sound")
    shutil.copytree(home, sound)
    chance, found, rescued = random.Random(5), 0, 0
    files = sorted(sound.glob("*.db"))
    sizes = [path.stat().st_size for path in files]
    for _ in range(FLIPS):
        (damaged,) = chance.choices(files, sizes)
        shutil.copytree(sound, home, dirs_exist_ok=True)
        flip(home / damaged.name, chance.randrange(damaged.stat().st_size * 8))
        found += _is_found(folder, key, right, damaged.name)
        store, result = folder.rebuild(NAME, key)
        assert result.clicks == store.pending() == clicks
        rescued += result.lost == 0
        assert len(store.drafts()) == 20
        assert store.secret("refresh") == b"secret"
        store.close()
        shutil.rmtree(home)
    assert (found, rescued) == (FLIPS, FLIPS)


def _is_found(folder: StoreFolder, key: bytes, right: _Everything, damaged: str) -> bool:
    """Open, read and check; tell whether the damage was found. Wrong values fail the test."""
    try:
        store = folder.open(NAME, key)
    except Damaged:
        return True
    try:
        assert read_all(store) == right
        store.check()
    except Damaged:
        return True
    finally:
        store.close()
    # The copy of a sound file was made anew.
    return damaged == _COPY


def test_flips_in_a_plain_file_tell_wrong_values(tmp_path: Path) -> None:
    """The control of the test above: the same flips, found by nobody."""
    sound, path = tmp_path / "sound.db", tmp_path / "plain.db"
    plain = sqlite3.connect(sound)
    plain.execute("CREATE TABLE told (id TEXT PRIMARY KEY, row BLOB)")
    rows = [(row(n).id, repr(row(n)).encode()) for n in range(CASES)]
    plain.executemany("INSERT INTO told VALUES (?, ?)", rows)
    plain.commit()
    plain.close()
    chance, wrong = random.Random(5), 0
    for _ in range(FLIPS):
        shutil.copy(sound, path)
        flip(path, chance.randrange(path.stat().st_size * 8))
        plain = sqlite3.connect(path)
        try:
            told = plain.execute("SELECT id, row FROM told ORDER BY rowid").fetchall()
            checked = plain.execute("PRAGMA quick_check").fetchall()
        except sqlite3.DatabaseError:
            continue
        finally:
            plain.close()
        wrong += told != rows and checked == [("ok",)]
    assert wrong > FLIPS // 4


def test_a_value_changed_under_a_right_page_is_found(reopen: Open) -> None:
    """What is no row of ours is damage too, as it is after a change of the messages."""
    store = reopen()
    store.take_changes([row(1)], position(), COUNTS)
    with store._cases.write() as connection:
        connection.execute("UPDATE told_rows SET told = ?", (b'{"id": 7}',))
    with pytest.raises(Damaged, match="CaseRow"):
        store.line(CaseId("C000001"))


def _wipe(path: Path, page: int) -> None:
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(content)


def test_what_two_damaged_files_still_have_is_put_together(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    """A page of each is gone, another one: nothing is lost."""
    pages = (home / _WORK).stat().st_size // 4096
    _wipe(home / _WORK, pages - 1)
    _wipe(home / _COPY, pages - 2)
    with pytest.raises(Damaged):
        folder.open(NAME, key)
    store, rescued = folder.rebuild(NAME, key)
    assert len(rescued.clicks) == CLICKS
    assert rescued.lost == 0
    store.close()


def test_clicks_whose_page_is_gone_in_both_are_counted_as_lost(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    for page in range(22, 25):
        _wipe(home / _WORK, page)
        _wipe(home / _COPY, page)
    store, rescued = folder.rebuild(NAME, key)
    assert rescued.lost
    assert 0 < len(rescued.clicks) == CLICKS - rescued.lost
    assert store.pending() == rescued.clicks
    again = store.put("new", ClickKind.CLAIM, CaseId("C1"), "C1", b"", NOW, is_money=False)
    assert again.number > CLICKS, "a number of a lost click is never given again"
    store.close()


def test_where_nothing_can_be_read_the_loss_is_said_to_be_unknown(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    before = (home / _WORK).read_bytes()
    _wipe(home / _WORK, 0)
    _wipe(home / _COPY, 0)
    store, rescued = folder.rebuild(NAME, key)
    assert (rescued.clicks, rescued.lost) == ((), None)
    store.close()
    # Never deleted unseen: a better hand may still read it.
    aside = (home / "damaged-1" / _WORK).read_bytes()
    assert aside[4096:] == before[4096:]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_file_of_clicks_that_is_gone_is_seen_and_comes_back_from_its_copy(
    home: Path, folder: StoreFolder, key: bytes, harm: Callable[[Path], object]
) -> None:
    harm(home / _WORK)
    with pytest.raises(Damaged, match="gone"):
        folder.open(NAME, key)
    store, rescued = folder.rebuild(NAME, key)
    assert len(rescued.clicks) == CLICKS
    assert rescued.lost == 0
    store.close()


def test_damaged_cases_leave_the_clicks_where_they_are(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    _wipe(home / "cases.db", 3)
    before = (home / _WORK).read_bytes()
    store, rescued = folder.rebuild(NAME, key)
    assert (len(rescued.clicks), rescued.lost) == (CLICKS, 0)
    assert store.position() is None, "the gateway tells them again"
    store.close()
    assert (home / _WORK).read_bytes() == before
    assert not (home / "damaged-1").exists()


def test_a_rescue_that_was_cut_off_is_finished_by_the_next_start(
    home: Path, folder: StoreFolder, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wipe(home / _WORK, 0)
    moved = folder_module._move

    class PowerCut(BaseException):
        pass

    def cut_off(path: Path, to: Path) -> None:
        moved(path, to)
        if path.name == _COPY:
            raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "_move", cut_off)
        with pytest.raises(PowerCut):
            folder.rebuild(NAME, key)
    assert not (home / _WORK).exists()
    assert not (home / _COPY).exists()
    store = folder.open(NAME, key)
    assert len(store.pending()) == CLICKS
    store.close()


def test_damage_that_was_met_is_remembered_by_the_next_start(
    home: Path, folder: StoreFolder, key: bytes
) -> None:
    """A page deep in the cases: opening the store alone would not meet it."""
    _wipe(home / "cases.db", (home / "cases.db").stat().st_size // 4096 - 8)
    store = folder.open(NAME, key)
    with pytest.raises(Damaged):
        store.check()
    store.close()
    with pytest.raises(Damaged, match="used last"):
        folder.open(NAME, key)
    store, _rescued = folder.rebuild(NAME, key)
    store.close()
    folder.open(NAME, key).close()


def test_a_row_that_is_none_of_ours_is_remembered_as_well(
    reopen: Open, folder: StoreFolder, key: bytes
) -> None:
    store = reopen()
    store.take_changes([row(1)], position(), COUNTS)
    with store._cases.write() as connection:
        connection.execute("UPDATE told_rows SET told = ?", (b"{}",))
    with pytest.raises(Damaged):
        store.lines([1])
    with pytest.raises(Damaged, match="used last"):
        reopen()
    folder.rebuild(NAME, key)[0].close()
    reopen().check()
