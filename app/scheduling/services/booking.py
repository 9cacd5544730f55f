"""Making a booking: the hot path. Everything that is checked is checked here, for page and API alike."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from app.core.crypto import Sealed
from app.core.errors import Conflict, Invalid
from app.core.statements import Asked, at_once
from app.core.tokens import new_token
from app.scheduling import contact, deadlines, safety
from app.scheduling.contact import Contact
from app.scheduling.models import Booking
from app.scheduling.queries.bookable import Bookable, ask_bookable, bookable, bookable_in
from app.scheduling.queries.free_times import Rows, ask_rows_at, rows_in, series_plan
from app.scheduling.safety import Screening
from app.scheduling.series import WRONG as SERIES_WRONG
from app.scheduling.services.beginning import Keys, ask_id, new_booking, new_keys
from app.scheduling.services.busy import Weeks
from app.scheduling.services.checks import check_free, check_reach, check_screening, free_rows
from app.scheduling.services.limits import ask_person, check_person
from app.scheduling.services.transitions import transition
from app.scheduling.states import PATIENT, Action, Actor

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What a person asks for. Prices, minutes and buffers are the service's: nobody sends them.

    `verified`: the door knows that the address is this person's (signed in with it).
    """

    service_id: int
    location_id: int
    starts_at: datetime
    contact: Contact
    screening: Screening
    note: str = ""
    referral_id: int | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of a request. `token` opens `/visits/<token>`; `expires_at` is the deadline of what is not yet sure."""

    id: int
    reference: str
    token: str
    state: str
    starts_at: datetime
    time_zone: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was looked at as far as that goes without the database: nobody waits for this work.

    What will be sealed is sealed already.
    """

    request: BookingRequest
    person: Contact
    keys: Keys
    note: str | None
    screening: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that nothing stands against, as long as this transaction keeps the therapist's lock.

    `id` is that of the booking to come, where the database has given it already.
    """

    offer: Bookable
    ready: Prepared
    rows: Rows
    id: int | None = None


def prepared(request: BookingRequest) -> Prepared:
    """The request, its safety questions passed and its contact tidied; Invalid as `book`."""
    check_screening(request.screening)
    screening = Sealed(orjson.dumps(safety.to_facts(request.screening)).decode())
    return Prepared(request, contact.tidied(request.contact), new_keys(), _note(request), screening)


def book(session: Session, request: BookingRequest, now: datetime) -> Booked:
    """Take a time: held until the address is confirmed, or requested, or confirmed at once.

    Invalid names the field; `code` is emergency, see-doctor-first or answers-missing for the safety questions.
    Conflict `time-taken` carries fresh `times`; NotFound when the service is not on offer there.
    """
    return book_admitted(session, _admitted(session, prepared(request), now), now)


def ask_offer(session: Session, ready: Prepared) -> Asked:
    """What is wanted, under its therapist's lock, for `admitted`."""
    return ask_bookable(session, ready.request.service_id, ready.request.location_id, lock=True)


def admitted(session: Session, ready: Prepared, offer: Asked, now: datetime) -> Admitted:
    """The offer, with a person who may have it and a time that is free in the rows."""
    request, one = ready.request, bookable_in(offer)
    ready = replace(ready, person=contact.with_phone(ready.person, one.country))
    contact.read_address(ready.person.address, needed=one.home_visit)
    check_reach(one, request.starts_at, now)
    with at_once(session):
        person = ask_person(session, one, ready.person, now, verified=request.verified)
        rows, number = ask_rows_at(session, one, request.starts_at), ask_id(session)
    check_person(session, person, one, ready.person, now, verified=request.verified)
    free = free_rows(session, one, request.starts_at, now, rows_in(rows))
    return Admitted(one, ready, free, number.rows()[0][0] if number else None)


def _admitted(session: Session, ready: Prepared, now: datetime) -> Admitted:
    return admitted(session, ready, ask_offer(session, ready), now)


def book_admitted(session: Session, who: Admitted, now: datetime) -> Booked:
    """`book`, after everything was looked at: only writes."""
    known = {at: busy for at, (_, busy) in who.rows.items()}
    return _make(session, who.offer, who.ready, now, known=known, booking_id=who.id)


