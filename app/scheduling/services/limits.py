"""Who may not book, and how many requests one person may have open."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    delete,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from app.core.database import UtcDateTime, plain
from app.core.errors import Forbidden
from app.core.statements import Asked, Statement
from app.scheduling.contact import Contact, email_key
from app.scheduling.models import BlockedPerson, Booking, WaitlistEntry
from app.scheduling.queries.bookable import Bookable
from app.scheduling.states import OPEN

MOST_OPEN_ANYWHERE = 6
MOST_UNPROVED = 3
"""Requests by telephone number alone that may wait for one therapist at once."""
MOST_UNANSWERED = 4
"""Mails that ask somebody to confirm a visit or a place on a waitlist: so many go to an address unanswered within
`UNANSWERED`, and no more.

Anybody can type another's address. Each visit or place that is confirmed makes room again.
"""
UNANSWERED = timedelta(hours=3)

LOCK_PERSON = Statement(text("SELECT pg_advisory_xact_lock(:one), pg_advisory_xact_lock(:other)"))
EMAIL, PHONE = bindparam("email", type_=String), bindparam("phone", type_=String)


def _open_requests(same: ColumnElement[bool]) -> Select[str, int]:
    """The therapist of each open request; a series is one request."""
    waiting = select(Booking.therapist_id, func.coalesce(Booking.series_id, cast(Booking.id, String)))
    each = waiting.where(same, Booking.state.in_([literal(state) for state in sorted(OPEN)])).distinct().subquery()
    return select(literal("open"), each.c.therapist_id)


MAILED, SINCE = bindparam("mailed", type_=String), bindparam("since", type_=UtcDateTime)
FOR_VISITS = select(func.coalesce(func.sum(Booking.code_mails), 0)).where(
    Booking.email_key == MAILED,
    Booking.verified_at.is_(None),
    Booking.code_hash.is_not(None),
    Booking.created_at > SINCE,
)
FOR_WAITING = select(func.coalesce(func.sum(WaitlistEntry.mails), 0)).where(
    WaitlistEntry.email_key == MAILED, WaitlistEntry.proved_at.is_(None), WaitlistEntry.asked_at > SINCE
)
UNANSWERED_MAILS = select(FOR_VISITS.scalar_subquery() + FOR_WAITING.scalar_subquery())
"""How often an address was asked to confirm, and did not, whatever became of the visit or the place on a waitlist. A
series asks once."""

PERSON = Statement(
    union_all(
        select(literal("blocked"), literal(0)).where(
            exists().where(
                BlockedPerson.therapist_id == bindparam("therapist"),
                or_(BlockedPerson.value == EMAIL, BlockedPerson.value == PHONE),
            )
        ),
        _open_requests(Booking.email_key == EMAIL),
        _open_requests((Booking.phone == PHONE) & (EMAIL.is_(None) | (Booking.email_key != EMAIL))),
        select(literal("mails"), UNANSWERED_MAILS.scalar_subquery()),
    )
)
"""That this person is blocked; the therapist of each open request; the mails unanswered. NULL matches nothing."""


UNPROVED = select(func.count(distinct(func.coalesce(Booking.series_id, cast(Booking.id, String))))).where(
    Booking.therapist_id == bindparam("therapist"),
    Booking.email_key.is_(None),
    Booking.state == "requested",
    Booking.expires_at > bindparam("now", type_=UtcDateTime),
)


def ask_person(session: Session, one: Bookable, person: Contact, now: datetime, *, verified: bool) -> Asked:
    """What `check_person` looks at.

    Takes the person's lock until the transaction ends, so that requests to two therapists at once are counted too.
    """
    who = {
        "therapist": one.therapist_id,
        "email": person.email_key,
        "phone": person.phone,
        "mailed": None if verified else person.email_key,
        "since": now - UNANSWERED,
    }
    lock_person(session, person.email_key, person.phone)
    return PERSON.ask(session, who)


def check_person(
    session: Session, asked: Asked, one: Bookable, person: Contact, now: datetime, *, verified: bool
) -> None:
    """Forbidden when the therapist blocked this person, or too many of their requests or our mails wait for an answer.

    `verified` as in `BookingRequest`: no mail asks whether the address is theirs. Where one will ask, whoever typed the
    address does not learn that it is blocked: `check_not_blocked` says so to who answers.
    """
    found = asked.rows()
    if ("blocked", 0) in found and (verified or not person.email):
        raise _not_accepted()
    waiting = [number for kind, number in found if kind == "open"]
    if waiting.count(one.therapist_id) >= one.most_open_requests or len(waiting) >= MOST_OPEN_ANYWHERE:
        raise Forbidden(
            "You have several requests that wait for an answer. Please wait for one, or cancel one.",
            code="too-many-open",
        )
    _check_mails(sum(number for kind, number in found if kind == "mails"))
    if not person.email:
        _check_unproved(session, one.therapist_id, now)


def check_mails(session: Session, email_key: str | None, now: datetime) -> None:
    """Forbidden when an address was asked often enough to confirm. Takes the person's lock."""
    lock_person(session, email_key)
    _check_mails(mails_unanswered(session, email_key, now))


