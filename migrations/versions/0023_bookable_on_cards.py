"""Cards say what can be booked at their place, and are found by it; entries say which practice is somebody's first;
towns say in which strip of latitude they lie.

Revision ID: 0023
Revises: 0022
"""

import json
import math
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = ()
depends_on = None

BATCH = 5000

CARDS = sa.text(
    "SELECT therapist_id, location_id, bookable_until, card FROM listing"
    " WHERE location_id > :after ORDER BY location_id LIMIT :most"
)
SERVICES = sa.text(
    "SELECT location.id, service.id, service.minutes, service.buffer_before, service.buffer_after, service.price_cents"
    " FROM location JOIN service ON service.therapist_id = location.therapist_id"
    " WHERE location.id BETWEEN :first AND :last AND service.active"
    " AND service.home_visit = (location.kind = 'home_visits') ORDER BY service.position, service.id"
)
FIRSTS = (
    "UPDATE search_entry SET flags = flags | 128 WHERE reach_km IS NULL AND location_id IN (SELECT min(location_id)"
    " FROM listing WHERE EXISTS (SELECT 1 FROM location WHERE location.id = listing.location_id"
    " AND location.kind <> 'home_visits') GROUP BY therapist_id)"
)
TOWNS = sa.text("SELECT id, lat FROM place WHERE kind = 'town'")
FILED = sa.text("UPDATE place SET band = :band WHERE id = :id")
SAID = sa.text("UPDATE listing SET card = :card WHERE therapist_id = :therapist AND location_id = :location")


def upgrade() -> None:
    op.create_index("uq_listing_location_id", "listing", ["location_id"], unique=True)
    connection, after = op.get_bind(), 0
    while rows := connection.execute(CARDS, {"after": after, "most": BATCH}).all():
        offers: dict[int, list[Any]] = defaultdict(list)
        first, after = rows[0].location_id, rows[-1].location_id
        for at, *offer in connection.execute(SERVICES, {"first": first, "last": after}):
            offers[at].append(offer)
        connection.execute(SAID, [_with_offers(row, offers[row.location_id]) for row in rows])
    op.execute(FIRSTS)
    op.add_column("place", sa.Column("band", sa.Integer(), nullable=False, server_default="0"))
    if towns := [{"id": at, "band": math.floor(lat * 10)} for at, lat in connection.execute(TOWNS)]:
        connection.execute(FILED, towns)
    op.drop_index("ix_place_around", "place")
    op.create_index("ix_place_around", "place", ["kind", "band", "lon"])


def _with_offers(row: Any, offers: list[Any]) -> dict[str, Any]:
    card = json.loads(row.card) | {"bookable": offers if row.bookable_until else []}
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    return {"card": text, "therapist": row.therapist_id, "location": row.location_id}


def downgrade() -> None:
    """What cards say more disturbs nobody."""
    op.drop_index("ix_place_around", "place")
    op.create_index("ix_place_around", "place", ["kind", "lat", "lon"])
    op.drop_column("place", "band")
    op.execute("UPDATE search_entry SET flags = flags & 127")
    op.drop_index("uq_listing_location_id", "listing")