def book_series(session: Session, request: BookingRequest, every_weeks: int, count: int, now: datetime) -> list[Booked]:
    """Take all dates of a series, or none: Conflict `series-not-free` names the dates that are not."""
    found = _admitted(session, prepared(request), now)
    one, ready = found.offer, found.ready
    if not ready.person.email:
        raise Invalid("Please leave an e-mail address to book several dates.", field="email", code="email-needed")
    try:
        plan = series_plan(session, one, request.starts_at, every_weeks, count, now)
    except ValueError as error:
        raise Invalid(SERIES_WRONG, field="count", code="series-wrong") from error
    taken = [each.starts_at for each in plan if not each.free]
    if taken:
        raise Conflict("Some of these dates are not free.", code="series-not-free", facts={"dates": taken})
    series_id = new_token()
    return [
        _make(
            session,
            one,
            replace(ready, keys=new_keys()),
            now,
            starts_at=each.starts_at,
            series_id=series_id,
            quiet=number > 0,
        )
        for number, each in enumerate(plan)
    ]


def enter(session: Session, request: BookingRequest, therapist: Actor, now: datetime) -> Booked:
    """A therapist's own entry, for somebody who called: confirmed at once, without safety questions or notice."""
    one = bookable(session, request.service_id, request.location_id, lock=True, by_owner=True)
    if one.therapist_id != therapist.id:
        raise Invalid("This is not your service.", field="service", code="not-yours")
    check_free(session, one._replace(minimum_notice=0), request.starts_at, now)
    ready = Prepared(request, contact.checked(request.contact, one.country), new_keys(), _note(request))
    return _make(session, one, ready, now, actor=therapist)


def _first_action(one: Bookable, request: BookingRequest, person: Contact, actor: Actor) -> Action:
    if actor.kind == "therapist":
        return "confirm"
    if not person.email:
        if one.booking_mode == "instant":
            raise Invalid("Please leave an e-mail address to book here.", field="email", code="email-needed")
        return "request"
    if not request.verified:
        return "hold"
    return "confirm" if one.booking_mode == "instant" else "request"


def _make(
    session: Session,
    one: Bookable,
    ready: Prepared,
    now: datetime,
    *,
    actor: Actor = PATIENT,
    starts_at: datetime | None = None,
    series_id: str | None = None,
    quiet: bool = False,
    known: Mapping[int, Weeks] | None = None,
    booking_id: int | None = None,
) -> Booked:
    request, person, keys = ready.request, ready.person, ready.keys
    at = starts_at or request.starts_at
    action = _first_action(one, request, person, actor)
    secret = action == "hold" and not quiet
    booking = new_booking(
        one,
        at,
        person,
        keys,
        expires_at=_deadline(action, one, person, at, now),
        created_at=now,
        series_id=series_id,
        verified_at=now if request.verified or actor.kind == "therapist" else None,
        screening=ready.screening,
        note=ready.note,
        referral_id=request.referral_id,
        **({} if booking_id is None else {"id": booking_id}),
        **(keys.confirmation.columns if secret else {}),
    )
    facts = keys.confirmation.facts if secret else {}
    if series_id:
        facts["series"] = series_id
    transition(session, booking, action, actor, now, facts=facts, quiet=quiet, known=known)
    return booked(booking)


def _note(request: BookingRequest) -> str | None:
    note = request.note.strip()[:LONGEST_NOTE]
    return Sealed(note) if note else None


def _deadline(action: Action, one: Bookable, person: Contact, at: datetime, now: datetime) -> datetime | None:
    if action == "hold":
        return deadlines.hold_until(now, at)
    hours = deadlines.hours_to_accept(one.accept_hours, proved=person.email is not None)
    return deadlines.accept_by(now, at, hours) if action == "request" else None


def booked(booking: Booking) -> Booked:
    return Booked(
        booking.id,
        booking.reference,
        booking.token,
        booking.state,
        booking.starts_at,
        booking.time_zone,
        booking.expires_at,
    )


def fingerprint(request: BookingRequest) -> str:
    """The same for the same parameters, whatever their order."""
    return hashlib.sha256(orjson.dumps(request, default=sorted, option=orjson.OPT_SORT_KEYS)).hexdigest()
