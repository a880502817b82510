"""Kill -9 of desks while they renew their session; for the test of it and `dev.py bench`."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass

import msgspec

from agent_app.desk.work.local import KeyPlace
from agent_app.domain.ids import CaseId
from tests.desk.sign_in.place import Place
from tests.desk.sign_in.renewing import Order, Report
from tests.processes import ROOT

CASE = CaseId("case-1")
TEXT = "half a sentence"
LONGEST_DELAY_S = 0.12
"""Some renewals long, so that kills fall everywhere in one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`forced`: after how many kills the person had to sign in again; `lost`: his draft."""

    kills: int
    renewals: int
    forced: int
    lost: int


def run(made: Place, kills: int, seed: int) -> Outcome:
    """Kill so many desks of one machine, one after another."""
    chance = random.Random(seed)
    opened = made.opened()
    name = opened.name
    opened.store.keep_draft(CASE, "note", TEXT)
    made.entry.close(opened)
    key = made.keys.open(name)
    renewals = forced = lost = 0
    words = [sys.executable, "-m", "tests.desk.sign_in.renewing", str(made.folder / "stores")]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as desks:
        assert desks.stdin is not None
        assert desks.stdout is not None

        def after(delay_s: float) -> Report:
            order = Order(name.gateway, name.person, key, delay_s)
            assert desks.stdin is not None
            assert desks.stdout is not None
            desks.stdin.write(msgspec.json.encode(order) + b"\n")
            desks.stdin.flush()
            return msgspec.json.decode(desks.stdout.readline(), type=Report)

        done = 0
        while done < kills:
            report = after(chance.uniform(0, LONGEST_DELAY_S))
            renewals += report.renewed
            if report.over:
                # Found by the desk that was started after a kill, and once it is signed in again
                # that start counts as none.
                forced += 1
                again = made.opened(KeyPlace.KEYRING)
                lost += again.store.draft(CASE, "note") != TEXT
                made.entry.close(again)
            else:
                done += 1
        desks.stdin.close()
        desks.wait(30)
    return Outcome(kills, renewals, forced, lost)
