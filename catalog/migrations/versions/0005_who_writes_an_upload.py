"""Who writes an upload, and whether what a writer before him sent may still arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward."""
    op.add_column("upload", sa.Column("lease_holder", sa.String(), nullable=True))
    op.add_column(
        "upload", sa.Column("interrupted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
