"""Who waits for a time has proved the address first.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    """Who took an offer opened it by mail. The others were never asked: the hourly tidying asks them, each once."""
    op.add_column("waitlist_entry", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("waitlist_entry", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("waitlist_entry", sa.Column("mails", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE waitlist_entry SET proved_at = created_at WHERE state = 'booked'")


def downgrade() -> None:
    for column in ("proved_at", "asked_at", "mails"):
        op.drop_column("waitlist_entry", column)
