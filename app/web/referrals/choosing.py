"""Choosing therapists: the doctor's own search, the list of the referral that was begun, and the favourites."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.directory.catalogue import ANY, BY_SLUG
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.links import is_local_path
from app.doors.locale import said
from app.doors.where import locate
from app.finder.asking import MILES, clean
from app.finder.criteria import KM_PER_MILE, SearchCriteria
from app.referrals import queries, services
from app.web.finder.results import cards as shown
from app.web.referrals import finding
from app.web.referrals.forms import MILES as CIRCLES
from app.web.referrals.room import my_id, referring
from app.web.referrals.words import specialty_name

LONGEST_NAME = 80
MOST_PAGES = 40


@referring.get("/therapists")
@audience(DOCTOR)
@limiter.limit("120 per minute")
def therapists() -> str:
    """Search by name, by place, or both. What the referral is for narrows it, without standing in the address."""
    begun = queries.draft_of(db.session, my_id(), now())
    form: dict[str, Any] = begun[0].form if begun else {}
    given = request.args if request.args else MultiDict({"where": form.get("where") or ""})
    everybody = given.get("all") == "1"
    wanted = _wanted(form, given, everybody=everybody)
    name, where = (clean(given.get(field, ""))[:LONGEST_NAME] for field in ("name", "where"))
    located = locate(where) if where else None
    page = max(1, min(MOST_PAGES, given.get("page", 1, type=int)))
    place = located.place if located else None
    found = None
    if place or (name and not where):
        point = (place.lat, place.lon) if place else None
        found = finding.people(db.session, wanted, point, name, (page - 1) * finding.MOST)
    return render_template(
        "referrals/therapists.html",
        name=name,
        where=where,
        place=place,
        radius=round(wanted.radius_km / KM_PER_MILE),
        circles=CIRCLES,
        narrowed=specialty_name(wanted.specialty_id),
        everybody=everybody,
        for_something=bool(form.get("specialty")),
        problem=located.note if located and place is None else "",
        found=found and {**found, "cards": finding.with_times(db.session, found["cards"], wanted)},
        pages=_pages(found, page, where=where, name=name, radius=given.get("radius"), all=given.get("all")),
        units="mi" if place is None or place.country in ("", *MILES) else "km",
    )


def _wanted(form: dict[str, Any], given: MultiDict[str, str], *, everybody: bool) -> SearchCriteria:
    known = None if everybody else BY_SLUG.get(form.get("specialty") or "")
    wanted = given.get("radius") or form.get("radius")
    miles = next((each for each in CIRCLES if str(each) == wanted), 25)
    return SearchCriteria(known.id if known else ANY, radius_km=miles * KM_PER_MILE)


def _pages(found: dict[str, Any] | None, page: int, **values: str | None) -> dict[str, Any] | None:
    if found is None:
        return None

    def url(number: int) -> str:
        given: dict[str, Any] = {name: value for name, value in values.items() if value}
        return url_for(".therapists", page=number, **given)

    later = url(page + 1) if found["more"] and page < MOST_PAGES else None
    return {"number": page, "count": None, "earlier_url": url(page - 1) if page > 1 else None, "later_url": later}


@referring.get("/favourites")
@audience(DOCTOR)
def favourites() -> str:
    known = queries.favourites(db.session, my_id())
    cards = {
        each.therapist_id: each.card
        for each in queries.cards_of(db.session, [each.id for each in known], listing_day(now()))
    }
    ready = shown([card for card in cards.values() if card], SearchCriteria())
    by_slug = {card["slug"]: card for card in ready}
    return render_template("referrals/favourites.html", people=[(each, by_slug.get(each.slug)) for each in known])


@referring.post("/favourites")
@audience(DOCTOR)
def favourite() -> Response:
    """Put somebody on the list of favourites, note something beside them, or take them off."""
    slug, go = request.form.get("therapist", ""), request.form.get("go", "")

    def change(session: Session) -> None:
        if go == "add":
            services.add_favourite(session, my_id(), slug)
        elif go == "note":
            services.note_favourite(session, my_id(), slug, clean(request.form.get("note", "")))
        else:
            services.remove_favourite(session, my_id(), slug)

    return _changed(change, slug)


@referring.post("/shortlist")
@audience(DOCTOR)
def shortlist() -> Response:
    """Put somebody on the list of the referral that was begun, or take them off; the first one begins it."""
    slug = request.form.get("therapist", "")
    act = services.unchoose if request.form.get("go") == "remove" else services.choose
    return _changed(lambda session: act(session, my_id(), slug, now()), slug)


@referring.post("/draft/drop")
@audience(DOCTOR)
def drop_draft() -> Response:
    with transaction() as session:
        services.drop_draft(session, my_id())
    return redirect(url_for(".new"), 303)


def _changed(change: Callable[[Session], None], slug: str) -> Response:
    try:
        with transaction() as session:
            change(session)
    except (Conflict, Invalid) as error:
        flash(said(error), "error")
    back = request.form.get("back", "")
    known = back.startswith(("/therapists", "/referring/")) and is_local_path(back) and "#" not in back
    return redirect(f"{back}#t-{slug}" if known else url_for(".favourites"), 303)
