"""An account has a new address: what was booked under the old one can go with it."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.scheduling.contact import email_key
from app.scheduling.models import BlockedPerson, Booking, WaitlistEntry
from app.scheduling.services.limits import lock_person
from app.scheduling.services.timelines import lock
from app.scheduling.services.transitions import transition
from app.scheduling.states import Actor

CHANGING = ("requested", "confirmed")
"""These can still change, and their history tells of the new address; the others only go along."""


def booked_under(session: Session, email: str) -> int:
    """How many confirmed-by-mail visits and wishes for a time belong to an address."""
    key = email_key(email)
    visits = select(func.count()).where(Booking.email_key == key, Booking.verified_at.is_not(None))
    waits = WaitlistEntry.state.in_(("waiting", "offered")) & WaitlistEntry.proved_at.is_not(None)
    wishes = select(func.count()).where(WaitlistEntry.email_key == key, waits)
    return (session.scalar(visits) or 0) + (session.scalar(wishes) or 0)


def take_along(session: Session, old: str, new: str, person: Actor, now: datetime) -> None:
    """Let visits and wishes of `old` belong to `new`, with every mail that is still to come.

    The caller has proved both addresses. What nobody confirmed under `old` stays there. A therapist who blocked the old
    address has blocked the new one too.
    """
    was, becomes = email_key(old), email_key(new)
    if was == becomes:
        return
    mine = (Booking.email_key == was, Booking.verified_at.is_not(None))
    for therapist_id in session.scalars(
        select(Booking.therapist_id).where(*mine).distinct().order_by(Booking.therapist_id)
    ):
        lock(session, therapist_id)
    lock_person(session, was, becomes)
    address = {"email": new, "email_key": becomes}
    changing = select(Booking).where(*mine, Booking.state.in_(CHANGING)).order_by(Booking.id)
    for booking in session.scalars(changing.execution_options(populate_existing=True)).all():
        transition(session, booking, "new_address", person, now, changes=address, quiet=True)
    session.execute(update(Booking).where(*mine).values(**address))
    wishes = update(WaitlistEntry).where(WaitlistEntry.email_key == was, WaitlistEntry.proved_at.is_not(None))
    session.execute(wishes.values(**address))
    _block_too(session, was, becomes)


def _block_too(session: Session, was: str, becomes: str) -> None:
    have = select(BlockedPerson.therapist_id).where(BlockedPerson.value == becomes)
    missing = select(BlockedPerson.therapist_id).where(
        BlockedPerson.value == was, BlockedPerson.therapist_id.not_in(have)
    )
    for therapist_id in session.scalars(missing).all():
        session.execute(insert(BlockedPerson).values(therapist_id=therapist_id, value=becomes))
