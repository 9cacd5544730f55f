"""What was not answered in time."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.core.errors import DomainError
from app.core.logs import logger
from app.scheduling.models import Booking
from app.scheduling.services.offers import offer_freed, offering_what_is_left
from app.scheduling.services.timelines import lock
from app.scheduling.services.transitions import NO_NEW_TIME, together, transition
from app.scheduling.states import OPEN, SYSTEM

log = logger("unknot.expiry")


def expire_due(session: Session, now: datetime, limit: int = 200) -> int:
    """Let every held or requested booking, and every other time asked for, go whose deadline has passed."""
    therapists = session.scalars(
        select(Booking.therapist_id).where(_due(now)).order_by(Booking.therapist_id).distinct().limit(limit)
    ).all()
    return sum(_expire_alone(session, therapist_id, now) for therapist_id in therapists)


def expire_of(session: Session, therapist_id: int, now: datetime) -> int:
    """The same for one therapist, whose lock the caller holds."""
    due = session.scalars(
        select(Booking).where(Booking.therapist_id == therapist_id, _due(now)).order_by(Booking.id)
    ).all()
    for chosen in _told_at_once(due):
        for number, booking in enumerate(chosen):
            if booking.state in OPEN:
                transition(session, booking, "expire", SYSTEM, now, facts=together(chosen), quiet=number > 0)
            else:
                _lapse(session, booking, now)
    for booking in due:
        offer_freed(session, booking, now)
    return len(due)


def _told_at_once(due: Iterable[Booking]) -> list[list[Booking]]:
    """The dates of a series that end without an answer are told of in one message; everything else stands alone."""
    groups: dict[str | int, list[Booking]] = {}
    for booking in due:
        groups.setdefault(booking.series_id if booking.series_id and booking.state in OPEN else booking.id, []).append(
            booking
        )
    return list(groups.values())


def _lapse(session: Session, booking: Booking, now: datetime) -> None:
    with offering_what_is_left(session, booking, now):
        transition(session, booking, "lapse_move", SYSTEM, now, changes=NO_NEW_TIME)


def _expire_alone(session: Session, therapist_id: int, now: datetime) -> int:
    """What cannot be let go for one therapist is said in the log, and holds up nobody else's."""
    try:
        with session.begin_nested():
            lock(session, therapist_id)
            return expire_of(session, therapist_id, now)
    except DomainError:
        log.exception("not expired", therapist=therapist_id)
        return 0


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Booking.state.in_(sorted(OPEN)), Booking.expires_at <= now),
        and_(Booking.state == "confirmed", Booking.new_expires_at <= now),
    )
