"""For desks that keep cases: when ended cases ended."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NO_FRACTION = len("2026-03-14T12:00:00Z")


def upgrade() -> None:
    """Make the tables of `schema` as they were when this migration was made."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    # Times are text that must sort, whatever language the database speaks.
    text = sa.String(collation="C") if on_postgresql else sa.String()
    op.add_column("cases", sa.Column("ended_at", text))
    told = (
        "convert_from(\"row\", 'UTF8')::json ->> 'updated_at'"
        if on_postgresql
        else "json_extract(CAST(\"row\" AS TEXT), '$.updated_at')"
    )
    op.execute(f"UPDATE cases SET ended_at = {told} WHERE NOT is_open")  # noqa: S608
    op.execute(
        "UPDATE cases SET ended_at = substr(ended_at, 1, 19) || '.000000Z'"  # noqa: S608
        f" WHERE length(ended_at) = {_NO_FRACTION}"
    )
    op.create_index(
        "cases_ended",
        "cases",
        ["team", "ended_at", "id"],
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
