"""Index only the bookings that have a phone number, another time, a series or a referral"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PARTIAL = {
    "ix_booking_phone_state": ["phone", "state"],
    "ix_booking_new_expires_at": ["new_expires_at"],
    "ix_booking_series_id": ["series_id"],
    "ix_booking_referral_id": ["referral_id"],
}


def upgrade() -> None:
    for name, columns in PARTIAL.items():
        given = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, "booking")
        op.create_index(name, "booking", columns, sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    for name, columns in PARTIAL.items():
        op.drop_index(name, "booking")
        op.create_index(name, "booking", columns)
