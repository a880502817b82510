"""`doctor`: say what is wrong with this gateway and what to do about it."""

from __future__ import annotations

import argparse

from agent_app.gateway import doctor
from agent_app.gateway.commands.opened import Commands, configured, opened
from agent_app.gateway.findings import Level
from agent_app.gateway.store import queue_counts


def add_to(commands: Commands) -> None:
    looking = commands.add_parser("doctor", help="look everything over; 1 if something fails")
    looking.add_argument(
        "--recount", action="store_true", help="first count the queues anew, where they are wrong"
    )
    looking.set_defaults(run=_look)


def _look(options: argparse.Namespace) -> int:
    config = configured(options)
    if options.recount:
        with opened(options) as database, database.write() as connection:
            queue_counts.recount(connection)
    failed = False
    for finding in doctor.examine(config):
        print(f"{finding.level:<5} {finding.about:<14} {finding.told}", flush=True)
        failed = failed or finding.level is Level.FAIL
    return int(failed)
