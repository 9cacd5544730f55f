"""Which times are free: two statements, whatever the range."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import repeat
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.statements import Asked, Statement
from app.scheduling.models import TimelineWeek
from app.scheduling.quanta import QUANTUM_MINUTES, Span, ceil_quantum, floor_quantum
from app.scheduling.queries.bookable import Bookable, bookables
from app.scheduling.queries.taken import busy_seen_from, taken
from app.scheduling.series import Occurrence, occurrences
from app.scheduling.timeline import between, free_starts, grid, instants, join_weeks, quanta

QUANTUM = timedelta(minutes=QUANTUM_MINUTES)
Rows = dict[int, tuple[dict[int, bytes], dict[int, bytes]]]
"""By location: its `open` and its `busy` rows by week."""


TIMELINE = Statement(
    select(TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.open, TimelineWeek.busy).where(
        TimelineWeek.therapist_id == bindparam("therapist"),
        TimelineWeek.week.between(bindparam("first"), bindparam("last")),
    )
)


class FreeTime(NamedTuple):
    """A start that can be booked, and where."""

    starts_at: datetime
    location_id: int
    time_zone: str


def free_times(
    session: Session,
    service_id: int,
    first: datetime,
    last: datetime,
    now: datetime,
    *,
    location_id: int | None = None,
    without: int | None = None,
) -> list[FreeTime]:
    """The starts in `[first, last)` at which the service can be booked now, in order.

    `without` is a booking that may move: its own time counts as free.
    """
    offers = bookables(session, service_id, location_id)
    return free_times_of(session, offers, first, last, now, without=without)


def free_times_of(
    session: Session,
    offers: Sequence[Bookable],
    first: datetime,
    last: datetime,
    now: datetime,
    *,
    without: int | None = None,
    rows: Rows | None = None,
) -> list[FreeTime]:
    """The same for one service whose places are already known; `rows` where they were read before."""
    if not offers or last <= first:
        return []
    span = _span(offers[0], first, last)
    rows = timeline_rows(session, offers[0].therapist_id, span.weeks) if rows is None else rows
    found: list[FreeTime] = []
    for one in offers:
        busy = _busy_without(session, one, span, without) if without else None
        starts = starts_of(one, rows, span, first, last, now, busy=busy)
        there = zip(instants(quanta(starts, span)), repeat(one.location_id), repeat(one.time_zone))
        found += map(FreeTime._make, there)
    return sorted(found) if len(offers) > 1 else found


def starts_of(
    one: Bookable, rows: Rows, span: Span, first: datetime, last: datetime, now: datetime, *, busy: int | None = None
) -> int:
    """The bits of the bookable starts: the one place that joins rows, window, grid and the rule of `free_starts`."""
    opened, taken_rows = rows.get(one.location_id, ({}, {}))
    earliest, latest = one.window(now)
    allowed = between(span, max(earliest, ceil_quantum(first)), min(latest, ceil_quantum(last)))
    if not opened or not allowed:
        return 0
    return free_starts(
        join_weeks(opened, span.weeks),
        join_weeks(taken_rows, span.weeks) if busy is None else busy,
        one.minutes,
        before=one.buffer_before,
        after=one.buffer_after,
        allowed=allowed & grid(one.time_zone, span, one.grid_minutes),
    )


def is_free(
    session: Session,
    one: Bookable,
    starts_at: datetime,
    now: datetime,
    *,
    without: int | None = None,
    rows: Rows | None = None,
) -> bool:
    """Whether one start can be booked now: the same rule that shows times."""
    wanted = free_times_of(session, [one], starts_at, starts_at + QUANTUM, now, without=without, rows=rows)
    return any(each.starts_at == starts_at for each in wanted)


def rows_at(session: Session, one: Bookable, starts_at: datetime) -> Rows:
    """The rows that say whether a start is free."""
    return rows_in(ask_rows_at(session, one, starts_at))


def ask_rows_at(session: Session, one: Bookable, starts_at: datetime) -> Asked:
    """What `rows_in` makes those rows of."""
    return _ask_rows(session, one.therapist_id, _span(one, starts_at, starts_at + QUANTUM).weeks)


def times_near(session: Session, one: Bookable, wished: datetime, now: datetime, count: int = 5) -> list[FreeTime]:
    """Free times nearest to a wished one, in order: within the week, else the first ones after."""
    week = timedelta(days=7)
    near = free_times_of(session, [one], max(now, wished - week), wished + week, now)
    closest = sorted(near, key=lambda each: abs(each.starts_at - wished))[:count]
    return sorted(closest) or first_free(session, [one], now, count)


def first_free(session: Session, offers: Sequence[Bookable], now: datetime, count: int = 1) -> list[FreeTime]:
    """The first free times within the horizon."""
    if not offers:
        return []
    last = now + timedelta(days=offers[0].horizon_days + 1)
    return free_times_of(session, offers, now, last, now)[:count]


def series_plan(
    session: Session, one: Bookable, first: datetime, every_weeks: int, count: int, now: datetime
) -> list[Occurrence]:
    """The dates of a series, each with whether it is free: two statements for all of them."""
    starts = occurrences(first, one.time_zone, every_weeks, count)
    free = {each.starts_at for each in free_times_of(session, [one], starts[0], starts[-1] + timedelta(minutes=5), now)}
    return [replace(Occurrence(each), free=each in free) for each in starts]


def timeline_rows(session: Session, therapist_id: int, weeks: range) -> Rows:
    """A therapist's timeline by location."""
    return rows_in(_ask_rows(session, therapist_id, weeks))


def _ask_rows(session: Session, therapist_id: int, weeks: range) -> Asked:
    return TIMELINE.ask(session, {"therapist": therapist_id, "first": weeks[0], "last": weeks[-1]})


def rows_in(asked: Asked) -> Rows:
    found: Rows = {}
    for location_id, week, opened, busy in asked.rows():
        by_week = found.setdefault(location_id, ({}, {}))
        by_week[0][week], by_week[1][week] = opened, busy
    return found


def _span(one: Bookable, first: datetime, last: datetime) -> Span:
    """Whole weeks that hold every start, its treatment and its buffers."""
    return Span.covering(floor_quantum(first) - one.lead, ceil_quantum(last) + one.trail)


def _busy_without(session: Session, one: Bookable, span: Span, booking_id: int | None) -> int:
    visits = taken(session, one.therapist_id, span, booking_id)
    return busy_seen_from(visits, span, one.location_id, one.travel_minutes)
