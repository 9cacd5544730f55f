"""Therapists near a place, one therapist, the specialties and the places: `/api/v1` reads."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.api.days import days_of
from app.api.directory_bodies import card_body, place_body, profile_body, specialty_body
from app.api.shapes import (
    PROBLEM,
    Places,
    PlacesQuery,
    Results,
    SlugPath,
    Specialties,
    TherapistBody,
    TherapistsQuery,
)
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.directory import languages
from app.directory import queries as directory
from app.directory.catalogue import ANY, BY_ID, BY_SLUG, SPECIALTIES
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db
from app.doors.where import locate
from app.finder import cursor, queries, when
from app.finder.asking import at_point, clean, located
from app.finder.criteria import DEFAULT_RADIUS_KM, SearchCriteria
from app.finder.free import FreeTimes
from app.finder.understanding import understand
from app.places.queries import suggest
from app.places.results import Geocoded
from app.scheduling.quanta import ceil_quantum, instant_of

api = APIBlueprint("api_directory", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="finder")])

OLDEST_CURSOR = 12
"""Quanta after which a page's cursor is too old for "soonest": an hour."""


@api.before_request
def once_each() -> None:
    """A parameter that comes twice could mean either: we do not guess."""
    again = sorted(name for name in request.args if len(request.args.getlist(name)) > 1)
    if again:
        raise Invalid(f"“{again[0][:40]}” may be given once.", field=again[0][:40], code="repeated-parameter")


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")


@api.get("/specialties", responses={"200": Specialties})
@audience("public")
def specialties() -> Response:
    """What therapists work on, and with which techniques."""
    return _json([{**specialty_body(each), "synonyms": each.synonyms} for each in SPECIALTIES])


@api.get("/places", responses={"200": Places, "422": PROBLEM})
@audience("public")
def places(query: PlacesQuery) -> Response:
    """Places whose name begins so, the great ones first; empty when there is none."""
    text = clean(query.q)
    found = suggest(db.session, text, 8) if text else []
    if not found and text:
        place = located(locate, text).place
        found = [place] if place else []
    return _json([place_body(each) for each in found])


@api.get("/therapists", responses={"200": Results, "404": PROBLEM, "422": PROBLEM})
@audience("public")
def therapists(query: TherapistsQuery) -> Response:
    """Who is near, nearest (or cheapest) first. Follow `next` for more: nobody is dropped or repeated."""
    geocoded = _where(query)
    place = geocoded.place
    if place is None:
        raise NotFound(geocoded.note or "We do not know that place.", code="place-unknown")
    criteria, point, at = _criteria(query), (place.lat, place.lon), now()
    search = repr((criteria, point))
    place_in_order = _after(query.cursor, search, criteria, at)
    seen_from = FreeTimes(db.session, criteria, place_in_order.now, place.time_zone)
    found = queries.search(
        db.session,
        criteria,
        point,
        listing_day(at),
        limit=query.limit,
        skip=place_in_order.number,
        after=place_in_order.key,
        free=seen_from,
    )
    known = BY_ID.get(criteria.specialty_id)
    others = [each for each in geocoded.alternatives if each.label != place.label]
    upcoming = seen_from if place_in_order.now == at else FreeTimes(db.session, criteria, at, place.time_zone)
    body = {
        "place": place_body(place),
        "alternatives": [place_body(each) for each in others],
        "note": geocoded.note or None,
        "specialty": specialty_body(known) if known else None,
        "total": found.total,
        "total_is_capped": found.total_is_capped,
        "results": _results(queries.cards(db.session, found.hits, listing_day(at), upcoming.read), upcoming),
        "next": _next(found, place_in_order, search),
    }
    return _json(body)


class _Place(NamedTuple):
    """Where a page begins: after `number` results, the last with this key, in an order that was fixed at `now`."""

    number: int
    now: datetime
    key: cursor.Key | None


def _after(text: str | None, search: str, criteria: SearchCriteria, at: datetime) -> _Place:
    """The place in the order that a cursor names. "Soonest" is seen from the first page's moment, or pages would shift."""
    if not text:
        return _Place(0, at, None)
    read = cursor.read(text, search)
    number, moment, *key = read if len(read) > 2 else (0, 0)
    age = ceil_quantum(at) - moment
    if len(key) != queries.KEY_LENGTH or (criteria.sort == "soonest" and not 0 <= age <= OLDEST_CURSOR):
        message = "This cursor is too old. Begin again without it."
        raise Invalid(message, field="cursor", code="cursor-broken")
    return _Place(number, instant_of(moment) if criteria.sort == "soonest" else at, tuple(key))


def _next(found: queries.Found, page: _Place, search: str) -> str | None:
    if not found.more:
        return None
    return cursor.written((page.number + len(found.hits), ceil_quantum(page.now), *found.hits[-1].key), search)


def _results(cards: list[dict[str, Any]], free: FreeTimes) -> list[dict[str, Any]]:
    free.ask(card["location_id"] for card in cards if card["booking_mode"] != "none")
    return [card_body(card, free.known.get(card["location_id"])) for card in cards]


@api.get("/therapists/<slug>", responses={"200": TherapistBody, "404": PROBLEM, "422": PROBLEM})
@audience("public")
def therapist(path: SlugPath) -> Response:
    """One therapist, as the public page shows them; without phone or street."""
    return _json(profile_body(directory.profile(db.session, path.slug, listing_day(now()))))


def _where(query: TherapistsQuery) -> Geocoded:
    """The place of the words or of the coordinates, of which one is given."""
    if query.lat is not None and query.lon is not None and query.where is None:
        return Geocoded(at_point(str(query.lat), str(query.lon)))
    if query.where is None or query.lat is not None or query.lon is not None:
        raise Invalid("Give `where`, or `lat` and `lon`.", field="where", code="place-missing")
    return located(locate, clean(query.where))


def _criteria(query: TherapistsQuery) -> SearchCriteria:
    technique = BY_SLUG.get(query.technique or "")
    if query.technique and (technique is None or technique.kind != "technique"):
        raise Invalid(
            "There is no such technique: see /api/v1/specialties.", field="technique", code="technique-unknown"
        )
    if query.language and query.language not in languages.BIT:
        known = ", ".join(languages.CODES)
        raise Invalid(f"The language is one of {known}.", field="language", code="language-unknown")
    first, last, part = _when(query)
    return SearchCriteria(
        specialty_id=_specialty(query.specialty),
        technique_id=technique.id if technique else ANY,
        radius_km=query.radius_km or DEFAULT_RADIUS_KM,
        minutes=query.minutes,
        max_price_cents=None if query.max_price is None else round(query.max_price * 100),
        language=query.language or None,
        gender=query.gender,
        home_visit=bool(query.home_visit),
        step_free=bool(query.step_free),
        checked=bool(query.checked),
        first=first,
        last=last,
        time=part,
        sort=query.sort or "distance",
    )


def _when(query: TherapistsQuery) -> tuple[when.Moment | None, when.Moment | None, when.PartOfDay | None]:
    first, last = days_of(query.from_, query.to)
    part = when.part_of_day(query.time) if query.time else None
    if query.time and part is None:
        message = "A time of day is morning, afternoon, evening, or like 18:00-20:00."
        raise Invalid(message, field="time", code="invalid-parameter")
    return first, last, part


def _specialty(words: str | None) -> int:
    understood = understand(clean(words or ""))
    if understood.text and understood.specialty is None:
        raise Invalid(
            "We do not know that specialty: see /api/v1/specialties.", field="specialty", code="specialty-unknown"
        )
    return understood.specialty.id if understood.specialty else ANY
