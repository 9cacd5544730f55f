"""A care series: the same wall time every week or every two weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.core.texts import Sentence
from app.core.zones import zone

EVERY_WEEKS: Final = (1, 2)
MOST_VISITS: Final = 12
WRONG: Final = Sentence("A series is weekly or every two weeks, with 1 to %(most)s visits.", most=MOST_VISITS)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a series. `free` is None until somebody has looked."""

    starts_at: datetime
    free: bool | None = None


def occurrences(first: datetime, time_zone: str, every_weeks: int, count: int) -> list[datetime]:
    """The instants of `count` visits from `first` on, at the same time on the venue's wall clock.

    09:00 stays 09:00 through clock changes. A wall time that the clock skips uses the offset before the gap, one
    that comes twice is its first (RFC 5545 §3.3.5).
    """
    if every_weeks not in EVERY_WEEKS or not 1 <= count <= MOST_VISITS:
        raise ValueError(WRONG)
    wall = first.astimezone(zone(time_zone))
    dates = [wall.replace(tzinfo=None) + timedelta(weeks=every_weeks * number) for number in range(1, count)]
    later = [each.replace(tzinfo=wall.tzinfo, fold=0).astimezone(UTC) for each in dates]
    return [first.astimezone(UTC), *later]


def all_free(plan: Sequence[Occurrence]) -> bool:
    return all(each.free for each in plan)
