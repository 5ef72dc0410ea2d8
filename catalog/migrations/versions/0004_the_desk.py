"""Threads of notes, checklists and their ticks, labels of the house, and the queue by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "checklist_point",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_point")),
    )
    op.create_table(
        "checklist_wording",
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["checklist_point.id"],
            name=op.f("fk_checklist_wording_point_id_checklist_point"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("point_id", "language", name=op.f("pk_checklist_wording")),
    )
    op.create_table(
        "review_tick",
        sa.Column("review_id", sa.String(), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["review.id"],
            name=op.f("fk_review_tick_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["checklist_point.id"],
            name=op.f("fk_review_tick_point_id_checklist_point"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("review_id", "point_id", name=op.f("pk_review_tick")),
    )
    op.add_column("note", sa.Column("answers", sa.String(), nullable=True))
    op.add_column("note", sa.Column("settled_by", sa.String(), nullable=True))
    op.add_column(
        "note", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_review_version_id", "review", ["version_id"])
    op.create_index("ix_note_answers", "note", ["answers"])
    op.add_column("concept", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "concept_label", sa.Column("own", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index("ix_version_state_submitted_at", "version")
    op.create_index("ix_version_state_submitted_at", "version", ["state", "submitted_at", "id"])
