"""Another time for a visit: moved there by the therapist."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, DomainError, Invalid
from app.core.zones import zone
from app.directory.queries import place_labels
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.locale import said
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.scheduling.queries import Visit
from app.scheduling.queries.free_times import free_times_of
from app.web import formatting as formats
from app.web.fields import is_near
from app.web.practice.room import actor, home_zone, my_id, practice
from app.web.practice.visit_forms import MoveForm
from app.web.scheduling.weeks import at_a_glance

Answer = str | Response | tuple[str, int]


@practice.route("/visits/<int:booking_id>/move", methods=["GET", "POST"])
@audience("therapist")
def move(booking_id: int) -> Answer:
    """Another time: by the form, or prefilled by a drag in the week (`to` is a wall time there)."""
    one = queries.visit_by_id(db.session, booking_id, my_id())
    wall = (_dropped_at(request.args.get("to")) or one.starts_at).astimezone(zone(one.time_zone))
    form = MoveForm(data={"day": wall.date(), "at": wall.time(), "location": one.location_id})
    places = places_of(one)
    form.location.choices = [(place.location_id, place_names().get(place.location_id, "")) for place in places]
    if not form.validate_on_submit():
        return _move_page(one, form, 422 if form.errors else 200)
    spot = next(place for place in places if place.location_id == form.location.data)
    starts_at = instant(form.day.data, form.at.data, spot.time_zone)
    agreed = request.form.get("agreed") == "yes" or not one.email
    act = scheduling.move_as_therapist if agreed else scheduling.reschedule_as_therapist
    try:
        apply(lambda session, now: act(session, booking_id, actor(), starts_at, spot.location_id, now))
    except (Invalid, Conflict) as error:
        form.at.errors = [*form.at.errors, refusal(error, spot.time_zone)]
        return _move_page(one, form, 422)
    flash(_("Moved.") if agreed else _("Asked. Both times are kept until the person answers."), "ok")
    return redirect(url_for(".visit", booking_id=booking_id), code=303)


def instant(day: date, at: time, time_zone: str) -> datetime:
    """A wall time at the venue; in a repeated hour the first."""
    return datetime.combine(day, at.replace(second=0, microsecond=0), zone(time_zone))


def place_names() -> dict[int, str]:
    """What the practice's places are called."""
    return place_labels(db.session, my_id())


def apply(change: Callable[[Session, datetime], object]) -> None:
    """Make a change as of now, or not at all."""
    with transaction() as session:
        change(session, clock.now())


def refusal(error: DomainError, time_zone: str) -> str:
    """Why a time cannot be had, in whole sentences: with the free ones near it, on the wall there."""
    if error.code != "time-taken":
        return said(error)
    near: Any = error.facts.get("times", [])
    times = "; ".join(formats.when(each.astimezone(zone(time_zone))) for each in near)
    words = _("That time is not free. Free and near: %(times)s.", times=times) if near else _("That time is not free.")
    return str(words)


def places_of(one: Visit) -> list[queries.Bookable]:
    return queries.bookables(db.session, one.service_id, by_owner=True) if one.service_id else []


def free_for(one: Visit, spot: queries.Bookable, first: datetime, days: int) -> list[datetime]:
    """On the wall there: every start of the therapist's own grid that has room for the visit as it was agreed."""
    agreed = scheduling.as_agreed(db.session, one.id, spot.location_id, by_owner=True)._replace(minimum_notice=0)
    found = free_times_of(db.session, [agreed], first, first + timedelta(days=days), clock.now(), without=one.id)
    return [each.starts_at.astimezone(zone(each.time_zone)) for each in found]


def _move_page(one: Visit, form: MoveForm, status: int) -> Answer:
    local = zone(one.time_zone)
    day = form.day.data if form.day.data and is_near(form.day.data) else one.starts_at.astimezone(local).date()
    spot = next((place for place in places_of(one) if place.location_id == form.location.data), None)
    free = free_for(one, spot, datetime.combine(day, time(), zone(spot.time_zone)), 1) if spot else []
    few = set(at_a_glance(free))
    page = render_template("practice/move.html", visit=one, zone=local, form=form, free=free, few=few)
    return page, status


def _dropped_at(text: str | None) -> datetime | None:
    """What a drag in the week means: its clock is that of the practice, whatever the visit's is."""
    wall = wall_time(text)
    return wall and wall.replace(tzinfo=home_zone(my_id()))


def wall_time(text: str | None) -> datetime | None:
    """A wall time from a link, such as 2026-12-01T16:30."""
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
    return wall if wall and is_near(wall.date()) else None
