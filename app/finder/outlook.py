"""What entries tell of free times without asking timelines: bounds, never answers. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from app.directory.listing import BOOKABLE, FREE_BITS, FREE_HOURS, KNOWN_HOURS
from app.scheduling.quanta import QUANTA_PER_HOUR, QUARTER, Span, ceil_quantum
from app.scheduling.queries.next_times import Window, window_bits
from app.scheduling.timeline import at_pace

NEVER = 2**31
"""The start, in quanta, of whoever cannot be booked."""
LAST_HOUR = 2**31 - 1
HALF = QUANTA_PER_HOUR // 2
NEAR = FREE_HOURS - 25
"""Hours so near are within the first word of every entry, for each is worked out anew every day."""

Condition = tuple[str, list[object]]
"""SQL that begins with AND, with `?` marks, and its values."""


IS_BOOKABLE: Condition = (" AND (flags & ?) <> 0", [BOOKABLE])


PASSED = "(? - free_base)"
"""The hours since an entry was worked out."""
FREE = f"((free_hours >> {PASSED}) & ?) <> 0"
FREE_IN_WORDS = f"""(((free_hours >> {PASSED}) & ?) |
 (free_later & ((CAST(? AS BIGINT) >> (? + free_base)) | (CAST(? AS BIGINT) << {PASSED})))) <> 0"""
"""The same where the wanted hours, like the known ones, are two words: the second starts that many hours later."""


class Known(NamedTuple):
    """What an entry says, in the order of its columns."""

    flags: int
    time_zone: str | None
    free_base: int
    free_hours: int
    free_later: int
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
            return (1 << KNOWN_HOURS) - 1, LAST_HOUR
        begin = self.first_hour * QUANTA_PER_HOUR
        span = Span.covering(begin, begin + (KNOWN_HOURS + 1) * QUANTA_PER_HOUR)
        starts, end = window_bits(self.window, self.now, self.zone, span)
        hours = at_pace(starts, span, self.first_hour, QUANTA_PER_HOUR)
        is_whole = end <= begin + KNOWN_HOURS * QUANTA_PER_HOUR
        return hours, self.first_hour + hours.bit_length() - 1 if is_whole else LAST_HOUR

    def earliest(self, known: tuple[int, str | None, int, int, int, bytes | None, int, int]) -> int:
        """No visit there starts before this quantum. `known` is in the order of `Known`."""
        flags, zone, base, free, later, quarters, lead, pace = known
        if not flags & BOOKABLE:
            return NEVER
        start = self.now_quantum + lead
        if pace == QUARTER:
            start += -start % QUARTER
        hour = start // QUANTA_PER_HOUR
        if base > self.first_hour or hour >= base + KNOWN_HOURS:
            return start
        free = (free | (later & FREE_BITS) << FREE_HOURS) >> hour - base
        if self.is_open or zone == self.zone:
            free &= self._wanted[0] >> hour - self.first_hour
        unknown, later_hour = (base + KNOWN_HOURS) * QUANTA_PER_HOUR, base + FREE_HOURS
        if not free:
            return max(start, unknown)
        start = max(start, (hour + _lowest(free)) * QUANTA_PER_HOUR)
        if not quarters or start >= later_hour * QUANTA_PER_HOUR:
            return start
        quarter = start // QUARTER
        if left := int.from_bytes(quarters, "little") >> quarter - base * QUANTA_PER_HOUR // QUARTER:
            return max(start, (quarter + _lowest(left)) * QUARTER)
        free >>= later_hour - hour
        return (later_hour + _lowest(free)) * QUANTA_PER_HOUR if free else unknown

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
        parts = [self._free_in(hours, last), IS_BOOKABLE]
        if before < NEVER:
            parts.append(self._lead(before))
            if last < self.first_hour + FREE_HOURS:
                parts.append(self._unless_unknown(last - FREE_HOURS + 1, *self._free(hours, before - 1)))
        return "".join(sql for sql, _ in parts), [value for _, values in parts for value in values]

    def _free_in(self, hours: int, last: int) -> Condition:
        """Free in some of these hours, of which `last` is the last one."""
        now = self.first_hour
        if last <= now + NEAR:
            return self._unless_unknown(last - FREE_HOURS + 1, FREE, [now, hours])
        first, second = hours & FREE_BITS, hours >> FREE_HOURS
        oldest = max(last - KNOWN_HOURS, now - FREE_HOURS) + 1
        return self._unless_unknown(oldest, FREE_IN_WORDS, [now, first, first, FREE_HOURS - now, second, now])

    def _unless_unknown(self, oldest: int, free: str, values: list[int]) -> Condition:
        """What must hold where it is known: in entries that were worked out in the hour `oldest` or later."""
        elsewhere: Condition = ("", []) if self.is_open else ("time_zone <> ? OR ", [self.zone])
        sql = f"{elsewhere[0]}free_base NOT BETWEEN ? AND ? OR {free}"
        return f" AND ({sql})", [*elsewhere[1], oldest, self.first_hour, *values]

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


def _lowest(bits: int) -> int:
    """The position of the lowest bit that is set; there is one."""
    return (bits & -bits).bit_length() - 1
