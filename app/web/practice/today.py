"""Today and the week: what waits for an answer, what comes, and a calendar of both."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core import clock
from app.core.zones import zone as zone_called
from app.directory import services as directory
from app.directory.models import Therapist
from app.doors.audience import audience
from app.doors.caller import caller
from app.doors.database import db
from app.referrals.queries import referrers
from app.scheduling import queries
from app.scheduling.queries import AgendaRow
from app.scheduling.queries.elsewhere import zones_of_new_times
from app.web import formatting
from app.web.formatting import zone_name
from app.web.practice.calendar import calendar, monday_of
from app.web.practice.lacking import lacking
from app.web.practice.room import home_zone, my_id, own_or_none, practice
from app.web.practice.words import REASONS

DAY = timedelta(days=1)
FRESH_FOR = timedelta(days=150)
"""Pages that nobody confirmed for six months are shown further down: we ask a month before."""


@practice.get("/")
@audience("public")
def today() -> str | Response:
    """A therapist's day; for everybody else, what this is."""
    own = own_or_none()
    if own is None:
        person = caller()
        claim = directory.open_claim(db.session, person.id) if person else None
        return render_template("practice/welcome.html", waiting=claim)
    zone, now = home_zone(own.id), clock.now()
    first = datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone)
    rows = queries.agenda(db.session, own.id, first, first + DAY)
    waiting = queries.open_requests(db.session, own.id)
    coming = [] if rows else queries.agenda(db.session, own.id, first + DAY, first + 15 * DAY)[:3]
    return render_template(
        "practice/today.html",
        own=own,
        day=first.date(),
        now=now,
        zone=zone,
        requests=one_card_a_series(waiting),
        new_zones=zones_of_new_times(db.session, [row.id for row in waiting if row.new_starts_at]),
        referrers=referrers(db.session, (row.referral_id for row in waiting)),
        rows=[agenda_item(row, now, zone) for row in rows],
        coming=coming,
        unmarked=unmarked(own.id, now),
        people_waiting=queries.people_waiting(db.session, own.id, first.date()),
        reasons=REASONS,
        confirm_now=confirm_now(own, first.date()),
        lacking=lacking(own),
    )


@practice.get("/week")
@audience("therapist")
def week() -> str | Response:
    zone, now = home_zone(my_id()), clock.now()
    this_day = now.astimezone(zone).date()
    try:
        first = monday_of(date.fromisoformat(request.args["from"])) if request.args.get("from") else monday_of(this_day)
    except (ValueError, OverflowError):
        return redirect(url_for(".week"))
    if not date(2020, 1, 1) <= first <= date(2100, 1, 1):
        return redirect(url_for(".week"))
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(first + timedelta(days=7), datetime.min.time(), zone)
    return render_template(
        "practice/week.html",
        calendar=_calendar(start, end, this_day, zone),
        first=first,
        last=first + timedelta(days=6),
        earlier=first - timedelta(days=7),
        later=first + timedelta(days=7),
        this_week=monday_of(this_day),
        zone=zone,
        now=now,
    )


class Held(NamedTuple):
    """A time that is nobody's visit yet, and that no visit can be moved to."""

    note: str


def one_card_a_series(waiting: Iterable[AgendaRow]) -> list[tuple[AgendaRow, list[AgendaRow]]]:
    """Each request with the later dates of its series that wait as well: one question is asked once."""
    cards: dict[str | int, list[AgendaRow]] = {}
    for row in waiting:
        cards.setdefault(row.series_id if row.series_id and row.state == "requested" else row.id, []).append(row)
    groups = [sorted(rows, key=lambda row: row.starts_at) for rows in cards.values()]
    return [(first, rest) for first, *rest in groups]


def unmarked(therapist_id: int, now: datetime) -> list[AgendaRow]:
    """Visits of the last two weeks that ended and were not marked."""
    rows = queries.agenda(db.session, therapist_id, now - 14 * DAY, now)
    return [row for row in rows if row.state == "confirmed" and row.ends_at <= now]


def agenda_item(row: AgendaRow, now: datetime, zone: Any) -> dict[str, Any]:
    """A visit in a day's list, on the clock of its own place; the zone is named where it is not the practice's."""
    local = zone_called(row.time_zone)
    elsewhere = zone_name(row.time_zone) if row.time_zone != str(zone) else ""
    return {
        "starts_at": row.starts_at.astimezone(local),
        "ends_at": row.ends_at.astimezone(local),
        "title": row.visit_for or row.name,
        "detail": " · ".join(filter(None, (row.service_name, row.location_name, elsewhere))),
        "url": url_for("practice.visit", booking_id=row.id),
        "state": "now" if row.starts_at <= now < row.ends_at else "",
        "row": row,
    }


def confirm_now(own: Therapist, day: date) -> bool:
    """Whether to ask that the page is still right."""
    return own.confirmed_on is None or day - own.confirmed_on > FRESH_FOR


def _calendar(start: datetime, end: datetime, this_day: date, zone: Any) -> Any:
    me = my_id()
    off = [(each.starts_at, each.ends_at, each) for each in queries.time_off(db.session, me, start)]
    busy = [(starts, ends, None) for starts, ends in queries.busy_elsewhere(db.session, me, start, end)]
    held = [
        (starts, ends, Held(gettext("Held for somebody until %(time)s", time=formatting.clock(until.astimezone(zone)))))
        for starts, ends, until in queries.held_times(db.session, me, start, end, clock.now())
    ]
    rows = [(row.starts_at, row.ends_at, row) for row in queries.agenda(db.session, me, start, end)]
    ground = queries.open_times(db.session, me, start, end)
    blocked = [(max(a, start), min(b, end), facts) for a, b, facts in (*off, *busy, *held) if a < end and b > start]
    return calendar(start.date(), zone, this_day, ground, rows, blocked)
