"""One VEVENT brought to a common form: every date in a zone, every repeat one that ends. Pure.

Only times, repeats and free/busy are looked at: a title or note is never read, so none can leak or break anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from icalendar import vDuration, vRecur
from icalendar.timezone import tzp

from app.core.texts import N_, Sentence
from app.core.zones import zone
from app.scheduling.calendars.text import Block, Line, values
from app.scheduling.calendars.zones import Zones, clean

NAMES = frozenset(
    [
        "UID",
        "SEQUENCE",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
        "TRANSP",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    ]
)
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FREQUENCIES = frozenset({"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)([Zz])?)?", re.ASCII)
MOST_A_DAY = 48
LONGEST = timedelta(days=3660)

Moment = date | datetime
Period = tuple[datetime, datetime]


class Broken(ValueError):
    """An event that cannot be read; `words` say why, for the calendar's owner."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Reader:
    """What is needed to read the dates of one calendar. `unknown` collects zones that nobody explains."""

    zones: Zones
    default: str
    unknown: set[str] = field(default_factory=set)

    def zone_of(self, line: Line) -> tzinfo:
        """The zone of a line; for a name that nobody explains, the calendar's own."""
        tzid = line.parameters.get("TZID")
        if tzid is None:
            return tzinfo_of(self.default)
        if not clean(tzid):
            raise Broken(N_("its time zone has no name"))
        name = self.zones.name_of(tzid)
        if name is None:
            self.unknown.add(clean(tzid)[:60])
        return tzinfo_of(name or self.default)

    def moment(self, line: Line, text: str) -> Moment:
        """A date, or an aware time. The value's own shape counts, not what its VALUE parameter says."""
        if (shape := _MOMENT.fullmatch(text)) is None:
            raise Broken(Sentence("“%(text)s” is not a date", text=text[:40]))
        year, month, day, hour, minute, second, utc = shape.groups()
        try:
            if hour is None:
                return date(int(year), int(month), int(day))
            own = UTC if utc else self.zone_of(line)
            return datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second), 59), tzinfo=own)
        except ValueError as error:
            raise (
                error if isinstance(error, Broken) else Broken(Sentence("“%(text)s” is not a date", text=text[:40]))
            ) from None

    def period(self, line: Line, text: str) -> Period:
        """start/end or start/duration."""
        first, _, second = text.partition("/")
        start = self.moment(line, first)
        end = duration(second) if second[:1] in "P+-" else self.moment(line, second)
        if not isinstance(start, datetime):
            raise Broken(Sentence("“%(text)s” is not a period", text=text[:40]))
        stop = later(start, end) if isinstance(end, timedelta) else end
        if not isinstance(stop, datetime) or stop <= start:
            raise Broken(N_("a period ends before it begins"))
        return start, stop


@dataclass
class Event:
    """What counts of one event. `end` is exclusive; `rule` is None for one that does not repeat by rule."""

    uid: str
    sequence: int
    start: Moment
    end: Moment
    free: bool
    replaces: Moment | None = None
    this_and_future: bool = False
    rule: vRecur | None = None
    extra: list[Moment | Period] = field(default_factory=list)
    omitted: list[Moment] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        return self.rule is not None or bool(self.extra)


def event(block: Block, reader: Reader) -> Event:
    """The event of a VEVENT block; Broken when it cannot be read."""
    if not block.whole:
        raise Broken(N_("the file ends in the middle of it"))
    lines: dict[str, list[Line]] = {}
    for line in values(block.lines, NAMES):
        lines.setdefault(line.name, []).append(line)
    if "DTSTART" not in lines:
        raise Broken(N_("it does not say when it begins"))
    first = lines["DTSTART"][0]
    start = reader.moment(first, first.value)
    identity = next(iter(lines.get("RECURRENCE-ID", [])), None)
    return Event(
        uid=_text(lines, "UID"),
        sequence=_number(_text(lines, "SEQUENCE")),
        start=start,
        end=_end(lines, start, reader),
        free=_is_free(lines),
        replaces=_alike(reader.moment(identity, identity.value), start, reader) if identity else None,
        this_and_future=identity is not None and identity.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        rule=_rule(lines.get("RRULE", []), start, reader),
        extra=list(_extra(lines.get("RDATE", []), start, reader)),
        omitted=[
            _alike(reader.moment(line, text), start, reader)
            for line in lines.get("EXDATE", [])
            for text in _listed(line)
        ],
    )


def duration(text: str) -> timedelta:
    try:
        found: timedelta = vDuration.from_ical(text)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise Broken(Sentence("“%(text)s” is not a duration", text=text[:40])) from None
    if not timedelta() <= found <= LONGEST:
        raise Broken(Sentence("“%(text)s” is no possible duration", text=text[:40]))
    return found


