"""The booking that is about to change, read under its therapist's lock."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.tokens import looks_like_token, token_hash
from app.scheduling.models import Booking
from app.scheduling.queries.visits import PURPOSE
from app.scheduling.services.timelines import lock
from app.scheduling.states import Actor


def of_token(session: Session, token: object) -> Booking:
    """The booking behind a visit's link; NotFound for anything else."""
    found = None
    if looks_like_token(token):
        found = session.scalar(select(Booking.id).where(Booking.token_hash == token_hash(PURPOSE, str(token))))
    if found is None:
        raise NotFound("There is no visit behind this link.", code="visit-unknown")
    return the_booking(session, found)


def of_therapist(session: Session, booking_id: int, therapist: Actor) -> Booking:
    """A therapist's own booking; another's does not exist for them."""
    booking = the_booking(session, booking_id)
    if therapist.kind != "therapist" or booking.therapist_id != therapist.id:
        raise NotFound("There is no such visit.", code="visit-unknown")
    return booking


def the_booking(session: Session, booking_id: int) -> Booking:
    therapist_id = session.scalar(select(Booking.therapist_id).where(Booking.id == booking_id))
    if therapist_id is None:
        raise NotFound("There is no such visit.", code="visit-unknown")
    lock(session, therapist_id)
    fresh = select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def of_series(session: Session, booking: Booking, *states: str) -> list[Booking]:
    """The bookings of its series in these states, in order; just itself outside a series."""
    if booking.series_id is None:
        return [booking]
    query = select(Booking).where(Booking.series_id == booking.series_id, Booking.state.in_(states))
    return list(session.scalars(query.order_by(Booking.starts_at)))
