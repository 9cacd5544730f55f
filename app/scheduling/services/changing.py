"""Cancelling and moving a visit, by either side."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.core.errors import Conflict, Forbidden, Gone, Invalid
from app.scheduling import deadlines
from app.scheduling.models import Booking
from app.scheduling.queries.bookable import Bookable
from app.scheduling.services.answering import check_in_time, place
from app.scheduling.services.beginning import on_the_wall, when
from app.scheduling.services.checks import check_free
from app.scheduling.services.offers import offer_freed, offering_what_is_left
from app.scheduling.services.subject import of_series, of_therapist, of_token
from app.scheduling.services.transitions import NO_NEW_TIME, together, transition
from app.scheduling.states import PATIENT, Actor

Scope = Literal["one", "rest", "all"]
CANCELLABLE = ("held", "requested", "confirmed")


def cancel(session: Session, token: object, now: datetime, *, scope: Scope = "one") -> list[int]:
    """The patient cancels this visit, this and the rest of its series, or all that is still to come.

    Forbidden `past-cutoff` when it is too late for this one; in a series, dates past the cut-off stay.
    """
    booking = of_token(session, token)
    _check_cutoff(booking, booking.cancel_cutoff, now)
    return _cancel(session, _chosen(session, booking, scope, now), PATIENT, "", now)


def cancel_as_therapist(
    session: Session, booking_id: int, therapist: Actor, reason: str, now: datetime, *, scope: Scope = "one"
) -> list[int]:
    """The therapist cancels; no cut-off holds for them."""
    booking = of_therapist(session, booking_id, therapist)
    return _cancel(session, _chosen(session, booking, scope, now, exempt=True), therapist, reason, now)


def reschedule(session: Session, token: object, starts_at: datetime, location_id: int, now: datetime) -> str:
    """The patient asks for another time: "moved" at once (a request, or an instant therapist), else "asked".

    While it is asked, both times are kept. Asking again replaces the time that was asked for.
    """
    booking = of_token(session, token)
    check_in_time(booking, now)
    _check_cutoff(booking, booking.reschedule_cutoff, now)
    _check_another(booking, starts_at, location_id)
    one = place(session, booking, location_id)
    check_free(session, one, starts_at, now, without=booking.id)
    if booking.state == "requested":
        deadline = _no_later(booking, deadlines.accept_by(now, starts_at, one.accept_hours))
        _move(session, booking, one, starts_at, PATIENT, now, expires_at=deadline)
        return "moved"
    if one.booking_mode == "instant" and booking.state == "confirmed":
        _move(session, booking, one, starts_at, PATIENT, now)
        return "moved"
    _ask(session, booking, one, starts_at, PATIENT, now)
    return "asked"


def reschedule_as_therapist(
    session: Session, booking_id: int, therapist: Actor, starts_at: datetime, location_id: int, now: datetime
) -> None:
    """The therapist asks the patient for another time; the old one is kept until the patient agrees."""
    booking = of_therapist(session, booking_id, therapist)
    check_in_time(booking, now)
    _check_another(booking, starts_at, location_id)
    one = place(session, booking, location_id, by_owner=True)
    check_free(session, one._replace(minimum_notice=0), starts_at, now, without=booking.id)
    _ask(session, booking, one, starts_at, therapist, now)


def move_as_therapist(
    session: Session, booking_id: int, therapist: Actor, starts_at: datetime, location_id: int, now: datetime
) -> None:
    """Move a visit at once, as agreed with the person by phone; they get a mail all the same."""
    booking = of_therapist(session, booking_id, therapist)
    check_in_time(booking, now)
    if booking.starts_at <= now:
        raise Gone("This visit has begun.", code="too-late")
    _check_another(booking, starts_at, location_id)
    one = place(session, booking, location_id, by_owner=True)
    check_free(session, one._replace(minimum_notice=0), starts_at, now, without=booking.id)
    _move(session, booking, one, starts_at, therapist, now)


def agree_to_move(session: Session, token: object, now: datetime) -> None:
    """The patient agrees to the therapist's other time."""
    _agree(session, of_token(session, token), PATIENT, now)


def agree_to_move_as_therapist(session: Session, booking_id: int, therapist: Actor, now: datetime) -> None:
    """The therapist agrees to the patient's other time."""
    _agree(session, of_therapist(session, booking_id, therapist), therapist, now)


