"""The next free times of many locations at once, for cards and searches: few statements, however many cards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.database import among
from app.core.statements import Statement
from app.directory.listing import listing_day
from app.directory.models import Location
from app.scheduling import hours
from app.scheduling.models import TimelineWeek
from app.scheduling.quanta import QUANTA_PER_DAY, Interval, Span, ceil_quantum, floor_quantum
from app.scheduling.queries.listed import Listed, Offered, listed
from app.scheduling.timeline import EMPTY_ROW, between, first_quanta, free_starts, grid, instants, join, time_of_day

Bits = tuple[int, int]
"""`open` and `busy` of a span."""
MARGIN = QUANTA_PER_DAY
"""Quanta read around a window: more than a treatment with its buffers takes."""
FARTHEST = timedelta(days=370)
"""No horizon reaches farther."""
SOON = 10 * QUANTA_PER_DAY
"""Most therapists have their next times within so many quanta; only for the others more is read."""


class Window(NamedTuple):
    """Which starts are wanted: `[first, last)` if instants, both days at the venue if dates; `opens` and `closes` are
    minutes of the venue's day, past midnight when the first is later; the treatment's minutes; its highest price.
    """

    first: date | None = None
    last: date | None = None
    opens: int = 0
    closes: int = 1440
    minutes: int | None = None
    most_cents: int | None = None

    def allows(self, one: Offered) -> bool:
        if self.minutes is not None and one.minutes != self.minutes:
            return False
        return self.most_cents is None or (one.price_cents is not None and one.price_cents <= self.most_cents)


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
    quanta: tuple[int, ...]

    @property
    def starts(self) -> tuple[datetime, ...]:
        return tuple(instants(self.quanta))


@dataclass(slots=True)
class Known:
    """What was read for one request, so that its searches do not read it again: by location, and timelines by weeks.

    `wanted` are the starts that windows allow, which are the same for each batch.
    """

    listed: dict[int, Listed | None] = field(default_factory=dict)
    rows: dict[range, dict[int, Bits | None]] = field(default_factory=dict)
    wanted: dict[tuple[Window, datetime, Span], "_Wanted"] = field(default_factory=dict)


class _Place(NamedTuple):
    """A place with those of its offers that are wanted."""

    listed: Listed
    offers: list[Offered]


def next_times(
    session: Session,
    location_ids: Collection[int],
    window: Window,
    now: datetime,
    count: int = 3,
    known: Known | None = None,
) -> dict[int, NextTimes]:
    """By location, the first `count` free times in the window; a location without a bookable service is left out.

    They are the times of one service: of those wanted, the one that is free first, and of several the therapist's first.
    """
    known = Known() if known is None else known
    places = _places(session, location_ids, window, now, known)
    if not places:
        return {}
    earliest, latest = _reach(window, now, max(place.listed.horizon_days for place in places.values()))
    soon = min(latest, earliest + SOON)
    found = _among(session, places, window, now, (earliest, soon), count, known)
    # Bits of the last day could be cut off by the edge; a second look begins anew.
    short = {at: place for at, place in places.items() if len(found[at].quanta) < count}
    if soon < latest and short:
        found |= _among(session, short, window, now, (earliest, latest), count, known)
    return found


def _places(
    session: Session, location_ids: Collection[int], window: Window, now: datetime, known: Known
) -> dict[int, _Place]:
    """Those of the locations where something wanted can be booked."""
    day, places = listing_day(now).toordinal(), {}
    all_listed = listed(session, location_ids, known.listed)
    for at in location_ids:
        one = all_listed[at]
        if one is not None and one.bookable_until >= day and (offers := [*filter(window.allows, one.offers)]):
            places[at] = _Place(one, offers)
    return places


def _reach(window: Window, now: datetime, horizon_days: int) -> Interval:
    """The quanta that any location could need, whatever its zone."""
    first, last = floor_quantum(now), ceil_quantum(now + timedelta(days=horizon_days)) + 1
    if window.first is not None:
        first = max(first, _quanta_of(_clipped(window.first, now), "Etc/GMT-14")[0])
    if window.last is not None:
        last = min(last, _quanta_of(_clipped(window.last, now), "Etc/GMT+12")[1])
    return first, max(first, last)


def _clipped(moment: date, now: datetime) -> date:
    """A day so far away that nothing is bookable there is as good as a nearer one, and easier to reckon with."""
    if isinstance(moment, datetime):
        return min(max(moment, now - FARTHEST), now + FARTHEST)
    return min(max(moment, now.date() - FARTHEST), now.date() + FARTHEST)


@lru_cache(maxsize=1024)
def _quanta_of(moment: date, zone: str) -> Interval:
    """The quanta of a day in a zone, or the one that an instant begins."""
    if isinstance(moment, datetime):
        return ceil_quantum(moment), ceil_quantum(moment)
    return hours.day_quanta(zone, moment)


@dataclass(slots=True)
class _Wanted:
    """Which starts a window allows, by zone and settings: worked out once for many locations."""

    window: Window
    now: datetime
    span: Span
    known: dict[tuple[str, int, int, int], int]

    def starts(self, one: Listed) -> int:
        key = one.time_zone, one.minimum_notice, one.horizon_days, one.grid_minutes
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._starts(one)
        return found

    def _starts(self, one: Listed) -> int:
        wanted, _ = window_bits(self.window, self.now, one.time_zone, self.span)
        return between(self.span, *one.window(self.now)) & grid(one.time_zone, self.span, one.grid_minutes) & wanted


def window_bits(window: Window, now: datetime, zone: str, span: Span) -> tuple[int, int]:
    """The starts of a span that a window allows in a zone, as bits; and the quantum at which it ends, or the span does."""
    first, last = span.start, span.end
    if window.first is not None:
        first = max(first, _quanta_of(_clipped(window.first, now), zone)[0])
    if window.last is not None:
        last = min(last, _quanta_of(_clipped(window.last, now), zone)[1])
    bits = between(span, first, last)
    if (window.opens, window.closes) != (0, 1440):
        bits &= time_of_day(zone, span, window.opens, window.closes)
    return bits, last


def _among(
    session: Session,
    places: Mapping[int, _Place],
    window: Window,
    now: datetime,
    reach: Interval,
    count: int,
    known: Known,
) -> dict[int, NextTimes]:
    span = Span.covering(reach[0] - MARGIN, reach[1] + MARGIN)
    wanted = known.wanted.setdefault((window, now, span), _Wanted(window, now, span, {}))
    rows = _rows(session, places, span, known.rows.setdefault(span.weeks, {})) if reach[0] < reach[1] else {}
    inside = between(span, *reach)
    return {at: _next(place, rows.get(at), span, wanted, inside, count) for at, place in places.items()}


def _next(place: _Place, row: Bits | None, span: Span, wanted: _Wanted, inside: int, count: int) -> NextTimes:
    listed, offers = place
    best, best_bits, earliest = offers[0], 0, -1
    opened, busy = row or (0, 0)
    allowed = wanted.starts(listed) & inside & opened if opened else 0
    for (minutes, before, after), one in _shapes(offers).items() if allowed else ():
        bits = free_starts(opened, busy, minutes, before=before, after=after, allowed=allowed)
        lowest = bits & -bits
        if bits and (not best_bits or lowest < earliest):
            best, best_bits, earliest = one, bits, lowest
    return NextTimes(
        listed.location_id,
        listed.therapist_id,
        best.service_id,
        best.minutes,
        best.price_cents,
        listed.card["currency"],
        listed.time_zone,
        listed.card["booking_mode"],
        tuple(first_quanta(best_bits, span, count)),
    )


def _shapes(offers: Sequence[Offered]) -> dict[tuple[int, int, int], Offered]:
    """The first offer of each length with its buffers: others of the same are free at the same times."""
    shapes: dict[tuple[int, int, int], Offered] = {}
    for one in offers:
        shapes.setdefault((one.minutes, one.buffer_before, one.buffer_after), one)
    return shapes


_TIMELINES = Statement(
    select(TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.open, TimelineWeek.busy)
    .join(Location, (TimelineWeek.therapist_id == Location.therapist_id) & (TimelineWeek.location_id == Location.id))
    .where(
        among(Location.id, "locations"),
        TimelineWeek.week.between(bindparam("first"), bindparam("last")),
    )
)
"""By way of the location, which knows its therapist: two lists of values would be sought as each with each."""


def _rows(
    session: Session, locations: Collection[int], span: Span, known: dict[int, Bits | None]
) -> Mapping[int, Bits | None]:
    """By location, its `open` and its `busy` bits; nothing for one without a timeline."""
    weeks = span.weeks
    new = [at for at in locations if at not in known]
    if not new:
        return known
    known |= dict.fromkeys(new)
    found: dict[int, tuple[list[bytes], list[bytes]]] = {}
    scope = {"locations": new, "first": weeks[0], "last": weeks[-1]}
    for at, week, opened, busy in _TIMELINES.rows(session, scope):
        kept = found.get(at)
        if kept is None:
            kept = found[at] = [EMPTY_ROW] * len(weeks), [EMPTY_ROW] * len(weeks)
        kept[0][week - weeks[0]], kept[1][week - weeks[0]] = opened, busy
    known |= {at: (join(opened), join(busy)) for at, (opened, busy) in found.items()}
    return known
