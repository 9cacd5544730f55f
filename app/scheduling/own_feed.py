"""A practice's visits as a calendar to subscribe to: who, when and where, and nothing that was written. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, vDuration, vText

from app.core.catalogues import ENGLISH, texts
from app.core.texts import N_
from app.scheduling.queries.agenda import AgendaRow
from app.scheduling.zone_block import stamp, zone_blocks

LONGEST_LINE = 75
IN_UTC = "%Y%m%dT%H%M%SZ"
CONFIRMED = frozenset({"confirmed", "attended", "no_show"})


def uid_of(booking_id: int, reference: str, base_url: str) -> str:
    """The same for ever: calendars find their entry by it."""
    return f"visit-{booking_id}-{reference.lower()}{uid_ending(base_url)}"


def uid_ending(base_url: str) -> str:
    """What all our entries end with, so that they are known again when they come back in an import."""
    return f"@{urlsplit(base_url).hostname or 'unknot'}"


def feed_file(rows: Iterable[AgendaRow], name: str, base_url: str, language: str = ENGLISH) -> bytes:
    """The .ics. Equal visits give equal bytes, so that a reader can be told that nothing changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Unknot//Practice//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(timedelta(minutes=15)), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    visits = list(rows)
    for block in zone_blocks({each.time_zone for each in visits}, [each.starts_at for each in visits]):
        calendar.add_component(block)
    asked = texts(language).gettext(N_("Request"))
    head, end = calendar.to_ical().split(b"END:VCALENDAR")
    events = "".join(f"{_folded(line)}\r\n" for row in visits for line in _event(row, base_url, asked))
    return bytes(head + events.encode() + b"END:VCALENDAR" + end)


def _event(row: AgendaRow, base_url: str, asked: str) -> Iterator[str]:
    """Content lines, not yet folded: a busy practice has thousands of visits, and the library takes a second for them."""
    first_name = (row.visit_for or row.name).split(" ")[0][:40]
    confirmed = row.state in CONFIRMED
    yield "BEGIN:VEVENT"
    yield f"UID:{uid_of(row.id, row.reference, base_url)}"
    yield f"SEQUENCE:{row.events}"
    yield f"DTSTAMP:{row.created_at:{IN_UTC}}"
    yield f"DTSTART{_moment(row.starts_at, row.time_zone)}"
    yield f"DTEND{_moment(row.ends_at, row.time_zone)}"
    yield f"SUMMARY:{_text(f'{first_name} · {row.minutes} min' if confirmed else f'{asked} · {first_name}')}"
    yield f"LOCATION:{_text(row.location_name or '')}"
    yield f"STATUS:{'CONFIRMED' if confirmed else 'TENTATIVE'}"
    yield f"URL:{base_url}/practice/visits/{row.id}"
    yield "END:VEVENT"


def _folded(line: str) -> str:
    """At most 75 bytes a line, and no letter cut through (RFC 5545 §3.1)."""
    if len(line.encode()) <= LONGEST_LINE:
        return line
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST_LINE:
            parts.append("")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)


def _moment(at: datetime, time_zone: str) -> str:
    when = stamp(at, time_zone)
    return f":{when:{IN_UTC}}" if when.tzinfo is UTC else f";TZID={time_zone}:{when:%Y%m%dT%H%M%S}"


def _text(words: str) -> str:
    escaped: bytes = vText(words).to_ical()
    return escaped.decode()
