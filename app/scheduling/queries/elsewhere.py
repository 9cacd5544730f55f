"""The clock of the place that somebody asked to move a visit to."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Location
from app.scheduling.models import Booking


def zones_of_new_times(session: Session, booking_ids: Collection[int]) -> dict[int, str]:
    """By booking, the zone in which its other time is said: that of the place it would move to."""
    if not booking_ids:
        return {}
    query = select(Booking.id, Location.time_zone).join(Location, Booking.new_location_id == Location.id)
    return {row.id: row.time_zone for row in session.execute(query.where(Booking.id.in_(booking_ids)))}


def zone_of_new_time(session: Session, booking_id: int) -> str | None:
    """The same for one visit; None when nobody asked for another time."""
    return zones_of_new_times(session, [booking_id]).get(booking_id)
