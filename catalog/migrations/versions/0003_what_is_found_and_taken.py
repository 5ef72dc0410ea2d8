"""How often resources were found and taken, by month, language and country."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "usage",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "resource_id", "measure", "language", "country", name=op.f("pk_usage")
        ),
    )
    op.create_index("ix_usage_resource_id_month", "usage", ["resource_id", "month"])
