"""What is listed at a place and what can be booked there: one statement, for cards and for times."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import among
from app.core.statements import Statement
from app.directory.listing_models import Listing
from app.scheduling.models import SchedulingSettings
from app.scheduling.quanta import Interval
from app.scheduling.queries.bookable import booking_window_of, setting


class Offered(NamedTuple):
    """A service that can be booked at a place. Buffers are minutes."""

    service_id: int
    minutes: int
    buffer_before: int
    buffer_after: int
    price_cents: int | None


class Listed(NamedTuple):
    """A listing with its therapist's settings. `bookable_until` is the ordinal of the last day on which it can be booked."""

    therapist_id: int
    location_id: int
    bookable_until: int
    minimum_notice: int
    horizon_days: int
    grid_minutes: int
    card: dict[str, Any]

    @property
    def offers(self) -> list[Offered]:
        """In the therapist's order; none where visits are not booked online.

        None either on a card that an older version wrote while it was replaced, until it is derived again.
        """
        return [Offered._make(each) for each in self.card.get("bookable", ())]

    @property
    def time_zone(self) -> str:
        zone: str = self.card["time_zone"]
        return zone

    def window(self, now: datetime) -> Interval:
        """The quanta in which a visit may start."""
        return booking_window_of(now, self.minimum_notice, self.horizon_days)


_LISTED = Statement(
    select(
        Listing.therapist_id,
        Listing.location_id,
        Listing.bookable_until,
        setting(SchedulingSettings.minimum_notice),
        setting(SchedulingSettings.horizon_days),
        setting(SchedulingSettings.grid_minutes),
        Listing.card,
    )
    .outerjoin(SchedulingSettings, SchedulingSettings.therapist_id == Listing.therapist_id)
    .where(among(Listing.location_id, "locations"))
)
"""The card says what can be booked, so that no search joins therapists, places and services (`directory.card`)."""


def listed(
    session: Session, location_ids: Collection[int], known: dict[int, Listed | None]
) -> dict[int, Listed | None]:
    """By location; None for one that is not listed. What is not in `known` yet is read, and kept there."""
    if new := [at for at in location_ids if at not in known]:
        known |= dict.fromkeys(new)
        for *facts, card in _LISTED.rows(session, {"locations": new}):
            one = Listed._make((*facts, orjson.loads(card)))
            known[one.location_id] = one
    return known
