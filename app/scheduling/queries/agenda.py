"""A therapist's own view of the bookings."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.directory.models import Location
from app.scheduling.models import Booking
from app.scheduling.queries.taken import seconds
from app.scheduling.queries.visits import NEW_PLACE
from app.scheduling.states import LIVE

LONGEST = timedelta(hours=8)
NEW_ENDS = seconds(Booking.new_starts_at) + Booking.minutes * 60
"""When a visit would end at the other time that was asked for, in seconds since 1970."""


class AgendaRow(NamedTuple):
    """One visit in a day's list."""

    id: int
    reference: str
    state: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    service_name: str
    minutes: int
    buffer_before: int
    buffer_after: int
    price_cents: int | None
    currency: str
    name: str
    visit_for: str
    email: str | None
    phone: str | None
    location_id: int
    location_name: str
    expires_at: datetime | None
    new_starts_at: datetime | None
    new_by: str | None
    new_place: str | None
    series_id: str | None
    referral_id: int | None
    created_at: datetime
    events: int


ELSEWHERE = {"location_name": Location.name.label("location_name"), "new_place": NEW_PLACE.label("new_place")}
AGENDA = select(
    *(ELSEWHERE[name] if name in ELSEWHERE else getattr(Booking, name) for name in AgendaRow._fields)
).join_from(Booking, Location, Booking.location_id == Location.id)


TOLD = sorted(LIVE - {"held"})
"""The live states of which the therapist knows: nobody asked for a time that is only held."""


def agenda(session: Session, therapist_id: int, first: datetime, last: datetime) -> list[AgendaRow]:
    """The live visits that touch `[first, last)`, in order."""
    query = AGENDA.where(
        Booking.therapist_id == therapist_id,
        Booking.starts_at.between(first - LONGEST, last),
        Booking.starts_at < last,
        Booking.ends_at > first,
        Booking.state.in_(TOLD),
    ).order_by(Booking.starts_at)
    return [AgendaRow._make(row) for row in session.execute(query)]


def open_requests(session: Session, therapist_id: int) -> list[AgendaRow]:
    """What waits for the therapist's answer, the most urgent first: new requests and patients' other times."""
    waiting = or_(Booking.state == "requested", (Booking.state == "confirmed") & (Booking.new_by == "patient"))
    query = AGENDA.where(Booking.therapist_id == therapist_id, waiting)
    rows = [AgendaRow._make(row) for row in session.execute(query)]
    return sorted(rows, key=lambda row: row.expires_at or row.starts_at)


def bookings_touched(
    session: Session, therapist_id: int, intervals: Iterable[tuple[datetime, datetime]], location_id: int | None = None
) -> list[AgendaRow]:
    """The live visits that overlap any of the intervals, as they stand or at the other time that somebody asked for: to
    be listed before time off is saved."""
    spans = list(intervals)
    if not spans:
        return []
    own = [(Booking.starts_at < ends) & (Booking.ends_at > starts) for starts, ends in spans]
    asked = [(Booking.new_starts_at < ends) & (int(starts.timestamp()) < NEW_ENDS) for starts, ends in spans]
    touched = _at(Booking.location_id, location_id, own) | _at(Booking.new_location_id, location_id, asked)
    query = AGENDA.where(Booking.therapist_id == therapist_id, Booking.state.in_(TOLD), touched)
    return [AgendaRow._make(row) for row in session.execute(query.order_by(Booking.starts_at))]


def _at(column: InstrumentedAttribute[Any], location_id: int | None, any_of: Sequence[ColumnElement[bool]]) -> Any:
    """Any of the conditions, at one location or everywhere."""
    return or_(*any_of) if location_id is None else or_(*any_of) & (column == location_id)
