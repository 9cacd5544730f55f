"""Which sign-ins used a second factor, and which code was used last.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("tf_last_counter", sa.Integer(), nullable=True))
    op.add_column(
        "sign_in", sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("sign_in", "second_factor")
    op.drop_column("user_account", "tf_last_counter")
