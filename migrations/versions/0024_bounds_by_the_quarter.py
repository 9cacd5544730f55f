"""Entries say of each quarter of an hour whether a visit might start in it, and of how long visits they say so.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    """Every bit set: it might, until the bounds are worked out anew within a day. They are of visits of any length."""
    for table in ("listing", "search_entry"):
        op.add_column(table, sa.Column("free_minutes", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("free_firsts", sa.BigInteger(), nullable=False, server_default="-1"))
        op.add_column(table, sa.Column("free_quarters", sa.LargeBinary()))


def downgrade() -> None:
    for table in ("listing", "search_entry"):
        op.drop_column(table, "free_firsts")
        op.drop_column(table, "free_quarters")
        op.drop_column(table, "free_minutes")
