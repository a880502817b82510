"""The file of the cases: what the gateway can tell again. Its tables, step by step."""

from __future__ import annotations

from agent_app.desk.store.encrypted_file import Migration

_URGENCY = "level DESC, deadline, at_risk DESC, flagged_at, ref, id"

INDEXES = {
    # Whole in the index, ties too: the top of a queue is read without sorting it.
    "open_cases": f"({_URGENCY}) WHERE is_open = 1",
    "ended_cases": f"({_URGENCY}) WHERE is_open = 0",
    "orphans": f"({_URGENCY}) WHERE is_orphan = 1",
    "waiting": f"({_URGENCY}) WHERE is_waiting = 1",
    "approvals": f"({_URGENCY}) WHERE asks_approval = 1",
    "claims": "(claim_user, claim_until) WHERE is_open = 1 AND claim_user IS NOT NULL",
}
MAKE_INDEXES = tuple(
    f"CREATE INDEX IF NOT EXISTS {name} ON cases {what}" for name, what in INDEXES.items()
)

CASES = (
    Migration(
        "cases, their rows as told, opened cases",
        (
            # session, position, counts, guide, and what the store counts for itself.
            "CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
            # What queues are sorted and searched by, narrow, so that looking through all is quick.
            # Times are microseconds since 1970; a deadline that is not there is the farthest.
            """
            CREATE TABLE cases (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                version INTEGER NOT NULL,
                load INTEGER NOT NULL,
                is_open INTEGER NOT NULL,
                is_orphan INTEGER NOT NULL,
                is_waiting INTEGER NOT NULL,
                asks_approval INTEGER NOT NULL,
                level INTEGER NOT NULL,
                deadline INTEGER NOT NULL,
                at_risk INTEGER NOT NULL,
                flagged_at INTEGER NOT NULL,
                ref TEXT NOT NULL,
                customer TEXT NOT NULL,
                verdict TEXT NOT NULL,
                stage TEXT NOT NULL,
                currency TEXT NOT NULL,
                placed_at INTEGER NOT NULL,
                remedy TEXT NOT NULL,
                claim_user TEXT,
                claim_until INTEGER,
                claim_name TEXT NOT NULL,
                words TEXT NOT NULL,
                marks BLOB NOT NULL
            ) STRICT
            """,
            "CREATE TABLE told_rows (number INTEGER PRIMARY KEY, told BLOB NOT NULL) STRICT",
            (
                "CREATE TABLE details (id TEXT PRIMARY KEY, opened INTEGER NOT NULL,"
                " detail BLOB NOT NULL) STRICT"
            ),
            "CREATE INDEX details_by_age ON details (opened)",
            *MAKE_INDEXES,
        ),
    ),
    Migration(
        "what every change moves stands with the row as told",
        (
            # A note or a finding then leaves the queue's own table alone: to read one of its pages
            # is to decrypt and prove it, and to write it is the same again.
            "ALTER TABLE told_rows ADD COLUMN version INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE told_rows ADD COLUMN load INTEGER NOT NULL DEFAULT 0",
            # Of the columns in `cases`; empty is like none: they are looked at.
            "ALTER TABLE told_rows ADD COLUMN print BLOB NOT NULL DEFAULT x''",
            (
                "UPDATE told_rows SET (version, load) ="
                " (SELECT version, load FROM cases WHERE cases.number = told_rows.number)"
            ),
            "ALTER TABLE cases DROP COLUMN version",
            "ALTER TABLE cases DROP COLUMN load",
        ),
    ),
)
