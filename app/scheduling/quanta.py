"""Quanta: every instant the scheduler knows is a whole number of 5 minutes since 1970-01-01T00:00Z.

Weeks are numbered by floor division, so week 0 began on Thursday 1970-01-01 and every week
begins on a Thursday at 00:00Z: no zone, no calendar, no special case.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self, TypeAlias

QUANTUM_MINUTES = 5
QUANTUM_SECONDS = 300
QUARTER = 3
"""Quanta in a quarter of an hour: the pace of those who begin at quarters only."""
QUANTA_PER_HOUR = 12
QUANTA_PER_DAY = 288
QUANTA_PER_WEEK = 2016

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUANTUM = timedelta(minutes=QUANTUM_MINUTES)

Interval: TypeAlias = tuple[int, int]
"""Quanta `[start, end)`."""


class Span(NamedTuple):
    """A stretch of quanta. Bit *i* of a bit set over it stands for the quantum `start + i`."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def weeks(self) -> range:
        """The weeks it touches."""
        return range(week_of(self.start), week_of(self.end - 1) + 1)

    @classmethod
    def of_weeks(cls, first: int, count: int = 1) -> Self:
        """The span of `count` whole weeks."""
        return cls(first * QUANTA_PER_WEEK, count * QUANTA_PER_WEEK)

    @classmethod
    def covering(cls, start: int, end: int) -> Self:
        """The whole weeks that hold the quanta `[start, end)`."""
        first = week_of(start)
        return cls.of_weeks(first, week_of(max(start, end - 1)) + 1 - first)


def floor_quantum(instant: datetime) -> int:
    """The quantum that holds an aware instant."""
    return (instant - EPOCH) // QUANTUM


def ceil_quantum(instant: datetime) -> int:
    """The first quantum that begins at or after an aware instant."""
    return -((EPOCH - instant) // QUANTUM)


def instant_of(quantum: int) -> datetime:
    """The aware UTC instant at which a quantum begins."""
    return EPOCH + quantum * QUANTUM


def quanta_in(minutes: int) -> int:
    """How many quanta hold so many minutes."""
    return -(-minutes // QUANTUM_MINUTES)


def week_of(quantum: int) -> int:
    """The number of the week that holds a quantum."""
    return quantum // QUANTA_PER_WEEK
