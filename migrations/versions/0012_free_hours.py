"""when a listing counts as confirmed, and a bound on its first free time"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BOUND = (
    ("free_base", sa.Integer, "0"),
    ("free_hours", sa.BigInteger, "0"),
    ("lead", sa.Integer, "0"),
    ("pace", sa.Integer, "1"),
)


def upgrade() -> None:
    op.add_column("search_entry", sa.Column("time_zone", sa.String(40), nullable=False, server_default="UTC"))
    op.add_column("search_entry", sa.Column("fresh_until", sa.Integer(), nullable=False, server_default="9999999"))
    op.add_column("listing", sa.Column("bookable_until", sa.Integer(), nullable=False, server_default="0"))
    for table in ("search_entry", "listing"):
        for name, kind, default in BOUND:
            op.add_column(table, sa.Column(name, kind(), nullable=False, server_default=default))
    op.execute(
        "UPDATE search_entry SET time_zone = (SELECT time_zone FROM location WHERE location.id = search_entry.location_id)"
        " WHERE EXISTS (SELECT 1 FROM location WHERE location.id = search_entry.location_id)"
    )
    op.execute(
        "UPDATE listing SET bookable_until = listed_until WHERE EXISTS (SELECT 1 FROM therapist"
        " WHERE therapist.id = listing.therapist_id AND therapist.claimed AND therapist.booking_mode <> 'none')"
    )


def downgrade() -> None:
    for table in ("search_entry", "listing"):
        for name, _, _ in BOUND:
            op.drop_column(table, name)
    op.drop_column("listing", "bookable_until")
    op.drop_column("search_entry", "fresh_until")
    op.drop_column("search_entry", "time_zone")
