"""When a calendar keeps its owner busy: free, cancelled and broken events left out, repeats written out. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import icalendar
import recurring_ical_events

from app.core.texts import N_, Sentence, put_together, taken_apart
from app.core.zones import zone_names
from app.scheduling.calendars.events import Broken, Event, Moment, Reader, event, tzinfo_of
from app.scheduling.calendars.text import Block, CalendarText, calendars, decode, unfolded, values
from app.scheduling.calendars.zones import Zones

MOST_BUSY = 20_000
MOST_REMARKS = 50
FREE = "X-UNKNOT-FREE"
MARGIN = timedelta(days=2)

Busy = tuple[datetime, datetime]
Budget = Callable[[], AbstractContextManager[None]]


class NotACalendar(ValueError):
    """The file is something else, or far too much; the message says it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What could not be read as it stands: `begins` as the file has it (never a title), and why."""

    begins: str
    words: str
    skipped: bool = True

    def as_json(self) -> list[object]:
        key, values = taken_apart(self.words)
        return [self.begins, key, self.skipped, values]


def remark(begins: str, key: str, skipped: bool, values: Mapping[str, object] = MappingProxyType({})) -> Remark:
    """A remark again, from what `as_json` made of it."""
    return Remark(begins, put_together(key, values), skipped)


@dataclass(frozen=True)
class Reading:
    """`busy` is sorted and merged, in UTC. `events` counts what the file holds, whenever it is."""

    busy: tuple[Busy, ...]
    remarks: tuple[Remark, ...]
    events: int
    skipped: int


@dataclass
class _Found:
    """What one file has given so far."""

    first: datetime
    last: datetime
    budget: Budget
    own: str
    busy: list[Busy] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    events: int = 0

    def add(self, start: datetime, end: datetime) -> None:
        if start < end and end > self.first and start < self.last:
            self.busy.append((start, end))

    def skip(self, begins: str, error: Exception) -> None:
        words = error.words if isinstance(error, Broken) else N_("it cannot be worked out")
        self.remarks.append(Remark(begins[:40], words))


def read(
    content: bytes, zone: str, first: datetime, last: datetime, *, own: str = "", budget: Budget = nullcontext
) -> Reading:
    """What the file keeps busy between two instants. `zone` counts where the file names none of its own.

    NotACalendar when there is no calendar in it. Entries whose UID ends with `own` are our
    visits that come back. `budget` guards each series: it may raise to end one.
    """
    found = _Found(first, last, budget, own)
    texts = calendars(unfolded(decode(content)))
    if not texts:
        raise NotACalendar(
            N_("This is not a calendar file (.ics). Export it from your calendar, or copy its iCal address.")
        )
    for text in texts:
        _read_calendar(text, zone, found)
    busy = merged(found.busy)
    if len(busy) > MOST_BUSY:
        raise NotACalendar(N_("This calendar holds more busy times than anybody can have."))
    skipped = sum(remark.skipped for remark in found.remarks)
    return Reading(busy, tuple(found.remarks[:MOST_REMARKS]), found.events, skipped)


def merged(busy: Iterable[Busy]) -> tuple[Busy, ...]:
    """The same times without overlaps, in order."""
    joined: list[Busy] = []
    for start, end in sorted(busy):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _read_calendar(text: CalendarText, zone: str, found: _Found) -> None:
    zones = Zones(text.of("VTIMEZONE"))
    own = {line.name: line.value for line in values(text.lines, frozenset({"X-WR-TIMEZONE", "METHOD"}))}
    named = zones.name_of(own["X-WR-TIMEZONE"]) if own.get("X-WR-TIMEZONE") else None
    reader = Reader(zones, named or zones.only() or (zone if zone in zone_names() else "UTC"))
    withdrawn = own.get("METHOD", "").upper() == "CANCEL"
    for block in text.of("VFREEBUSY"):
        _read_free_busy(block, reader, found)
    _add_events([] if withdrawn else _events(text.of("VEVENT"), reader, found), reader, found)
    for name in sorted(reader.unknown):
        words = Sentence("the time zone “%(name)s” is not known; read as %(zone)s", name=name, zone=reader.default)
        found.remarks.append(Remark("", words, skipped=False))


def _events(blocks: Iterable[Block], reader: Reader, found: _Found) -> Iterator[Event]:
    for block in blocks:
        found.events += 1
        try:
            yield event(block, reader)
        except (ValueError, OverflowError) as error:
            found.skip(_begins(block), error)


def _add_events(events: Iterable[Event], reader: Reader, found: _Found) -> None:
    """What stands alone is added as it is; what repeats goes, with its changes, through the library."""
    series: dict[str, list[Event]] = defaultdict(list)
    for number, one in enumerate(events):
        if not found.own or not one.uid.endswith(found.own):
            series[one.uid or f"#{number}"].append(one)
    for group in series.values():
        for master, changes in _split(group):
            if master.repeats and (changes or not master.free):
                _add_series(master, changes, reader, found)
            elif not master.free:
                found.add(_instant(master.start, reader), _instant(master.end, reader))


def _split(group: list[Event]) -> Iterator[tuple[Event, list[Event]]]:
    """(event, its changed occurrences). Of two versions of one thing the later SEQUENCE counts (RFC 5545 §3.8.7.4)."""
    if len(group) == 1:
        yield group[0], []
        return
    latest: dict[Moment | None, int] = {}
    for one in group:
        latest[one.replaces] = max(one.sequence, latest.get(one.replaces, 0))
    current = {
        (str(one.replaces), str(one.start), str(one.rule)): one for one in group if one.sequence == latest[one.replaces]
    }
    changes = [one for one in current.values() if one.replaces is not None]
    masters = [one for one in current.values() if one.replaces is None]
    for master in masters:
        if master.repeats or master.start not in latest:
            yield master, changes if master.repeats else []
    if not any(master.repeats for master in masters):
        yield from ((change, []) for change in changes)


def _add_series(master: Event, changes: list[Event], reader: Reader, found: _Found) -> None:
    calendar = icalendar.Calendar()
    for one in (master, *changes):
        calendar.add_component(_component(one))
    try:
        with found.budget():
            query = recurring_ical_events.of(calendar)
            occurrences = query.between(found.first - MARGIN, found.last + MARGIN)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's series makes the library raise
        found.skip(str(master.start)[:16], error)
        return
    for each in occurrences:
        if FREE not in each:
            start, end = each["DTSTART"].dt, each["DTEND"].dt
            found.add(_instant(start, reader), _instant(end, reader))


def _component(one: Event) -> Any:
    component = icalendar.Event()
    component.add("uid", one.uid or "one")
    component.add("dtstart", one.start)
    component.add("dtend", one.end)
    if one.free:
        component.add(FREE, "1")
    if one.replaces is not None:
        parameters = {"RANGE": "THISANDFUTURE"} if one.this_and_future else {}
        component.add("recurrence-id", one.replaces, parameters=parameters)
    if one.rule is not None:
        component.add("rrule", one.rule)
    for extra in one.extra:
        component.add("rdate", [extra])
    for omitted in one.omitted:
        component.add("exdate", [omitted])
    return component


def _instant(moment: Moment, reader: Reader) -> datetime:
    """Dates begin at midnight of the calendar's zone."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), tzinfo_of(reader.default)).astimezone(UTC)


def _read_free_busy(block: Block, reader: Reader, found: _Found) -> None:
    for line in values(block.lines, frozenset({"FREEBUSY"})):
        if line.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
            continue
        for text in filter(None, (each.strip() for each in line.value.split(","))):
            found.events += 1
            try:
                found.add(*(each.astimezone(UTC) for each in reader.period(line, text)))
            except (ValueError, OverflowError) as error:
                found.skip(text, error)


def _begins(block: Block) -> str:
    return next((line.value for line in values(block.lines, frozenset({"DTSTART"}))), "")