def refuse_move(session: Session, token: object, now: datetime) -> None:
    """The patient keeps the old time (or takes back an own wish to move)."""
    _refuse(session, of_token(session, token), PATIENT, now)


def refuse_move_as_therapist(session: Session, booking_id: int, therapist: Actor, now: datetime) -> None:
    _refuse(session, of_therapist(session, booking_id, therapist), therapist, now)


def _chosen(session: Session, booking: Booking, scope: Scope, now: datetime, *, exempt: bool = False) -> list[Booking]:
    """The visits that are meant and still to come; those past their cut-off only for who is `exempt` from it."""
    if scope == "one" or booking.series_id is None:
        return [booking]
    whole = of_series(session, booking, *CANCELLABLE)
    later = [each for each in whole if scope == "all" or each.starts_at >= booking.starts_at]
    return [each for each in later if each is booking or _in_time(each, 0 if exempt else each.cancel_cutoff, now)]


def _cancel(session: Session, chosen: list[Booking], actor: Actor, reason: str, now: datetime) -> list[int]:
    for number, each in enumerate(chosen):
        transition(session, each, "cancel", actor, now, reason=reason, facts=together(chosen), quiet=number > 0)
    for each in chosen:
        offer_freed(session, each, now)
    return [each.id for each in chosen]


def _in_time(booking: Booking, cutoff: int, now: datetime) -> bool:
    """Only an agreed visit has a cut-off: what nobody accepted yet may be taken back until it begins."""
    return deadlines.before_cutoff(now, booking.starts_at, cutoff if booking.state == "confirmed" else 0)


def _check_cutoff(booking: Booking, cutoff: int, now: datetime) -> None:
    if not _in_time(booking, cutoff, now):
        raise Forbidden("It is too late to change this visit online. Please call.", code="past-cutoff")


def _check_another(booking: Booking, starts_at: datetime, location_id: int) -> None:
    """Nobody is mailed about a move that is none."""
    if (booking.starts_at, booking.location_id) == (starts_at, location_id):
        raise Invalid("That is when the visit is already. Choose another time.", field="starts_at", code="same-time")


def _no_later(booking: Booking, deadline: datetime) -> datetime:
    """A move wins no time: else a request that is moved again and again would keep its place for ever."""
    return min(booking.expires_at, deadline) if booking.expires_at else deadline


def _move(
    session: Session,
    booking: Booking,
    one: Bookable,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> None:
    changes = {
        **NO_NEW_TIME,
        **when(starts_at, booking.minutes, one.time_zone),
        "location_id": one.location_id,
        "expires_at": expires_at,
        "offered_times": None,
    }
    with offering_what_is_left(session, booking, now):
        transition(session, booking, "move", actor, now, changes=changes)


def _ask(session: Session, booking: Booking, one: Bookable, starts_at: datetime, actor: Actor, now: datetime) -> None:
    if booking.starts_at <= now:
        raise Gone("This visit has begun.", code="too-late")
    deadline = min(deadlines.accept_by(now, starts_at, one.accept_hours), booking.starts_at)
    changes = {
        "new_starts_at": starts_at,
        "new_wall_start": on_the_wall(starts_at, one.time_zone),
        "new_location_id": one.location_id,
        "new_by": actor.kind,
        "new_expires_at": deadline,
    }
    facts = {"new_at": starts_at.isoformat(), "new_zone": one.time_zone}
    with offering_what_is_left(session, booking, now):
        transition(session, booking, "ask_move", actor, now, changes=changes, facts=facts)


def _agree(session: Session, booking: Booking, actor: Actor, now: datetime) -> None:
    if booking.new_starts_at is None or booking.new_location_id is None or booking.new_by == actor.kind:
        raise Conflict("There is no other time to agree to.", code="wrong-state")
    check_in_time(booking, now)
    if booking.new_expires_at and booking.new_expires_at <= now:
        raise Gone("The deadline for the other time has passed.", code="too-late")
    one = place(session, booking, booking.new_location_id, by_owner=True)
    _move(session, booking, one, booking.new_starts_at, actor, now)


def _refuse(session: Session, booking: Booking, actor: Actor, now: datetime) -> None:
    if booking.new_starts_at is None:
        raise Conflict("There is no other time to refuse.", code="wrong-state")
    with offering_what_is_left(session, booking, now):
        transition(session, booking, "refuse_move", actor, now, changes=NO_NEW_TIME)
