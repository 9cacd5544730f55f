"""Another time for a visit: where and when, then old and new side by side with a button."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from app.core.clock import now
from app.core.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.scheduling import queries, services
from app.scheduling.queries import Offer, Visit, offers
from app.web.scheduling.asking import day, instant, move_url, number, rfc3339
from app.web.scheduling.visit.blueprint import Answer, visits
from app.web.scheduling.visit.page import shown
from app.web.scheduling.weeks import Week, week
from app.web.scheduling.words import local, place, zone_name

DAYS_BEFORE = timedelta(days=3)


@visits.route("/<token>/move", methods=["GET", "POST"])
@audience("public")
def move(token: str) -> Answer:
    """Opening it changes nothing; the button asks for the new time, or takes it."""
    one = queries.visit(db.session, token)
    at = instant("at")
    if request.method == "POST" and at is not None:
        try:
            with transaction() as session:
                became = services.reschedule(session, token, at, number("location") or one.location_id, now())
        except (Conflict, Forbidden, Gone, Invalid, NotFound) as error:
            return _page(queries.visit(db.session, token), None, problem=error), error.status
        flash(_moved_words(became, one), "ok")
        return redirect(f"/visits/{token}", 303)
    return _page(one, at)


def _page(one: Visit, at: datetime | None, problem: DomainError | None = None) -> str:
    facts = shown(db.session, one, now())
    places = _places(one) if facts["may_move"] else []
    if not places:
        nowhere = facts["may_move"]
        return render_template(
            "scheduling/visit/move.html", problem=problem, nowhere=nowhere, **{**facts, "may_move": False}
        )
    chosen = _chosen(places, one)
    time_zone, there = chosen.one.time_zone, chosen.one.location_id
    already = (at, there) == (one.starts_at, one.location_id)
    new = local(at, time_zone) if at and at > now() and not already else None
    choosing = {
        "zone": zone_name(time_zone),
        "old_zone": facts.get("zone") if time_zone != one.time_zone else None,
        "zone_id": time_zone,
        "week": None if new else _week(one, there),
        "places": [_pick(one, each, chosen) for each in places],
        "new": new,
        "new_place": place(chosen) if there != one.location_id else None,
        "at": rfc3339(at) if at else "",
        "location_id": there,
        "moving_url": move_url(one.token, there),
    }
    return render_template("scheduling/visit/move.html", problem=problem, **{**facts, **choosing})


def _places(one: Visit) -> list[Offer]:
    """Where this treatment is on offer; the visit's own place first."""
    here = [each for each in offers(db.session, one.therapist_slug) if each.one.service_id == one.service_id]
    return sorted(here, key=lambda each: each.one.location_id != one.location_id)


def _chosen(places: list[Offer], one: Visit) -> Offer:
    wanted = number("location")
    return next((each for each in places if each.one.location_id == wanted), places[0])


def _pick(one: Visit, each: Offer, chosen: Offer) -> dict[str, Any]:
    url = move_url(one.token, each.one.location_id)
    return {"name": place(each), "url": url, "current": each is chosen}


def _week(one: Visit, there: int) -> Week:
    """The free times there, for a visit as long as was agreed; those around the visit first."""
    around = local(one.starts_at, one.time_zone).date() - DAYS_BEFORE
    return week(
        db.session,
        services.as_agreed(db.session, one.id, there),
        day("from") or around,
        now(),
        choose=lambda free: move_url(one.token, there, at=rfc3339(free.starts_at)),
        page=lambda other: move_url(one.token, there, **{"from": other.isoformat()}),
        without=one.id,
        but=one.starts_at if there == one.location_id else None,
    )


def _moved_words(became: str, before: Visit) -> str:
    if became == "moved" and before.state == "requested":
        return str(gettext("Your request now asks for the new time."))
    if became == "moved":
        return str(gettext("Your visit has its new time."))
    name = before.therapist_name
    return str(gettext("We asked %(name)s. Until the answer comes, your first time is kept.", name=name))
