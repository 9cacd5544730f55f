"""One visit in the therapist's hands: read it, answer it, move it, mark it, write about it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound
from app.core.zones import zone
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.locale import said
from app.referrals.queries import referrers
from app.scheduling import queries, safety
from app.scheduling import services as scheduling
from app.scheduling.queries import Visit
from app.scheduling.queries.free_times import free_times_of
from app.scheduling.states import Actor
from app.web.practice.fields import is_near
from app.web.practice.room import actor, my_id, practice
from app.web.practice.visit_forms import MessageForm, MoveForm
from app.web.practice.words import ACTIONS, REASONS, STATES
from app.web.scheduling.asking import number
from app.web.scheduling.weeks import at_a_glance

Answer = str | Response | tuple[str, int]
MOST_TIMES = 3


@practice.get("/visits/<int:booking_id>")
@audience("therapist")
def visit(booking_id: int) -> str:
    return _page(booking_id, MessageForm())


@practice.post("/visits/<int:booking_id>/accept")
@audience("therapist")
def accept(booking_id: int) -> Response:
    whole = request.form.get("whole_series") == "yes"
    change = lambda session, now: scheduling.accept(session, booking_id, actor(), now, whole_series=whole)  # noqa: E731
    return _do(booking_id, change, _("Accepted. The person gets a mail."))


@practice.post("/visits/<int:booking_id>/decline")
@audience("therapist")
def decline(booking_id: int) -> Response:
    reason, whole = request.form.get("reason", ""), request.form.get("whole_series") == "yes"

    def change(session: Session, now: datetime) -> None:
        scheduling.decline(session, booking_id, actor(), reason, now, whole_series=whole)

    return _do(booking_id, change, _("Declined. The person gets a mail with the reason."))


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
            _apply(change)
        except (Invalid, Conflict) as error:
            return _times_page(one, spot, chosen, said(error)), 422
        flash(_("Offered. The person chooses one, or you hear from them."), "ok")
        return redirect(url_for(".visit", booking_id=booking_id), code=303)
    return _times_page(one, spot, [], "")


@practice.route("/visits/<int:booking_id>/move", methods=["GET", "POST"])
@audience("therapist")
def move(booking_id: int) -> Answer:
    """Another time: by the form, or prefilled by a drag in the week (`to` is a wall time)."""
    one = queries.visit_by_id(db.session, booking_id, my_id())
    wall = wall_time(request.args.get("to")) or one.starts_at.astimezone(zone(one.time_zone))
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
        _apply(lambda session, now: act(session, booking_id, actor(), starts_at, spot.location_id, now))
    except (Invalid, Conflict) as error:
        form.at.errors = [*form.at.errors, said(error)]
        return _move_page(one, form, error.facts.get("times", []), 422)
    flash(_("Moved.") if agreed else _("Asked. Both times are kept until the person answers."), "ok")
    return redirect(url_for(".visit", booking_id=booking_id), code=303)


@practice.post("/visits/<int:booking_id>/agree")
@audience("therapist")
def agree(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.agree_to_move_as_therapist, _("Moved to the new time."))


@practice.post("/visits/<int:booking_id>/keep")
@audience("therapist")
def keep(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.refuse_move_as_therapist, _("The visit stays when it was."))


@practice.post("/visits/<int:booking_id>/cancel")
@audience("therapist")
def cancel(booking_id: int) -> Response:
    scope: Any = request.form.get("scope") if request.form.get("scope") in ("one", "rest", "all") else "one"
    reason = request.form.get("reason", "")
    reason = reason if reason in REASONS else "other"

    def change(session: Session, now: datetime) -> None:
        scheduling.cancel_as_therapist(session, booking_id, actor(), reason, now, scope=scope)

    return _do(booking_id, change, _("Cancelled. The person gets a mail."))


@practice.post("/visits/<int:booking_id>/came")
@audience("therapist")
def came(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.attended, _("Saved."))


@practice.post("/visits/<int:booking_id>/missed")
@audience("therapist")
def missed(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.no_show, _("Saved. The person is not told."))


@practice.post("/visits/<int:booking_id>/message")
@audience("therapist")
def message(booking_id: int) -> Answer:
    form = MessageForm()
    if not form.validate_on_submit():
        return _page(booking_id, form), 422
    text = form.text.data or ""
    change = lambda session, now: scheduling.write_message_as_therapist(session, booking_id, actor(), text, now)  # noqa: E731
    return _do(booking_id, change, _("Sent. The mail says only that there is a message."))


@practice.post("/visits/<int:booking_id>/block")
@audience("therapist")
def block(booking_id: int) -> Response:
    """This person books no more with me, under the address and the number of this visit."""

    def change(session: Session, _now: datetime) -> None:
        one = queries.visit_by_id(session, booking_id, my_id())
        for value in filter(None, (one.email, one.phone)):
            scheduling.block(session, my_id(), value)

    return _do(booking_id, change, _("Blocked. They cannot book with you any more; they are not told."))


def instant(day: date, at: time, time_zone: str) -> datetime:
    """A wall time at the venue; in a repeated hour the first."""
    return datetime.combine(day, at.replace(second=0, microsecond=0), zone(time_zone))


def place_names() -> dict[int, str]:
    """What the practice's places are called."""
    from app.directory.queries import place_labels

    return place_labels(db.session, my_id())