def mails_unanswered(session: Session, email_key: str | None, now: datetime) -> int:
    """How many of our mails wait for an answer from an address."""
    who = {"mailed": email_key, "since": now - UNANSWERED}
    return int(plain(session).execute(UNANSWERED_MAILS, who).scalar_one())


def _check_mails(unanswered: int) -> None:
    if unanswered >= MOST_UNANSWERED:
        raise Forbidden(
            "Several of our mails to this address wait for an answer."
            " Please press the button in the newest one first, or try again in a few hours.",
            code="too-many-unanswered",
        )


def _check_unproved(session: Session, therapist_id: int, now: datetime) -> None:
    """Nothing proves a telephone number: invented ones must not fill a calendar. The caller holds the therapist's lock."""
    waiting = plain(session).execute(UNPROVED, {"therapist": therapist_id, "now": now}).scalar_one()
    if waiting >= MOST_UNPROVED:
        raise Forbidden(
            "Several requests without an e-mail address wait for this therapist already."
            " Please leave an e-mail address, or call.",
            code="too-many-unproved",
        )


def lock_person(session: Session, *known_by: str | None) -> None:
    """Let nobody else count what this person has, until the transaction ends (SQLite has one writer anyway).

    After a therapist's lock, never before it; two locks of one person always in the same order.
    """
    if plain(session).dialect.name != "postgresql":
        return
    keys = sorted(_lock_key(each) for each in known_by if each)
    if keys:
        LOCK_PERSON.run(session, {"one": keys[0], "other": keys[-1]})


def _lock_key(known_by: str) -> int:
    """A signed 64-bit number; two people of one number only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"person:{known_by}".encode()).digest()[:8], signed=True)


def check_not_blocked(session: Session, therapist_id: int, *known_by: str | None) -> None:
    """Forbidden when the therapist blocked this person, of whom we know that the address is theirs."""
    if is_blocked(session, therapist_id, *known_by):
        raise _not_accepted()


def is_blocked(session: Session, therapist_id: int, *known_by: str | None) -> bool:
    return not set(blocked(session, therapist_id)).isdisjoint(known_by)


def _not_accepted() -> Forbidden:
    return Forbidden("This therapist cannot take this booking online. Please call.", code="not-accepted")


def block(session: Session, therapist_id: int, value: str) -> None:
    """Let this e-mail address or phone number (+1…) book no more with the therapist."""
    session.merge(BlockedPerson(therapist_id=therapist_id, value=email_key(value)))


def unblock(session: Session, therapist_id: int, value: str) -> None:
    session.execute(
        delete(BlockedPerson).where(BlockedPerson.therapist_id == therapist_id, BlockedPerson.value == email_key(value))
    )


def blocked(session: Session, therapist_id: int) -> list[str]:
    return list(session.scalars(select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)))
