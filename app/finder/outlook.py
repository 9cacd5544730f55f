"""What entries tell of free times without asking timelines: bounds, never answers. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from app.directory.listing import BOOKABLE, FREE_HOURS
from app.scheduling.quanta import QUANTA_PER_HOUR, Span, ceil_quantum
from app.scheduling.queries.next_times import Window, window_bits
from app.scheduling.timeline import free_hours

NEVER = 2**31
"""The start, in quanta, of whoever cannot be booked."""
LAST_HOUR = 2**31 - 1
QUARTER = 3
"""Quanta in a quarter of an hour: the pace of those who begin at quarters only."""

Condition = tuple[str, list[object]]
"""SQL that begins with AND, with `?` marks, and its values."""


IS_BOOKABLE: Condition = (" AND (flags & ?) <> 0", [BOOKABLE])


class Known(NamedTuple):
    """What an entry says, in the order of its columns."""

    flags: int
    time_zone: str | None
    free_base: int
    free_hours: int
    lead: int
    pace: int


@dataclass
class Outlook:
    """The bounds of one search: from `now` on, in a window as the clocks in `zone` (the searched place's) show it."""

    window: Window
    now: datetime
    zone: str

    @cached_property
    def now_quantum(self) -> int:
        return ceil_quantum(self.now)

    @cached_property
    def first_hour(self) -> int:
        return self.now_quantum // QUANTA_PER_HOUR

    @cached_property
    def is_open(self) -> bool:
        """Whether any time will do."""
        return self.window._replace(minutes=None, most_cents=None) == Window()

    @property
    def columns(self) -> str:
        """What an entry has to say, after other columns; its zone only where the clock there matters."""
        return ", " + ", ".join("NULL" if self.is_open and name == "time_zone" else name for name in Known._fields)

    @cached_property
    def _wanted(self) -> tuple[int, int]:
        """The wanted hours from the first on, as bits; the last wanted hour, or LAST_HOUR when it is beyond the bits."""
        if self.is_open:
            return (1 << FREE_HOURS) - 1, LAST_HOUR
        begin = self.first_hour * QUANTA_PER_HOUR
        span = Span.covering(begin, begin + (FREE_HOURS + 1) * QUANTA_PER_HOUR)
        starts, end = window_bits(self.window, self.now, self.zone, span)
        hours = free_hours(starts, 0, span, self.first_hour)
        is_whole = end <= begin + FREE_HOURS * QUANTA_PER_HOUR
        return hours, self.first_hour + hours.bit_length() - 1 if is_whole else LAST_HOUR

    def earliest(self, known: tuple[int, str | None, int, int, int, int]) -> int:
        """No visit there starts before this quantum. `known` is in the order of `Known`."""
        flags, zone, base, free, lead, pace = known
        if not flags & BOOKABLE:
            return NEVER
        start = self.now_quantum + lead
        if pace == QUARTER:
            start += -start % QUARTER
        hour = start // QUANTA_PER_HOUR
        if base > self.first_hour or hour >= base + FREE_HOURS:
            return start
        free >>= hour - base
        if self.is_open or zone == self.zone:
            free &= self._wanted[0] >> hour - self.first_hour
        if not free:
            return max(start, (base + FREE_HOURS) * QUANTA_PER_HOUR)
        return max(start, (hour + (free & -free).bit_length() - 1) * QUANTA_PER_HOUR)

    def may_start(self, before: int = NEVER) -> Condition:
        """Leaves out who surely has no wanted time before that quantum; everybody else stays."""
        sql, values = IS_BOOKABLE
        hours, last = self._wanted
        if before < NEVER:
            latest = (before - 1) // QUANTA_PER_HOUR
            hours &= (1 << max(0, latest - self.first_hour + 1)) - 1
            last = min(last, latest)
            sql += " AND lead <= CASE WHEN pace = 3 THEN ? ELSE ? END"
            at_quarters = (before - 1) // QUARTER * QUARTER
            values = [*values, at_quarters - self.now_quantum, before - 1 - self.now_quantum]
        if last == LAST_HOUR:
            return sql, values
        elsewhere = "" if self.is_open else "time_zone <> ? OR "
        sql += (
            f" AND ({elsewhere}free_base + {FREE_HOURS - 1} < ? OR free_base > ?"
            " OR ((free_hours >> (? - free_base)) & ?) <> 0)"
        )
        zone = [] if self.is_open else [self.zone]
        return sql, [*values, *zone, last, self.first_hour, self.first_hour, hours]
