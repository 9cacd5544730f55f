"""Find the town around a point.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_index("ix_place_around", "place", ["kind", "lat", "lon"])


def downgrade() -> None:
    op.drop_index("ix_place_around", table_name="place")
