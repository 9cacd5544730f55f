"""Other times for a visit that was asked for: the therapist offers some, the person takes one."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.zones import zone
from app.doors.audience import audience
from app.doors.database import db
from app.doors.locale import said
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.scheduling.queries import Visit
from app.web.fields import CheckboxesField, is_near
from app.web.practice.moving import Answer, apply, free_for, place_names, places_of
from app.web.practice.room import actor, my_id, practice
from app.web.scheduling.asking import number
from app.web.scheduling.weeks import at_a_glance

MOST_TIMES = 3
DAYS = 7
"""Days with a free time that a page shows, each of them whole."""
DAYS_BEFORE = timedelta(days=3)
"""How long before the time that was asked for the first page begins."""


class TimesForm(FlaskForm):
    times = CheckboxesField(validate_choice=False)


@practice.route("/visits/<int:booking_id>/other-times", methods=["GET", "POST"])
@audience("therapist")
def other_times(booking_id: int) -> Answer:
    """Offer up to three other times instead of the one that was asked for. `show` leads to other days."""
    one = queries.visit_by_id(db.session, booking_id, my_id())
    chosen = _instants((request.form if request.method == "POST" else request.args).getlist("times"))
    spot, form = _spot(one), TimesForm()
    if request.method != "POST" or spot is None:
        return _times_page(one, spot, chosen, form)
    where = spot.location_id
    if show := _day(request.form.get("show")):
        kept = [each.isoformat() for each in chosen]
        return redirect(url_for(".other_times", booking_id=booking_id, location=where, show=show, times=kept), code=303)

    def change(session: Session, now: datetime) -> None:
        scheduling.offer_other_times(session, booking_id, actor(), chosen, where, now)

    try:
        apply(change)
    except (Invalid, Conflict) as error:
        form.times.errors = [said(error)]
        return _times_page(one, spot, chosen, form), 422
    flash(_("Offered. The person chooses one, or you hear from them."), "ok")
    return redirect(url_for(".visit", booking_id=booking_id), code=303)


def _spot(one: Visit) -> queries.Bookable | None:
    """The place that was chosen (`location`), else the visit's own; None when the treatment is offered nowhere now."""
    places = {place.location_id: place for place in places_of(one)}
    return places.get(number("location") or 0) or places.get(one.location_id) or next(iter(places.values()), None)


def _by_day(one: Visit, spot: queries.Bookable | None) -> dict[date, list[datetime]]:
    """The free times of each day that has one, as far ahead as can be booked."""
    now = clock.now()
    free = free_for(one, spot, now, spot.horizon_days + 1) if spot else []
    others = [each for each in free if each != one.starts_at]
    return {day: list(times) for day, times in groupby(others, key=datetime.date)}


def _pages(days: Sequence[date], wanted: date) -> tuple[Sequence[date], date | None, date | None]:
    """The days to show from the wanted one, and where the pages before and after them begin."""
    at = min(bisect_left(days, wanted), max(len(days) - 1, 0))
    earlier = days[max(at - DAYS, 0)] if at else None
    later = days[at + DAYS] if at + DAYS < len(days) else None
    return days[at : at + DAYS], earlier, later


def _times_page(one: Visit, spot: queries.Bookable | None, chosen: Sequence[datetime], form: TimesForm) -> str:
    by_day, names = _by_day(one, spot), place_names()
    asked_for = one.starts_at.astimezone(zone(one.time_zone)).date()
    wanted = _day(request.args.get("show")) or asked_for - DAYS_BEFORE
    days, earlier, later = _pages(list(by_day), wanted)
    shown: list[Any] = [(day, by_day[day], {*at_a_glance(by_day[day]), *chosen}) for day in days]
    here = [each.astimezone(zone((spot or one).time_zone)) for each in chosen]
    return render_template(
        "practice/other_times.html",
        visit=one,
        zone=zone(one.time_zone),
        days=shown,
        earlier=earlier,
        later=later,
        places=[(each, names.get(each.location_id, ""), each == spot) for each in places_of(one)],
        chosen=chosen,
        elsewhere=[each for each in here if each.date() not in days],
        form=form,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _instants(texts: list[str]) -> list[datetime]:
    found = []
    for text in texts[: MOST_TIMES + 1]:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            continue
        if at.tzinfo is not None and is_near(at.date()):
            found.append(at)
    return found
