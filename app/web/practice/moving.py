"""Another time for a visit, by the therapist: offered to choose from, or moved to."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.zones import zone
from app.directory.queries import place_labels
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.locale import said
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.scheduling.queries import Visit
from app.scheduling.queries.free_times import free_times_of
from app.web.fields import is_near
from app.web.practice.room import actor, home_zone, my_id, practice
from app.web.practice.visit_forms import MoveForm
from app.web.scheduling.asking import number
from app.web.scheduling.weeks import at_a_glance

Answer = str | Response | tuple[str, int]
MOST_TIMES = 3


@practice.route("/visits/<int:booking_id>/other-times", methods=["GET", "POST"])
@audience("therapist")
def other_times(booking_id: int) -> Answer:
    """Offer up to three other times instead of the one that was asked for."""
    one = queries.visit_by_id(db.session, booking_id, my_id())
    chosen = _instants(request.form.getlist("times"))
    spot = _spot(one)
    if request.method == "POST" and spot:
        where = spot.location_id

        def change(session: Session, now: datetime) -> None:
            scheduling.offer_other_times(session, booking_id, actor(), chosen, where, now)

        try:
            apply(change)
        except (Invalid, Conflict) as error:
            return _times_page(one, spot, chosen, said(error)), 422
        flash(_("Offered. The person chooses one, or you hear from them."), "ok")
        return redirect(url_for(".visit", booking_id=booking_id), code=303)
    return _times_page(one, spot, [], "")


@practice.route("/visits/<int:booking_id>/move", methods=["GET", "POST"])
@audience("therapist")
def move(booking_id: int) -> Answer:
    """Another time: by the form, or prefilled by a drag in the week (`to` is a wall time there)."""
    one = queries.visit_by_id(db.session, booking_id, my_id())
    wall = (_dropped_at(request.args.get("to")) or one.starts_at).astimezone(zone(one.time_zone))
    form = MoveForm(data={"day": wall.date(), "at": wall.time(), "location": one.location_id})
    places = _places_of(one)
    form.location.choices = [(place.location_id, place_names().get(place.location_id, "")) for place in places]
    if not form.validate_on_submit():
        return _move_page(one, form, [], 422 if form.errors else 200)
    spot = next(place for place in places if place.location_id == form.location.data)
    starts_at = instant(form.day.data, form.at.data, spot.time_zone)
    agreed = request.form.get("agreed") == "yes" or not one.email
    act = scheduling.move_as_therapist if agreed else scheduling.reschedule_as_therapist
    try:
        apply(lambda session, now: act(session, booking_id, actor(), starts_at, spot.location_id, now))
    except (Invalid, Conflict) as error:
        form.at.errors = [*form.at.errors, said(error)]
        return _move_page(one, form, error.facts.get("times", []), 422)
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


def _places_of(one: Visit) -> list[queries.Bookable]:
    return queries.bookables(db.session, one.service_id, by_owner=True) if one.service_id else []


def _spot(one: Visit) -> queries.Bookable | None:
    """The place that was chosen (`location`), else the visit's own; None when the treatment is offered nowhere now."""
    places = {place.location_id: place for place in _places_of(one)}
    return places.get(number("location") or 0) or places.get(one.location_id) or next(iter(places.values()), None)


def _free(one: Visit, spot: queries.Bookable, first: datetime, days: int) -> list[datetime]:
    """On the wall there: every start of the therapist's own grid that has room for the visit as it was agreed."""
    agreed = scheduling.as_agreed(db.session, one.id, spot.location_id, by_owner=True)._replace(minimum_notice=0)
    found = free_times_of(db.session, [agreed], first, first + timedelta(days=days), clock.now(), without=one.id)
    return [each.starts_at.astimezone(zone(each.time_zone)) for each in found]


def _times_page(one: Visit, spot: queries.Bookable | None, chosen: list[datetime], problem: str) -> str:
    first = max(clock.now(), one.starts_at - timedelta(days=3))
    near = [each for each in _free(one, spot, first, 10) if each != one.starts_at] if spot else []
    days = {day: list(times) for day, times in groupby(near, key=datetime.date)}
    names = place_names()
    return render_template(
        "practice/other_times.html",
        visit=one,
        zone=zone(one.time_zone),
        days=[(day, times, {*at_a_glance(times), *chosen}) for day, times in days.items()],
        places=[(each, names.get(each.location_id, ""), each == spot) for each in _places_of(one)],
        chosen=chosen,
        problem=problem,
    )


def _move_page(one: Visit, form: MoveForm, near: Any, status: int) -> Answer:
    local = zone(one.time_zone)
    day = form.day.data if form.day.data and is_near(form.day.data) else one.starts_at.astimezone(local).date()
    spot = next((place for place in _places_of(one) if place.location_id == form.location.data), None)
    free = _free(one, spot, datetime.combine(day, time(), zone(spot.time_zone)), 1) if spot else []
    near = [each.astimezone(zone(spot.time_zone) if spot else local) for each in near]
    few = set(at_a_glance(free))
    page = render_template("practice/move.html", visit=one, zone=local, form=form, free=free, few=few, near=near)
    return page, status


def _instants(texts: list[str]) -> list[datetime]:
    found = []
    for text in texts[: MOST_TIMES + 1]:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            continue
        if at.tzinfo is not None:
            found.append(at)
    return found


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
