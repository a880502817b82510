"""The store of every version that was ever given out is opened, and nothing in it is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent_app.desk.store.case_schema import CASES
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.store.work_schema import WORK
from agent_app.desk.work.queue_rows import Order, QueueName
from tests.desk.store import fixture
from tests.desk.store.rows import COUNTS, DETAIL, ME, NAME, NOW, position

DATA = Path(__file__).parent / "data"
VERSIONS = sorted(DATA.iterdir())


def test_there_is_a_store_of_every_schema_version() -> None:
    assert [path.name for path in VERSIONS] == [
        f"version-{number}" for number in range(1, max(len(CASES), len(WORK)) + 1)
    ]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_a_store_of_an_earlier_version_is_opened(version: Path, tmp_path: Path) -> None:
    shutil.copytree(version, tmp_path / NAME.person)
    store = StoreFolder(tmp_path).open(NAME, fixture.KEY)
    try:
        store.check()
        assert store.position() == position("17")
        assert store.counts() == COUNTS
        assert store.session() is not None
        assert store.guide() is not None
        assert len(store.numbers(QueueName.TEAM, ME, NOW, Order())) == 8
        assert store.first(QueueName.TEAM, ME, NOW, Order(), 1)[1] == 8
        assert store.detail(DETAIL.row.id) is not None
        now = StoreFolder(tmp_path).in_memory(NAME)
        fixture.work(now)
        assert store.pending() == now.pending()
        assert [click.number for click in store.pending()] == [1, 3]
        assert store.draft(fixture.CASE, "note") == "王小明 rang"
        assert store.secret("refresh") == b"\x00secret"
        now.close()
    finally:
        store.close()
