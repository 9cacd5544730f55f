"""Keeps the timeline and the occupancy equal to what they are derived from."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from app.core.database import among
from app.core.errors import Conflict
from app.core.statements import Statement
from app.directory.listing import FREE_BITS, FREE_HOURS, KNOWN_HOURS
from app.directory.listing_facts import Bound
from app.directory.models import Location, Service, Therapist
from app.directory.services import bound_first_times, lock_therapist
from app.scheduling import hours
from app.scheduling.models import (
    Booking,
    DateException,
    Holiday,
    Occupancy,
    OpeningHours,
    SchedulingSettings,
    TimelineWeek,
    TimeOff,
)
from app.scheduling.quanta import (
    QUANTA_PER_HOUR,
    QUANTUM_MINUTES,
    QUARTER,
    Interval,
    Span,
    floor_quantum,
    instant_of,
    week_of,
)
from app.scheduling.queries.free_times import TIMELINE
from app.scheduling.queries.taken import busy_seen_from, taken, visit_interval
from app.scheduling.states import LIVE
from app.scheduling.timeline import at_pace, free_starts, join_weeks, open_bits, split

DEFAULTS = {column.name: column.default.arg for column in SchedulingSettings.__table__.c if column.default is not None}
LONGEST_HOURS = 8
"""No treatment takes longer (`Service.minutes`)."""
OCCUPY = Statement(
    text(
        "INSERT INTO occupancy (therapist_id, quantum, booking_id)"
        " WITH RECURSIVE owned(quantum) AS"
        " (SELECT CAST(:first AS INTEGER) UNION ALL SELECT quantum + 1 FROM owned WHERE quantum + 1 < :last)"
        " SELECT CAST(:therapist AS INTEGER), quantum, CAST(:booking AS BIGINT) FROM owned"
    ),
    refused=lambda: Conflict("That time was just taken.", code="time-taken"),
)
INSERT_WEEK = Statement(
    insert(TimelineWeek.__table__),  # type: ignore[arg-type]
    TimelineWeek.__table__.columns.keys(),
)


def lock(session: Session, therapist_id: int) -> None:
    """Take the therapist's row until the transaction ends."""
    lock_therapist(session, therapist_id)


def rederive(session: Session, therapist_id: int, now: datetime, weeks: range | None = None) -> int:
    """Derive whole weeks anew, `open` and `busy`; how many rows there are now. Without `weeks`, to the horizon.

    Call it in the transaction that changed hours, exceptions, time off, holidays, imported busy times, a location or
    settings.
    """
    session.flush()
    facts = settings_of(session, therapist_id)
    chosen = weeks or weeks_to_horizon(now, facts["horizon_days"])
    span = Span.of_weeks(chosen[0], len(chosen))
    schedules = schedules_of(session, therapist_id, span)
    visits = taken(session, therapist_id, span)
    rows: list[dict[str, Any]] = []
    for location_id, schedule in schedules.items():
        opened = split(open_bits(schedule, span), span)
        busy = split(busy_seen_from(visits, span, location_id, facts["travel_minutes"]), span)
        rows += [_row(therapist_id, location_id, week, opened[week], busy[week]) for week in span.weeks]
    session.execute(
        delete(TimelineWeek).where(
            TimelineWeek.therapist_id == therapist_id,
            TimelineWeek.week.between(chosen[0], chosen[-1]) if weeks else TimelineWeek.week >= 0,
        ),
        execution_options={"synchronize_session": False},
    )
    if rows:
        INSERT_WEEK.run(session, *rows)
    if weeks is None:
        _remember(session, therapist_id, chosen[-1] + 1)
        bounds = _bounds(rows, facts, shortest_treatments(session, [therapist_id]), now)
        bound_first_times(session, {therapist_id: bounds})
    return len(rows)


def weeks_to_horizon(now: datetime, horizon_days: int) -> range:
    """From the week before (a buffer reaches back) to a week past the last start."""
    return range(week_of(floor_quantum(now)) - 1, week_of(floor_quantum(now + timedelta(days=horizon_days))) + 2)


