"""When a therapist works: each change derives the timeline anew and answers with the bookings that it touches.

Each takes the therapist's lock first: a booking made between the reads and the writes would be missing in the timeline.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.core.errors import Invalid, NotFound
from app.directory.models import Location
from app.scheduling import hours
from app.scheduling.models import (
    DateException,
    Holiday,
    ImportedBusy,
    OpeningHours,
    SchedulingSettings,
    TimeOff,
)
from app.scheduling.quanta import Span
from app.scheduling.queries.agenda import AgendaRow, bookings_touched
from app.scheduling.services.timelines import lock, rederive, schedules_of

SETTINGS = frozenset(
    {
        "minimum_notice",
        "horizon_days",
        "grid_minutes",
        "accept_hours",
        "cancel_cutoff",
        "reschedule_cutoff",
        "travel_minutes",
        "most_open_requests",
    }
)


def set_hours(
    session: Session, therapist_id: int, location_id: int, weekly: Iterable[hours.OpeningHours], now: datetime
) -> None:
    """Replace the weekly hours of a location. Visits that are booked stay."""
    _own_location(session, therapist_id, location_id)
    rows = [
        {
            "location_id": location_id,
            "weekday": each.weekday,
            "opens": each.opens,
            "closes": each.closes,
            "valid_from": each.valid_from,
            "valid_until": each.valid_until,
        }
        for each in weekly
    ]
    session.execute(delete(OpeningHours).where(OpeningHours.location_id == location_id))
    if rows:
        session.execute(insert(OpeningHours), rows)
    rederive(session, therapist_id, now)


def set_exception(
    session: Session,
    therapist_id: int,
    location_id: int,
    day: date,
    intervals: Collection[tuple[int, int]],
    now: datetime,
    note: str = "",
) -> list[AgendaRow]:
    """Replace the hours of one date by `intervals` of wall minutes; none means closed. The bookings outside them."""
    _own_location(session, therapist_id, location_id)
    touched = outside_hours(session, therapist_id, location_id, day, intervals)
    _forget_exceptions(session, location_id, day)
    spans: list[tuple[int | None, int | None]] = [*intervals] or [(None, None)]
    rows = [{"location_id": location_id, "day": day, "opens": a, "closes": b, "note": note} for a, b in spans]
    session.execute(insert(DateException), rows)
    rederive(session, therapist_id, now)
    return touched


def outside_hours(
    session: Session, therapist_id: int, location_id: int, day: date, intervals: Collection[tuple[int, int]]
) -> list[AgendaRow]:
    """The bookings that `set_exception` would leave outside the hours of a date: to be listed before it is saved."""
    before = _schedules(session, therapist_id)[location_id]
    others = tuple(each for each in before.exceptions if each.date != day)
    after = replace(before, exceptions=(*others, hours.DateException(day, tuple(intervals))))
    return bookings_touched(session, therapist_id, hours.closed_by(before, after, day), location_id)


def clear_exception(session: Session, therapist_id: int, location_id: int, day: date, now: datetime) -> None:
    """The date has its weekly hours again."""
    _own_location(session, therapist_id, location_id)
    _forget_exceptions(session, location_id, day)
    rederive(session, therapist_id, now)


def add_time_off(
    session: Session,
    therapist_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    *,
    location_id: int | None = None,
    note: str = "",
) -> tuple[int, list[AgendaRow]]:
    """Take time off everywhere, or at one location: its id, and the bookings in it, which stay until they are moved.

    `queries.bookings_touched` lists the same before saving.
    """
    if starts_at >= ends_at:
        raise Invalid("Time off ends after it begins.", field="ends_at", code="time-off-order")
    if location_id is not None:
        _own_location(session, therapist_id, location_id)
    lock(session, therapist_id)
    off = TimeOff(
        therapist_id=therapist_id, location_id=location_id, starts_at=starts_at, ends_at=ends_at, note=note[:120]
    )
    session.add(off)
    rederive(session, therapist_id, now)
    return off.id, bookings_touched(session, therapist_id, [(starts_at, ends_at)], location_id)


def remove_time_off(session: Session, therapist_id: int, time_off_id: int, now: datetime) -> None:
    lock(session, therapist_id)
    off = session.get(TimeOff, time_off_id)
    if off is None or off.therapist_id != therapist_id:
        raise NotFound("There is no such time off.")
    session.delete(off)
    rederive(session, therapist_id, now)


def set_holidays(session: Session, therapist_id: int, days: Mapping[date, str], now: datetime) -> list[AgendaRow]:
    """Replace the holidays on which everything is closed; the bookings on them."""
    lock(session, therapist_id)
    touched = on_holidays(session, therapist_id, days)
    session.execute(delete(Holiday).where(Holiday.therapist_id == therapist_id))
    if days:
        rows = [{"therapist_id": therapist_id, "day": day, "name": name} for day, name in days.items()]
        session.execute(insert(Holiday), rows)
    rederive(session, therapist_id, now)
    return touched


def on_holidays(session: Session, therapist_id: int, days: Iterable[date]) -> list[AgendaRow]:
    """The bookings in what such holidays close: to be listed before they are saved."""
    closed: set[tuple[datetime, datetime]] = set()
    for before in _schedules(session, therapist_id).values():
        after = replace(before, holidays=before.holidays | {*days})
        closed.update(span for day in days for span in hours.closed_by(before, after, day))
    return bookings_touched(session, therapist_id, sorted(closed))


def set_imported_busy(
    session: Session, therapist_id: int, feed_id: int, busy: Iterable[tuple[datetime, datetime]], now: datetime
) -> None:
    """Replace what one imported calendar keeps busy."""
    lock(session, therapist_id)
    session.execute(
        delete(ImportedBusy).where(ImportedBusy.therapist_id == therapist_id, ImportedBusy.feed_id == feed_id)
    )
    rows = [
        {"therapist_id": therapist_id, "feed_id": feed_id, "starts_at": starts, "ends_at": ends}
        for starts, ends in busy
    ]
    if rows:
        session.execute(insert(ImportedBusy), rows)
    rederive(session, therapist_id, now)


def set_scheduling(session: Session, therapist_id: int, chosen: Mapping[str, int], now: datetime) -> None:
    """Set notice, horizon, grid, cut-offs, travel and the like; `SchedulingSettings` says the bounds."""
    unknown = set(chosen) - SETTINGS
    if unknown:
        raise Invalid("There is no such setting.", field=sorted(unknown)[0])
    lock(session, therapist_id)
    settings = session.get(SchedulingSettings, therapist_id)
    if settings is None:
        settings = SchedulingSettings(therapist_id=therapist_id)
        session.add(settings)
    for name, value in chosen.items():
        setattr(settings, name, value)
    rederive(session, therapist_id, now)


def _schedules(session: Session, therapist_id: int) -> dict[int, hours.Schedule]:
    """The schedule of each location as it is, also of those without hours; time off apart."""
    zones = select(Location.id, Location.time_zone).where(Location.therapist_id == therapist_id)
    empty = {location_id: hours.Schedule(zone) for location_id, zone in session.execute(zones)}
    return empty | schedules_of(session, therapist_id, Span(0, 0))


def _own_location(session: Session, therapist_id: int, location_id: int) -> None:
    """Take the therapist's lock; NotFound when the location is another's."""
    lock(session, therapist_id)
    own = select(Location.id).where(Location.id == location_id, Location.therapist_id == therapist_id)
    if session.scalar(own) is None:
        raise NotFound("There is no such location.")


def _forget_exceptions(session: Session, location_id: int, day: date) -> None:
    session.execute(delete(DateException).where(DateException.location_id == location_id, DateException.day == day))
