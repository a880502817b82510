"""Sync with a gateway that can be cut, muted, moved and ended: the store ends up equal to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.contract.messages import AuditHead, Queue
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work import sync as engine
from agent_app.desk.work.errors import Unauthenticated, Unreachable
from agent_app.desk.work.local import LocalStore, StoreName
from agent_app.domain.ids import CaseId
from tests.desk.sync.running import here, running, there, until
from tests.fakes.platform import ME, FakePlatform


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    opened = StoreFolder(tmp_path).in_memory(StoreName.of("http://127.0.0.1:1", ME.user))
    yield opened
    opened.close()


@pytest.fixture
def platform() -> FakePlatform:
    gateway = FakePlatform()
    for number in range(1, 8):
        gateway.add_captured_without_order(number)
    return gateway


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(engine, "LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr(engine, "POLL_S", 0.02)
    monkeypatch.setattr(engine, "MUTE_S", 0.2)


def test_the_first_load_brings_everything_and_tells_how_far_it_is(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store) as sync:
        until(lambda: here(store) == there(platform))
        until(lambda: bool(platform.streams))
    loading = [told.loading for told in sync.told if told.loading is not None]
    assert [(one.done, one.total) for one in loading] == [(0, 7), (2, 7), (4, 7), (7, 7)]
    assert platform.loads == 1


def test_what_changes_arrives_live(platform: FakePlatform, store: LocalStore) -> None:
    with running(platform, store):
        until(lambda: here(store) == there(platform))
        platform.held(CaseId("case-3"))
        until(lambda: here(store) == there(platform))
        assert platform.loads == 1


def test_a_desk_that_starts_again_asks_for_the_changes_alone(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store):
        until(lambda: bool(platform.streams))
    platform.held(CaseId("case-2"))
    before = len(platform.streams)
    with running(platform, store):
        until(lambda: here(store) == there(platform))
    assert platform.loads == 1
    assert len(platform.streams) == before + 1


def test_a_load_that_is_cut_off_begins_again_and_keeps_what_was_there(
    platform: FakePlatform, store: LocalStore
) -> None:
    platform.load_breaks_after = 2
    with running(platform, store) as sync:
        until(lambda: here(store) == there(platform))
        assert platform.loads == 2
    assert any(told.away is not None for told in sync.told)


def test_the_gateway_is_found_again_after_an_outage_without_a_new_load(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store) as sync:
        until(lambda: bool(platform.streams))
        platform.away = Unreachable("cut")
        until(lambda: any(told.away is not None for told in sync.told))
        platform.held(CaseId("case-5"))
        platform.away = None
        until(lambda: here(store) == there(platform))
        lost = next(n for n, told in enumerate(sync.told) if told.away is not None)
        until(lambda: any(told.live for told in sync.told[lost:]))
    assert platform.loads == 1


def test_another_list_is_read_anew_while_the_old_one_stays(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store):
        until(lambda: here(store) == there(platform))
        platform.remove(CaseId("case-1"))
        platform.load_breaks_after = 0
        platform.away = Unreachable("cut")
        platform.reload = True
        assert len(here(store)) == 7
        platform.away = None
        until(lambda: here(store) == there(platform))
        assert CaseId("case-1") not in here(store)


def test_where_a_stream_says_nothing_changes_are_asked_for(
    platform: FakePlatform, store: LocalStore
) -> None:
    platform.mute = True
    with running(platform, store) as sync:
        until(lambda: here(store) == there(platform))
        platform.held(CaseId("case-4"))
        until(lambda: here(store) == there(platform))
        assert len(platform.streams) == 1
        assert not any(told.away for told in sync.told)


def test_a_sign_in_that_ended_is_told_and_nothing_is_lost(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store) as sync:
        until(lambda: bool(platform.streams))
        platform.stream_ends = "signed_out"
        until(lambda: sync.is_over)
    assert isinstance(sync.error, Unauthenticated)
    assert here(store) == there(platform)


def test_a_stream_that_the_gateway_ends_to_restart_is_opened_again(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store):
        until(lambda: len(platform.streams) == 1)
        platform.stream_ends = "stopping"
        until(lambda: len(platform.streams) == 2)
        assert platform.loads == 1


def test_waking_asks_at_once(
    platform: FakePlatform, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FIRST_PAUSE_S", 60.0)
    monkeypatch.setattr(engine, "LONGEST_PAUSE_S", 60.0)
    platform.away = Unreachable("cut")
    with running(platform, store) as sync:
        until(lambda: any(told.away is not None for told in sync.told))
        platform.away = None
        sync.sync.wake()
        until(lambda: here(store) == there(platform))


def test_seals_of_the_audit_log_are_kept(platform: FakePlatform, store: LocalStore) -> None:
    platform.head = AuditHead(seq=7, hash="ab")
    with running(platform, store) as sync:
        until(lambda: bool(sync.seals))
    assert sync.seals[0].seq == 7


def test_a_search_takes_in_what_is_not_here_and_leaves_the_position(
    platform: FakePlatform, store: LocalStore
) -> None:
    with running(platform, store) as sync:
        until(lambda: bool(platform.streams))
        before = store.position()
        ref = next(iter(platform.cases(Queue.TEAM).rows)).ref
        found = sync.sync.search(str(ref))
        assert len(found.cases) >= 1
        after = store.position()
        assert before is not None
        assert after is not None
        assert after.cursor == before.cursor


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_store_ends_up_equal(
    platform: FakePlatform, store: LocalStore, seed: int
) -> None:
    random = __import__("random").Random(seed)
    with running(platform, store) as sync:
        for number in range(12):
            what = random.choice(["change", "cut", "back", "restart", "reload", "wake", "new"])
            if what == "change":
                platform.held(CaseId(f"case-{random.randint(1, 7)}"))
            elif what == "cut":
                platform.away = Unreachable("cut")
            elif what == "back":
                platform.away = None
            elif what == "restart":
                platform.stream_ends = "stopping"
            elif what == "reload":
                platform.reload = True
            elif what == "wake":
                sync.sync.wake()
            else:
                platform.held(platform.add_captured_without_order(100 * (seed + 1) + number))
            time.sleep(random.uniform(0, 0.03))
        platform.away = None
        until(lambda: here(store) == there(platform))
    assert sync.error is None


def test_control_a_skipped_change_is_seen(
    platform: FakePlatform, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(platform, store):
        until(lambda: bool(platform.streams) and here(store) == there(platform))
        monkeypatch.setattr(store, "take_changes", lambda *_: None)
        platform.held(CaseId("case-3"))
        time.sleep(0.3)
        assert here(store) != there(platform)
