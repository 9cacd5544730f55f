"""How a freed time is offered in turn to those who wait. An offer is a held booking, so the time is theirs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.errors import Gone
from app.core.zones import zone
from app.scheduling import deadlines
from app.scheduling.contact import Contact
from app.scheduling.models import BlockedPerson, Booking, WaitlistEntry, WaitlistOffer
from app.scheduling.queries.bookable import Bookable, bookables
from app.scheduling.queries.free_times import FreeTime, free_times_of
from app.scheduling.services.beginning import new_booking, new_keys
from app.scheduling.services.transitions import transition
from app.scheduling.states import ENDED, SYSTEM
from app.scheduling.waiting import Wish, suits


def offer_freed(session: Session, freed: Booking, now: datetime) -> int | None:
    """Offer the time that a booking gave back to the first who waits for it; the held booking's id, if there is one.

    Also what puts the next in turn: an offer that lapses is a freed time again. The caller holds the therapist's lock.
    """
    _wait_again(session, freed)
    return _offer_window(session, freed, freed.starts_at, now) if freed.state in ENDED else None


@contextmanager
def offering_what_is_left(session: Session, booking: Booking, now: datetime) -> Iterator[None]:
    """Around a change: a time that the booking had and has no more is offered to the first who waits for it."""
    had = starts_of(booking)
    yield
    for at in had - starts_of(booking):
        _offer_window(session, booking, at, now)


def starts_of(booking: Booking) -> set[datetime]:
    """Its time, and the other time that is kept while somebody has asked for it."""
    return {at for at in (booking.starts_at, booking.new_starts_at) if at}


def _offer_window(session: Session, freed: Booking, starts_at: datetime, now: datetime) -> int | None:
    if starts_at <= now:
        return None
    window = starts_at - timedelta(minutes=freed.buffer_before), starts_at + timedelta(minutes=freed.minutes)
    for entry in _in_turn(session, freed.therapist_id):
        at = _first_suiting(session, entry, window, now)
        if at:
            return _offer(session, entry, *at, now)
    return None


def _in_turn(session: Session, therapist_id: int) -> Sequence[WaitlistEntry]:
    """Who waits and has proved the address, the longest first; whom the therapist blocked waits for nothing."""
    turned_away = select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)
    query = select(WaitlistEntry).where(
        WaitlistEntry.therapist_id == therapist_id,
        WaitlistEntry.state == "waiting",
        WaitlistEntry.proved_at.is_not(None),
        WaitlistEntry.email_key.not_in(turned_away),
    )
    return session.scalars(query.order_by(WaitlistEntry.created_at, WaitlistEntry.id)).all()


def _first_suiting(
    session: Session, entry: WaitlistEntry, window: tuple[datetime, datetime], now: datetime
) -> tuple[Bookable, FreeTime] | None:
    """The first free start in the window that this entry wished for; none of what its address was offered before.

    A start that overlaps such a time is as good as it: or one person would have each quarter of a freed hour in turn.
    """
    wish = Wish(entry.first, entry.last, entry.weekdays, entry.from_minute, entry.to_minute, entry.location_id)
    offers = bookables(session, entry.service_id, entry.location_id)
    before = _offered_before(session, entry)
    by_location = {one.location_id: one for one in offers}
    for free in free_times_of(session, offers, *window, now):
        wall = free.starts_at.astimezone(zone(free.time_zone))
        one = by_location[free.location_id]
        ends_at = free.starts_at + timedelta(minutes=one.minutes)
        let_go = any(
            place == free.location_id and first < ends_at and free.starts_at < last for place, first, last in before
        )
        if not let_go and suits(wish, wall, free.location_id):
            return one, free
    return None


def _offered_before(session: Session, entry: WaitlistEntry) -> list[tuple[int, datetime, datetime]]:
    """(location, start, end) of what this therapist's waitlist offered to the entry's address so far."""
    query = (
        select(Booking.location_id, Booking.starts_at, Booking.ends_at)
        .join(WaitlistOffer, WaitlistOffer.booking_id == Booking.id)
        .join(WaitlistEntry, WaitlistEntry.id == WaitlistOffer.entry_id)
        .where(WaitlistEntry.email_key == entry.email_key, WaitlistEntry.therapist_id == entry.therapist_id)
    )
    return [(place, first, last) for place, first, last in session.execute(query)]


def _offer(session: Session, entry: WaitlistEntry, one: Bookable, free: FreeTime, now: datetime) -> int:
    person = Contact(entry.name, entry.email, entry.phone, locale=entry.locale)
    until = deadlines.offer_until(now, free.starts_at)
    booking = new_booking(one, free.starts_at, person, new_keys(), expires_at=until, created_at=now)
    transition(session, booking, "hold", SYSTEM, now, facts={"entry": entry.id})
    session.execute(
        insert(WaitlistOffer),
        {
            "entry_id": entry.id,
            "booking_id": booking.id,
            "location_id": free.location_id,
            "starts_at": free.starts_at,
        },
    )
    entry.state = "offered"
    return booking.id


def _wait_again(session: Session, freed: Booking) -> None:
    """Whoever let an offer go waits on, for another time."""
    entry = _entry_behind(session, freed.id)
    if entry is not None and entry.state == "offered" and freed.state in ENDED:
        entry.state = "waiting"
        session.flush()


def offer_taken(session: Session, booking: Booking, now: datetime) -> None:
    """The offered time became a booking: this wish is met. The offer's link came by mail, which proves the address."""
    entry = _entry_behind(session, booking.id)
    if entry is not None:
        entry.state = "booked"
        entry.proved_at = entry.proved_at or now


def is_offer(session: Session, booking_id: int) -> bool:
    return _entry_behind(session, booking_id) is not None


def _entry_behind(session: Session, booking_id: int) -> WaitlistEntry | None:
    query = select(WaitlistEntry).join(WaitlistOffer, WaitlistOffer.entry_id == WaitlistEntry.id)
    return session.scalars(query.where(WaitlistOffer.booking_id == booking_id)).first()


def check_offer_stands(booking: Booking, now: datetime) -> None:
    if booking.state != "held" or (booking.expires_at and booking.expires_at <= now):
        raise Gone("This offer has ended.", code="offer-ended")
