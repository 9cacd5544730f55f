"""A practice's visits as a calendar to subscribe to: who, when and where, and nothing that was written. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration

from app.core.catalogues import ENGLISH, texts
from app.core.texts import N_
from app.core.zones import zone
from app.scheduling.queries.agenda import AgendaRow

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
    asked = texts(language).gettext(N_("Request"))
    for row in rows:
        calendar.add_component(_event(row, base_url, asked))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(row: AgendaRow, base_url: str, asked: str) -> Event:
    event, place = Event(), zone(row.time_zone)
    first_name = (row.visit_for or row.name).split(" ")[0][:40]
    event.add("uid", uid_of(row.id, row.reference, base_url))
    event.add("dtstamp", row.created_at)
    event.add("dtstart", row.starts_at.astimezone(place))
    event.add("dtend", row.ends_at.astimezone(place))
    event.add("summary", f"{first_name} · {row.minutes} min" if row.state in CONFIRMED else f"{asked} · {first_name}")
    event.add("location", row.location_name or "")
    event.add("status", "CONFIRMED" if row.state in CONFIRMED else "TENTATIVE")
    event.add("url", f"{base_url}/practice/visits/{row.id}")
    return event
