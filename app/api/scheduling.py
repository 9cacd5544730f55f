"""Free times, and bookings by their tokens: the booking part of `/api/v1`. The same services as the pages call."""

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Response, current_app
from flask_openapi import APIBlueprint, Tag

from app.api.booking_shapes import (
    BookedBody,
    BookingBody,
    CancelBody,
    KeyHeader,
    QuestionsBody,
    RescheduleBody,
    Times,
    TimesPath,
    TimesQuery,
    TokenPath,
    VisitBody,
)
from app.api.days import Days, days_of
from app.api.shapes import PROBLEM
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.zones import zone
from app.directory import queries as directory
from app.doors.audience import audience
from app.doors.database import db, in_transaction, transaction
from app.doors.limits import limit, spend_unproved
from app.scheduling import queries, safety, services
from app.scheduling.contact import Contact
from app.scheduling.queries.bookable import Bookable
from app.scheduling.queries.elsewhere import zone_of_new_time
from app.scheduling.queries.free_times import free_times_of
from app.scheduling.queries.visits import Visit
from app.scheduling.safety import Screening, withdrawn
from app.scheduling.services import Booked, BookingRequest
from app.scheduling.states import as_told

api = APIBlueprint("api_scheduling", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="booking")])

LONGEST_RANGE = timedelta(days=62)
USUAL_RANGE = timedelta(days=14)
DAY = timedelta(days=1)
REFUSED: dict[str | int | HTTPStatus, Any] = {
    "400": PROBLEM,
    "403": PROBLEM,
    "404": PROBLEM,
    "409": PROBLEM,
    "422": PROBLEM,
}


@api.get("/safety-questions", responses={"200": QuestionsBody})
@audience("public")
def safety_questions() -> Response:
    """What must be answered before a booking, with the source of each question."""
    listed = [
        {"id": each.id, "group": each.group, "text": each.text, "source": each.source.name} for each in safety.QUESTIONS
    ]
    return _json({"version": safety.VERSION, "checked_on": safety.CHECKED_ON, "questions": listed})


@api.get("/therapists/<slug>/times", responses={"200": Times, "404": PROBLEM, "422": PROBLEM})
@audience("public")
def times(path: TimesPath, query: TimesQuery) -> Response:
    """When a service can be booked: the very times that the page shows."""
    now = clock.now()
    wanted = days_of(query.from_, query.to)
    offers = _offers(path.slug, query)
    zones = {each.time_zone for each in offers}
    found = [
        free
        for name in zones
        for free in free_times_of(
            db.session, [each for each in offers if each.time_zone == name], *_range(wanted, zone(name), now), now
        )
    ]
    found.sort(key=lambda free: (free.starts_at, free.location_id))
    body = {
        "time_zone": zones.pop() if len(zones) == 1 else None,
        "service": _service(offers[0]),
        "terms": _terms(offers[0]),
        "times": [{"starts_at": _at(each.starts_at, each.time_zone), "location": each.location_id} for each in found],
    }
    return _json(body)


@api.post("/bookings", responses=REFUSED | {"201": BookedBody})
@audience("public")
@limit("LIMIT_BOOK")
def create_booking(header: KeyHeader, body: BookingBody) -> Response:
    """Book once for a key: sent again within 24 hours, the same request gets the same answer."""
    wanted = services.keyed(header.idempotency_key, _request(body))
    if not body.contact.email and not services.is_answered(db.session, wanted, clock.now()):
        spend_unproved()
    made = in_transaction(lambda session: services.book_keyed(session, wanted, clock.now()), until_commit=True)
    return _json(_booked(made), 201, Location=f"/api/v1/bookings/{made.token}")


@api.get("/bookings/<token>", responses={"200": VisitBody, "404": PROBLEM})
@audience("public")
def booking(path: TokenPath) -> Response:
    """One booking, for whoever holds its token."""
    return _json(_visit(path.token))


@api.post("/bookings/<token>/cancel", responses=REFUSED | {"200": VisitBody, "410": PROBLEM})
@audience("public")
def cancel(path: TokenPath, body: CancelBody) -> Response:
    """Give the time back, before the cut-off."""
    with transaction() as session:
        services.cancel(session, path.token, clock.now(), scope=body.scope)
    return _json(_visit(path.token))


