"""What scheduling holds about a person: visits, what was written about them, and wishes for a time.

It is found by the address that the account has proved: visits that were booked as a guest belong to it from then on.
What somebody else booked under the address, unconfirmed, is erased with it but not told: it may hold their words.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, exists, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.errors import DomainError
from app.core.texts import N_
from app.directory.models import Therapist
from app.directory.queries import own_therapist
from app.notifications.models import OutboxMessage
from app.notifications.outbox import add_facts, withdraw
from app.scheduling.contact import NOWHERE, email_key
from app.scheduling.models import (
    BlockedPerson,
    Booking,
    BookingMessage,
    CalendarFeed,
    ImportedBusy,
    ImportedCalendar,
    TimeOff,
    WaitlistEntry,
)
from app.scheduling.plan import LATER
from app.scheduling.services.changing import CANCELLABLE, cancel, cancel_as_therapist
from app.scheduling.services.sealed import audit_all
from app.scheduling.services.timelines import lock, rederive
from app.scheduling.services.transitions import about_visit
from app.scheduling.services.visits_link import withdraw_links
from app.scheduling.states import PATIENT, Actor

ERASED = "Erased person"
TOLD = (
    "reference", "state", "created_at", "starts_at", "ends_at", "time_zone", "service_name", "minutes", "price_cents",
    "currency", "name", "email", "phone", "visit_for", "address", "screening", "note",
)  # fmt: skip


def export(session: Session, user: User) -> dict[str, Any]:
    """Visits, what was written about them, and wishes. Needs a transaction: sealed words are read, which is recorded."""
    bookings = [each for each in _bookings(session, user) if each.verified_at]
    ids = [each.id for each in bookings]
    audit_all(session, PATIENT, "visit", ids, clock.now())
    written = session.scalars(
        select(BookingMessage).where(BookingMessage.booking_id.in_(ids)).order_by(BookingMessage.at)
    )
    wishes = session.scalars(
        select(WaitlistEntry).where(WaitlistEntry.email_key == _key(user), WaitlistEntry.proved_at.is_not(None))
    )
    return {
        "visits": [{name: getattr(each, name) for name in TOLD} for each in bookings],
        "messages": [{"at": each.at, "from": each.author, "text": each.text} for each in written],
        "waiting": [{"state": each.state, "first": each.first, "last": each.last} for each in wishes],
    }


def erase(session: Session, user: User) -> None:
    """Cancel what can still be cancelled; therapists keep when and what, never who or why."""
    now = clock.now()
    _close_practice(session, user, now)
    # Before the visits are cancelled: or the times that they leave would be offered to this very person.
    session.execute(delete(WaitlistEntry).where(WaitlistEntry.email_key == _key(user)))
    bookings = _bookings(session, user)
    for one in bookings:
        if one.state in CANCELLABLE and one.starts_at > now:
            _cancel_if_in_time(session, one.token)
    ids = [each.id for each in bookings]
    session.execute(delete(BookingMessage).where(BookingMessage.booking_id.in_(ids)))
    gone = dict.fromkeys(("email_key", "phone", "address", "screening", "note", "confirm_hash", "code_hash"))
    session.execute(update(Booking).where(Booking.id.in_(ids)).values(name=ERASED, email=NOWHERE, visit_for="", **gone))
    withdraw_links(session, _key(user))


def what_stays(session: Session, user: User) -> list[str]:
    """Sentences. That blocks stay is told to all who booked: who is blocked learns it from nobody here."""
    kept = []
    if session.scalar(select(exists().where(Booking.email_key == _key(user)))):
        kept += [
            N_(
                "When your visits were and what was booked, in your therapists' calendars. Visits to come are cancelled."
            ),
            N_(
                "If a therapist has blocked your e-mail address or phone number: that address or number alone, in the"
                " therapist's own list, so that the block holds."
            ),
        ]
    own = own_therapist(session, user.id)
    if own and session.scalar(select(exists().where(Booking.therapist_id == own.id))):
        kept.append(N_("Your patients' own records of their visits. Visits to come are cancelled, and they are told."))
    return kept


def _close_practice(session: Session, user: User, now: datetime) -> None:
    """Nobody may stand before a closed door, and no secret address may go on telling who came."""
    own = own_therapist(session, user.id)
    if own is None:
        return
    lock(session, own.id)
    waiting = update(WaitlistEntry).where(WaitlistEntry.therapist_id == own.id, WaitlistEntry.state != "booked")
    session.execute(waiting.values(state="left"))
    coming = select(Booking.id).where(
        Booking.therapist_id == own.id, Booking.starts_at > now, Booking.state.in_(CANCELLABLE)
    )
    for booking_id in session.scalars(coming.order_by(Booking.starts_at)).all():
        cancel_as_therapist(session, booking_id, Actor("therapist", own.id), "other", now)
    _leave_in_order(session, own)
    for kept in (CalendarFeed, ImportedCalendar, ImportedBusy, TimeOff, BlockedPerson):
        session.execute(delete(kept).where(kept.therapist_id == own.id))
    rederive(session, own.id, now)


def _leave_in_order(session: Session, own: Therapist) -> None:
    """Mails that are on their way still say who it was; none comes later to invite back."""
    waiting = select(OutboxMessage.about).join(
        Booking, OutboxMessage.about == about_visit("") + cast(Booking.id, String)
    )
    mine = waiting.where(Booking.therapist_id == own.id, OutboxMessage.state == "waiting").distinct()
    abouts = session.scalars(mine).all()
    for about in abouts:
        withdraw(session, about, LATER)
    add_facts(session, abouts, {"therapist_gone": own.name})


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
