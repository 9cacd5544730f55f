"""Another time that is asked for remembers the venue's wall time, as the visit itself does.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    """What is asked for now is answered within a day or two, and keeps its instant."""
    op.add_column("booking", sa.Column("new_wall_start", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "new_wall_start")
