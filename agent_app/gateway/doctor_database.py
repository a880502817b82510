"""The doctor's looks at the database: whether it is sound, in force, and right in itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.actions import ActionState
from agent_app.gateway import anchors
from agent_app.gateway.anchors import AnchorsUnreadable
from agent_app.gateway.config import Config, is_postgresql
from agent_app.gateway.findings import Finding, Findings, Level
from agent_app.gateway.moving import MOST_SKEW_S
from agent_app.gateway.store import audit, moved, queue_counts, schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.database import Database

_OVERDUE = timedelta(minutes=10)


def look_at_server(config: Config, revision: list[str | None]) -> Findings:
    """Look without changing anything; `revision` gets that of the tables, if there are any."""
    if is_postgresql(config.database):
        yield from _postgresql(str(config.where), revision)
    else:
        yield from _sqlite(Path(config.database), revision)


def _sqlite(path: Path, revision: list[str | None]) -> Findings:
    if not path.exists():
        yield Finding(Level.WARN, "database", f"{path} is not there yet; `migrate` makes it")
        return
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        if not _is_sound(file):
            told = f"{path} is damaged; stop the gateway and restore a backup"
            yield Finding(Level.FAIL, "database", told)
            return
        mode = file.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal":
            yield Finding(Level.WARN, "database", f"{path}: journal is {mode}; a start sets WAL")
        yield Finding(Level.OK, "database", f"{path}: SQLite {sqlite3.sqlite_version}, sound")
        revision.append(_revision(lambda query: file.execute(query).fetchone()))
    if path.stat().st_mode & 0o004:
        told = f"{path} holds customer data and every user of this machine may read it; chmod 640"
        yield Finding(Level.WARN, "database", told)


def _is_sound(file: sqlite3.Connection) -> bool:
    try:
        return bool(file.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
            return False
        raise


def _revision(one: Callable[[str], tuple[str] | None]) -> str | None:
    try:
        row = one("SELECT version_num FROM alembic_version")
    except (sqlite3.Error, psycopg.Error):
        return None
    return row[0] if row else None


_POSTGRESQL = (
    ("fsync", {"on"}, "an acknowledged refund could be forgotten in a power cut"),
    ("full_page_writes", {"on"}, "a power cut could damage tables"),
    ("synchronous_commit", {"on", "remote_apply", "remote_write", "local"}, "commits are not kept"),
    ("server_encoding", {"UTF8"}, "names in other scripts cannot be kept"),
)


def _postgresql(address: str, revision: list[str | None]) -> Findings:
    url = sa.make_url(address).set(drivername="postgresql")
    with psycopg.connect(
        url.render_as_string(hide_password=False), autocommit=True, connect_timeout=5
    ) as server:
        before = datetime.now(UTC)
        row = server.execute("SELECT clock_timestamp(), current_setting('server_version')")
        told_at, version = row.fetchone() or (before, "?")
        yield Finding(Level.OK, "database", f"PostgreSQL {version} answers")
        skew = (told_at - before).total_seconds()
        level = Level.OK if abs(skew) <= MOST_SKEW_S else Level.WARN
        told = f"its clock differs from this machine's by {skew:+.2f} s"
        advice = "" if level is Level.OK else "; set both by NTP"
        yield Finding(level, "database", told + advice)
        for name, good, harm in _POSTGRESQL:
            value = server.execute(f"SHOW {name}".encode()).fetchone()
            if value is None or value[0] not in good:
                told = f"{name} is {value[0] if value else '?'}: {harm}; set it to {min(good)}"
                yield Finding(Level.FAIL, "database", told)
        revision.append(_revision(lambda query: server.execute(query.encode()).fetchone()))


def look_at_content(config: Config) -> Findings:
    """Look at what it holds; its tables must be up to date, or they would be changed."""
    database = Database(config.where)
    with closing(database), database.read() as connection:
        now = database.clock.now()
        yield from _in_force(connection)
        yield from _audit(config, connection)
        yield from _counts(connection)
        yield from _actions(connection, now)
        for name, setting, good in (("foreign_keys", 1, {1}), ("synchronous", 2, {2, 3})):
            if not database.shared:
                value = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                if value not in good:
                    yield Finding(Level.FAIL, "database", f"{name} is {value}, not {setting}")


def _in_force(connection: Connection) -> Findings:
    to = moved.moved_to(connection)
    if to is not None:
        told = f"was moved to {to.address}; write that into the configuration"
        yield Finding(Level.FAIL, "database", told)
    if moved.get(connection, moved.ARRIVING) is not None:
        told = "a move to it has not ended; give the same `move` command again"
        yield Finding(Level.FAIL, "database", told)


def _audit(config: Config, connection: Connection) -> Findings:
    kept: list[audit.Head] = []
    if config.anchors is not None and config.anchors.exists():
        try:
            kept = [audit.Head(a.seq, a.hash) for a in anchors.read(config.anchors)]
        except AnchorsUnreadable as error:
            yield Finding(Level.FAIL, "audit", str(error))
            return
    verdict = audit.verify(connection, kept)
    if verdict.wrong is not None:
        yield Finding(Level.FAIL, "audit", f"{verdict.wrong}; keep a copy, and find out who could")
        return
    told = f"{verdict.entries} entries follow from one another; {len(kept)} anchors agree"
    yield Finding(Level.OK, "audit", told)


def _counts(connection: Connection) -> Findings:
    wrong = queue_counts.differences(connection)
    if wrong:
        told = f"{len(wrong)} counts of queues are not what counting gives; run `doctor --recount`"
        yield Finding(Level.FAIL, "counts", told)
    else:
        yield Finding(Level.OK, "counts", "queues are counted right")


def _actions(connection: Connection, now: datetime) -> Findings:
    actions = schema.actions.c
    overdue = time_text(now - _OVERDUE)
    looks = (
        (actions.state == ActionState.NEEDS_PERSON, "wait for a person; see queue `waiting`"),
        (
            actions.next_try_at < overdue,
            "should have gone on over 10 minutes ago; see that the gateway runs and has the shop",
        ),
        (
            actions.lease_until < overdue,
            "were left by a worker that is gone; a gateway that runs takes them over",
        ),
    )
    found = False
    for condition, told in looks:
        query = sa.select(sa.func.count()).select_from(schema.actions)
        count = connection.execute(query.where(actions.open.is_(True), condition)).scalar_one()
        if count:
            found = True
            yield Finding(Level.WARN, "actions", f"{count} {told}")
    if not found:
        yield Finding(Level.OK, "actions", "none is stuck")
