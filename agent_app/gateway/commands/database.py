"""`migrate`: bring the database up to date."""

from __future__ import annotations

import argparse

from agent_app.gateway.commands.opened import Commands, configured, opened


def add_to(commands: Commands) -> None:
    migrating = commands.add_parser("migrate", help="bring the database up to date")
    migrating.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace) -> int:
    with opened(options):
        pass
    print(f"{configured(options).shown_database} is up to date")
    return 0
