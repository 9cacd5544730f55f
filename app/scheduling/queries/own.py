"""What a therapist has set: hours, exceptions, time off, settings, as the practice's pages show them."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Location
from app.scheduling import hours
from app.scheduling.models import DateException, Holiday, OpeningHours, SchedulingSettings, TimeOff
from app.scheduling.queries.bookable import SETTINGS


class OffRow(NamedTuple):
    """One time off; without a location it is everywhere."""

    id: int
    starts_at: datetime
    ends_at: datetime
    location_id: int | None
    location_name: str | None
    note: str


class ExceptionRow(NamedTuple):
    """The other hours of one date; no intervals is closed."""

    location_id: int
    day: date
    intervals: tuple[tuple[int, int], ...]
    note: str


def weekly_hours(session: Session, location_id: int) -> list[hours.OpeningHours]:
    """A location's weekly hours, in order."""
    query = select(OpeningHours).where(OpeningHours.location_id == location_id)
    rows = session.scalars(query.order_by(OpeningHours.weekday, OpeningHours.opens))
    return [hours.OpeningHours(row.weekday, row.opens, row.closes, row.valid_from, row.valid_until) for row in rows]


def has_weekly_hours(session: Session, therapist_id: int) -> bool:
    """Whether any of the therapist's places that are in use has weekly hours."""
    query = select(OpeningHours.id).join(Location, Location.id == OpeningHours.location_id)
    return (
        session.scalars(query.where(Location.therapist_id == therapist_id, Location.active).limit(1)).first()
        is not None
    )


def time_off(session: Session, therapist_id: int, since: datetime) -> list[OffRow]:
    """Time off that has not ended."""
    query = (
        select(TimeOff.id, TimeOff.starts_at, TimeOff.ends_at, TimeOff.location_id, Location.name, TimeOff.note)
        .outerjoin(Location, TimeOff.location_id == Location.id)
        .where(TimeOff.therapist_id == therapist_id, TimeOff.ends_at > since)
    )
    return [OffRow._make(row) for row in session.execute(query.order_by(TimeOff.starts_at))]


def exceptions(session: Session, therapist_id: int, since: date) -> list[ExceptionRow]:
    """Dates with other hours, from a day on."""
    query = (
        select(DateException)
        .join(Location, DateException.location_id == Location.id)
        .where(Location.therapist_id == therapist_id, DateException.day >= since)
        .order_by(DateException.day, DateException.opens)
    )
    found: dict[tuple[int, date], ExceptionRow] = {}
    for row in session.scalars(query):
        key = row.location_id, row.day
        known = found.get(key, ExceptionRow(*key, (), row.note))
        more = ((row.opens, row.closes),) if row.opens is not None and row.closes is not None else ()
        found[key] = known._replace(intervals=known.intervals + more)
    return list(found.values())


def holidays(session: Session, therapist_id: int) -> dict[date, str]:
    query = select(Holiday.day, Holiday.name).where(Holiday.therapist_id == therapist_id).order_by(Holiday.day)
    return {row.day: row.name for row in session.execute(query)}


def settings(session: Session, therapist_id: int) -> dict[str, int]:
    """Notice, horizon, cut-offs and the like, with the defaults where nothing was set."""
    row = session.get(SchedulingSettings, therapist_id)
    return {
        column.key: getattr(row, column.key) if row else column.property.columns[0].default.arg for column in SETTINGS
    }
