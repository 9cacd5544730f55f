"""The waitlist: who joins it, who has proved the address, who leaves. `offers` says how freed times go to them in turn.

Nothing is held for an address that nobody proved: invented ones would keep each freed time from those who wait.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Gone, Invalid, NotFound
from app.core.tokens import looks_like_token, new_token, token_hash
from app.directory.models import Therapist
from app.notifications.outbox import Notice, enqueue, withdraw
from app.scheduling import contact, deadlines
from app.scheduling.contact import Contact
from app.scheduling.models import WaitlistEntry
from app.scheduling.queries.bookable import bookables
from app.scheduling.services.confirming import MOST_MAILS
from app.scheduling.services.limits import (
    MOST_UNANSWERED,
    UNANSWERED,
    check_mails,
    check_not_blocked,
    is_blocked,
    lock_person,
    mails_unanswered,
)
from app.scheduling.waiting import Wish

WAITLIST_PURPOSE = "waitlist"
MOST_WISHES = 5
ASK, JOINED = "waitlist.confirm", "waitlist.joined"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waitlist. `token` opens `/waitlist/<token>`; only a mail to the address carries it."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as its own pages show it: `state` is asked, ended (nobody confirmed in time), waiting, booked, left, or
    refused (the therapist blocked them since).
    """

    id: int
    state: str
    first: date
    last: date
    email: str
    mails_left: int
    therapist_id: int
    therapist_name: str
    therapist_slug: str


def join_waitlist(
    session: Session, service_id: int, wish: Wish, person: Contact, now: datetime, *, verified: bool = False
) -> Waiting:
    """Wait for a time that suits; Invalid for a wish that nothing can meet.

    `verified` says that the person is signed in with this address and has proved it. Everybody else is asked by mail
    first, and is told the same whoever waits under the address already: Forbidden `too-many-unanswered` alone says that
    it was asked too often.
    """
    offers = bookables(session, service_id, wish.location_id)
    if not offers:
        raise NotFound("This treatment cannot be booked there any more.", code="not-bookable")
    checked = contact.checked(person, offers[0].country)
    _check_wish(wish, checked, now)
    entry = _entry(offers[0].therapist_id, service_id, wish, checked, now)
    if verified:
        _prove(session, entry, now)
    else:
        check_mails(session, entry.email_key, now)
    session.add(entry)
    session.flush()
    if verified:
        enqueue(session, [_notice(entry, "joined", JOINED, now)])
    else:
        _ask(session, entry, now)
    return Waiting(entry.id, entry.token)


def _entry(therapist_id: int, service_id: int, wish: Wish, person: Contact, now: datetime) -> WaitlistEntry:
    token = new_token()
    return WaitlistEntry(
        token_hash=token_hash(WAITLIST_PURPOSE, token),
        token=token,
        therapist_id=therapist_id,
        service_id=service_id,
        **asdict(wish),
        name=person.name,
        email=person.email,
        email_key=person.email_key,
        phone=person.phone,
        locale=person.locale,
        created_at=now,
        mails=0,
    )


def ask_again(session: Session, entry_id: int, now: datetime) -> None:
    """Mail the link once more: Conflict `too-many-mails`, Forbidden `too-many-unanswered`, Gone when nothing is asked."""
    entry = session.get(WaitlistEntry, entry_id)
    if entry is not None:
        _lock(session, entry)
    if entry is None or entry.state != "waiting" or entry.proved_at or _has_ended(entry, now):
        raise Gone("There is nothing to confirm any more.", code="wish-ended")
    if entry.mails >= MOST_MAILS:
        raise Conflict(
            "We have mailed you three times. Use the newest mail, or start again with another address.",
            code="too-many-mails",
        )
    check_mails(session, entry.email_key, now)
    _ask(session, entry, now)


def confirm_waiting(session: Session, token: object, now: datetime) -> None:
    """The mailed link's button: the address is proved, and its entry is in turn. Doing it again changes nothing."""
    entry = entry_of(session, token)
    _lock(session, entry)
    if entry.proved_at or entry.state != "waiting":
        return
    if _has_ended(entry, now):
        raise Gone("Nobody confirmed this in time, so it has ended.", code="wish-ended")
    _prove(session, entry, now)


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


