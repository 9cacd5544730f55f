"""The next free times of many locations at once, for cards: two statements, however many cards."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Location, Service
from app.scheduling.models import TimelineWeek
from app.scheduling.quanta import Span, ceil_quantum, floor_quantum
from app.scheduling.queries.bookable import BOOKABLE, Bookable
from app.scheduling.queries.free_times import Rows, starts_of
from app.scheduling.timeline import first_quanta, instants, time_of_day


class Window(NamedTuple):
    """Which starts are wanted: the instants `[first, last)`, wall minutes of the day, and the treatment's minutes."""

    first: datetime
    last: datetime
    opens: int = 0
    closes: int = 1440
    minutes: int | None = None


class NextTimes(NamedTuple):
    """What can be booked next at one location."""

    location_id: int
    therapist_id: int
    service_id: int
    minutes: int
    price_cents: int | None
    currency: str
    time_zone: str
    booking_mode: str
    starts: tuple[datetime, ...]


def next_times(
    session: Session, location_ids: Collection[int], window: Window, now: datetime, count: int = 3
) -> dict[int, NextTimes]:
    """By location, the first `count` free times in the window; a location without a bookable service is left out.

    The service is the therapist's first one of the wanted minutes, or simply the first.
    """
    offers = _first_services(session, location_ids, window.minutes)
    if not offers:
        return {}
    span = Span.covering(floor_quantum(window.first) - 48, ceil_quantum(window.last) + 96 + 48)
    rows = _rows(session, offers, span)
    return {one.location_id: _next(one, rows, span, window, now, count) for one in offers}


def _next(one: Bookable, rows: Rows, span: Span, window: Window, now: datetime, count: int) -> NextTimes:
    starts = starts_of(one, rows, span, window.first, window.last, now)
    if starts and (window.opens, window.closes) != (0, 1440):
        starts &= time_of_day(one.time_zone, span, window.opens, window.closes)
    return NextTimes(
        one.location_id,
        one.therapist_id,
        one.service_id,
        one.minutes,
        one.price_cents,
        one.currency,
        one.time_zone,
        one.booking_mode,
        tuple(instants(first_quanta(starts, span, count))),
    )


def _first_services(session: Session, location_ids: Collection[int], minutes: int | None) -> list[Bookable]:
    query = BOOKABLE.where(Location.id.in_(location_ids)).order_by(Service.position, Service.id)
    if minutes is not None:
        query = query.where(Service.minutes == minutes)
    first: dict[int, Bookable] = {}
    for row in session.execute(query):
        one = Bookable._make(row)
        first.setdefault(one.location_id, one)
    return list(first.values())


def _rows(session: Session, offers: list[Bookable], span: Span) -> Rows:
    found: Rows = {}
    query = select(TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.open, TimelineWeek.busy).where(
        TimelineWeek.therapist_id.in_({one.therapist_id for one in offers}),
        TimelineWeek.location_id.in_({one.location_id for one in offers}),
        TimelineWeek.week.between(span.weeks[0], span.weeks[-1]),
    )
    for location_id, week, opened, busy in session.execute(query):
        by_week = found.setdefault(location_id, ({}, {}))
        by_week[0][week], by_week[1][week] = opened, busy
    return found
