"""The waitlist: who waits, and how a freed time is offered in turn. An offer is a held booking, so the time is theirs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from app.core.errors import Gone, Invalid, NotFound
from app.core.tokens import looks_like_token, new_token, token_hash
from app.core.zones import zone
from app.notifications.outbox import Notice, enqueue
from app.scheduling import contact, deadlines
from app.scheduling.contact import Contact
from app.scheduling.models import BlockedPerson, Booking, WaitlistEntry, WaitlistOffer
from app.scheduling.queries.bookable import Bookable, bookables
from app.scheduling.queries.free_times import FreeTime, free_times_of
from app.scheduling.services.beginning import new_booking, new_keys
from app.scheduling.services.limits import UNANSWERED, check_not_blocked, lock_person
from app.scheduling.services.transitions import transition
from app.scheduling.states import ENDED, SYSTEM
from app.scheduling.waiting import Wish, suits

WAITLIST_PURPOSE = "waitlist"
MOST_WISHES = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waitlist. `token` opens `/waitlist/<token>`."""

    id: int
    token: str


def join_waitlist(session: Session, service_id: int, wish: Wish, person: Contact, now: datetime) -> Waiting:
    """Wait for a time that suits; Invalid for a wish that nothing can meet."""
    offers = bookables(session, service_id, wish.location_id)
    if not offers:
        raise NotFound("This treatment cannot be booked there any more.", code="not-bookable")
    checked = contact.checked(person, offers[0].country)
    check_not_blocked(session, offers[0].therapist_id, checked)
    _check_wish(session, wish, checked, now)
    token = new_token()
    entry = WaitlistEntry(
        token_hash=token_hash(WAITLIST_PURPOSE, token),
        token=token,
        therapist_id=offers[0].therapist_id,
        service_id=service_id,
        location_id=wish.location_id,
        first=wish.first,
        last=wish.last,
        weekdays=wish.weekdays,
        from_minute=wish.from_minute,
        to_minute=wish.to_minute,
        name=checked.name,
        email=checked.email,
        email_key=checked.email_key,
        phone=checked.phone,
        locale=checked.locale,
        created_at=now,
    )
    session.add(entry)
    session.flush()
    about = f"waitlist:{entry.id}"
    enqueue(session, [Notice(f"{about}:joined", "waitlist.joined", about, {"entry": entry.id}, now)])
    return Waiting(entry.id, token)


def leave_waitlist(session: Session, token: object) -> None:
    """Wait no more; leaving twice is leaving."""
    entry_of(session, token).state = "left"


def entry_of(session: Session, token: object) -> WaitlistEntry:
    found = None
    if looks_like_token(token):
        query = select(WaitlistEntry).where(WaitlistEntry.token_hash == token_hash(WAITLIST_PURPOSE, str(token)))
        found = session.scalars(query).first()
    if found is None:
        raise NotFound("This link is not one of ours.", code="link-unknown")
    return found


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


def _check_wish(session: Session, wish: Wish, person: Contact, now: datetime) -> None:
    if not person.email:
        raise Invalid("Please leave an e-mail address, so that we can tell you.", field="email", code="email-needed")
    if wish.last < max(wish.first, now.date() - timedelta(days=1)) or not wish.weekdays & 127:
        raise Invalid("These days cannot come.", field="last", code="wish-empty")
    if not 0 <= wish.from_minute < wish.to_minute <= 1440:
        raise Invalid("The times must begin before they end.", field="to_minute", code="wish-empty")
    lock_person(session, person.email_key)
    # Who left just now counts too: each joining is a mail to an address that nobody proved.
    same = select(WaitlistEntry.id).where(
        WaitlistEntry.email_key == person.email_key,
        or_(WaitlistEntry.state.in_(("waiting", "offered")), WaitlistEntry.created_at > now - UNANSWERED),
    )
    if len(session.scalars(same).all()) >= MOST_WISHES:
        raise Invalid("You are on as many waitlists as there can be.", field="email", code="too-many-wishes")


def _in_turn(session: Session, therapist_id: int) -> Sequence[WaitlistEntry]:
    """Who waits, the longest first; whom the therapist blocked meanwhile waits for nothing."""
    turned_away = select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)
    query = select(WaitlistEntry).where(
        WaitlistEntry.therapist_id == therapist_id,
        WaitlistEntry.state == "waiting",
        WaitlistEntry.email_key.not_in(turned_away),
    )
    return session.scalars(query.order_by(WaitlistEntry.created_at, WaitlistEntry.id)).all()


def _first_suiting(
    session: Session, entry: WaitlistEntry, window: tuple[datetime, datetime], now: datetime
) -> tuple[Bookable, FreeTime] | None:
    """The first free start in the window that this entry wished for and was not offered before."""
    wish = Wish(entry.first, entry.last, entry.weekdays, entry.from_minute, entry.to_minute, entry.location_id)
    offers = bookables(session, entry.service_id, entry.location_id)
    offered = select(WaitlistOffer.starts_at, WaitlistOffer.location_id).where(WaitlistOffer.entry_id == entry.id)
    before = {(at, place) for at, place in session.execute(offered)}
    by_location = {one.location_id: one for one in offers}
    for free in free_times_of(session, offers, *window, now):
        wall = free.starts_at.astimezone(zone(free.time_zone))
        if (free.starts_at, free.location_id) not in before and suits(wish, wall, free.location_id):
            return by_location[free.location_id], free
    return None


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


def offer_taken(session: Session, booking: Booking) -> None:
    """The offered time became a booking: this wish is met."""
    entry = _entry_behind(session, booking.id)
    if entry is not None:
        entry.state = "booked"


def is_offer(session: Session, booking_id: int) -> bool:
    return _entry_behind(session, booking_id) is not None


def _entry_behind(session: Session, booking_id: int) -> WaitlistEntry | None:
    query = select(WaitlistEntry).join(WaitlistOffer, WaitlistOffer.entry_id == WaitlistEntry.id)
    return session.scalars(query.where(WaitlistOffer.booking_id == booking_id)).first()


def check_offer_stands(booking: Booking, now: datetime) -> None:
    if booking.state != "held" or (booking.expires_at and booking.expires_at <= now):
        raise Gone("This offer has ended.", code="offer-ended")
