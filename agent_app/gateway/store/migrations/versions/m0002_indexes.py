"""Indexes: counting queues without reading rows, due orders per shop, passing request keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the indexes of `schema` as they were when this migration was made."""
    op.drop_index("orders_due", table_name="orders")
    op.create_index(
        "orders_due", "orders", ["shop", "due_at"], sqlite_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "cases_counted",
        "cases",
        ["is_open", "is_orphan", "is_waiting", "needs_approval", "claim_user", "claim_until"],
    )
    op.create_index("requests_passing", "requests", ["at"], sqlite_where=sa.text("answer IS NULL"))
