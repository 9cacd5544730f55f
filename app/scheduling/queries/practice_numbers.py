"""What the numbers of a practice are made of: three reads."""

from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling.models import Booking, BookingEvent
from app.scheduling.numbers import Fact, Held, Month, WeekFill, by_month, by_week, months
from app.scheduling.queries.ground import open_times

WEEKS = 8
MONTHS = 6


class Numbers(NamedTuple):
    months: list[Month]
    weeks: list[WeekFill]


def practice_numbers(session: Session, therapist_id: int, now: datetime, zone: tzinfo) -> Numbers:
    """The last six months by month, and the last eight weeks by week, the present ones included."""
    today = now.astimezone(zone).date()
    first_month = months(today - timedelta(days=31 * (MONTHS + 1)), today)[-MONTHS:]
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    facts = _facts(session, therapist_id, _start(first_month[0], zone))
    since, until = _start(mondays[0], zone), _start(monday + timedelta(days=7), zone)
    opened = _opened(session, therapist_id, since, until, zone)
    return Numbers(
        by_month(facts, first_month, zone), by_week(_held(session, therapist_id, since, until), opened, mondays, zone)
    )


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone)


def _facts(session: Session, therapist_id: int, since: datetime) -> list[Fact]:
    """A request before the first month counts for the time of its answer."""
    query = (
        select(BookingEvent.booking_id, BookingEvent.at, BookingEvent.action, BookingEvent.new_state)
        .join(Booking, BookingEvent.booking_id == Booking.id)
        .where(Booking.therapist_id == therapist_id, Booking.created_at > since - timedelta(days=14))
    )
    return [Fact._make(row) for row in session.execute(query)]


def _held(session: Session, therapist_id: int, since: datetime, until: datetime) -> list[Held]:
    query = select(Booking.id, Booking.starts_at, Booking.minutes, Booking.state).where(
        Booking.therapist_id == therapist_id, Booking.starts_at >= since, Booking.starts_at < until
    )
    return [Held._make(row) for row in session.execute(query)]


def _opened(session: Session, therapist_id: int, since: datetime, until: datetime, zone: tzinfo) -> dict[date, int]:
    """Open minutes by Monday; two places that are open at once count once."""
    found: dict[date, int] = {}
    reached = since
    for begins, closes, _location in open_times(session, therapist_id, since, until):
        opens = max(begins, reached)
        if closes <= opens:
            continue
        day = opens.astimezone(zone).date()
        monday = day - timedelta(days=day.weekday())
        found[monday] = found.get(monday, 0) + int((closes - opens).total_seconds() // 60)
        reached = closes
    return found