def later(start: Moment, length: timedelta) -> Moment:
    """Days are days of the calendar; hours are exact (RFC 5545 §3.3.6)."""
    if not isinstance(start, datetime):
        return start + max(timedelta(days=length.days), timedelta(days=1))
    shifted = start + timedelta(days=length.days)
    return (shifted.astimezone(UTC) + (length - timedelta(days=length.days))).astimezone(start.tzinfo)


def tzinfo_of(name: str) -> tzinfo:
    defined = tzp.timezone(name) if name.startswith("X-") else None
    return defined or zone(name)


def _end(lines: Mapping[str, Sequence[Line]], start: Moment, reader: Reader) -> Moment:
    """DTEND or DURATION; without either a date lasts its day and a time no time at all (RFC 5545 §3.6.1)."""
    if "DTEND" in lines:
        line = lines["DTEND"][0]
        end = _alike(reader.moment(line, line.value), start, reader)
    elif "DURATION" in lines:
        end = later(start, duration(lines["DURATION"][0].value))
    else:
        end = start
    if end == start and not isinstance(start, datetime):
        return start + timedelta(days=1)
    if end < start:
        raise Broken(N_("it ends before it begins"))
    if end - start > LONGEST:
        raise Broken(N_("it lasts longer than ten years"))
    return end


def _is_free(lines: Mapping[str, Sequence[Line]]) -> bool:
    return (
        _text(lines, "STATUS").upper() == "CANCELLED"
        or _text(lines, "TRANSP").upper() == "TRANSPARENT"
        or _text(lines, "X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"
    )


def _rule(lines: Sequence[Line], start: Moment, reader: Reader) -> vRecur | None:
    if not lines:
        return None
    try:
        rule: vRecur = vRecur.from_ical(lines[0].value)
    except (ValueError, KeyError, TypeError):
        raise Broken(N_("its repeat cannot be read")) from None
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if not frequency:
        raise Broken(N_("it repeats without saying how often"))
    if frequency not in FREQUENCIES:
        raise Broken(
            Sentence("it repeats “%(frequency)s”, which is more than a calendar is for", frequency=frequency.lower())
        )
    if any(int(each) < 1 for name in ("INTERVAL", "COUNT") for each in rule.get(name, [])):
        raise Broken(N_("it repeats every 0 times, which never ends"))
    times = [len(rule.get(name, [None])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if times[0] * times[1] * times[2] > MOST_A_DAY:
        raise Broken(N_("it repeats more often than a calendar is for"))
    if not _some_day(rule):
        raise Broken(N_("it repeats on a day that no month of its has"))
    if "UNTIL" in rule:
        rule["UNTIL"] = [_until(lines[0], start, reader)]
        rule.pop("COUNT", None)
    return rule


def _some_day(rule: vRecur) -> bool:
    """Whether any year has such a day. RFC 5545 3.3.10 passes over days that are not there: here, for ever."""
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [])]
    longest = max((LONGEST_MONTHS[(int(month) - 1) % 12] for month in rule.get("BYMONTH", [1])), default=31)
    return not days or min(days) <= longest


def _until(line: Line, start: Moment, reader: Reader) -> Moment:
    """The last start. A date is that whole day for a timed event; a time is its local date for an all-day one."""
    text = dict(part.split("=", 1) for part in line.value.upper().split(";") if "=" in part)["UNTIL"]
    own = start.tzinfo if isinstance(start, datetime) else tzinfo_of(reader.default)
    until = reader.moment(Line("UNTIL", {}, text), text)
    if not isinstance(start, datetime):
        return until.astimezone(own).date() if isinstance(until, datetime) else until
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59), own).astimezone(UTC)
    return (until if text.endswith("Z") else until.replace(tzinfo=own)).astimezone(UTC)


def _extra(lines: Sequence[Line], start: Moment, reader: Reader) -> Iterator[Moment | Period]:
    for line in lines:
        for text in _listed(line):
            yield reader.period(line, text) if "/" in text else _alike(reader.moment(line, text), start, reader)


def _alike(moment: Moment, start: Moment, reader: Reader) -> Moment:
    """The moment as a date or as a time, whichever the start of its event is: programs mix them up."""
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.time(), start.tzinfo)
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(tzinfo_of(reader.default)) if moment.tzinfo is UTC else moment).date()


def _listed(line: Line) -> list[str]:
    return [text.strip() for text in line.value.split(",") if text.strip()]


def _text(lines: Mapping[str, Sequence[Line]], name: str) -> str:
    return lines[name][0].value if name in lines else ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0
