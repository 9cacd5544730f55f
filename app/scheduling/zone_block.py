"""Time zones and wall times in calendar files that we write (RFC 5545 §3.6.5). Pure."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from app.core.zones import zone
from app.scheduling.offsets import zone_rules


def zone_blocks(names: Collection[str], moments: Collection[datetime]) -> Iterator[Timezone]:
    """The rules of the zones, one part a clock change, in the years of these moments and one on either side.

    The rules of all years since 1970 would be most of a file.
    """
    years = [each.year for each in moments]
    for name in sorted({*names} - {"UTC"}) if years else ():
        yield _block(name, min(years) - 1, max(years) + 1)


def stamp(at: datetime, time_zone: str) -> datetime:
    """On the venue's wall; as UTC in the second of two equal hours, which a wall time cannot name (§3.3.5)."""
    wall = at.astimezone(zone(time_zone))
    return at.astimezone(UTC) if wall.fold or time_zone == "UTC" else wall


def _block(name: str, first: int, last: int) -> Timezone:
    rules, block = zone_rules(name, first, last), Timezone()
    block.add("tzid", name)
    start = datetime(first, 1, 1, tzinfo=UTC) - timedelta(days=3)
    changes = [start, *(datetime.fromtimestamp(each, UTC) for each in rules.changes)]
    before = rules.offsets[0]
    for at, offset in zip(changes, rules.offsets, strict=True):
        block.add_component(_part(at, before, offset, name))
        before = offset
    return block


def _part(at: datetime, before: int, offset: int, name: str) -> TimezoneStandard | TimezoneDaylight:
    """What counts from one change on. It begins on the wall clock of before."""
    after = at.astimezone(zone(name))
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    part.add("dtstart", (at + timedelta(seconds=before)).replace(tzinfo=None))
    part.add("tzoffsetfrom", timedelta(seconds=before))
    part.add("tzoffsetto", timedelta(seconds=offset))
    part.add("tzname", after.tzname() or name)
    return part