def bound_anew(session: Session, now: datetime, after: int = 0, limit: int = 100) -> int:
    """Bound the first free times of the next therapists after an id; the last id, or 0 when there are no more.

    Whoever is being changed just now is left out: what that change says of the first free time is newer.
    """
    ids = list(
        session.scalars(
            select(TimelineWeek.therapist_id)
            .where(TimelineWeek.therapist_id > after)
            .distinct()
            .order_by(TimelineWeek.therapist_id)
            .limit(limit)
        )
    )
    mine = session.scalars(select(Therapist.id).where(Therapist.id.in_(ids)).with_for_update(skip_locked=True)).all()
    first, shortest = week_of(floor_quantum(now)), shortest_treatments(session, mine)
    bounds = {}
    for therapist_id in mine:
        scope = {"therapist": therapist_id, "first": first, "last": first + 1}
        rows = [_row(therapist_id, at, week, opened, busy) for at, week, opened, busy in TIMELINE.rows(session, scope)]
        bounds[therapist_id] = _bounds(rows, settings_of(session, therapist_id), shortest, now)
    bound_first_times(session, bounds)
    return ids[-1] if ids else 0


def shortest_treatments(session: Session, therapist_ids: Collection[int]) -> dict[int, int]:
    """The minutes of the shortest treatment at each place of the therapists."""
    return dict(_SHORTEST.rows(session, {"therapists": therapist_ids}))


_SHORTEST = Statement(
    select(Location.id, func.min(Service.minutes))
    .join(
        Service,
        (Service.therapist_id == Location.therapist_id) & (Service.home_visit == (Location.kind == "home_visits")),
    )
    .where(among(Location.therapist_id, "therapists"), Service.active)
    .group_by(Location.id)
)


def _bounds(
    rows: list[dict[str, Any]], facts: dict[str, int], shortest: Mapping[int, int], now: datetime
) -> dict[int, Bound]:
    """By location, what bounds its first free time, whatever the service."""
    base = floor_quantum(now) // QUANTA_PER_HOUR
    span = Span.covering(base * QUANTA_PER_HOUR, (base + KNOWN_HOURS + LONGEST_HOURS) * QUANTA_PER_HOUR)
    opened: dict[int, dict[int, bytes]] = defaultdict(dict)
    busy: dict[int, dict[int, bytes]] = defaultdict(dict)
    for row in rows:
        opened[row["location_id"]][row["week"]] = row["open"]
        busy[row["location_id"]][row["week"]] = row["busy"]
    return {
        at: bound_of(
            join_weeks(own, span.weeks), join_weeks(busy[at], span.weeks), span, base, facts, shortest.get(at, 0)
        )
        for at, own in opened.items()
    }


