"""`/r/<code>`: what a patient sees who follows a doctor's link. No health word is in the address or the title."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core.clock import now
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.caller import roles_of_caller
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.where import locate
from app.finder.asking import MILES, clean
from app.finder.criteria import SearchCriteria
from app.referrals import queries, services
from app.referrals.queries import Link
from app.web.referrals import finding
from app.web.referrals.carrying import carry, opened_first, put_down
from app.web.referrals.opening import is_a_persons
from app.web.referrals.words import specialty_name
from app.web.scheduling.private import keep_private

referral = Blueprint("referral", __name__, url_prefix="/r")
keep_private(referral)

STATUS = {"unknown": 404, "unverified": 404, "expired": 410, "revoked": 410}


@referral.get("/<code>")
@audience("public")
@limiter.limit("60 per minute; 600 per day")
def follow(code: str) -> str | tuple[str, int]:
    link = queries.link_of(db.session, code, now())
    why = link.standing if link else "unknown"
    if link is None or why != "works":
        return render_template("referrals/not_working.html", why=why), STATUS[why]
    carry(link.id)
    # The doctor only looks what the patient will see.
    if is_a_persons(request.method, request.headers) and "doctor" not in roles_of_caller() and opened_first(link.id):
        with transaction() as session:
            services.count_opening(session, link.id, now())
    return render_template("referrals/follow.html", link=link, **_people(link))


def _people(link: Link) -> dict[str, Any]:
    """The shortlist first; then who is near the place that the doctor chose, or that the patient types."""
    criteria = SearchCriteria(link.specialty_id, link.technique_id, link.radius_km)
    chosen = queries.shortlist(db.session, link.id, listing_day(now()))
    people = finding.of_shortlist(db.session, chosen, criteria)
    where = clean(request.args.get("where", ""))[:200]
    located = locate(where) if where else None
    place = located.place if located else None
    point, name = ((place.lat, place.lon), place.label) if place else (None, where)
    if point is None and not where and not people and link.lat is not None and link.lon is not None:
        point, name = (link.lat, link.lon), link.place
    found, used = finding.near(db.session, criteria, point) if point else ([], criteria)
    return {
        "what": specialty_name(link.specialty_id),
        "technique": specialty_name(link.technique_id),
        "without_technique": bool(link.technique_id) and used.technique_id == 0,
        "people": people,
        "gone": len(chosen) - len(people),
        "near": found,
        "where": name,
        "looked": point is not None,
        "problem": located.note if located and located.place is None else "",
        "units": "mi" if place is None or place.country in ("", *MILES) else "km",
    }


@referral.post("/leave")
@audience("public")
def leave() -> Response:
    """Go on without the doctor's link."""
    put_down()
    return redirect("/therapists", 303)
