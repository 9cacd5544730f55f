"""A week as blocks on a grid: pure arithmetic on wall times, for the page to draw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

STEP = 5
"""Minutes of one row of the grid."""
EARLIEST, LATEST = 8 * 60, 18 * 60
"""What a week shows at least."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that takes place on one day: `row` and `rows` on the grid, `starts_at` on the wall."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    row: int
    rows: int
    facts: Any = None

    @property
    def is_all_day(self) -> bool:
        """From midnight to midnight."""
        return self.starts_at.time() == time.min and self.ends_at.date() > self.starts_at.date()


@dataclass(slots=True)
class Day:
    date: date
    is_today: bool
    ground: list[Piece] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`first_hour` and `hours` are what the ruler shows."""

    days: Sequence[Day]
    first_hour: int
    hours: int

    @property
    def rows(self) -> int:
        return self.hours * 60 // STEP


Span = tuple[datetime, datetime, Any]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def calendar(
    first: date, zone: tzinfo, today: date, ground: Iterable[Span], visits: Iterable[Span], off: Iterable[Span]
) -> Calendar:
    """Seven days from `first`, in the zone of the practice; what crosses midnight is cut there."""
    days = {first + timedelta(days=at): Day(first + timedelta(days=at), False) for at in range(7)}
    cut = {
        kind: [piece for span in spans for piece in _by_day(span, zone) if piece[0].date() in days]
        for kind, spans in (("open", ground), ("visit", visits), ("off", off))
    }
    opens, closes = _frame([piece for kind in ("open", "visit") for piece in cut[kind]])
    for kind, pieces in cut.items():
        for starts, ends, facts in pieces:
            day = days[starts.date()]
            day.is_today = starts.date() == today
            (day.ground if kind == "open" else day.pieces).append(_piece(kind, starts, ends, facts, opens, closes))
    for day in days.values():
        day.is_today = day.date == today
        day.pieces = sorted((each for each in day.pieces if each.rows > 0), key=lambda each: each.starts_at)
    return Calendar(list(days.values()), opens // 60, (closes - opens) // 60)


def _by_day(span: Span, zone: tzinfo) -> Iterable[tuple[datetime, datetime, Any]]:
    """The parts of a span on each date that it touches, on the wall clock."""
    starts, ends = (each.astimezone(zone) for each in span[:2])
    while starts.date() < ends.date():
        midnight = datetime.combine(starts.date() + timedelta(days=1), datetime.min.time(), zone)
        yield starts, midnight - timedelta(microseconds=1), span[2]
        if midnight.astimezone(zone) >= ends:
            return
        starts = midnight
    if starts < ends:
        yield starts, ends, span[2]


def _minutes(at: datetime) -> int:
    exact = at.hour * 60 + at.minute
    return exact + 1 if at.microsecond else exact


def _frame(pieces: list[tuple[datetime, datetime, Any]]) -> tuple[int, int]:
    opens = min([EARLIEST, *(_minutes(starts) for starts, _, _ in pieces)])
    closes = max([LATEST, *(_minutes(ends) for _, ends, _ in pieces)])
    return opens // 60 * 60, -(-closes // 60) * 60


def _piece(kind: str, starts: datetime, ends: datetime, facts: Any, opens: int, closes: int) -> Piece:
    top, bottom = max(_minutes(starts), opens), min(_minutes(ends), closes)
    shown = ends + timedelta(microseconds=1) if ends.microsecond else ends
    return Piece(kind, starts, shown, (top - opens) // STEP, max(0, -(-(bottom - top) // STEP)), facts)
