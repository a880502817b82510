"""The store that is kept in `data/version-N`, as the program of each schema version wrote it.

`python -m tests.desk.store.fixture FOLDER` writes one by this program. A folder in `data` is never
written anew: with a new schema version comes a new folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.local import ClickKind, ClickState
from agent_app.domain.ids import CaseId
from agent_app.guides import load_guide
from tests.desk.store.rows import COUNTS, DETAIL, NAME, NOW, position, row
from tests.fakes.platform import FakePlatform

KEY = bytes(range(32))
CASE = CaseId("C000001")


def write(base: Path) -> None:
    store = StoreFolder(base).open(NAME, KEY)
    store.keep_session(FakePlatform().session())
    store.keep_guide(load_guide())
    load = store.begin_load()
    store.take_loaded(load, [row(number) for number in range(1, 8)])
    store.end_load(load, position("17"), COUNTS)
    store.keep_detail(DETAIL)
    work(store)
    store.close()


def work(store: Store) -> None:
    """Have two clicks, a draft and a secret; a click that was between them is done."""
    first = store.put("key-1", ClickKind.NOTE, CASE, CASE, b"{}", NOW, is_money=False, basis=3)
    second = store.put("key-2", ClickKind.CLAIM, CASE, CASE, b"", NOW, is_money=False)
    store.put("key-3", ClickKind.ACT, CASE, CASE, b'{"kind":"refund"}', NOW, is_money=True)
    store.mark(first.number, ClickState.SENT, at=NOW)
    store.done(second.number)
    store.keep_draft(CASE, "note", "王小明 rang")
    store.keep_secret("refresh", b"\x00secret")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
