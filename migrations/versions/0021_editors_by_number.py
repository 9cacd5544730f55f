"""Articles elsewhere name who listed them by account number, as the other histories do.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    ids = dict(connection.execute(sa.text("SELECT lower(email), id FROM user_account")).all())
    rows = connection.execute(sa.text("SELECT id, added_by FROM external_article WHERE added_by LIKE '%@%'")).all()
    for row_id, editor in rows:
        user_id = ids.get(editor.strip().lower())
        named = f"editor user:{user_id}" if user_id is not None else "erased account"
        change = sa.text("UPDATE external_article SET added_by = :named WHERE id = :id")
        connection.execute(change, {"named": named, "id": row_id})


def downgrade() -> None:
    """Numbers stay: the column holds any words."""
