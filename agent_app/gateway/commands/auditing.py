"""`audit`: see whether the log is as it was written."""

from __future__ import annotations

import argparse
import sys

from agent_app.gateway.commands.opened import Commands, opened
from agent_app.gateway.store import audit


def add_to(commands: Commands) -> None:
    auditing = commands.add_parser("audit", help="look after the audit log")
    verifying = auditing.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "verify", help="find the first entry that was changed"
    )
    verifying.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    with opened(options) as database, database.read() as connection:
        broken = audit.first_break(connection)
    if broken is not None:
        print(f"the audit log was changed at or before entry {broken}", file=sys.stderr)
        return 1
    print("every entry follows from the one before it")
    return 0