def bound_of(opened: int, busy: int, span: Span, base: int, facts: Mapping[str, int], shortest: int) -> Bound:
    """The bound on the first free time from the hour `base` on, under a therapist's settings.

    `shortest` is the minutes of the shortest treatment at the place; 0 where nothing is offered yet.
    """
    pace = QUARTER if facts["grid_minutes"] % 15 == 0 else 1
    starts = free_starts(opened, busy, shortest or QUANTUM_MINUTES)
    hours = at_pace(starts, span, base, QUANTA_PER_HOUR)
    firsts = at_pace(starts, span, base, QUANTA_PER_HOUR, QUANTA_PER_HOUR // 2)
    quarters = at_pace(starts, span, base, QUARTER).to_bytes(KNOWN_HOURS // 2, "little")
    return Bound(
        free_base=base,
        free_hours=hours & FREE_BITS,
        free_later=hours >> FREE_HOURS,
        free_firsts=firsts & FREE_BITS,
        free_quarters=quarters[: FREE_HOURS // 2],
        free_minutes=shortest,
        lead=facts["minimum_notice"] // QUANTUM_MINUTES,
        pace=pace,
    )


def occupy(session: Session, therapist_id: int, booking_id: int, first: int, last: int) -> None:
    """Own the quanta `[first, last)`; Conflict when one of them is somebody's."""
    OCCUPY.run(session, {"therapist": therapist_id, "booking": booking_id, "first": first, "last": last})


def own(session: Session, booking: Booking) -> list[Interval]:
    """Make the booking own exactly its quanta: both its times while it is live, none when it has ended."""
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id == booking.id), execution_options={"synchronize_session": False}
    )
    if booking.state not in LIVE:
        return []
    intervals = _merged(intervals_of(booking))
    for first, last in intervals:
        occupy(session, booking.therapist_id, booking.id, first, last)
    return intervals


def intervals_of(booking: Booking) -> list[Interval]:
    """The quanta of a booking's time, and of the new time that was asked for."""
    starts = [booking.starts_at, *([booking.new_starts_at] if booking.new_starts_at else [])]
    return [visit_interval(each, booking.minutes, booking.buffer_before, booking.buffer_after) for each in starts]


def _merged(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _row(therapist_id: int, location_id: int, week: int, opened: bytes, busy: bytes) -> dict[str, Any]:
    return {"therapist_id": therapist_id, "location_id": location_id, "week": week, "open": opened, "busy": busy}


def settings_of(session: Session, therapist_id: int) -> dict[str, int]:
    """How a therapist takes bookings; the defaults for one who never said."""
    one = session.get(SchedulingSettings, therapist_id)
    return {name: getattr(one, name) if one else default for name, default in DEFAULTS.items()}


def _remember(session: Session, therapist_id: int, until: int) -> None:
    one = session.get(SchedulingSettings, therapist_id)
    if one is None:
        session.add(SchedulingSettings(therapist_id=therapist_id, derived_until=until))
    else:
        one.derived_until = until
    session.flush()


def schedules_of(session: Session, therapist_id: int, span: Span) -> dict[int, hours.Schedule]:
    """The schedule of each active location that has hours or exceptions, in five statements."""
    places = select(Location.id, Location.time_zone).where(Location.therapist_id == therapist_id, Location.active)
    zones = {row.id: row.time_zone for row in session.execute(places)}
    weekly: dict[int, list[hours.OpeningHours]] = defaultdict(list)
    for row in session.scalars(select(OpeningHours).where(OpeningHours.location_id.in_(zones))):
        weekly[row.location_id].append(
            hours.OpeningHours(row.weekday, row.opens, row.closes, row.valid_from, row.valid_until)
        )
    exceptions = _exceptions(session, list(zones))
    holidays = frozenset(session.scalars(select(Holiday.day).where(Holiday.therapist_id == therapist_id)))
    off = _time_off(session, therapist_id, span)
    return {
        location_id: hours.Schedule(
            zone=zone,
            weekly=tuple(weekly[location_id]),
            exceptions=exceptions.get(location_id, ()),
            holidays=holidays,
            time_off=tuple(each for place, each in off if place in (None, location_id)),
        )
        for location_id, zone in zones.items()
        if weekly[location_id] or location_id in exceptions
    }


def _exceptions(session: Session, location_ids: list[int]) -> dict[int, tuple[hours.DateException, ...]]:
    by_day: dict[int, dict[Any, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(select(DateException).where(DateException.location_id.in_(location_ids))):
        intervals = by_day[row.location_id][row.day]
        if row.opens is not None and row.closes is not None:
            intervals.append((row.opens, row.closes))
    return {
        location_id: tuple(hours.DateException(day, tuple(intervals)) for day, intervals in days.items())
        for location_id, days in by_day.items()
    }


def _time_off(session: Session, therapist_id: int, span: Span) -> list[tuple[int | None, hours.TimeOff]]:
    query = select(TimeOff.location_id, TimeOff.starts_at, TimeOff.ends_at).where(
        TimeOff.therapist_id == therapist_id,
        TimeOff.ends_at > instant_of(span.start),
        TimeOff.starts_at < instant_of(span.end),
    )
    return [(place, hours.TimeOff(starts, ends)) for place, starts, ends in session.execute(query)]
