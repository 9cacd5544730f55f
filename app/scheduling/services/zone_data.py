"""When governments move clocks: new zone data. Visits keep their time on the wall, and hours are derived anew."""

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.core.zones import zone
from app.notifications.outbox import enqueue, withdraw
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
    """Put visits back to their time on the venue's wall; the ids of those whose instant moved.

    A new instant may collide with a visit that did not move: then Conflict, and a person must decide.
    """
    lock(session, therapist_id)
    query = select(Booking).where(
        Booking.therapist_id == therapist_id, Booking.starts_at > now, Booking.state.in_([*sorted(OPEN), "confirmed"])
    )
    moved = [booking for booking in session.scalars(query) if _put_back(booking)]
    session.flush()
    ids = [booking.id for booking in moved]
    # All let go before any takes: visits that follow each other move through each other's time.
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id.in_(ids)), execution_options={"synchronize_session": False}
    )
    for booking in moved:
        own(session, booking)
        _tell(session, booking, now)
    rederive(session, therapist_id, now)
    return ids


def _tell(session: Session, booking: Booking, now: datetime) -> None:
    """In its history, and by reminders at the new instant. Nobody is mailed: on the wall nothing has changed."""
    record(session, booking, "keep_wall_time", SYSTEM, cast(State, booking.state), now)
    if booking.state == "confirmed":
        withdraw(session, about_visit(booking.id), LATER)
        enqueue(session, later(booking, now))


def _put_back(booking: Booking) -> bool:
    """Whether the visit's instant had to change. Of a wall time that comes twice, the one it had is kept."""
    wall = datetime.fromisoformat(booking.wall_start).replace(tzinfo=zone(booking.time_zone))
    instants = {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    if booking.starts_at in instants:
        return False
    for name, value in when(min(instants), booking.minutes, booking.time_zone).items():
        setattr(booking, name, value)
    booking.sequence += 1
    booking.events += 1
    return True
