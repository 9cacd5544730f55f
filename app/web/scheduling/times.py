"""`/therapists/<slug>/times`, and the same strip for the profile."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory import queries as directory
from app.directory.licences import Level
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db
from app.scheduling.queries import Bookable, Offer, first_free, offers
from app.web.scheduling.asking import book_url, day, number, times_url
from app.web.scheduling.weeks import Week, week
from app.web.scheduling.words import changes, place

times = Blueprint("times", __name__)
NO_TIMES: Final = {"week": None, "chosen": None, "services": (), "places": ()}


@times.get("/therapists/<slug>/times")
@audience("public")
def choose(slug: str) -> str:
    """Free times by service and place, a week at a time."""
    person = directory.profile(db.session, slug, listing_day(now()))
    shown = strip(db.session, slug, number("service"), number("location"), day("from"), now())
    if person.level == Level.EXPIRED:
        shown = {**shown, "week": None}
    return render_template(
        "scheduling/times.html", person=person.therapist, expired=person.level == Level.EXPIRED, **shown
    )


def strip(
    session: Session, slug: str, service_id: int | None, location_id: int | None, first: date | None, at: datetime
) -> dict[str, Any]:
    """The week of one service at one place, and the others to choose from; `week` is None with nothing on offer."""
    every = offers(session, slug)
    chosen = _chosen(session, every, service_id, location_id, at)
    if chosen is None:
        return NO_TIMES
    return {
        "week": strip_of(session, slug, chosen.one, first, at),
        "chosen": chosen,
        "services": _services(slug, every, chosen),
        "places": _places(slug, every, chosen),
        "changes": changes(chosen.one.cancel_cutoff, chosen.one.reschedule_cutoff),
    }


def strip_of(session: Session, slug: str, one: Bookable, first: date | None, at: datetime) -> Week:
    """The week strip whose times lead into the booking."""
    return week(
        session,
        one,
        first,
        at,
        choose=lambda free: book_url(slug, one.service_id, one.location_id, free.starts_at),
        page=lambda other: times_url(slug, one.service_id, one.location_id, other),
    )


def _chosen(
    session: Session, every: Sequence[Offer], service_id: int | None, location_id: int | None, at: datetime
) -> Offer | None:
    """The offer that was asked for; for what was left open, the first, or at which place there is a time first."""
    of_service = [each for each in every if each.one.service_id == service_id]
    if not of_service and every:
        of_service = [each for each in every if each.one.service_id == every[0].one.service_id]
    for each in of_service:
        if each.one.location_id == location_id:
            return each
    if len(of_service) < 2:
        return of_service[0] if of_service else None
    free = first_free(session, [each.one for each in of_service], at)
    where = free[0].location_id if free else of_service[0].one.location_id
    return next(each for each in of_service if each.one.location_id == where)


def _services(slug: str, every: Sequence[Offer], chosen: Offer) -> list[dict[str, Any]]:
    firsts = {each.one.service_id: each for each in reversed(every)}
    ordered = [each for each in every if firsts[each.one.service_id] is each]
    return [
        {
            "name": each.one.service_name,
            "minutes": each.one.minutes,
            "price_cents": each.one.price_cents,
            "currency": each.one.currency,
            "home_visit": each.one.home_visit,
            "url": _url_near(slug, every, each, chosen),
            "current": each.one.service_id == chosen.one.service_id,
        }
        for each in ordered
    ]


def _url_near(slug: str, every: Sequence[Offer], service: Offer, chosen: Offer) -> str:
    """The other service at the place that is looked at now, where it is on offer there."""
    here = [
        each
        for each in every
        if each.one.service_id == service.one.service_id and each.one.location_id == chosen.one.location_id
    ]
    at = (here or [service])[0].one
    return times_url(slug, at.service_id, at.location_id)


def _places(slug: str, every: Sequence[Offer], chosen: Offer) -> list[dict[str, Any]]:
    here = [each for each in every if each.one.service_id == chosen.one.service_id]
    return [
        {
            "name": place(each),
            "url": times_url(slug, each.one.service_id, each.one.location_id),
            "current": each.one.location_id == chosen.one.location_id,
        }
        for each in here
    ]
