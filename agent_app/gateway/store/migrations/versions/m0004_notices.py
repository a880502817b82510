"""Messages that the gateway sends itself, for shops that cannot."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of `schema` as they were when this migration was made."""
    op.create_table(
        "notices",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("reply", sa.Text()),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("notices_order", "notices", ["shop", "ref"])
