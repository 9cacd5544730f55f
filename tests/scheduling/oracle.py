"""The slow, plain truth about free times: datetimes, lists of intervals and RFC 5545 §3.3.5, no bits.

Shares no code with the app; takes the app's values only to read their attributes.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

MINUTE = timedelta(minutes=1)
STEP = timedelta(minutes=5)
DAY = timedelta(days=1)


# Clocks


def utc(naive, zone):
    """RFC 5545 §3.3.5 as PEP 495 words it: fold=0 is the offset before a gap, and the first of a fold."""
    return naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall(instant, zone):
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def opening(naive, zone):
    return utc(naive, zone)


def closing(naive, zone):
    """A closing time that the clock skips comes right after the last minute that it showed."""
    if wall(utc(naive, zone), zone) == naive:
        return utc(naive, zone)
    while wall(utc(naive, zone), zone) != naive:
        naive -= MINUTE
    return utc(naive, zone) + MINUTE


def minute_of_day(instant, zone):
    shown = wall(instant, zone)
    return shown.hour * 60 + shown.minute


# Intervals


def merge(intervals):
    merged = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def subtract(intervals, removed):
    for gone_start, gone_end in removed:
        intervals = [
            part
            for start, end in intervals
            for part in ((start, min(end, gone_start)), (max(start, gone_end), end))
            if part[0] < part[1]
        ]
    return intervals


# Hours


def windows_of(schedule, day):
    exceptions = [exception for exception in schedule.exceptions if exception.date == day]
    if exceptions:
        return [window for exception in exceptions for window in exception.intervals]
    if day in schedule.holidays:
        return []
    return [
        (hours.opens, hours.closes)
        for hours in schedule.weekly
        if hours.weekday == day.weekday()
        and (hours.valid_from is None or hours.valid_from <= day)
        and (hours.valid_until is None or day <= hours.valid_until)
    ]


def window(zone, day, opens, closes):
    midnight = datetime.combine(day, time())
    return opening(midnight + opens * MINUTE, zone), closing(midnight + closes * MINUTE, zone)


def open_intervals(schedule, first, last):
    """Merged, disjoint intervals of everything that opens on these dates."""
    found = []
    for day in (first + n * DAY for n in range((last - first).days + 1)):
        for opens, closes in windows_of(schedule, day):
            start, end = window(schedule.zone, day, opens, closes)
            if start < end:
                found.append((start, end))
    return subtract(merge(found), [(off.starts, off.ends) for off in schedule.time_off])


# Free starts


def is_free(start, opened, busy, minutes, before, after):
    end = start + minutes * MINUTE
    inside = any(low <= start and end <= high for low, high in opened)
    from_, until = start - before * MINUTE, end + after * MINUTE
    return inside and not any(low < until and from_ < high for low, high in busy)


def is_on_grid(start, zone, minutes):
    return minute_of_day(start, zone) % minutes == 0


def is_in_time_of_day(start, zone, opens, closes):
    at = minute_of_day(start, zone)
    return opens <= at < closes if opens < closes else at >= opens or at < closes


def every_start(first, last):
    """Each whole 5 minutes in `[first, last)`."""
    since = datetime(1970, 1, 1, tzinfo=UTC)
    start = since + -((since - first) // STEP) * STEP
    while start < last:
        yield start
        start += STEP


def free_starts(schedule, busy, first, last, *, minutes, before, after, grid):
    """All starts in the instants `[first, last)`."""
    opened = open_intervals(schedule, first.date() - 3 * DAY, last.date() + 3 * DAY)
    return [
        start
        for start in every_start(first, last)
        if is_free(start, opened, busy, minutes, before, after) and is_on_grid(start, schedule.zone, grid)
    ]


# Clock changes


@cache
def zones():
    """One name for each different zone of the tzdata package."""
    names = {}
    for name in sorted(available_timezones()):
        package, _, resource = f"tzdata.zoneinfo.{name.replace('/', '.')}".rpartition(".")
        content = resources.files(package).joinpath(resource).read_bytes()
        names.setdefault(content, name)
    return sorted(names.values())


@cache
def changes(zone, first=date(2026, 1, 1), until=date(2038, 1, 1), step=timedelta(hours=31)):
    """The instants at which the zone's offset changes."""
    tz = ZoneInfo(zone)
    instant, stop = datetime.combine(first, time(), UTC), datetime.combine(until, time(), UTC)
    before = instant.astimezone(tz).utcoffset()
    found = []
    while instant < stop:
        following = instant + step
        after = following.astimezone(tz).utcoffset()
        if after != before:
            found.append(change(tz, instant, following, before))
        instant, before = following, after
    return [at for at in found if at < stop]


def change(tz, low, high, before):
    while high - low > MINUTE:
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
