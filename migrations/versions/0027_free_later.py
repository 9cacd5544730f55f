"""Entries say of five days, not of two and a half, in which hours a visit might start.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    """Every bit set: it might, until the bounds are worked out anew within a day."""
    for table in ("listing", "search_entry"):
        op.add_column(table, sa.Column("free_later", sa.BigInteger(), nullable=False, server_default="-1"))


def downgrade() -> None:
    for table in ("listing", "search_entry"):
        op.drop_column(table, "free_later")
