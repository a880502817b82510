"""`agent-app-gateway`: serve, and keep users, the database and the audit log, look things over."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from agent_app.engines.history import HistoryUnreadable
from agent_app.gateway.commands import (
    auditing,
    conforming,
    database,
    describing,
    looking_over,
    notifying,
    running,
    users,
)
from agent_app.gateway.config import ConfigError
from agent_app.gateway.store.database import DatabaseUnusable

_SUBJECTS = (running, database, users, auditing, looking_over, notifying, conforming, describing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ConfigError, DatabaseUnusable, HistoryUnreadable, LookupError, ValueError) as error:
        print(f"agent-app-gateway: {error.args[0]}", file=sys.stderr)
    except sa.exc.DBAPIError as error:
        # Its first line: the others may quote rows.
        said = str(error.orig).partition("\n")[0]
        print(
            f"agent-app-gateway: the database cannot be used now ({said}). See that it runs and "
            "try again; nothing was done by halves.",
            file=sys.stderr,
        )
    except OSError as error:
        print(f"agent-app-gateway: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent-app-gateway", description=__doc__)
    parser.add_argument("--config", type=Path, help="TOML file; see docs/gateway.md")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for subject in _SUBJECTS:
        subject.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
