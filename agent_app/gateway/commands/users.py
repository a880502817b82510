"""`user`: who may sign in, as what, and with which tokens."""

from __future__ import annotations

import argparse

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.clock import SystemClock
from agent_app.gateway.commands.opened import Commands, opened
from agent_app.gateway.store import accounts, audit


def add_to(commands: Commands) -> None:
    user = commands.add_parser("user", help="keep users").add_subparsers(
        required=True, metavar="COMMAND"
    )
    adding = user.add_parser("add", help="add or change a user")
    adding.add_argument("id")
    adding.add_argument("--name", required=True)
    adding.add_argument("--role", required=True, choices=[r.value for r in Role])
    adding.set_defaults(run=_add)
    for name, run, about in (
        ("token", _token, "print a new access token"),
        ("disable", _disable, "shut the user out and revoke his tokens"),
    ):
        command = user.add_parser(name, help=about)
        command.add_argument("id")
        command.set_defaults(run=run)
    user.add_parser("list", help="list users").set_defaults(run=_list)


def _add(options: argparse.Namespace) -> int:
    user = accounts.User(UserId(options.id), options.name, Role(options.role), disabled=False)
    with opened(options) as database, database.write() as connection:
        accounts.save_user(connection, user)
        audit.record(
            connection,
            SystemClock().now(),
            audit.SYSTEM,
            "user_saved",
            user=user.id,
            role=user.role,
        )
    return 0


def _token(options: argparse.Namespace) -> int:
    now = SystemClock().now()
    with opened(options) as database, database.write() as connection:
        token = accounts.issue_token(connection, UserId(options.id), now)
        audit.record(connection, now, audit.SYSTEM, "token_issued", user=options.id)
    print(token)
    return 0


def _disable(options: argparse.Namespace) -> int:
    with opened(options) as database, database.write() as connection:
        user = accounts.set_disabled(connection, UserId(options.id), disabled=True)
        audit.record(connection, SystemClock().now(), audit.SYSTEM, "user_disabled", user=user.id)
    return 0


def _list(options: argparse.Namespace) -> int:
    with opened(options) as database, database.read() as connection:
        for user in accounts.list_users(connection):
            state = "disabled" if user.disabled else "active"
            print(f"{user.id}\t{user.role}\t{state}\t{user.name}")
    return 0
