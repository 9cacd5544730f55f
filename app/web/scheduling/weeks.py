"""The week strip: seven days of free times, opened on the first day that has one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core.zones import zone
from app.scheduling.queries import Bookable, FreeTime
from app.scheduling.queries.free_times import free_times_of
from app.web.formatting import day_month
from app.web.scheduling.words import local, zone_name

DAYS = 7
MOST_SHOWN = 6
"""Times of a day that are shown at once; the others open below them."""


@dataclass(frozen=True, slots=True)
class Time:
    """A start on the venue's wall clock, and where choosing it leads."""

    starts_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    times: Sequence[Time]
    more: Sequence[Time] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """What the macro `week_strip` draws. `zone_id` lets a script hide the zone from those who live in it."""

    title: str
    days: Sequence[Day]
    earlier_url: str | None
    later_url: str | None
    zone: str
    zone_id: str
    next_url: str | None = None
    next_on: date | None = None


def week(
    session: Session,
    one: Bookable,
    wanted: date | None,
    now: datetime,
    *,
    choose: Callable[[FreeTime], str],
    page: Callable[[date], str],
    without: int | None = None,
    but: datetime | None = None,
) -> Week:
    """Seven days from `wanted`, or from the first day with a free time. Two statements, whatever the range.

    `without` as in `free_times_of`; `but` is a time that is not shown.
    """
    last = now + timedelta(days=one.horizon_days + 1)
    free = [each for each in free_times_of(session, [one], now, last, now, without=without) if each.starts_at != but]
    by_day = {day: list(times) for day, times in groupby(free, key=_day)}
    today, end = local(now, one.time_zone).date(), local(last, one.time_zone).date()
    first = min(max(wanted or min(by_day, default=today), today), end)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    later = min((day for day in by_day if day > days[-1]), default=None)
    following = later or min(by_day, default=None)
    return Week(
        title=gettext("%(first)s to %(last)s", first=day_month(first), last=day_month(days[-1])),
        days=[_shown(day, by_day.get(day, []), choose) for day in days],
        earlier_url=page(max(today, first - timedelta(days=DAYS))) if first > today else None,
        later_url=page(days[-1] + timedelta(days=1)) if days[-1] < end else None,
        zone=zone_name(one.time_zone),
        zone_id=one.time_zone,
        next_url=page(following) if following else None,
        next_on=following,
    )


def _day(free: FreeTime) -> date:
    return free.starts_at.astimezone(zone(free.time_zone)).date()


def _shown(day: date, free: Sequence[FreeTime], choose: Callable[[FreeTime], str]) -> Day:
    """Few enough times to choose from at a glance, the rest below."""
    times = [Time(local(each.starts_at, each.time_zone), choose(each)) for each in free]
    few = at_a_glance([each.starts_at for each in times])
    return Day(
        day, [each for each in times if each.starts_at in few], [each for each in times if each.starts_at not in few]
    )


def at_a_glance(times: Sequence[datetime]) -> Sequence[datetime]:
    """At most six of a day's wall times; of many, full hours spread over the day."""
    if len(times) <= MOST_SHOWN:
        return times
    full = [each for each in times if each.minute == 0] or times
    return full[:: -(-len(full) // MOST_SHOWN)]
