"""Bookings that are being filled in.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_draft",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_booking_draft")),
    )
    op.create_index(op.f("ix_booking_draft_browser_hash"), "booking_draft", ["browser_hash"])
    op.create_index(op.f("ix_booking_draft_expires_at"), "booking_draft", ["expires_at"])


def downgrade() -> None:
    op.drop_table("booking_draft")
