"""Entries say of each half of an hour whether a visit might start in it, and of how long visits they say so.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = ()
depends_on = None


HALVES = ("free_firsts", "free_seconds")


def upgrade() -> None:
    """Every bit set: it might, until the bounds are worked out anew within a day. They are of visits of any length."""
    for table in ("listing", "search_entry"):
        op.add_column(table, sa.Column("free_minutes", sa.Integer(), nullable=False, server_default="0"))
        for name in HALVES:
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="-1"))


def downgrade() -> None:
    for table in ("listing", "search_entry"):
        for name in HALVES:
            op.drop_column(table, name)
        op.drop_column(table, "free_minutes")
