"""What entries tell of free times without asking timelines: bounds, never answers. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from app.directory.listing import BOOKABLE, FREE_HOURS
from app.scheduling.quanta import QUANTA_PER_HOUR, QUARTER, Span, ceil_quantum
from app.scheduling.queries.next_times import Window, window_bits
from app.scheduling.timeline import at_pace

NEVER = 2**31
"""The start, in quanta, of whoever cannot be booked."""
LAST_HOUR = 2**31 - 1
HALF = QUANTA_PER_HOUR // 2

Condition = tuple[str, list[object]]
"""SQL that begins with AND, with `?` marks, and its values."""


IS_BOOKABLE: Condition = (" AND (flags & ?) <> 0", [BOOKABLE])


FREE = "((free_hours >> (? - free_base)) & ?) <> 0"


class Known(NamedTuple):
    """What an entry says, in the order of its columns."""

    flags: int
    time_zone: str | None
    free_base: int
    free_hours: int
    free_quarters: bytes | None
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
        hours = at_pace(starts, span, self.first_hour, QUANTA_PER_HOUR)
        is_whole = end <= begin + FREE_HOURS * QUANTA_PER_HOUR
        return hours, self.first_hour + hours.bit_length() - 1 if is_whole else LAST_HOUR

    def earliest(self, known: tuple[int, str | None, int, int, bytes | None, int, int]) -> int:
        """No visit there starts before this quantum. `known` is in the order of `Known`."""
        flags, zone, base, free, quarters, lead, pace = known
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
        start = max(start, (hour + (free & -free).bit_length() - 1) * QUANTA_PER_HOUR)
        if not quarters:
            return start
        quarter = start // QUARTER
        left = int.from_bytes(quarters, "little") >> quarter - base * QUANTA_PER_HOUR // QUARTER
        if not left:
            return max(start, (base + FREE_HOURS) * QUANTA_PER_HOUR)
        return max(start, (quarter + (left & -left).bit_length() - 1) * QUARTER)

    def may_start(self, before: int = NEVER) -> Condition:
        """Leaves out who surely has no wanted time before that quantum; everybody else stays.

        What is cheap and leaves out most comes first: in a metropolis this runs for ten thousand entries.
        """
        hours, last = self._wanted
        if before < NEVER:
            last = min(last, (before - 1) // QUANTA_PER_HOUR)
        if last == LAST_HOUR:
            return IS_BOOKABLE
        hours &= (1 << max(0, last - self.first_hour + 1)) - 1
        parts = [self._unless_unknown(last, FREE, [self.first_hour, hours]), IS_BOOKABLE]
        if before < NEVER:
            parts += [self._lead(before), self._unless_unknown(last, *self._free(hours, before - 1))]
        return "".join(sql for sql, _ in parts), [value for _, values in parts for value in values]

    def _unless_unknown(self, last: int, free: str, values: list[int]) -> Condition:
        """What must hold where it is known up to the hour `last`."""
        elsewhere: Condition = ("", []) if self.is_open else ("time_zone <> ? OR ", [self.zone])
        sql = f"{elsewhere[0]}free_base NOT BETWEEN ? AND ? OR {free}"
        return f" AND ({sql})", [*elsewhere[1], last - FREE_HOURS + 1, self.first_hour, *values]

    def _lead(self, before: int) -> Condition:
        latest = before - 1 - self.now_quantum
        at_quarters = (before - 1) // QUARTER * QUARTER - self.now_quantum
        return f" AND lead <= CASE WHEN pace = {QUARTER} THEN ? ELSE ? END", [at_quarters, latest]

    def _free(self, hours: int, latest: int) -> tuple[str, list[int]]:
        """What entries must have in some of these hours, and not after the quantum `latest`, beyond their lead."""
        last = 1 << max(0, latest // QUANTA_PER_HOUR - self.first_hour)
        in_first_half = latest % QUANTA_PER_HOUR < HALF
        passed = self.now_quantum - self.first_hour * QUANTA_PER_HOUR
        lead = f"((? + lead) / {QUANTA_PER_HOUR})"
        free = f"((free_hours >> (? - free_base)) & (? >> {lead} << {lead})) <> 0"
        bits = [self.first_hour, hours & ~last if in_first_half else hours, passed, passed]
        if not in_first_half or not hours & last:
            return free, bits
        return f"{free} OR ((free_firsts >> (? - free_base)) & ?) <> 0", [*bits, self.first_hour, last]
