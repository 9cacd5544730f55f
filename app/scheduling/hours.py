"""Opening hours: weekly wall times in a zone, expanded to UTC quanta. Clock changes end here.

What hours mean when the clock changes (RFC 5545 §3.3.5, and where it is silent, the careful reading):

- Doors open at the opening time. If the clock skips it, at that time by the offset before the gap
  (02:30 in New York's spring is 03:30); if it comes twice, at the first.
- Doors close at the closing time; if it comes twice, at the first. If the clock skips it, when it does:
  nobody is offered 03:15 under hours that end at 02:30. So hours that lie inside a gap are empty.
- In between, doors stay open for as long as it really takes: 01:00-03:00 lasts three hours when
  01:00-02:00 comes twice, and one when the clock skips 02:00-03:00.

Hours belong to the date on which they open. 22:00-02:00 on a Friday run into Saturday, and closing the
Saturday does not shorten them. Instants off the 5-minute quanta (an odd minute, a historic offset such as
-4:56:02) shrink opening hours and widen time off: the doubt is never offered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.scheduling.offsets import DAY, zone_rules
from app.scheduling.quanta import QUANTUM_SECONDS, Interval, ceil_quantum, floor_quantum, instant_of

MINUTES_PER_DAY = 1440
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Wall = tuple[int, int]
"""When doors open and close on the wall clock."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open every `weekday` (0 = Monday) from `opens` to `closes`, minutes since that date's wall midnight.

    `closes` past 1440 is on the next date. `valid_from` and `valid_until` are both included.
    """

    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday must be 0 (Monday) to 6 (Sunday)")
        _check_minutes(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class DateException:
    """Replaces all hours that open on `date`, holidays too. No intervals: closed."""

    date: date
    intervals: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for opens, closes in self.intervals:
            _check_minutes(opens, closes)


@dataclass(frozen=True, slots=True)
class TimeOff:
    """Removes the aware instants `[starts, ends)` from opening hours."""

    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("time off must have a time zone")
        if self.ends <= self.starts:
            raise ValueError("time off must end after it starts")

    @property
    def quanta(self) -> Interval:
        return floor_quantum(self.starts), ceil_quantum(self.ends)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that says when one location is open. Hashable, so that equal weeks need deriving once."""

    zone: str
    weekly: tuple[OpeningHours, ...] = ()
    exceptions: tuple[DateException, ...] = ()
    holidays: frozenset[date] = frozenset()
    time_off: tuple[TimeOff, ...] = ()


def opening_intervals(schedule: Schedule, first: date, last: date) -> list[Interval]:
    """The quanta of all hours that open on the dates `first` to `last`, both included.

    In the order of dates; they may touch or overlap. Time off is not yet taken out.
    """
    rules = zone_rules(schedule.zone, first.year, last.year)
    intervals = []
    for opens, closes in _windows(schedule, first, last):
        start = -(-rules.instant(opens) // QUANTUM_SECONDS)
        end = rules.last_instant(closes) // QUANTUM_SECONDS
        if start < end:
            intervals.append((start, end))
    return intervals


def quantum_at(zone: str, day: date, minutes: int) -> int:
    """The quantum of a wall time, minutes since that date's midnight, by RFC 5545 §3.3.5."""
    rules = zone_rules(zone, day.year, day.year)
    return rules.instant(_midnight(day.toordinal()) + minutes * 60) // QUANTUM_SECONDS


def day_quanta(zone: str, day: date) -> Interval:
    """The quanta of a local date: 23, 24 or 25 hours, or none where the date was skipped."""
    rules = zone_rules(zone, day.year, day.year)
    midnight = _midnight(day.toordinal())
    start, end = rules.last_instant(midnight), rules.last_instant(midnight + DAY)
    return -(-start // QUANTUM_SECONDS), -(-end // QUANTUM_SECONDS)


def closed_by(before: Schedule, after: Schedule, day: date) -> list[tuple[datetime, datetime]]:
    """The instants of a date that a change of its hours leaves outside all hours.

    That is the date, and what its hours were past its midnight; not the hours that it gets, nor those that run into it
    from the date before.
    """
    start, end = day_quanta(before.zone, day)
    end = max((end, *(closes for _, closes in opening_intervals(before, day, day))))
    parts = []
    for opens, closes in sorted(opening_intervals(after, day - timedelta(days=1), day)):
        parts.append((start, min(opens, end)))
        start = max(start, closes)
    parts.append((start, end))
    return [(instant_of(first), instant_of(last)) for first, last in parts if first < last]


def _windows(schedule: Schedule, first: date, last: date) -> Iterator[Wall]:
    """The wall seconds of each opening; a date's exceptions stand before its holiday, and that before its week."""
    by_date = _by_date(schedule)
    by_weekday = _by_weekday(schedule.weekly)
    for day in range(first.toordinal(), last.toordinal() + 1):
        midnight = _midnight(day)
        if day in by_date:
            for opens, closes in by_date[day]:
                yield midnight + opens * 60, midnight + closes * 60
            continue
        for (opens, closes), valid_from, valid_until in by_weekday[(day - 1) % 7]:
            if valid_from <= day <= valid_until:
                yield midnight + opens * 60, midnight + closes * 60


def _by_date(schedule: Schedule) -> dict[int, list[Wall]]:
    by_date: dict[int, list[Wall]] = {day.toordinal(): [] for day in schedule.holidays}
    for exception in schedule.exceptions:
        by_date.setdefault(exception.date.toordinal(), []).extend(exception.intervals)
    return by_date


def _by_weekday(weekly: Iterable[OpeningHours]) -> list[list[tuple[Wall, int, int]]]:
    by_weekday: list[list[tuple[Wall, int, int]]] = [[] for _ in range(7)]
    for hours in weekly:
        valid_from = (hours.valid_from or date.min).toordinal()
        valid_until = (hours.valid_until or date.max).toordinal()
        by_weekday[hours.weekday].append(((hours.opens, hours.closes), valid_from, valid_until))
    return by_weekday


def _midnight(ordinal: int) -> int:
    return (ordinal - EPOCH_ORDINAL) * DAY


def _check_minutes(opens: int, closes: int) -> None:
    if not 0 <= opens <= MINUTES_PER_DAY or not opens < closes <= 2 * MINUTES_PER_DAY:
        raise ValueError("hours must open within the date and close after that, by the end of the next")
