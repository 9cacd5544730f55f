"""Making a booking: the hot path. Everything that is checked is checked here, for page and API alike."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy.orm import Session

from app.core.crypto import Sealed
from app.core.errors import Conflict, Invalid
from app.core.tokens import new_token
from app.core.zones import zone
from app.scheduling import contact, deadlines, safety
from app.scheduling.contact import Contact
from app.scheduling.models import Booking
from app.scheduling.queries.bookable import Bookable, bookable
from app.scheduling.queries.free_times import Rows, is_free, rows_at, series_plan, times_near
from app.scheduling.safety import Screening
from app.scheduling.series import WRONG as SERIES_WRONG
from app.scheduling.services.beginning import Keys, new_booking, new_keys
from app.scheduling.services.busy import Weeks
from app.scheduling.services.limits import check_person
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
    """A request that nothing stands against, as long as this transaction keeps the therapist's lock."""

    offer: Bookable
    ready: Prepared
    rows: Rows


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
    return book_admitted(session, admitted(session, prepared(request), now), now)


def admitted(session: Session, ready: Prepared, now: datetime) -> Admitted:
    """The offer under its therapist's lock, with a person who may have it and a time that is free in the rows."""
    one = bookable(session, ready.request.service_id, ready.request.location_id, lock=True)
    ready = replace(ready, person=contact.with_phone(ready.person, one.country))
    if one.home_visit and not ready.person.address:
        raise Invalid("Please give the address to come to.", field="address", code="address-needed")
    check_person(session, one, ready.person, now, verified=ready.request.verified)
    return Admitted(one, ready, check_free(session, one, ready.request.starts_at, now))


def book_admitted(session: Session, who: Admitted, now: datetime) -> Booked:
    """`book`, after everything was looked at: only writes."""
    return _make(session, who.offer, who.ready, now, known={at: busy for at, (_, busy) in who.rows.items()})


def book_series(session: Session, request: BookingRequest, every_weeks: int, count: int, now: datetime) -> list[Booked]:
    """Take all dates of a series, or none: Conflict `series-not-free` names the dates that are not."""
    found = admitted(session, prepared(request), now)
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


def check_screening(screening: Screening) -> None:
    """Refuse what the safety questions do not let through."""
    found = safety.evaluate(screening)
    if screening.version != safety.VERSION:
        raise Invalid(
            "The safety questions have changed. Please answer them again.", field="answers", code="answers-old"
        )
    if found.outcome == "stop":
        raise Invalid(
            "Your answers need medical help now, not a massage.",
            field="answers",
            code="emergency",
            facts={"signs": found.emergency},
        )
    if found.missing:
        raise Invalid(
            "Please answer every safety question.",
            field="answers",
            code="answers-missing",
            facts={"missing": found.missing},
        )
    if found.outcome == "choose":
        raise Invalid(
            "Please see a doctor first, or say that you want to go on.",
            field="acknowledged",
            code="see-doctor-first",
            facts={"signs": found.doctor_first},
        )


def check_free(session: Session, one: Bookable, starts_at: datetime, now: datetime, without: int | None = None) -> Rows:
    """Refuse a start that the one rule does not show; what has lapsed meanwhile is let go first. The rows that said so.

    Conflict `time-taken` with `times` close to it; Invalid when no such time could ever be booked.
    """
    from app.scheduling.services.expiry import expire_of

    _check_reach(one, starts_at, now)
    rows = rows_at(session, one, starts_at)
    if is_free(session, one, starts_at, now, without=without, rows=rows):
        return rows
    if expire_of(session, one.therapist_id, now):
        rows = rows_at(session, one, starts_at)
        if is_free(session, one, starts_at, now, without=without, rows=rows):
            return rows
    raise time_taken(session, one, starts_at, now)


def time_taken(session: Session, one: Bookable, starts_at: datetime, now: datetime) -> Conflict:
    here = zone(one.time_zone)
    near = [each.starts_at.astimezone(here) for each in times_near(session, one, starts_at, now)]
    return Conflict("That time is not free. These are close to it:", code="time-taken", facts={"times": near})


def _check_reach(one: Bookable, starts_at: datetime, now: datetime) -> None:
    if starts_at.tzinfo is None:
        raise Invalid("Give the time with its offset.", field="starts_at", code="time-naive")
    if starts_at <= now:
        raise Invalid("That time has passed.", field="starts_at", code="time-past")
    if starts_at < now + timedelta(minutes=one.minimum_notice):
        raise Invalid("That is too soon for this therapist.", field="starts_at", code="time-too-soon")
    if starts_at > now + timedelta(days=one.horizon_days):
        raise Invalid("That is further ahead than this therapist plans.", field="starts_at", code="time-too-far")
    wall = starts_at.astimezone(zone(one.time_zone))
    if wall.second or wall.microsecond or (wall.hour * 60 + wall.minute) % one.grid_minutes:
        raise Invalid("Visits do not begin at that minute.", field="starts_at", code="time-off-grid")


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
