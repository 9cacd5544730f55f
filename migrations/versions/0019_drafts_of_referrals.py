"""Referrals that were begun, and notes beside favourites.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_draft",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_id"], ["doctor.id"], name=op.f("fk_referral_draft_doctor_id_doctor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("doctor_id", name=op.f("pk_referral_draft")),
    )
    op.create_index(op.f("ix_referral_draft_changed_at"), "referral_draft", ["changed_at"])
    op.add_column("favourite_therapist", sa.Column("note", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("favourite_therapist", "note")
    op.drop_table("referral_draft")
