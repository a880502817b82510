"""A parent that has imported the desk, forks it, and kills it at random, again and again.

`python -m tests.kills.desk_nest FILE` reads its order from standard input as JSON (`Order`) and
appends every fact of every life to FILE. Its last life is not killed: it sends what is left.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import sys
import threading
import time
import traceback
from collections import defaultdict
from pathlib import Path

import msgspec

from agent_app.guides import load_guide
from tests.kills.desk_life import Control, Fact, Plan, live

_STARTING = 0.15
"""So many of the kills fall while the desk starts."""
_START_S, _LIFE_S = (0.0, 0.9), (0.0, 1.1)
_BORN_WITHIN_S = 40.0
_LAST_LIFE_S = 180.0


class Order(msgspec.Struct, frozen=True):
    """One desk, killed so many times."""

    profile: str
    gateway: str
    token: str
    key: str
    kills: int
    seed: int
    control: Control = ""


class LifeEndedError(Exception):
    """A desk ended although nobody killed it."""


class _Memory:
    """What was acknowledged so far: what the next life must show."""

    def __init__(self) -> None:
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.last = ""
        self._keys: dict[str, tuple[str, str]] = {}

    def learn(self, fact: Fact) -> None:
        if fact.what == "kept" and fact.kind == "note":
            self.notes[fact.case].append(fact.text)
            self._keys[fact.key] = (fact.case, fact.text)
            self.last = fact.case
        elif fact.what == "refused" and fact.key in self._keys:
            case, text = self._keys.pop(fact.key)
            self.notes[case].remove(text)


def _fork(plan: Plan) -> tuple[int, int]:
    """Start a desk; return its process and the end of the pipe that it writes to."""
    assert threading.active_count() == 1, "a fork would take half of a thread along"
    output, end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(end)
        return pid, output
    code = 70
    try:
        os.close(output)
        os.dup2(end, 1)
        code = live(plan)
    except BaseException:  # noqa: BLE001 - whatever it was, this process must not go on as the parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _live_and_die(plan: Plan, chance: random.Random, memory: _Memory, told: int) -> None:
    """Let a desk live for a while, kill it, and write down all that it said."""
    pid, output = _fork(plan)
    born = time.monotonic()
    starting = chance.random() < _STARTING
    due = born + (chance.uniform(*_START_S) if starting else _BORN_WITHIN_S)
    if plan.settles:
        due = born + _LAST_LIFE_S
    unread, ended = b"", False
    killed = False
    while not ended:
        left = max(0.0, due - time.monotonic())
        readable, _, _ = select.select([output], [], [], left)
        if readable:
            said = os.read(output, 65536)
            ended = not said
            *lines, unread = (unread + said).split(b"\n")
            for line in lines:
                fact = msgspec.json.decode(line, type=Fact)
                os.write(told, line + b"\n")
                memory.learn(fact)
                if fact.what == "ready" and not starting and not plan.settles:
                    due = time.monotonic() + chance.uniform(*_LIFE_S)
        elif not killed:
            killed = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    os.close(output)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if not killed and not (plan.settles and code == 0):
        raise LifeEndedError(f"a desk ended by itself with {code}")


def main() -> int:
    """Carry out one order."""
    order = msgspec.json.decode(sys.stdin.readline(), type=Order)
    load_guide()
    memory, chance = _Memory(), random.Random(order.seed)
    told = os.open(Path(sys.argv[1]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for life in range(order.kills + 1):
        plan = Plan(
            order.profile, order.gateway, order.token, order.key,
            seed=chance.getrandbits(32),
            control=order.control,
            settles=life == order.kills,
            case=memory.last,
            texts=tuple(memory.notes[memory.last]) if memory.last else (),
        )  # fmt: skip
        _live_and_die(plan, chance, memory, told)
    os.close(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
