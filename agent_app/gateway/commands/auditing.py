"""`audit`: see whether the log is as it was written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from agent_app.gateway import anchors
from agent_app.gateway.commands.opened import Commands, configured, opened
from agent_app.gateway.config import Config
from agent_app.gateway.store import audit


def add_to(commands: Commands) -> None:
    auditing = commands.add_parser("audit", help="look after the audit log").add_subparsers(
        required=True, metavar="COMMAND"
    )
    verifying = auditing.add_parser(
        "verify", help="find any entry that was changed, removed or cut off"
    )
    verifying.add_argument(
        "--anchors",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="seals noted outside the database; the configured file is always read",
    )
    verifying.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar="SEQ:HASH",
        help="one seal, as `audit head` or a desk shows it",
    )
    verifying.set_defaults(run=_verify)
    head = auditing.add_parser("head", help="print the newest entry's seal, to be kept elsewhere")
    head.set_defaults(run=_head)


def _verify(options: argparse.Namespace) -> int:
    kept = [anchors.parse(text) for text in options.anchor]
    for path in _files(configured(options), options.anchors):
        kept.extend(anchors.read(path))
    seals = [audit.Head(anchor.seq, anchor.hash) for anchor in kept]
    with opened(options) as database, database.read() as connection:
        verdict = audit.verify(connection, seals)
    if verdict.wrong is not None:
        print(verdict.wrong, file=sys.stderr)
        return 1
    print(f"each of {verdict.entries} entries follows from the one before it", end="")
    print(f", and {len(seals)} anchors agree" if seals else "; no anchor was given, so entries cut")
    if not seals:
        print("off the end would not show: give --anchors FILE or --anchor SEQ:HASH")
    return 0


def _files(config: Config, given: list[Path]) -> Iterator[Path]:
    own = config.anchors
    if own is not None and own.exists() and own.resolve() not in {p.resolve() for p in given}:
        yield own
    yield from given


def _head(options: argparse.Namespace) -> int:
    with opened(options) as database, database.read() as connection:
        head = audit.head(connection)
    print(f"{head.seq}:{head.hash}" if head else "no entry yet")
    return 0
