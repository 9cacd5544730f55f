"""A visit as a calendar file (RFC 5545, 5546): stable UID, growing SEQUENCE, the venue's zone."""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from app.core.catalogues import ENGLISH, texts
from app.core.texts import N_
from app.scheduling.own_feed import uid_of
from app.scheduling.queries.visits import Visit
from app.scheduling.zone_block import stamp, zone_blocks

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def uid(visit: Visit, base_url: str) -> str:
    """The same for ever: calendars find their entry by it."""
    return uid_of(visit.id, visit.reference, base_url)


def calendar_file(
    visit: Visit,
    method: Method,
    base_url: str,
    sender: str,
    now: datetime,
    title: str,
    page: str,
    language: str = ENGLISH,
) -> bytes:
    """The .ics of one visit. The title names no treatment: calendars are shared.

    `page` is the reader's own page of the visit: the patient's opens to whoever has its address.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Unknot//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for block in zone_blocks([visit.time_zone], [visit.starts_at]):
        calendar.add_component(block)
    calendar.add_component(_event(visit, method, base_url, sender, now, title, page, language))
    content: bytes = calendar.to_ical()
    return content


def _event(
    visit: Visit, method: Method, base_url: str, sender: str, now: datetime, title: str, page: str, language: str
) -> Event:
    event = Event()
    event.add("uid", uid(visit, base_url))
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", stamp(visit.starts_at, visit.time_zone))
    event.add("dtend", stamp(visit.ends_at, visit.time_zone))
    event.add("summary", title)
    event.add("location", where(visit, language))
    event.add("url", page)
    if method != "CANCEL":
        event.add("description", texts(language).gettext(N_("To change or cancel it: %(link)s")) % {"link": page})
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    organizer = vCalAddress(f"mailto:{sender}")
    organizer.params["CN"] = vText(visit.therapist_name)
    event["organizer"] = organizer
    if visit.email and method != "PUBLISH":
        attendee = vCalAddress(f"mailto:{visit.email}")
        attendee.params["CN"] = vText(visit.name)
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    if method != "CANCEL":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(hours=-2))
        event.add_component(alarm)
    return event


def where(visit: Visit, language: str = ENGLISH) -> str:
    """The address in one line; only the town while the street is not shown."""
    if visit.location_kind == "home_visits":
        return texts(language).gettext(N_("At your home"))
    street = [visit.location_name, visit.street, visit.unit] if visit.address_shown else []
    town = " ".join(part for part in (visit.city + ("," if visit.region else ""), visit.region, visit.postcode) if part)
    return ", ".join(part for part in [*street, town] if part)


def directions_link(visit: Visit) -> str | None:
    """Opens the reader's maps with the way to the practice; none to where no street is known or they need not go."""
    if visit.location_kind == "home_visits" or not visit.address_shown or not visit.street:
        return None
    town = " ".join(part for part in (visit.region, visit.postcode) if part)
    address = ", ".join(part for part in (visit.street, visit.city, town) if part)
    return f"https://www.google.com/maps/dir/?{urlencode({'api': 1, 'destination': address})}"


def google_link(visit: Visit, title: str, language: str = ENGLISH) -> str:
    """Opens Google Calendar with the visit filled in."""
    stamp = "%Y%m%dT%H%M%SZ"
    dates = f"{visit.starts_at.strftime(stamp)}/{visit.ends_at.strftime(stamp)}"
    facts = {
        "action": "TEMPLATE",
        "text": title,
        "dates": dates,
        "location": where(visit, language),
        "ctz": visit.time_zone,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(facts)}"


def outlook_link(visit: Visit, title: str, language: str = ENGLISH) -> str:
    """Opens Outlook on the web with the visit filled in."""
    facts = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": visit.starts_at.isoformat(),
        "enddt": visit.ends_at.isoformat(),
        "location": where(visit, language),
    }
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(facts)}"
