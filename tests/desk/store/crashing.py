"""A desk that is killed: writes clicks and changes into a store and says what is written.

`python -m tests.desk.store.crashing FOLDER KEY first|after`: a line for each click that was put and
each change that was taken, `after` it was written, or (the broken rule) `first`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work.local import ClickKind
from agent_app.domain.ids import CaseId
from tests.desk.store.rows import COUNTS, NAME, NOW, position, row

CASE = CaseId("C000001")


def main(base: str, key: str, say: str) -> None:
    store = StoreFolder(Path(base)).open(NAME, bytes.fromhex(key))
    begun = len(store.pending())
    kept = store.position()
    at = int(kept.cursor) if kept else 0
    for number in range(1, 10_000):
        name = f"{begun + number}"
        if say == "first":
            print("click", name, flush=True)
        store.put(name, ClickKind.NOTE, CASE, CASE, b"x" * 300, NOW, is_money=False)
        if say == "after":
            print("click", name, flush=True)
        store.keep_draft(CASE, "note", f"draft {name}")
        at += 1
        store.take_changes([row(at)], position(f"{at}"), COUNTS)
        print("change", at, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
