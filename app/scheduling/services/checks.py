"""What stands against a booking: the safety questions, and a time that cannot be had."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.core.zones import zone
from app.scheduling import safety
from app.scheduling.queries.bookable import Bookable
from app.scheduling.queries.free_times import Rows, is_free, rows_at, times_near
from app.scheduling.safety import Screening


def check_screening(screening: Screening) -> None:
    """Refuse what the safety questions do not let through; a sign of an emergency before all else, of any version."""
    found = safety.evaluate(screening)
    if found.outcome == "stop":
        raise Invalid(
            "Your answers need medical help now, not a massage.",
            field="answers",
            code="emergency",
            facts={"signs": found.emergency},
        )
    if screening.version != safety.VERSION:
        raise Invalid(
            "The safety questions have changed. Please answer them again.", field="answers", code="answers-old"
        )
    if found.missing:
        raise Invalid(
            "Please answer every safety question.",
            field="answers",
            code="answers-missing",
            facts={"missing": found.missing},
        )
    if found.outcome == "choose":
        raise Invalid(
            "Please see a doctor first, or say that you want to go on.",
            field="acknowledged",
            code="see-doctor-first",
            facts={"signs": found.doctor_first},
        )


def check_free(session: Session, one: Bookable, starts_at: datetime, now: datetime, without: int | None = None) -> Rows:
    """Refuse a start that the one rule does not show; what has lapsed meanwhile is let go first. The rows that said so.

    Conflict `time-taken` with `times` close to it; Invalid when no such time could ever be booked.
    """
    check_reach(one, starts_at, now)
    return free_rows(session, one, starts_at, now, rows_at(session, one, starts_at), without)


def free_rows(
    session: Session, one: Bookable, starts_at: datetime, now: datetime, rows: Rows, without: int | None = None
) -> Rows:
    """`check_free` of a start in reach, whose rows are read already."""
    from app.scheduling.services.expiry import expire_of

    if is_free(session, one, starts_at, now, without=without, rows=rows):
        return rows
    if expire_of(session, one.therapist_id, now):
        rows = rows_at(session, one, starts_at)
        if is_free(session, one, starts_at, now, without=without, rows=rows):
            return rows
    raise time_taken(session, one, starts_at, now)


def time_taken(session: Session, one: Bookable, starts_at: datetime, now: datetime) -> Conflict:
    here = zone(one.time_zone)
    near = [each.starts_at.astimezone(here) for each in times_near(session, one, starts_at, now)]
    return Conflict("That time is not free. These are close to it:", code="time-taken", facts={"times": near})


def check_reach(one: Bookable, starts_at: datetime, now: datetime) -> None:
    """Invalid when no such time could ever be booked."""
    if wrong := out_of_reach(one, starts_at, now):
        raise wrong


def out_of_reach(one: Bookable, starts_at: datetime, now: datetime) -> Invalid | None:
    """Why no such time could ever be booked, whoever else has what; None when it could."""
    if starts_at.tzinfo is None:
        return Invalid("Give the time with its offset.", field="starts_at", code="time-naive")
    if starts_at <= now:
        return Invalid("That time has passed.", field="starts_at", code="time-past")
    if starts_at < now + timedelta(minutes=one.minimum_notice):
        return Invalid("That is too soon for this therapist.", field="starts_at", code="time-too-soon")
    if starts_at > now + timedelta(days=one.horizon_days):
        return Invalid("That is further ahead than this therapist plans.", field="starts_at", code="time-too-far")
    wall = starts_at.astimezone(zone(one.time_zone))
    if wall.second or wall.microsecond or (wall.hour * 60 + wall.minute) % one.grid_minutes:
        return Invalid("Visits do not begin at that minute.", field="starts_at", code="time-off-grid")
    return None
