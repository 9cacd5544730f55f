"""What the daily task does."""

from datetime import datetime

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from app.scheduling.models import SchedulingSettings, TimelineWeek
from app.scheduling.quanta import QUANTA_PER_DAY, QUANTA_PER_WEEK, floor_quantum, week_of
from app.scheduling.services.timelines import lock, rederive, weeks_to_horizon


def roll_horizon(session: Session, now: datetime, limit: int = 500) -> int:
    """Derive the weeks that came within reach, for up to `limit` therapists; how many it were. Call it until 0."""
    due = (literal(floor_quantum(now)) + SchedulingSettings.horizon_days * QUANTA_PER_DAY) // QUANTA_PER_WEEK + 2
    query = select(SchedulingSettings).where(
        SchedulingSettings.derived_until > 0, SchedulingSettings.derived_until < due
    )
    behind = session.scalars(query.order_by(SchedulingSettings.therapist_id).limit(limit)).all()
    for settings in behind:
        lock(session, settings.therapist_id)
        rederive(session, settings.therapist_id, now, range(settings.derived_until, _until(settings, now)))
        settings.derived_until = _until(settings, now)
    session.flush()
    if not behind:
        _forget_past_weeks(session, now)
    return len(behind)


def _forget_past_weeks(session: Session, now: datetime) -> None:
    session.execute(
        delete(TimelineWeek).where(TimelineWeek.week < week_of(floor_quantum(now)) - 1),
        execution_options={"synchronize_session": False},
    )


def _until(settings: SchedulingSettings, now: datetime) -> int:
    return weeks_to_horizon(now, settings.horizon_days)[-1] + 1
