"""The file of a person's own work, which nobody can tell again: clicks, drafts, secrets."""

from __future__ import annotations

from agent_app.desk.store.encrypted_file import Migration

WORK = (
    Migration(
        "clicks, drafts, secrets",
        (
            # AUTOINCREMENT: a number is never given twice, so that the order outlasts deletions.
            """
            CREATE TABLE clicks (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                key TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL,
                case_id TEXT NOT NULL,
                subject TEXT NOT NULL,
                body BLOB NOT NULL,
                made_at INTEGER NOT NULL,
                state TEXT NOT NULL,
                is_money INTEGER NOT NULL,
                tries INTEGER NOT NULL,
                basis INTEGER,
                problem BLOB NOT NULL,
                sent_at INTEGER
            ) STRICT
            """,
            "CREATE INDEX clicks_of_case ON clicks (case_id)",
            (
                "CREATE TABLE drafts (case_id TEXT NOT NULL, field TEXT NOT NULL,"
                " text TEXT NOT NULL, PRIMARY KEY (case_id, field)) STRICT"
            ),
            "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
        ),
    ),
)