def _apply(change: Callable[[Session, datetime], object]) -> None:
    with transaction() as session:
        change(session, clock.now())


def _do(booking_id: int, change: Callable[[Session, datetime], object], done: str) -> Response:
    """Change a visit and go back to where the button was; a refusal is said there."""
    queries.visit_by_id(db.session, booking_id, my_id())
    try:
        _apply(change)
    except (Conflict, Forbidden, Gone, Invalid, NotFound) as error:
        db.session.rollback()
        flash(said(error), "error")
    else:
        flash(done, "ok")
    back = url_for(".today") if request.form.get("back") == "today" else url_for(".visit", booking_id=booking_id)
    return redirect(back, code=303)


def _do_as_me(booking_id: int, act: Callable[[Session, int, Actor, datetime], object], done: str) -> Response:
    """The same for a change that needs to know no more than which visit, by whom and when."""
    return _do(booking_id, lambda session, now: act(session, booking_id, actor(), now), done)


def _page(booking_id: int, form: MessageForm) -> str:
    """The read of the sealed parts is recorded, so it is a transaction."""
    now = clock.now()
    with transaction() as session:
        sealed = scheduling.read_sealed(session, booking_id, actor(), now)
        one = queries.visit_by_id(session, booking_id, my_id())
        events = queries.history(session, booking_id)
        blocked = set(scheduling.blocked(session, my_id()))
    return render_template(
        "practice/visit.html",
        visit=one,
        zone=zone(one.time_zone),
        now=now,
        sealed=sealed,
        referrer=referrers(db.session, [one.referral_id]).get(one.referral_id or 0),
        flags=_flags(sealed),
        events=events,
        offered=queries.offered_times(one),
        blocked=bool(blocked & {(one.email or "").strip().casefold(), one.phone}),
        form=form,
        states=STATES,
        actions=ACTIONS,
        reasons=REASONS,
    )


def _flags(sealed: scheduling.Sealed) -> list[tuple[str, str, bool]]:
    """(how serious, in words, whether a yes became a no) of what the safety questions brought up."""
    if sealed.screening is None:
        return []
    answers, changed = sealed.screening.answers, sealed.screening.changed
    return [
        (each.group, each.short, each.id in changed)
        for each in safety.QUESTIONS
        if answers.get(each.id) is True or each.id in changed
    ]


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
    near = [each.astimezone(local) for each in near]
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


def wall_time(text: str | None) -> datetime | None:
    """A wall time from a link, such as 2026-12-01T16:30."""
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
    return wall if wall and is_near(wall.date()) else None


__all__ = ["DomainError", "instant", "place_names", "visit", "wall_time"]
