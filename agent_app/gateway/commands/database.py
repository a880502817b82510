"""`migrate`, `move`: bring the database up to date, or to PostgreSQL."""

from __future__ import annotations

import argparse

import msgspec

from agent_app.gateway import moving
from agent_app.gateway.commands.opened import Commands, configured, opened
from agent_app.gateway.config import Config, ConfigError, is_postgresql, with_password
from agent_app.gateway.store.database import Database


def add_to(commands: Commands) -> None:
    migrating = commands.add_parser("migrate", help="bring the database up to date")
    migrating.set_defaults(run=_migrate)
    leaving = commands.add_parser(
        "move", help="move a SQLite gateway to PostgreSQL while it is at work"
    )
    leaving.add_argument(
        "--to",
        required=True,
        metavar="postgresql://USER@HOST/NAME",
        help="an empty database; its password as for `serve`, by environment or file",
    )
    leaving.set_defaults(run=_move)


def _migrate(options: argparse.Namespace) -> int:
    with opened(options):
        pass
    print(f"{configured(options).shown_database} is up to date")
    return 0


def _move(options: argparse.Namespace) -> int:
    config = configured(options)
    if is_postgresql(config.database):
        raise ConfigError("the configured database is PostgreSQL already; there is nothing to move")
    to = with_password(msgspec.structs.replace(config, database=options.to))
    with opened(options) as source:
        target = Database(to.where)
        try:
            report = moving.move(source, target, _say)
        finally:
            target.close()
    _tell(report, to)
    return 0


def _say(step: moving.Step) -> None:
    words = {
        moving.Step.LOCKED: "nobody writes now; copying",
        moving.Step.ARRIVED: "everything arrived as it left",
        moving.Step.MOVED: "the file is no longer in force",
    }
    if step in words:
        print(words[step], flush=True)


def _tell(report: moving.Report, to: Config) -> None:
    for table, rows in report.rows.items():
        print(f"{table}\t{rows}")
    if report.cleaned:
        print(f"the character NUL was left out of {report.cleaned} rows")
    done = "had arrived before" if report.only_ended else "was moved"
    print(f'everything {done}; write `database = "{to.shown_database}"` and start the gateway')
