"""Hours and taken times for the fictional therapists, in bulk: the same rows that the services would derive."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from app.core.bulk import chunks, count_ids_on, insert_rows, next_id
from app.core.database import UtcDateTime
from app.core.errors import Conflict
from app.directory.listing_facts import Bound
from app.directory.models import Location, Therapist
from app.directory.services import bound_first_times
from app.scheduling import hours
from app.scheduling.models import Booking, ImportedBusy, OpeningHours, SchedulingSettings, TimelineWeek
from app.scheduling.quanta import QUANTA_PER_DAY, QUANTA_PER_HOUR, Interval, Span, floor_quantum, instant_of
from app.scheduling.queries.taken import busy_seen_from
from app.scheduling.services.timelines import bound_of, shortest_treatments, weeks_to_horizon
from app.scheduling.timeline import Visit, open_bits, split

Progress = Callable[[int], None]
BATCH = 4_000
MANY = 20_000
"""From here on the horizon is four weeks, and calendars are emptier: it is for measuring."""
DEMO_FEED = 0
Pattern = tuple[tuple[int, int, int], ...]

NINE_TO_FIVE: Pattern = tuple((day, 9 * 60, 17 * 60) for day in range(5))
PATTERNS: tuple[Pattern, ...] = (
    NINE_TO_FIVE,
    tuple((day, 10 * 60, 19 * 60) for day in (1, 2, 3, 4, 5)),
    tuple((day, 12 * 60, 21 * 60) for day in (0, 2, 4)),
    tuple((day, 8 * 60, 14 * 60) for day in range(6)),
    tuple((day, opens, closes) for day in range(4) for opens, closes in ((9 * 60, 12 * 60), (14 * 60, 20 * 60))),
    tuple((day, 16 * 60, 21 * 60) for day in range(5)),
    tuple((day, 9 * 60 + 30, 18 * 60) for day in (3, 4, 5, 6)),
    tuple((day, 7 * 60, 15 * 60) for day in (0, 1, 3, 4)),
    tuple((day, 11 * 60, 20 * 60) for day in (1, 4, 6)),
    tuple((day, 10 * 60, 16 * 60) for day in (5, 6)),
)
SETTINGS = {"minimum_notice": 120, "grid_minutes": 15}
FIRST_PLACE, SECOND_PLACE = (0, 1, 2, 3), (4, 5, 6)


class Place(NamedTuple):
    therapist_id: int
    location_id: int
    time_zone: str


def load_hours(session: Session, *, seed: int, now: datetime, progress: Progress = lambda _: None) -> dict[str, int]:
    """Give every claimed fictional therapist without hours some, and some times that are taken. Returns counts."""
    by_therapist: dict[int, list[Place]] = {}
    for place in map(Place._make, session.execute(_places())):
        by_therapist.setdefault(place.therapist_id, []).append(place)
    many = len(by_therapist) > MANY
    writer = _Writer(session, seed, now, horizon_days=28 if many else 60, visits=4 if many else 24)
    for part in chunks(by_therapist.values(), BATCH):
        writer.write(part)
        progress(len(part))
    for model in (OpeningHours, ImportedBusy):
        count_ids_on(session, _table(model))
    return {"bookable": len(by_therapist), "weeks": len(writer.span.weeks)}


def refuse_if_booked(session: Session) -> None:
    """Conflict when somebody booked a fictional therapist: then they cannot just give way."""
    query = select(exists().where(Booking.therapist_id == Therapist.id, Therapist.origin == "demo"))
    if session.scalar(query):
        raise Conflict("Some fictional therapists have bookings, so they stay. Start with an empty database instead.")


def _places() -> Any:
    return (
        select(Location.therapist_id, Location.id, Location.time_zone)
        .join(Therapist)
        .where(Therapist.origin == "demo", Therapist.claimed, Therapist.booking_mode != "none")
        .where(~exists().where(SchedulingSettings.therapist_id == Therapist.id))
        .order_by(Location.therapist_id, Location.id)
    )


class _Writer:
    """Collects rows and writes them a batch at a time."""

    def __init__(self, session: Session, seed: int, now: datetime, *, horizon_days: int, visits: int) -> None:
        self.session, self.now, self.horizon_days, self.visits = session, now, horizon_days, visits
        weeks = weeks_to_horizon(now, horizon_days)
        self.span = Span.of_weeks(weeks[0], len(weeks))
        self.seed = seed
        self.dialect = session.get_bind().dialect
        self.ids = {model: next_id(session, _table(model)) for model in (OpeningHours, ImportedBusy)}
        self.bounds: dict[int, dict[int, Bound]] = defaultdict(dict)
        self.shortest: dict[int, int] = {}
        self.base = floor_quantum(now) // QUANTA_PER_HOUR

    def write(self, therapists: Sequence[list[Place]]) -> None:
        rows: dict[Any, list[tuple[Any, ...]]] = {model: [] for model in COLUMNS}
        self.shortest = shortest_treatments(self.session, [places[0].therapist_id for places in therapists])
        for places in therapists:
            self._add(rows, places)
        for model, columns in COLUMNS.items():
            insert_rows(self.session, _table(model), columns, rows[model])
        bound_first_times(self.session, self.bounds)
        self.bounds.clear()

    def _add(self, rows: dict[Any, list[tuple[Any, ...]]], places: list[Place]) -> None:
        own = places[0].therapist_id
        chance = random.Random(self.seed * 1_000_003 + own)  # noqa: S311 - invented people
        patterns = self._patterns(places, chance)
        rows[SchedulingSettings].append(
            (
                own,
                SETTINGS["minimum_notice"],
                self.horizon_days,
                SETTINGS["grid_minutes"],
                24,
                1440,
                1440,
                30,
                3,
                self.span.weeks[-1] + 1,
            )
        )
        taken = self._taken(places[0], patterns[0], chance)
        for first, last in taken:
            rows[ImportedBusy].append((self._id(ImportedBusy), own, DEMO_FEED, self._stored(first), self._stored(last)))
        visits = [Visit(first, last) for first, last in taken]
        for place, pattern in zip(places, patterns, strict=True):
            hours_rows = ((self._id(OpeningHours), place.location_id, *one, None, None) for one in pattern)
            rows[OpeningHours].extend(hours_rows)
            opened = open_rows(pattern, place.time_zone, self.span)
            busy_bits = busy_seen_from(visits, self.span, place.location_id, 30)
            busy = split(busy_bits, self.span)
            all_open = open_bits_of(pattern, place.time_zone, self.span)
            shortest = self.shortest.get(place.location_id, 0)
            bound = bound_of(all_open, busy_bits, self.span, self.base, SETTINGS, shortest)
            self.bounds[own][place.location_id] = bound
            rows[TimelineWeek].extend(
                (own, place.location_id, week, opened[week], busy[week]) for week in self.span.weeks
            )

    def _patterns(self, places: list[Place], chance: random.Random) -> list[Pattern]:
        """One place: any pattern. Two: some weekdays here, the others there. More: none at the further ones."""
        whole = chance.choice(PATTERNS)
        if len(places) == 1:
            return [whole]
        here = tuple((day, 9 * 60, 17 * 60) for day in FIRST_PLACE)
        there = tuple((day, 10 * 60, 19 * 60) for day in SECOND_PLACE)
        return [here, there, *(() for _ in places[2:])]

    def _taken(self, place: Place, pattern: Pattern, chance: random.Random) -> list[Interval]:
        """Hours of the coming weeks that are gone: by the hour, within opening hours."""
        opened = opening_hours(pattern, place.time_zone, self.span)
        if not opened:
            return []
        found = set()
        for _ in range(chance.randrange(self.visits + 1)):
            first, last = chance.choice(opened)
            start = first + 12 * chance.randrange(max(1, (last - first) // 12))
            found.add((start, min(start + 12, last)))
        return sorted(found)

    def _stored(self, quantum: int) -> Any:
        return UtcDateTime().process_bind_param(instant_of(quantum), self.dialect)

    def _id(self, model: Any) -> int:
        self.ids[model] += 1
        return self.ids[model] - 1


COLUMNS: dict[Any, Sequence[str]] = {
    SchedulingSettings: ("therapist_id", "minimum_notice", "horizon_days", "grid_minutes", "accept_hours",
                         "cancel_cutoff", "reschedule_cutoff", "travel_minutes", "most_open_requests",
                         "derived_until"),
    OpeningHours: ("id", "location_id", "weekday", "opens", "closes", "valid_from", "valid_until"),
    ImportedBusy: ("id", "therapist_id", "feed_id", "starts_at", "ends_at"),
    TimelineWeek: ("therapist_id", "location_id", "week", "open", "busy"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def open_rows(pattern: Pattern, zone_name: str, span: Span) -> dict[int, bytes]:
    """The `open` rows of a pattern in a zone: derived once, for all who keep it."""
    return split(open_bits_of(pattern, zone_name, span), span)


@lru_cache(maxsize=4096)
def open_bits_of(pattern: Pattern, zone_name: str, span: Span) -> int:
    return open_bits(_schedule(pattern, zone_name), span)


@lru_cache(maxsize=4096)
def opening_hours(pattern: Pattern, zone_name: str, span: Span) -> list[Interval]:
    first = instant_of(span.start + QUANTA_PER_DAY).date()
    last = instant_of(span.end - QUANTA_PER_DAY).date()
    return hours.opening_intervals(_schedule(pattern, zone_name), first, last)


def _schedule(pattern: Pattern, zone_name: str) -> hours.Schedule:
    return hours.Schedule(zone_name, tuple(hours.OpeningHours(*one) for one in pattern))


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
