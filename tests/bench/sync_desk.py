"""The desk's part of `bench sync`, in a process of its own: nothing of it but what is measured.

`python -m tests.bench.sync_desk WAY URL TOKEN KEY FOLDER` loads everything once and prints one line
of JSON. WAY `load` is the product's: `Sync`, `HttpPlatform` and the encrypted store. `bare` is the
least that can be done: the same answer downloaded, decoded and inserted into one encrypted table.
`one-by-one` and `objects` are controls: a transaction for each row, and every row kept in memory.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
from sqlcipher3 import dbapi2 as sqlcipher

from agent_app.contract.messages import CaseRow
from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.local import CaseCache, StoreName
from agent_app.desk.work.ports import Platform
from agent_app.desk.work.sync import RESOLVED_DAYS, Sync, Told
from agent_app.domain.ids import UserId

_WITHIN_S = 3_600.0


class Loaded(msgspec.Struct):
    """What one load cost; `peak_mb` is the most memory that the process ever had."""

    rows: int
    seconds: float
    peak_mb: float


def name_of(address: str) -> StoreName:
    """Return whose store it is."""
    return StoreName.of(address, UserId("wide"))


class Watched:
    """A sync that runs until something is done."""

    def __init__(
        self, platform: Platform, store: CaseCache, is_done: Callable[[Told], bool]
    ) -> None:
        self._is_done = is_done
        self._done = threading.Event()
        self._error: Exception | None = None
        self._sync = Sync(platform, store, GatewayClock(), self._hear)

    def _hear(self, told: Told) -> None:
        self._error = self._error or told.away
        if told.away is not None or self._is_done(told):
            self._done.set()

    def _run(self) -> None:
        try:
            self._sync.run()
        except Exception as error:  # noqa: BLE001 - told by `seconds`
            self._error = self._error or error
            self._done.set()

    def seconds(self) -> float:
        """Run it; return how long it took.

        Raises:
            RuntimeError: it was not done, and why.
        """
        began = time.perf_counter()
        thread = threading.Thread(target=self._run)
        thread.start()
        is_done = self._done.wait(_WITHIN_S)
        took = time.perf_counter() - began
        self._sync.stop()
        thread.join()
        if self._error is not None or not is_done:
            raise RuntimeError(f"the desk did not come to its end: {self._error!r}")
        return took


def load(platform: Platform, store: CaseCache) -> tuple[int, float]:
    """Load everything as the desk does; return rows and seconds."""
    rows = 0

    def is_done(told: Told) -> bool:
        nonlocal rows
        rows = rows or (told.rows if told.loading is None else 0)
        # The last word of a load has its counts; those before tell how far it is.
        return told.counts is not None and told.loading is None

    seconds = Watched(platform, store, is_done).seconds()
    return rows, seconds


class _OneByOne:
    """The control: a store that writes each row in a transaction of its own."""

    def __init__(self, store: CaseCache) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def take_loaded(self, load: int, rows: Sequence[CaseRow]) -> None:
        for row in rows:
            self._store.take_loaded(load, (row,))


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    rest = b""
    for chunk in answer.iter_bytes():
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def bare(address: str, token: str, key: bytes, folder: Path, *, hold: bool) -> tuple[int, float]:
    """Do the least; with `hold` every row stays in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlcipher.connect(str(folder / "bare.db"), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, version INTEGER, told BLOB)")
    typed = msgspec.json.Decoder(tuple[CaseRow, ...])
    raw = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
    held: list[CaseRow] = []
    rows = 0
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    began = time.perf_counter()
    with (
        httpx.Client(headers=headers, timeout=60, trust_env=False) as client,
        client.stream(
            "GET", f"{address}/v1/sync", params={"resolved_days": RESOLVED_DAYS}
        ) as answer,
    ):
        answer.raise_for_status()
        connection.execute("BEGIN")
        for line in _lines(answer):
            if not line.startswith(b"["):
                continue
            part = typed.decode(line)
            rows += len(part)
            held.extend(part if hold else ())
            told = zip(part, raw.decode(line), strict=True)
            connection.executemany(
                # A case that changes meanwhile may come twice.
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
                [(row.id, row.version, bytes(body)) for row, body in told],
            )
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return rows, seconds


def peak_mb(process: str = "self") -> float:
    """Return the most memory that a process ever had (Linux)."""
    # Not `getrusage`: that counts what the process had before it became this program.
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def main() -> None:
    way, address, token, key_text, where = sys.argv[1:]
    key, folder = bytes.fromhex(key_text), Path(where)
    if way in ("load", "one-by-one"):
        platform = HttpPlatform(address, token)
        store = StoreFolder(folder).open(name_of(address), key)
        store.keep_session(platform.session())
        into = cast("CaseCache", _OneByOne(store)) if way == "one-by-one" else store
        rows, seconds = load(platform, into)
        store.close()
        platform.close()
    else:
        rows, seconds = bare(address, token, key, folder, hold=way == "objects")
    print(msgspec.json.encode(Loaded(rows, seconds, peak_mb())).decode())


if __name__ == "__main__":
    main()
