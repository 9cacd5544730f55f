"""Timelines: what is open and what is busy, one bit a quantum, as Python integers.

Bit *i* of every integer here stands for the quantum `span.start + i`. Rows hold one week each
(`quanta.week_of`), little-endian, so that consecutive rows joined end to end are one longer integer.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from app.directory.listing import KNOWN_HOURS
from app.scheduling.hours import MINUTES_PER_DAY, Schedule, opening_intervals
from app.scheduling.offsets import zone_rules
from app.scheduling.quanta import (
    QUANTA_PER_DAY,
    QUANTA_PER_HOUR,
    QUANTA_PER_WEEK,
    QUANTUM_MINUTES,
    QUANTUM_SECONDS,
    Interval,
    Span,
    ceil_quantum,
    floor_quantum,
    instant_of,
    quanta_in,
)

ROW_BYTES = QUANTA_PER_WEEK // 8
EMPTY_ROW = bytes(ROW_BYTES)
ANYWHEN = -1
"""Allows every start; the neutral element of `&`."""


class Visit(NamedTuple):
    """The quanta `[start, end)` a therapist is taken at a location, buffers included; None: nowhere to travel to."""

    start: int
    end: int
    location_id: int | None = None


# Rows


def join(rows: Sequence[bytes]) -> int:
    """The bits of consecutive week rows."""
    return int.from_bytes(b"".join(rows), "little")


def join_weeks(rows: Mapping[int, bytes], weeks: Iterable[int]) -> int:
    """The bits of some consecutive weeks; a week without a row is empty."""
    return join([rows.get(week, EMPTY_ROW) for week in weeks])


def split(bits: int, span: Span) -> dict[int, bytes]:
    """The row of each week of a span of whole weeks."""
    packed = bits.to_bytes(span.length // 8, "little")
    return {week: packed[i * ROW_BYTES : (i + 1) * ROW_BYTES] for i, week in enumerate(span.weeks)}


# Deriving


def mark(intervals: Iterable[Interval], span: Span) -> int:
    """The bits of intervals in any order; what lies outside the span is left out."""
    first, length = span
    last = first + length
    bits = 0
    for start, end in intervals:
        low = start if start > first else first
        high = end if end < last else last
        if low < high:
            bits |= ((1 << high - low) - 1) << low - first
    return bits


def open_bits(schedule: Schedule, span: Span) -> int:
    """When the doors are open: hours and exceptions, less holidays and time off."""
    # Local dates run at most a day beside UTC ones, and hours at most into the next date.
    first = instant_of(span.start).date() - timedelta(days=2)
    last = instant_of(span.end).date() + timedelta(days=1)
    bits = mark(opening_intervals(schedule, first, last), span)
    return bits & ~mark((off.quanta for off in schedule.time_off), span)


def busy_bits(
    visits: Iterable[Visit],
    span: Span,
    location_id: int | None = None,
    travel_minutes: Callable[[int], int] = lambda other: 0,
) -> int:
    """When the therapist is taken, as seen from one location.

    Visits elsewhere also take `travel_minutes(their location)` on each side.
    """
    return mark(_with_travel(visits, location_id, travel_minutes), span)


def _with_travel(
    visits: Iterable[Visit], location_id: int | None, travel_minutes: Callable[[int], int]
) -> Iterator[Interval]:
    for start, end, elsewhere in visits:
        if location_id is None or elsewhere is None or elsewhere == location_id:
            yield start, end
        else:
            travel = quanta_in(travel_minutes(elsewhere))
            yield start - travel, end + travel


# Finding


def free_starts(
    opened: int, busy: int, minutes: int, *, before: int = 0, after: int = 0, allowed: int = ANYWHEN
) -> int:
    """The starts that can be booked: the one rule that shows times and books them.

    The treatment's `minutes` must all be open and its buffers of `before` and `after` minutes clear of `busy`; a
    buffer may reach past closing time. `allowed` holds the starts on the grid, in the window and so on.

    Outside the span nothing is open, and nothing is known to be busy: join a week more on either side
    where a buffer could reach that far.
    """
    treatment, lead, trail = quanta_in(minutes), quanta_in(before), quanta_in(after)
    if treatment < 1 or lead < 0 or trail < 0:
        raise ValueError("a treatment takes time, and buffers take no less than none")
    blocked = _any_of_next(busy << lead, lead + treatment + trail)
    starts = _all_of_next(opened, treatment) & allowed
    return starts ^ (starts & blocked)


def _all_of_next(bits: int, count: int) -> int:
    """Where this bit and those above it, `count` in all, are set: ⌈log₂ count⌉ shifts."""
    done = 1
    while done < count:
        step = min(done, count - done)
        bits &= bits >> step
        done += step
    return bits


def _any_of_next(bits: int, count: int) -> int:
    """Where any of this bit and those above it, `count` in all, is set."""
    done = 1
    while done < count:
        step = min(done, count - done)
        bits |= bits >> step
        done += step
    return bits


def at_pace(starts: int, span: Span, first_hour: int, pace: int, within: int | None = None) -> int:
    """Bit *i* is set if a start lies in the `within` quanta (`pace`, unless said) from `i * pace` after an hour on.

    It tells of KNOWN_HOURS.
    """
    bits = _any_of_next(starts >> first_hour * QUANTA_PER_HOUR - span.start, within or pace)
    bits &= (1 << KNOWN_HOURS * QUANTA_PER_HOUR) - 1
    return int(f"{bits:b}"[::-pace][::-1], 2)


# Which starts are allowed


def between(span: Span, earliest: int, latest: int) -> int:
    """Starts from the quantum `earliest` up to, not including, `latest`."""
    return mark([(earliest, latest)], span)


def booking_window(now: datetime, notice: timedelta, horizon: timedelta) -> Interval:
    """The quanta in which a visit may start: not before the notice has passed, not after the horizon."""
    return ceil_quantum(now + notice), floor_quantum(now + horizon) + 1


def grid(zone: str, span: Span, minutes: int) -> int:
    """Starts every `minutes` on the venue's wall clock, counted anew from each midnight.

    A grid of 15 reads :00, :15, :30 and :45 in every zone, also one at :45, and also after a shift of
    30 minutes. A wall time that comes twice is on the grid twice.
    """
    if minutes < QUANTUM_MINUTES or minutes % QUANTUM_MINUTES:
        raise ValueError("a grid is a multiple of 5 minutes")
    return _on_the_wall(zone, span, _every(minutes // QUANTUM_MINUTES))


def time_of_day(zone: str, span: Span, opens: int, closes: int) -> int:
    """Starts whose wall time lies in `[opens, closes)`, minutes since midnight; past it unless `opens < closes`."""
    if not (0 <= opens <= MINUTES_PER_DAY and 0 <= closes <= MINUTES_PER_DAY):
        raise ValueError("a time of day has 0 to 1440 minutes")
    low, high = quanta_in(opens), quanta_in(closes)
    window = mark([(low, high)] if low < high else [(0, high), (low, QUANTA_PER_DAY)], _WALL_DAY)
    return _on_the_wall(zone, span, window)


_WALL_DAY = Span(0, QUANTA_PER_DAY)


@cache
def _every(step: int) -> int:
    return sum(1 << quantum for quantum in range(0, QUANTA_PER_DAY, step))


@lru_cache(maxsize=4096)
def _on_the_wall(zone: str, span: Span, pattern: int) -> int:
    """A pattern of one wall-clock day, repeated over the span with its zone's clock changes.

    An offset that is not whole quanta (none since 1972) is taken to the nearest.
    """
    years = instant_of(span.start).year, instant_of(span.end).year
    start, end = span.start * QUANTUM_SECONDS, span.end * QUANTUM_SECONDS
    bits = 0
    for low, high, offset in zone_rules(zone, *years).stretches(start, end):
        first, stop = -(-low // QUANTUM_SECONDS), -(-high // QUANTUM_SECONDS)
        phase = (first + round(offset / QUANTUM_SECONDS)) % QUANTA_PER_DAY
        days = _repeat(pattern, (phase + stop - first) // QUANTA_PER_DAY + 1)
        bits |= (days >> phase & (1 << stop - first) - 1) << first - span.start
    return bits


def _repeat(pattern: int, days: int) -> int:
    return int.from_bytes(pattern.to_bytes(QUANTA_PER_DAY // 8, "little") * days, "little")


# Reading


def quanta(bits: int, span: Span) -> list[int]:
    """The quanta whose bits are set, in order."""
    first, digits = span.start, f"{bits:b}"[::-1]
    return [first + one.start() for one in re.finditer("1", digits)]


def first_quanta(bits: int, span: Span, count: int) -> list[int]:
    """The first `count` quanta whose bits are set."""
    found: list[int] = []
    while bits and len(found) < count:
        lowest = bits & -bits
        found.append(span.start + lowest.bit_length() - 1)
        bits ^= lowest
    return found


def instants(found: Iterable[int]) -> list[datetime]:
    """Quanta as aware UTC instants."""
    return [datetime.fromtimestamp(quantum * QUANTUM_SECONDS, UTC) for quantum in found]
