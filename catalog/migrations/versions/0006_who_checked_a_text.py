"""Who stands for a text that a machine had written."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go forward."""
    op.add_column("text", sa.Column("checked_by", sa.String(), nullable=True))
