"""Desks that renew their session until they are killed, one after another: run by `kills`.

Started with the folder of a machine's stores; reads JSON lines from its standard input, each with
the store and its key, and answers each with a line. Every desk is a fork, so that a kill costs no
start of Python.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from pathlib import Path

import msgspec

from agent_app.desk.platform.oidc import HttpProvider
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.vault.proofs import ProofKeys
from agent_app.desk.work.errors import Unauthenticated
from agent_app.desk.work.local import StoreName
from agent_app.desk.work.provider_session import ProviderSession

LONGEST_S = 20.0
RENEWED, OVER = b"r", b"x"


class Order(msgspec.Struct):
    """Let a desk live for `delay_s` after its first renewal, then kill it."""

    gateway: str
    person: str
    key: bytes
    delay_s: float


class Report(msgspec.Struct):
    """`over`: the desk had to ask for a new sign-in. `renewed`: how often it renewed before."""

    over: bool
    renewed: int


def live(folder: Path, order: Order, told: int) -> None:
    """Renew without end, as a desk does every few minutes."""
    store = StoreFolder(folder).open(StoreName(order.gateway, order.person), order.key)
    session = ProviderSession.found(store, HttpProvider(), ProofKeys())
    try:
        while session is not None:
            session._renew(session._kept.access)
            os.write(told, RENEWED)
    except Unauthenticated:
        pass
    os.write(told, OVER)


def one(folder: Path, order: Order) -> Report:
    """Start a desk and kill it."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            live(folder, order, told)
        finally:
            os._exit(0)
    os.close(told)
    try:
        first = _read(heard, LONGEST_S)
        if first == RENEWED:
            time.sleep(order.delay_s)
        os.kill(child, signal.SIGKILL)
    finally:
        os.waitpid(child, 0)
    said = first
    while chunk := os.read(heard, 4096):
        said += chunk
    os.close(heard)
    if not said:
        raise TimeoutError("the desk did not get to its first renewal")
    return Report(OVER in said, said.count(RENEWED))


def _read(heard: int, within_s: float) -> bytes:
    ready, _, _ = select.select([heard], [], [], within_s)
    return os.read(heard, 1) if ready else b""


def main() -> None:
    folder = Path(sys.argv[1])
    for line in sys.stdin.buffer:
        report = one(folder, msgspec.json.decode(line, type=Order))
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
