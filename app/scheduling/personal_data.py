"""What scheduling holds about a person: visits, what was written about them, and wishes for a time.

It is found by the address that the account has proved: visits that were booked as a guest belong to it from then on.
What somebody else booked under the address, unconfirmed, is erased with it but not told: it may hold their words.
"""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.errors import DomainError
from app.scheduling.contact import email_key
from app.scheduling.models import Booking, BookingMessage, VisitsLink, WaitlistEntry
from app.scheduling.services.changing import CANCELLABLE, cancel

ERASED = "Erased person"
NOWHERE = "erased@erased.invalid"
"""A booking must be reachable; this address never is (RFC 2606)."""
TOLD = (
    "reference", "state", "created_at", "starts_at", "ends_at", "time_zone", "service_name", "minutes", "price_cents",
    "currency", "name", "email", "phone", "visit_for", "address", "screening", "note",
)  # fmt: skip


def export(session: Session, user: User) -> dict[str, Any]:
    bookings = [each for each in _bookings(session, user) if each.verified_at]
    ids = [each.id for each in bookings]
    written = session.scalars(
        select(BookingMessage).where(BookingMessage.booking_id.in_(ids)).order_by(BookingMessage.at)
    )
    wishes = session.scalars(select(WaitlistEntry).where(WaitlistEntry.email_key == _key(user)))
    return {
        "visits": [{name: getattr(each, name) for name in TOLD} for each in bookings],
        "messages": [{"at": each.at, "from": each.author, "text": each.text} for each in written],
        "waiting": [{"state": each.state, "first": each.first, "last": each.last} for each in wishes],
    }


def erase(session: Session, user: User) -> None:
    """Cancel what can still be cancelled; therapists keep when and what, never who or why."""
    bookings = _bookings(session, user)
    now = clock.now()
    for one in bookings:
        if one.state in CANCELLABLE and one.starts_at > now:
            _cancel_if_in_time(session, one.token)
    ids = [each.id for each in bookings]
    session.execute(delete(BookingMessage).where(BookingMessage.booking_id.in_(ids)))
    gone = dict.fromkeys(("email_key", "phone", "address", "screening", "note", "confirm_hash", "code_hash"))
    session.execute(update(Booking).where(Booking.id.in_(ids)).values(name=ERASED, email=NOWHERE, visit_for="", **gone))
    session.execute(delete(WaitlistEntry).where(WaitlistEntry.email_key == _key(user)))
    session.execute(delete(VisitsLink).where(VisitsLink.email_key == _key(user)))


def what_stays(session: Session, user: User) -> list[str]:
    count = session.scalar(select(func.count()).select_from(Booking).where(Booking.email_key == _key(user)))
    if not count:
        return []
    return ["When your visits were and what was booked, in your therapists' calendars. Visits to come are cancelled."]


def _cancel_if_in_time(session: Session, token: str) -> None:
    """Past the deadline a visit stays in the therapist's calendar, without the person."""
    try:
        cancel(session, token, clock.now())
    except DomainError:
        return


def _bookings(session: Session, user: User) -> list[Booking]:
    return list(session.scalars(select(Booking).where(Booking.email_key == _key(user)).order_by(Booking.starts_at)))


def _key(user: User) -> str:
    return email_key(user.email)