def place_of(session: Session, token: object, now: datetime) -> Place:
    """What the mailed link opens. Changes nothing: a mail scanner may look."""
    entry = entry_of(session, token)
    place = _place(session, entry, now)
    vain = place.state == "waiting" and is_blocked(session, entry.therapist_id, entry.email_key)
    return replace(place, state="refused") if vain else place


def place_by_number(session: Session, number: object, now: datetime) -> Place | None:
    """An entry by the number that its own browser kept; None when it is gone."""
    entry = session.get(WaitlistEntry, number) if isinstance(number, int) else None
    return _place(session, entry, now) if entry else None


def tidy_waitlist(session: Session, now: datetime, limit: int = 200) -> None:
    """Erase what nobody confirmed in time and what is long over, and ask those who joined before anybody was asked."""
    unconfirmed = WaitlistEntry.proved_at.is_(None) & (WaitlistEntry.asked_at <= now - deadlines.PROVE)
    over = WaitlistEntry.last < (now - deadlines.FORGOTTEN).date()
    session.execute(delete(WaitlistEntry).where(unconfirmed | over), execution_options={"synchronize_session": False})
    never_asked = select(WaitlistEntry).where(
        WaitlistEntry.proved_at.is_(None),
        WaitlistEntry.mails == 0,
        WaitlistEntry.state == "waiting",
        WaitlistEntry.last >= now.date() - timedelta(days=1),
    )
    for entry in session.scalars(never_asked.order_by(WaitlistEntry.id).limit(limit)).all():
        if mails_unanswered(session, entry.email_key, now) < MOST_UNANSWERED:
            _ask(session, entry, now)


def _place(session: Session, entry: WaitlistEntry, now: datetime) -> Place:
    therapist = session.get_one(Therapist, entry.therapist_id)
    state = "waiting" if entry.state == "offered" else entry.state
    if state == "waiting" and not entry.proved_at:
        state = "ended" if _has_ended(entry, now) else "asked"
    return Place(
        entry.id,
        state,
        entry.first,
        entry.last,
        entry.email,
        MOST_MAILS - entry.mails,
        therapist.id,
        therapist.name,
        therapist.slug,
    )


def _has_ended(entry: WaitlistEntry, now: datetime) -> bool:
    """Whether nobody proved the address in time."""
    return not entry.proved_at and bool(entry.asked_at and deadlines.prove_until(entry.asked_at) <= now)


def _check_wish(wish: Wish, person: Contact, now: datetime) -> None:
    if not person.email:
        raise Invalid("Please leave an e-mail address, so that we can tell you.", field="email", code="email-needed")
    if wish.last < max(wish.first, now.date() - timedelta(days=1)) or not wish.weekdays & 127:
        raise Invalid("These days cannot come.", field="last", code="wish-empty")
    if not 0 <= wish.from_minute < wish.to_minute <= 1440:
        raise Invalid("The times must begin before they end.", field="to_minute", code="wish-empty")


def _prove(session: Session, entry: WaitlistEntry, now: datetime) -> None:
    """Only who reads the address's mail learns that it waits in too many places, or that the therapist blocked it."""
    lock_person(session, entry.email_key)
    check_not_blocked(session, entry.therapist_id, entry.email_key, entry.phone)
    # Who left just now counts too, or joining and leaving would be a way to send mails.
    same = select(WaitlistEntry.id).where(
        WaitlistEntry.email_key == entry.email_key,
        WaitlistEntry.proved_at.is_not(None),
        or_(WaitlistEntry.state.in_(("waiting", "offered")), WaitlistEntry.created_at > now - UNANSWERED),
    )
    if len(session.scalars(same).all()) >= MOST_WISHES:
        raise Invalid("You are on as many waitlists as there can be.", field="email", code="too-many-wishes")
    entry.proved_at = now


def _ask(session: Session, entry: WaitlistEntry, now: datetime) -> None:
    entry.mails += 1
    entry.asked_at = now
    withdraw(session, _about(entry), [ASK])
    enqueue(session, [_notice(entry, f"confirm:{entry.mails}", ASK, now)])
    session.flush()


def _notice(entry: WaitlistEntry, key: str, kind: str, now: datetime) -> Notice:
    return Notice(f"{_about(entry)}:{key}", kind, _about(entry), {"entry": entry.id}, now)


def _about(entry: WaitlistEntry) -> str:
    return f"waitlist:{entry.id}"


def _lock(session: Session, entry: WaitlistEntry) -> None:
    lock_person(session, entry.email_key)
    session.refresh(entry)
