"""What a therapist answers: accept, decline, other times, attended, no-show."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy.orm import Session

from app.core.errors import Gone, Invalid
from app.scheduling.models import Booking
from app.scheduling.queries.bookable import Bookable, bookable
from app.scheduling.services.beginning import on_the_wall, when
from app.scheduling.services.checks import check_free
from app.scheduling.services.offers import offer_freed, offering_what_is_left
from app.scheduling.services.subject import of_series, of_therapist, of_token
from app.scheduling.services.transitions import together, transition
from app.scheduling.states import PATIENT, Action, Actor

Reason = Literal["fully_booked", "not_my_field", "see_doctor", "no_new_patients", "other"]
REASONS: Final[tuple[Reason, ...]] = ("fully_booked", "not_my_field", "see_doctor", "no_new_patients", "other")
MOST_OTHER_TIMES = 3


def accept(
    session: Session, booking_id: int, therapist: Actor, now: datetime, *, whole_series: bool = False
) -> list[int]:
    """Accept a request, or every one of its series; the ids of what is confirmed now."""
    booking = of_therapist(session, booking_id, therapist)
    check_in_time(booking, now)
    chosen = of_series(session, booking, "requested") if whole_series else [booking]
    for each in chosen:
        check_in_time(each, now)
    for number, each in enumerate(chosen):
        transition(session, each, "accept", therapist, now, facts=together(chosen), quiet=number > 0)
    return [each.id for each in chosen]


def decline(
    session: Session, booking_id: int, therapist: Actor, reason: str, now: datetime, *, whole_series: bool = False
) -> None:
    """Decline a request with a reason from the short list; its time is free at once."""
    if reason not in REASONS:
        raise Invalid("Choose a reason from the list.", field="reason", code="reason-unknown")
    booking = of_therapist(session, booking_id, therapist)
    chosen = of_series(session, booking, "requested") if whole_series else [booking]
    for number, each in enumerate(chosen):
        transition(session, each, "decline", therapist, now, reason=reason, facts=together(chosen), quiet=number > 0)
    for each in chosen:
        offer_freed(session, each, now)


def offer_other_times(
    session: Session, booking_id: int, therapist: Actor, starts: Sequence[datetime], location_id: int, now: datetime
) -> None:
    """Offer up to three other times instead. They stay bookable for all until the patient takes one."""
    booking = of_therapist(session, booking_id, therapist)
    check_in_time(booking, now)
    if not 1 <= len(set(starts)) <= MOST_OTHER_TIMES:
        raise Invalid("Offer one to three times.", field="times", code="times-count")
    one = place(session, booking, location_id, by_owner=True)
    for each in starts:
        check_free(session, one, each, now, without=booking.id)
    offered = json.dumps(
        [[each.isoformat(), location_id, on_the_wall(each, one.time_zone)] for each in sorted(set(starts))]
    )
    transition(session, booking, "offer_times", therapist, now, changes={"offered_times": offered})


def take_other_time(session: Session, token: object, starts_at: datetime, now: datetime) -> None:
    """The patient takes one of the offered times: confirmed, as the therapist has agreed to it already."""
    booking = of_token(session, token)
    check_in_time(booking, now)
    offered = {datetime.fromisoformat(at): where for at, where, *_ in json.loads(booking.offered_times or "[]")}
    if starts_at not in offered:
        raise Invalid("This time was not offered.", field="starts_at", code="time-not-offered")
    one = place(session, booking, offered[starts_at])
    check_free(session, one, starts_at, now, without=booking.id)
    changes = {**when(starts_at, booking.minutes, one.time_zone), "location_id": one.location_id, "offered_times": None}
    with offering_what_is_left(session, booking, now):
        transition(session, booking, "confirm", PATIENT, now, changes=changes)


def attended(session: Session, booking_id: int, therapist: Actor, now: datetime) -> None:
    """The visit took place. Another time that somebody asked for is let go."""
    _say_who_came(session, booking_id, "attend", therapist, now)


def no_show(session: Session, booking_id: int, therapist: Actor, now: datetime) -> None:
    """The person did not come; they are not told. Another time that somebody asked for is let go."""
    _say_who_came(session, booking_id, "miss", therapist, now)


def _say_who_came(session: Session, booking_id: int, said: Action, therapist: Actor, now: datetime) -> None:
    booking = of_therapist(session, booking_id, therapist)
    _check_begun(booking, now)
    with offering_what_is_left(session, booking, now):
        transition(session, booking, said, therapist, now)


def place(session: Session, booking: Booking, location_id: int, *, by_owner: bool = False) -> Bookable:
    """Where a booking may move to: what was agreed stays, whatever the service says by now."""
    if booking.service_id is None:
        raise Gone("This treatment is not offered any more.", code="not-bookable")
    return bookable(session, booking.service_id, location_id, by_owner=by_owner)._replace(
        minutes=booking.minutes, buffer_before=booking.buffer_before, buffer_after=booking.buffer_after
    )


def as_agreed(session: Session, booking_id: int, location_id: int, *, by_owner: bool = False) -> Bookable:
    """What a visit needs at a place it may move to: minutes and buffers as they were agreed."""
    return place(session, session.get_one(Booking, booking_id), location_id, by_owner=by_owner)


def check_in_time(booking: Booking, now: datetime) -> None:
    """Refuse a request whose deadline has passed, also before anybody swept it up."""
    if booking.state == "requested" and booking.expires_at and booking.expires_at <= now:
        raise Gone("The deadline for this request has passed.", code="too-late")


def _check_begun(booking: Booking, now: datetime) -> None:
    if now < booking.starts_at - timedelta(minutes=15):
        raise Invalid("This visit has not begun yet.", field="state", code="too-early")
