"""`user`: who may sign in, as what, and with which tokens."""

from __future__ import annotations

import argparse
from datetime import timedelta

from agent_app.domain.ids import UserId
from agent_app.domain.roles import ALL_TEAMS, MAIN_TEAM, Role
from agent_app.gateway.commands.opened import Commands, opened
from agent_app.gateway.store import accounts, audit


def add_to(commands: Commands) -> None:
    user = commands.add_parser("user", help="keep users and their tokens").add_subparsers(
        required=True, metavar="COMMAND"
    )
    adding = user.add_parser("add", help="add a user, or change what is given of him")
    adding.add_argument("id")
    adding.add_argument("--name", required=True)
    adding.add_argument("--role", required=True, choices=[r.value for r in Role])
    adding.add_argument(
        "--team",
        action="append",
        metavar="TEAM",
        help=f"whose cases he works on; may be given again, {ALL_TEAMS!r} is all teams",
    )
    adding.add_argument(
        "--subject",
        metavar='"ISSUER SUBJECT"',
        help="who he is for the OpenID provider; empty takes it away",
    )
    adding.set_defaults(run=_add)

    issuing = user.add_parser("token", help="print a new access token, once")
    issuing.add_argument("id")
    issuing.add_argument("--label", default="", help="what it is for, to find it by later")
    issuing.add_argument("--days", type=int, default=accounts.DEFAULT_LIFE.days)
    issuing.set_defaults(run=_token)

    revoking = user.add_parser("revoke", help="make tokens void at once")
    revoking.add_argument("id")
    revoking.add_argument("token", nargs="?", help="its id or label; without it all of the user's")
    revoking.set_defaults(run=_revoke)

    for name, run, about in (
        ("tokens", _tokens, "list a user's tokens"),
        ("disable", _disable, "shut the user out and revoke his tokens"),
        ("enable", _enable, "let the user in again, with new tokens"),
    ):
        command = user.add_parser(name, help=about)
        command.add_argument("id")
        command.set_defaults(run=run)
    user.add_parser("list", help="list users").set_defaults(run=_list)


def _add(options: argparse.Namespace) -> int:
    with opened(options) as database, database.write() as connection:
        before = accounts.find_user(connection, UserId(options.id))
        teams = options.team or (before.teams if before else (MAIN_TEAM,))
        subject = before.subject if before else None
        user = accounts.User(
            UserId(options.id),
            options.name,
            Role(options.role),
            disabled=before is not None and before.disabled,
            teams=tuple(dict.fromkeys(teams)),
            subject=subject if options.subject is None else options.subject.strip() or None,
        )
        accounts.save_user(connection, user)
        audit.record(
            connection,
            database.clock.now(),
            audit.SYSTEM,
            "user_saved",
            user=user.id,
            role=user.role,
            teams=user.teams,
        )
    return 0


def _token(options: argparse.Namespace) -> int:
    with opened(options) as database, database.write() as connection:
        now = database.clock.now()
        token = accounts.issue_token(
            connection,
            UserId(options.id),
            now,
            label=options.label,
            life=timedelta(days=options.days),
        )
        audit.record(
            connection, now, audit.SYSTEM, "token_issued", user=options.id, label=options.label
        )
    print(token)
    return 0


def _tokens(options: argparse.Namespace) -> int:
    with opened(options) as database, database.read() as connection:
        _known(accounts.find_user(connection, UserId(options.id)), options.id)
        now = database.clock.now()
        for token in accounts.list_tokens(connection, UserId(options.id)):
            state = "expired" if token.expires_at <= now else "in force"
            cells = (
                token.id,
                "revoked" if token.revoked else state,
                f"made {token.created_at:%Y-%m-%d}",
                f"until {token.expires_at:%Y-%m-%d}",
                f"used {token.last_used_on or 'never'}",
                token.label,
            )
            print("\t".join(cells).rstrip())
    return 0


def _revoke(options: argparse.Namespace) -> int:
    with opened(options) as database, database.write() as connection:
        _known(accounts.find_user(connection, UserId(options.id)), options.id)
        count = accounts.revoke_tokens(connection, UserId(options.id), options.token)
        if count == 0:
            which = f"{options.token!r} " if options.token else ""
            raise LookupError(f"{options.id!r} has no token {which}in force")
        now = database.clock.now()
        audit.record(connection, now, audit.SYSTEM, "token_revoked", user=options.id, count=count)
    print(f"revoked {count}")
    return 0


def _disable(options: argparse.Namespace) -> int:
    return _switch(options, disabled=True)


def _enable(options: argparse.Namespace) -> int:
    return _switch(options, disabled=False)


def _switch(options: argparse.Namespace, *, disabled: bool) -> int:
    with opened(options) as database, database.write() as connection:
        user = accounts.set_disabled(connection, UserId(options.id), disabled=disabled)
        what = "user_disabled" if disabled else "user_enabled"
        audit.record(connection, database.clock.now(), audit.SYSTEM, what, user=user.id)
    return 0


def _list(options: argparse.Namespace) -> int:
    with opened(options) as database, database.read() as connection:
        for user in accounts.list_users(connection):
            state = "disabled" if user.disabled else "active"
            teams = ",".join(user.teams)
            cells = (user.id, user.role.value, state, teams, user.name, user.subject or "")
            print("\t".join(cells).rstrip())
    return 0


def _known(user: accounts.User | None, name: str) -> accounts.User:
    if user is None:
        raise LookupError(f"there is no user {name!r}")
    return user
