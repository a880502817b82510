"""`agent-app-gateway`: serve, and keep users, the database and the audit log."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.engines.history import HistoryUnreadable
from agent_app.gateway.clock import SystemClock
from agent_app.gateway.config import Config, ConfigError, load
from agent_app.gateway.serving import serve
from agent_app.gateway.store import accounts, audit
from agent_app.gateway.store.database import Database, DatabaseUnusable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        config = load(options.config)
        return int(options.run(options, config))
    except (ConfigError, DatabaseUnusable, HistoryUnreadable, LookupError) as error:
        print(f"agent-app-gateway: {error.args[0]}", file=sys.stderr)
    except OSError as error:
        print(f"agent-app-gateway: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent-app-gateway", description=__doc__)
    parser.add_argument("--config", type=Path, help="TOML file; see docs/gateway.md")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serving = commands.add_parser("serve", help="answer desks until stopped")
    serving.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    serving.set_defaults(run=_serve)

    migrating = commands.add_parser("migrate", help="bring the database up to date")
    migrating.set_defaults(run=_migrate)

    user = commands.add_parser("user", help="keep users").add_subparsers(required=True)
    adding = user.add_parser("add", help="add or change a user")
    adding.add_argument("id")
    adding.add_argument("--name", required=True)
    adding.add_argument("--role", required=True, choices=[r.value for r in Role])
    adding.set_defaults(run=_add_user)
    for name, run, about in (
        ("token", _token, "print a new access token"),
        ("disable", _disable, "shut the user out and revoke his tokens"),
    ):
        command = user.add_parser(name, help=about)
        command.add_argument("id")
        command.set_defaults(run=run)
    user.add_parser("list", help="list users").set_defaults(run=_list_users)

    auditing = commands.add_parser("audit", help="look after the audit log")
    verifying = auditing.add_subparsers(required=True).add_parser(
        "verify", help="find the first entry that was changed"
    )
    verifying.set_defaults(run=_verify)
    return parser


def _serve(options: argparse.Namespace, config: Config) -> int:
    serve(config, with_parent=options.with_parent)
    return 0


def _migrate(_: argparse.Namespace, config: Config) -> int:
    Database(Path(config.database)).close()
    print(f"{config.database} is up to date")
    return 0


def _add_user(options: argparse.Namespace, config: Config) -> int:
    user = accounts.User(UserId(options.id), options.name, Role(options.role), disabled=False)
    database = Database(Path(config.database))
    with database.write() as connection:
        accounts.save_user(connection, user)
        audit.record(
            connection,
            SystemClock().now(),
            audit.SYSTEM,
            "user_saved",
            user=user.id,
            role=user.role,
        )
    database.close()
    return 0


def _token(options: argparse.Namespace, config: Config) -> int:
    database = Database(Path(config.database))
    now = SystemClock().now()
    with database.write() as connection:
        token = accounts.issue_token(connection, UserId(options.id), now)
        audit.record(connection, now, audit.SYSTEM, "token_issued", user=options.id)
    database.close()
    print(token)
    return 0


def _disable(options: argparse.Namespace, config: Config) -> int:
    database = Database(Path(config.database))
    with database.write() as connection:
        actor = accounts.actor(connection, UserId(options.id))
        if actor is None:
            raise LookupError(f"there is no active user {options.id!r}")
        user = accounts.User(actor.user, actor.name, actor.role, disabled=True)
        accounts.save_user(connection, user)
        accounts.revoke_tokens(connection, actor.user)
        audit.record(
            connection, SystemClock().now(), audit.SYSTEM, "user_disabled", user=actor.user
        )
    database.close()
    return 0


def _list_users(_: argparse.Namespace, config: Config) -> int:
    database = Database(Path(config.database))
    with database.read() as connection:
        for user in accounts.list_users(connection):
            state = "disabled" if user.disabled else "active"
            print(f"{user.id}\t{user.role}\t{state}\t{user.name}")
    database.close()
    return 0


def _verify(_: argparse.Namespace, config: Config) -> int:
    database = Database(Path(config.database))
    with database.read() as connection:
        broken = audit.first_break(connection)
    database.close()
    if broken is not None:
        print(f"the audit log was changed at or before entry {broken}", file=sys.stderr)
        return 1
    print("every entry follows from the one before it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
