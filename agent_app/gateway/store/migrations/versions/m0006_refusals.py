"""For refused requests that keep their key for some minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the index by which they are found when they pass."""
    refused = sa.text("status >= 400")
    op.create_index(
        "requests_refused", "requests", ["at"], sqlite_where=refused, postgresql_where=refused
    )
