"""For a team: PostgreSQL, several processes, teams, people who look, exact counts, search terms."""

import sqlalchemy as sa
from alembic import op

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
    op.create_table(
        "queue_counts",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", "queue"),
    )
    op.create_table(
        "case_terms",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("term", "case_id"),
    )
    op.create_index("case_terms_case", "case_terms", ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        _compare_bytes()


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
