"""The language in which an account gets its mails.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("language", sa.String(8), server_default="en", nullable=False))


def downgrade() -> None:
    op.drop_column("user_account", "language")
