"""For a team: PostgreSQL, several processes, teams, people who look, exact counts, search terms."""

import sqlalchemy as sa
from alembic import op

from agent_app.gateway.store import queue_counts, search_terms

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of `schema` as they were when this migration was made."""
    op.add_column("shops", sa.Column("problem", sa.Text()))
    op.add_column("requests", sa.Column("running_until", sa.String()))
    op.add_column("users", sa.Column("teams", sa.Text(), nullable=False, server_default='["main"]'))
    op.add_column("users", sa.Column("subject", sa.String()))
    op.create_index("users_subject", "users", ["subject"], unique=True)
    op.add_column("tokens", sa.Column("last_used_on", sa.String()))
    op.add_column("cases", sa.Column("team", sa.String(), nullable=False, server_default="main"))
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "lookers",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "user"),
    )
    op.create_table(
        "proofs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("proofs_until", "proofs", ["until"])
    op.create_index("audit_case", "audit", ["case_id", "seq"])
    op.create_table(
        "queue_counts",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", "queue", "shop", "level"),
    )
    op.create_table(
        "case_terms",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("term", "case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("case_terms_case", "case_terms", ["case_id", "term"])
    _list_by_team()
    if op.get_bind().dialect.name == "postgresql":
        _compare_bytes()
    _fill()


def _list_by_team() -> None:
    op.add_column("cases", sa.Column("terms_mark", sa.String()))
    for name in ("cases_counted", "cases_claimed", "cases_queue"):
        op.drop_index(name, table_name="cases")
    # Searching reads `case_terms`.
    op.drop_column("cases", "search_text")
    for suffix, first in (("", []), ("_team", ["team"]), ("_shop", ["shop"])):
        op.create_index(f"cases_queue{suffix}", "cases", [*first, "is_open", "sort_key", "id"])
        for queue, column in (
            ("orphans", "is_orphan"),
            ("waiting", "is_waiting"),
            ("approvals", "needs_approval"),
        ):
            op.create_index(
                f"cases_{queue}{suffix}",
                "cases",
                [*first, "is_open", column, "sort_key", "id"],
                sqlite_where=sa.text(f"is_open = 1 AND {column} = 1"),
                postgresql_where=sa.text(f"is_open AND {column}"),
            )
    op.create_index("cases_changes_team", "cases", ["team", "seq"])
    op.create_index(
        "cases_claimed",
        "cases",
        ["claim_user", "is_open", "sort_key", "claim_until", "team"],
        sqlite_where=sa.text("claim_user IS NOT NULL"),
        postgresql_where=sa.text("claim_user IS NOT NULL"),
    )


def _fill() -> None:
    """Count and index the cases that are there."""
    queue_counts.recount(op.get_bind())
    search_terms.rebuild(op.get_bind())


def _compare_bytes() -> None:
    """Let PostgreSQL compare text as SQLite does: times and sort keys are text that must sort.

    A language's own order, the default, ignores some characters.
    """
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        for column in inspector.get_columns(table):
            kind = column["type"]
            if isinstance(kind, sa.String):
                bytewise = type(kind)(collation="C")
                op.alter_column(table, column["name"], type_=bytewise, existing_type=kind)
