"""Between wall clocks and UTC, by the zone's offset changes.

Wall times are whole seconds since 1970-01-01T00:00 on the wall; instants are seconds since the same in UTC.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.core.zones import zone as zone_called

DAY = 86_400
STRIDE = 3 * DAY
"""How far apart the offset is looked at. Offsets have come and gone within a week, never faster."""


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """The offsets of one zone over some years. `offsets[i]` holds until the instant `changes[i]`."""

    offsets: tuple[int, ...]
    changes: tuple[int, ...]
    turns: tuple[int, ...]
    """The wall time from which the offset after a change counts. Before it, gap and fold included,
    the offset before the change does: both rules of RFC 5545 §3.3.5 in one comparison."""

    def instant(self, wall: int) -> int:
        """RFC 5545 §3.3.5: a skipped wall time uses the offset before the gap, a repeated one is its first."""
        return wall - self.offsets[bisect_right(self.turns, wall)]

    def last_instant(self, wall: int) -> int:
        """The same, but a skipped wall time is over when the clock skips it."""
        i = bisect_right(self.turns, wall)
        instant = wall - self.offsets[i]
        return instant if i == len(self.changes) else min(instant, self.changes[i])

    def stretches(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """`(start, end, offset)` of each stretch of `[start, end)` without a change."""
        for i in range(bisect_right(self.changes, start), len(self.changes)):
            if self.changes[i] >= end:
                break
            yield start, self.changes[i], self.offsets[i]
            start = self.changes[i]
        yield start, end, self.offsets[bisect_right(self.changes, start)]


@lru_cache(maxsize=4096)
def zone_rules(zone: str, first_year: int, last_year: int) -> ZoneRules:
    """The rules of an IANA zone, good for these years and three days on either side."""
    tz = zone_called(zone)
    start, end = _january(first_year) - STRIDE, _january(last_year + 1) + STRIDE
    offsets, changes = [_offset(tz, start)], []
    for instant in range(start, end, STRIDE):
        offset = _offset(tz, instant + STRIDE)
        if offset != offsets[-1]:
            changes.append(_change(tz, instant, instant + STRIDE))
            offsets.append(offset)
    turns = (change + max(offsets[i], offsets[i + 1]) for i, change in enumerate(changes))
    return ZoneRules(tuple(offsets), tuple(changes), tuple(turns))


def _january(year: int) -> int:
    return int(datetime(min(max(year, 2), 9998), 1, 1, tzinfo=UTC).timestamp())


def _offset(tz: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, tz).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _change(tz: ZoneInfo, low: int, high: int) -> int:
    """The first instant with another offset than `low`, found by halving."""
    before = _offset(tz, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(tz, middle) == before:
            low = middle
        else:
            high = middle
    return high
