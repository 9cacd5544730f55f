"""Which zone data the visits and hours were last brought in line with.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zone_data",
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_zone_data")),
    )


def downgrade() -> None:
    op.drop_table("zone_data")
