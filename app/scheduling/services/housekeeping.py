"""What the daily task does."""

from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.zones import zone
from app.scheduling.models import Booking, SchedulingSettings, TimelineWeek
from app.scheduling.quanta import floor_quantum, week_of
from app.scheduling.services.booking import when
from app.scheduling.services.timelines import lock, own, rederive, weeks_to_horizon
from app.scheduling.states import OPEN


def roll_horizon(session: Session, now: datetime, limit: int = 500) -> int:
    """Derive the weeks that came within reach, for up to `limit` therapists; how many it were. Call it until 0."""
    session.execute(
        delete(TimelineWeek).where(TimelineWeek.week < week_of(floor_quantum(now)) - 1),
        execution_options={"synchronize_session": False},
    )
    query = select(SchedulingSettings).where(SchedulingSettings.derived_until > 0)
    behind = [each for each in session.scalars(query) if each.derived_until < _until(each, now)][:limit]
    for settings in sorted(behind, key=lambda each: each.therapist_id):
        lock(session, settings.therapist_id)
        rederive(session, settings.therapist_id, now, range(settings.derived_until, _until(settings, now)))
        settings.derived_until = _until(settings, now)
    session.flush()
    return len(behind)


def _until(settings: SchedulingSettings, now: datetime) -> int:
    return weeks_to_horizon(now, settings.horizon_days)[-1] + 1


def keep_wall_times(session: Session, therapist_id: int, now: datetime) -> list[int]:
    """After new zone data: put visits back to their time on the venue's wall; the ids of those whose instant moved.

    The new instant may collide with another visit: then Conflict, and a person must decide.
    """
    lock(session, therapist_id)
    query = select(Booking).where(
        Booking.therapist_id == therapist_id, Booking.starts_at > now, Booking.state.in_([*sorted(OPEN), "confirmed"])
    )
    moved = []
    for booking in session.scalars(query):
        wall = datetime.fromisoformat(booking.wall_start).replace(tzinfo=zone(booking.time_zone))
        instants = {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
        if booking.starts_at not in instants:
            for name, value in when(min(instants), booking.minutes, booking.time_zone).items():
                setattr(booking, name, value)
            booking.sequence += 1
            session.flush()
            own(session, booking)
            moved.append(booking.id)
    rederive(session, therapist_id, now)
    return moved
