"""The tables. Changing one means a new migration in `migrations/versions/`.

Times are stored as UTC text of fixed width (`codec.time_text`), which sorts as it should and is
read the same by SQLite and PostgreSQL. Bodies are JSON of domain types; what is filtered or
sorted by stands in columns of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

_LISTED = {"": (), "_team": ("team",), "_shop": ("shop",)}
_PARTS = {
    "orphans": "is_orphan",
    "waiting": "is_waiting",
    "approvals": "needs_approval",
}


def _queue_indexes() -> Iterator[Index]:
    """Make the order of each queue an index: of all cases, of a team's and of a shop's.

    A page is read from where the last one ended, whatever the queue holds. The id is there so
    that a search can walk a queue without reading its rows.
    """
    for suffix, first in _LISTED.items():
        yield Index(f"cases_queue{suffix}", *first, "is_open", "sort_key", "id")
        for queue, column in _PARTS.items():
            yield Index(
                f"cases_{queue}{suffix}",
                *first,
                # The same in every entry; SQLite takes the index that fixes the most columns.
                "is_open",
                column,
                "sort_key",
                "id",
                # Spelt as the queries are: SQLite takes an index only for its very words.
                sqlite_where=text(f"is_open = 1 AND {column} = 1"),
                postgresql_where=text(f"is_open AND {column}"),
            )


shops = Table(
    "shops",
    metadata,
    Column("id", String, primary_key=True),
    Column("cursor", Text),
    Column("anchor", String),
    Column("last_read_at", String),
    # Why it could not be read in the last round, for people.
    Column("problem", Text),
)

orders = Table(
    "orders",
    metadata,
    Column("shop", String, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("due_at", String),
    Index("orders_due", "shop", "due_at", sqlite_where=text("due_at IS NOT NULL")),
)

events = Table(
    "events",
    metadata,
    Column("shop", String, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("id", String, primary_key=True),
    # Two different facts under one id are both kept: the contradiction is itself a finding.
    Column("fact", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("shop", String, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("observed_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("shop", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("state", String, nullable=False),
    Column("flagged_at", String, nullable=False),
    Column("claim_user", String),
    Column("claim_name", String),
    Column("claim_until", String),
    Column("is_open", Boolean, nullable=False),
    Column("is_orphan", Boolean, nullable=False),
    Column("is_waiting", Boolean, nullable=False),
    Column("needs_approval", Boolean, nullable=False),
    Column("sort_key", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("guide", String, nullable=False),
    Column("row", LargeBinary, nullable=False),
    Column("team", String, nullable=False, server_default="main"),
    # Of the terms in `case_terms`, so that they are written only when they changed.
    Column("terms_mark", String),
    # Of an ended case: when it changed last, which is when it ended or soon after.
    Column("ended_at", String),
    UniqueConstraint("shop", "ref", name="one_case_per_order"),
    *_queue_indexes(),
    # What a desk's first load reads of the ended cases.
    Index(
        "cases_ended",
        "team",
        "ended_at",
        "id",
        sqlite_where=text("ended_at IS NOT NULL"),
        postgresql_where=text("ended_at IS NOT NULL"),
    ),
    Index("cases_changes", "seq"),
    Index("cases_changes_team", "team", "seq"),
    # Counting one's own reads this index alone: every desk asks for it every few seconds.
    Index(
        "cases_claimed",
        "claim_user",
        "is_open",
        "sort_key",
        "claim_until",
        "team",
        sqlite_where=text("claim_user IS NOT NULL"),
        postgresql_where=text("claim_user IS NOT NULL"),
    ),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("request", String, unique=True),
    Column("body", LargeBinary, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("request", String, unique=True),
    Column("at", String, nullable=False),
    Column("by", String, nullable=False),
    Column("by_name", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String, nullable=False, server_default="note"),
)

messages = Table(
    "messages",
    metadata,
    Column("action_id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("template", String, nullable=False),
    Column("language", String, nullable=False),
    Column("at", String, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("shop", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("intent", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("money", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("key", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("request", String, unique=True),
    Column("record", LargeBinary, nullable=False),
    Column("attempt", LargeBinary, nullable=False),
    Column("command", LargeBinary, nullable=False),
    Column("message", LargeBinary),
    Column("requested_by_name", String, nullable=False),
    Column("approved_by_name", String),
    Column("problem", Text),
    Column("next_try_at", String),
    Column("fence", Integer, nullable=False),
    Column("lease_until", String),
    UniqueConstraint("shop", "ref", "kind", "intent", name="one_action_per_intent"),
    Index(
        "one_open_money_action",
        "shop",
        "ref",
        unique=True,
        sqlite_where=text("money AND open"),
        postgresql_where=text("money AND open"),
    ),
    Index("actions_due", "open", "next_try_at"),
)

requests = Table(
    "requests",
    metadata,
    Column("user", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("at", String, nullable=False),
    Column("status", Integer),
    Column("media_type", String),
    Column("answer", LargeBinary),
    # By the database's clock; a process that died in the middle of it holds it no longer.
    Column("running_until", String),
    Index("requests_passing", "at", sqlite_where=text("answer IS NULL")),
    Index(
        "requests_refused",
        "at",
        sqlite_where=text("status >= 400"),
        postgresql_where=text("status >= 400"),
    ),
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    # JSON list of team names; "*" is all teams.
    Column("teams", Text, nullable=False, server_default='["main"]'),
    # "ISSUER SUBJECT" of the OpenID provider that signs him in.
    Column("subject", String),
    Index("users_subject", "subject", unique=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", String, primary_key=True),
    Column("user", String, nullable=False, index=True),
    Column("label", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("revoked", Boolean, nullable=False),
    # A day, "2026-03-14": enough to find the forgotten ones, and written once a day.
    Column("last_used_on", String),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("case_id", String),
    Column("detail", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_case", "case_id", "seq"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", String, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

lookers = Table(
    "lookers",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("user", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("until", String, nullable=False),
)

# Proofs of possession (DPoP) that were used; one that comes again is refused.
proofs = Table(
    "proofs",
    metadata,
    Column("id", String, primary_key=True),
    Column("until", String, nullable=False),
    Index("proofs_until", "until"),
)

# How many cases each queue holds, kept with every case that is saved (`queue_counts`).
queue_counts = Table(
    "queue_counts",
    metadata,
    Column("team", String, primary_key=True),
    Column("queue", String, primary_key=True),
    Column("shop", String, primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
)

# What a case is searched by: each term is found by its beginning (`search_terms`).
case_terms = Table(
    "case_terms",
    metadata,
    Column("term", String, primary_key=True),
    Column("case_id", String, primary_key=True),
    Index("case_terms_case", "case_id", "term"),
    sqlite_with_rowid=False,
)

# Messages that the gateway sent itself: what is known of each handing over (`notices`).
notices = Table(
    "notices",
    metadata,
    Column("key", String, primary_key=True),
    Column("shop", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("template", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", String, nullable=False),
    Column("reply", Text),
    Index("notices_order", "shop", "ref"),
)