@api.post("/bookings/<token>/reschedule", responses=REFUSED | {"200": VisitBody, "410": PROBLEM})
@audience("public")
def reschedule(path: TokenPath, body: RescheduleBody) -> Response:
    """Ask for another time; the old one is kept until the new one is sure."""
    with transaction() as session:
        services.reschedule(session, path.token, body.starts_at, body.location, clock.now())
    return _json(_visit(path.token))


def _range(wanted: Days, here: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The instants meant, days by the venue's calendar; Invalid for more than 62 days."""
    first, last = wanted
    begins = first if isinstance(first, datetime) else datetime.combine(first, time.min, here) if first else now
    try:
        if isinstance(last, datetime):
            ends = last
        else:
            ends = datetime.combine(last + DAY, time.min, here) if last else begins + USUAL_RANGE
        too_long = ends - begins > LONGEST_RANGE
    except OverflowError:
        too_long, ends = True, begins
    if too_long:
        raise Invalid("Please ask for at most 62 days at once.", field="to", code="range-too-long")
    return begins, ends


def _offers(slug: str, query: TimesQuery) -> list[Bookable]:
    therapist_id = directory.therapist_by_slug(db.session, slug).id
    offers = queries.bookables(db.session, query.service, query.location)
    offers = [each for each in offers if each.therapist_id == therapist_id]
    if not offers:
        raise NotFound("This service is not on offer here.", code="service-unknown")
    return offers


def _request(body: BookingBody) -> BookingRequest:
    person, said = body.contact, body.screening
    return BookingRequest(
        service_id=body.service,
        location_id=body.location,
        starts_at=body.starts_at,
        contact=Contact(person.name, person.email, person.phone, body.visit_for, body.address, body.language),
        screening=Screening(said.answers, withdrawn(said.answers, said.changed), said.acknowledged, said.version),
        note=body.note,
    )


def _booked(made: Booked) -> dict[str, Any]:
    return {
        "token": made.token,
        "reference": made.reference,
        "state": made.state,
        "starts_at": _at(made.starts_at, made.time_zone),
        "time_zone": made.time_zone,
        "expires_at": made.expires_at and _at(made.expires_at, made.time_zone),
        "url": _url(made.token),
    }


def _visit(token: str) -> dict[str, Any]:
    one = queries.visit(db.session, token)
    street = ", ".join(
        part for part in (one.street, one.unit, one.city, f"{one.region} {one.postcode}".strip()) if part
    )
    return {
        "token": token,
        "reference": one.reference,
        "state": as_told(one.state, one.expires_at, clock.now()),
        "starts_at": _at(one.starts_at, one.time_zone),
        "ends_at": _at(one.ends_at, one.time_zone),
        "time_zone": one.time_zone,
        "expires_at": one.expires_at and _at(one.expires_at, one.time_zone),
        "url": _url(token),
        "therapist": one.therapist_slug,
        "service": one.service_name,
        "minutes": one.minutes,
        "price": None if one.price_cents is None else one.price_cents / 100,
        "currency": one.currency,
        "address": street if one.address_shown and one.location_kind == "practice" else None,
        "asked_for": one.new_starts_at and _at(one.new_starts_at, _zone_of_new_time(one)),
    }


def _zone_of_new_time(one: Visit) -> str:
    return zone_of_new_time(db.session, one.id) or one.time_zone


def _service(one: Bookable) -> dict[str, Any]:
    price = None if one.price_cents is None else one.price_cents / 100
    facts = {"id": one.service_id, "name": one.service_name, "minutes": one.minutes}
    return {**facts, "price": price, "currency": one.currency}


def _terms(one: Bookable) -> dict[str, Any]:
    return {
        "booking": one.booking_mode,
        "cancel_cutoff": one.cancel_cutoff,
        "reschedule_cutoff": one.reschedule_cutoff,
        "accept_hours": one.accept_hours,
    }


def _at(moment: datetime, zone_name: str) -> datetime:
    """The instant with the venue's offset."""
    return moment.astimezone(zone(zone_name))


def _url(token: str) -> str:
    base: str = current_app.config["SETTINGS"].base_url
    return f"{base}/visits/{token}"


def _json(body: object, status: int = 200, **headers: str) -> Response:
    return Response(orjson.dumps(body), status=status, mimetype="application/json", headers=headers)
