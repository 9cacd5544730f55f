"""When governments move clocks: new zone data. Visits keep their time on the wall, other times that were proposed for
them as well, and hours are derived anew."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.core.zones import zone
from app.directory.models import Location
from app.notifications.outbox import add_facts, enqueue, withdraw
from app.scheduling.models import Booking, Occupancy, SchedulingSettings, ZoneData
from app.scheduling.plan import LATER
from app.scheduling.services.beginning import when
from app.scheduling.services.timelines import lock, own, rederive
from app.scheduling.services.transitions import about_visit, later, record
from app.scheduling.states import OPEN, SYSTEM, State


def is_new_zone_data(session: Session, version: str) -> bool:
    """Whether this release is not the one that everything was last brought in line with."""
    return session.scalar(select(ZoneData.version).order_by(ZoneData.applied_at.desc()).limit(1)) != version


def remember_zone_data(session: Session, version: str, now: datetime) -> None:
    session.merge(ZoneData(version=version, applied_at=now))


def who_has_a_timeline(session: Session, after: int = 0, limit: int = 500) -> list[int]:
    """Therapists with derived weeks or visits to come, by id, from the one `after` on."""
    booked = exists().where(Booking.therapist_id == SchedulingSettings.therapist_id, Booking.state == "confirmed")
    query = select(SchedulingSettings.therapist_id).where(
        (SchedulingSettings.derived_until > 0) | booked, SchedulingSettings.therapist_id > after
    )
    return list(session.scalars(query.order_by(SchedulingSettings.therapist_id).limit(limit)))


def keep_wall_times(session: Session, therapist_id: int, now: datetime) -> list[int]:
    """Put visits, and other times proposed for them, back to their time on the venue's wall; the ids of whatever moved.

    A new instant may collide with a visit that did not move: then Conflict, and a person must decide.
    """
    lock(session, therapist_id)
    query = select(Booking).where(
        Booking.therapist_id == therapist_id, Booking.starts_at > now, Booking.state.in_([*sorted(OPEN), "confirmed"])
    )
    bookings = session.scalars(query.order_by(Booking.id)).all()
    instants = {booking.id: (booking.starts_at, booking.new_starts_at) for booking in bookings}
    zones = _zones_of(session, therapist_id)
    moved = [booking for booking in bookings if _put_back(booking, zones)]
    session.flush()
    ids = [booking.id for booking in moved]
    # All let go before any takes: visits that follow each other move through each other's time.
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id.in_(ids)), execution_options={"synchronize_session": False}
    )
    for booking in moved:
        own(session, booking)
        _tell(session, booking, *instants[booking.id], now)
    rederive(session, therapist_id, now)
    return ids


def _zones_of(session: Session, therapist_id: int) -> dict[int, str]:
    query = select(Location.id, Location.time_zone).where(Location.therapist_id == therapist_id)
    return {row.id: row.time_zone for row in session.execute(query)}


def _tell(session: Session, booking: Booking, was: datetime, asked_for: datetime | None, now: datetime) -> None:
    """In its history, and by reminders at the new instant. Nobody is mailed: on the wall nothing has changed."""
    about = about_visit(booking.id)
    record(session, booking, "keep_wall_time", SYSTEM, cast(State, booking.state), now)
    # What is still on its way says the instants that it is now about.
    if booking.new_starts_at and booking.new_starts_at != asked_for:
        add_facts(session, [about], {"new_at": booking.new_starts_at.isoformat()})
    if booking.starts_at == was:
        return
    add_facts(session, [about], {"starts_at": booking.starts_at.isoformat(), "sequence": booking.sequence})
    if booking.state == "confirmed":
        withdraw(session, about, LATER)
        enqueue(session, later(booking, now))


def _put_back(booking: Booking, zones: Mapping[int, str]) -> bool:
    """Whether an instant had to change: the visit's, that of the other time asked for, or one of those offered."""
    changed = [_visit_back(booking), _asked_back(booking, zones), _offered_back(booking, zones)]
    booking.events += any(changed)
    return any(changed)


def _visit_back(booking: Booking) -> bool:
    at = _at_wall(booking.starts_at, booking.wall_start, booking.time_zone)
    if at == booking.starts_at:
        return False
    for name, value in when(at, booking.minutes, booking.time_zone).items():
        setattr(booking, name, value)
    if booking.new_expires_at:
        booking.new_expires_at = min(booking.new_expires_at, at)
    booking.sequence += 1
    return True


def _asked_back(booking: Booking, zones: Mapping[int, str]) -> bool:
    if booking.new_starts_at is None or booking.new_location_id is None or booking.new_wall_start is None:
        return False
    at = _at_wall(booking.new_starts_at, booking.new_wall_start, zones[booking.new_location_id])
    changed = at != booking.new_starts_at
    booking.new_starts_at = at
    return changed


def _offered_back(booking: Booking, zones: Mapping[int, str]) -> bool:
    """Times that were offered before their wall time was kept stay at their instants."""
    offered = json.loads(booking.offered_times or "[]")
    kept = [[_offer_back(at, wall, zones[place]), place, *wall] for at, place, *wall in offered]
    if kept == offered:
        return False
    booking.offered_times = json.dumps(kept)
    return True


def _offer_back(at: str, wall: list[str], time_zone: str) -> str:
    return _at_wall(datetime.fromisoformat(at), wall[0], time_zone).isoformat() if wall else at


def _at_wall(had: datetime, wall_start: str, time_zone: str) -> datetime:
    """The instant of a time on the wall; of one that comes twice, that which it `had`."""
    wall = datetime.fromisoformat(wall_start).replace(tzinfo=zone(time_zone))
    instants = {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    return had if had in instants else min(instants)
