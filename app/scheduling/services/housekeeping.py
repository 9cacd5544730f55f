"""What the daily task does."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.scheduling.models import SchedulingSettings, TimelineWeek
from app.scheduling.quanta import floor_quantum, week_of
from app.scheduling.services.timelines import lock, rederive, weeks_to_horizon


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
