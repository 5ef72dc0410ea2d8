"""Checks of stored bytes and what is kept back; the language somebody is written to in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "fixity_run",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_run")),
    )
    op.create_index("ix_fixity_run_started_at", "fixity_run", ["started_at"])
    for column in ("checked_at", "quarantined_at"):
        op.add_column("blob", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_blob_checked_at", "blob", ["checked_at"])
    op.add_column("rendition", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_rendition_checked_at", "rendition", ["checked_at"])
    op.add_column("person", sa.Column("language", sa.String(), nullable=True))
