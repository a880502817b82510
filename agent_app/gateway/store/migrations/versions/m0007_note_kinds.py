"""For hand-over notes: what a note is for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Give every note its kind; those of before are plain notes."""
    op.add_column("notes", sa.Column("kind", sa.String(), nullable=False, server_default="note"))
