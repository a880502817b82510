"""Clicks, drafts and secrets: in order, as they were written, and still there afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_app.desk.store.folder import Store
from agent_app.desk.work.local import Click, ClickKind, ClickState, DiskFull, LocalStoreFailed
from agent_app.domain.ids import CaseId
from tests.desk.store.conftest import Open
from tests.desk.store.rows import NOW

CASE, OTHER = CaseId("C000001"), CaseId("C000002")


def put(store: Store, number: int, case: CaseId = CASE) -> Click:
    body = f'{{"text":"note {number}"}}'.encode()
    return store.put(
        f"key-{number}", ClickKind.NOTE, case, case, body, NOW, is_money=False, basis=number
    )


def test_clicks_stand_in_the_order_in_which_they_were_made(store: Store) -> None:
    clicks = [put(store, 1), put(store, 2, OTHER), put(store, 3)]
    assert store.pending() == tuple(clicks)
    assert store.of_case(CASE) == (clicks[0], clicks[2])
    assert [click.number for click in clicks] == sorted({click.number for click in clicks})
    assert clicks[0] == Click(
        number=clicks[0].number,
        key="key-1",
        kind=ClickKind.NOTE,
        case=CASE,
        subject=CASE,
        body=b'{"text":"note 1"}',
        made_at=NOW,
        state=ClickState.WAITING,
        is_money=False,
        basis=1,
    )


def test_how_far_a_click_has_come_is_kept(store: Store) -> None:
    click, at = put(store, 1), NOW + timedelta(microseconds=7)
    store.mark(click.number, ClickState.SENT, at=at)
    store.mark(click.number, ClickState.SENT, at=at + timedelta(seconds=1))
    store.mark(click.number, ClickState.REFUSED, problem=b'{"type":"locked"}')
    assert store.pending() == (
        replace(
            click,
            state=ClickState.REFUSED,
            tries=2,
            sent_at=at + timedelta(seconds=1),
            problem=b'{"type":"locked"}',
        ),
    )


def test_a_click_that_is_done_is_gone_and_its_number_never_comes_again(reopen: Open) -> None:
    store = reopen()
    first = put(store, 1)
    store.done(first.number)
    store.done(first.number)
    assert store.pending() == ()
    again = reopen()
    assert put(again, 2).number > first.number


def test_the_same_key_is_never_written_twice(store: Store) -> None:
    put(store, 1)
    with pytest.raises(Exception, match="UNIQUE"):
        put(store, 1)
    assert len(store.pending()) == 1


def test_drafts_are_kept_by_case_and_field(reopen: Open) -> None:
    store = reopen()
    store.keep_draft(CASE, "note", "王小明 rang")
    store.keep_draft(CASE, "note", "王小明 rang twice")
    store.keep_draft(OTHER, "message", "Dear")
    store.keep_draft(OTHER, "message", "")
    again = reopen()
    assert again.draft(CASE, "note") == "王小明 rang twice"
    assert again.draft(OTHER, "message") == ""
    assert again.drafts() == ((CASE, "note"),)


def test_secrets_are_kept_until_they_are_forgotten(reopen: Open) -> None:
    store = reopen()
    store.keep_secret("refresh", b"\x00\xff1")
    store.keep_secret("refresh", b"\x00\xff2")
    assert reopen().secret("refresh") == b"\x00\xff2"
    reopen().forget_secret("refresh")
    assert reopen().secret("refresh") is None


def test_a_full_disk_is_told_and_takes_nothing_away(reopen: Open) -> None:
    store = reopen()
    put(store, 1)
    # SQLite's own limit: the same error as from a disk without room, on this file alone.
    writer = store._work._writer
    ((pages,),) = writer.execute("PRAGMA page_count").fetchall()
    writer.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with pytest.raises(DiskFull):
        store.keep_draft(CASE, "note", "x" * 100_000)
    assert store.draft(CASE, "note") == ""
    assert len(store.pending()) == 1
    writer.execute("PRAGMA max_page_count = 1000000").fetchall()
    store.keep_draft(CASE, "note", "x" * 100_000)
    assert len(reopen().draft(CASE, "note")) == 100_000


def test_a_copy_without_room_holds_up_nobody_and_is_made_good(reopen: Open) -> None:
    store = reopen()
    copy = store._copy
    assert copy is not None
    ((pages,),) = copy._writer.execute("PRAGMA page_count").fetchall()
    copy._writer.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    store.keep_draft(CASE, "note", "x" * 100_000)
    assert _drafts_in_copy(store) == 0
    copy._writer.execute("PRAGMA max_page_count = 1000000").fetchall()
    put(store, 1)
    assert _drafts_in_copy(store) == 1


def _drafts_in_copy(store: Store) -> int:
    assert store._copy is not None
    with store._copy.read() as connection:
        ((many,),) = connection.execute("SELECT count(*) FROM drafts").fetchall()
    return int(many)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(LocalStoreFailed, match="closed"):
        store.pending()
    with pytest.raises(LocalStoreFailed, match="closed"):
        store.done(1)
