"""A parent that has imported the gateway and forks it: a start costs milliseconds, not a second.

`python -m tests.kills.zygote ERRORS [PATCH]` reads one JSON command a line and writes one JSON
event a line (`Order`, `Event`). It has one child at a time, imports before it forks, and has no
thread and no open database when it does. It ends, and its child with it, when its input ends.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import secrets
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from agent_app.contract.problems import ProblemType
from agent_app.domain.capabilities import Capabilities
from agent_app.gateway import carrier, intake
from agent_app.gateway.__main__ import main as gateway
from agent_app.gateway.http import idempotency
from agent_app.guides import load_guide

_READY = b"gateway "


class Order(msgspec.Struct, frozen=True):
    """What to do. `live` starts a child with these arguments; `kill` and `stop` end it.

    `after_birth_s` and `after_ready_s` are when the child is killed by itself, in seconds; None is
    never.
    """

    do: Literal["live", "kill", "stop"]
    arguments: tuple[str, ...] = ()
    after_birth_s: float | None = None
    after_ready_s: float | None = None


class Event(msgspec.Struct, frozen=True):
    """What happened. `at` is `time.monotonic()`, which all processes of a machine share.

    `born` with the process's id, `ready` with its address, `dead` with its exit code (a negative
    one is the signal).
    """

    what: Literal["born", "ready", "dead"]
    at: float
    pid: int = 0
    address: str = ""
    code: int = 0


def without_waiting() -> None:
    """Let no wait pass before "not found" counts as "was not done": the negative control."""
    Capabilities.settle_s = property(lambda _self: 0.0)  # type: ignore[assignment, method-assign]


def short_leases() -> None:
    """Let what a dead process held pass soon: processes that share a database die every second.

    How long a lease lasts is all that this changes; what it protects is the same.
    """
    for module, name, value in (
        (intake, "LEASE", timedelta(seconds=1)),
        (idempotency, "_RUNNING_AT_MOST", timedelta(seconds=1)),
        (carrier, "BEFORE_THE_CALL_S", 1.0),
    ):
        assert isinstance(getattr(module, name), type(value))
        setattr(module, name, value)


def slow_to_finish() -> None:
    """Let what was carried out be written down a second later, so that a repeat meets it."""
    finish = idempotency.Requests._finish

    def slowly(*given: Any, **named: Any) -> None:
        time.sleep(1.0)
        finish(*given, **named)

    idempotency.Requests._finish = slowly  # type: ignore[method-assign]


def forgetful_of_keys() -> None:
    """Carry every request out as if it were the first: the negative control of the replays."""

    def once(
        _self: object, _user: str, _key: str, _what: str, _body: bytes,
        carry_out: Callable[[str], Any], **_named: object,
    ) -> Any:  # fmt: skip
        return carry_out(secrets.token_hex())

    idempotency.Requests.once = once  # type: ignore[assignment, method-assign]


def forgetful_of_refusals() -> None:
    """Free the key of whatever was refused, so that its repeat is judged anew: a control, too."""
    idempotency._NOT_JUDGED = frozenset(ProblemType)


PATCHES: dict[str, Callable[[], None]] = {
    "without_waiting": without_waiting,
    "short_leases": short_leases,
    "slow_to_finish": slow_to_finish,
    "forgetful_of_keys": forgetful_of_keys,
    "forgetful_of_refusals": forgetful_of_refusals,
}


class _Child:
    """The forked gateway. `output` is the end of the pipe that its standard output writes to."""

    def __init__(self, order: Order, errors: Path) -> None:
        assert threading.active_count() == 1, "a fork would take half of a thread along"
        self._order = order
        self._heard = b""
        # The child reads its end of the first pipe as standard input: it ends when we do.
        alive, self._alive = os.pipe()
        self.output, output = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _become_gateway(order, alive, output, errors, unused=(self._alive, self.output))
        os.close(alive)
        os.close(output)
        now = time.monotonic()
        self.due = None if order.after_birth_s is None else now + order.after_birth_s
        _say(Event("born", now, self.pid))

    def hear(self) -> None:
        """Read what it printed; the line that says its address starts the time it has."""
        self._heard += os.read(self.output, 4096)
        for line in self._heard.split(b"\n")[:-1]:
            if line.startswith(_READY):
                now = time.monotonic()
                if self._order.after_ready_s is not None:
                    self.due = now + self._order.after_ready_s
                address = line.removeprefix(_READY).decode().strip()
                _say(Event("ready", now, self.pid, address))
        self._heard = self._heard.rpartition(b"\n")[2]

    def end(self, how: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, how)

    def has_ended(self) -> bool:
        """Return whether it is gone; says so once."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        os.close(self.output)
        os.close(self._alive)
        _say(Event("dead", time.monotonic(), self.pid, code=os.waitstatus_to_exitcode(status)))
        return True


def _become_gateway(
    order: Order, alive: int, output: int, errors: Path, unused: tuple[int, ...]
) -> None:
    code = 70
    try:
        for end in unused:
            os.close(end)
        os.dup2(alive, 0)
        os.dup2(output, 1)
        os.dup2(os.open(errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
        sys.stdin = os.fdopen(0, encoding="utf-8")
        faulthandler.enable(file=2)
        code = gateway(order.arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except Exception:  # noqa: BLE001 - whatever it was, this process must not go on as the parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say(event: Event) -> None:
    os.write(1, msgspec.json.encode(event) + b"\n")


_MODULES = (
    "alembic.command", "psycopg", "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite", "uvicorn.lifespan.off", "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto", "agent_app.gateway.__main__", "agent_app.gateway.http.app",
)  # fmt: skip
"""What a serving gateway imports, also late."""


def _serve_orders(errors: Path) -> None:
    child: _Child | None = None
    unread = b""
    while True:
        waits_for = [0] if child is None else [0, child.output]
        left = 0.05 if child and child.due is None else 5.0
        if child is not None and child.due is not None:
            left = max(0.0, child.due - time.monotonic())
        readable, _, _ = select.select(waits_for, [], [], left)
        if 0 in readable:
            given = os.read(0, 65536)
            if not given:
                break
            *lines, unread = (unread + given).split(b"\n")
            for line in lines:
                order = msgspec.json.decode(line, type=Order)
                if order.do == "live":
                    child = _Child(order, errors)
                elif child is not None:
                    child.end(signal.SIGKILL if order.do == "kill" else signal.SIGTERM)
        if child is not None and child.output in readable:
            child.hear()
        if child is not None and child.due is not None and time.monotonic() >= child.due:
            child.end(signal.SIGKILL)
        if child is not None and child.has_ended():
            child = None
    if child is not None:
        child.end(signal.SIGKILL)


def main() -> int:
    """Fork gateways until standard input ends."""
    errors, *patches = sys.argv[1:]
    for module in _MODULES:
        importlib.import_module(module)
    load_guide()
    for patch in patches:
        PATCHES[patch]()
    _serve_orders(Path(errors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
