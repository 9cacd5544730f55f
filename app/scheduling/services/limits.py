"""Who may not book, and how many requests one person may have open."""

import hashlib
from datetime import datetime

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
from app.core.statements import Statement
from app.scheduling.contact import Contact, email_key
from app.scheduling.models import BlockedPerson, Booking
from app.scheduling.queries.bookable import Bookable
from app.scheduling.states import OPEN

MOST_OPEN_ANYWHERE = 6
MOST_UNPROVED = 3
"""Requests by telephone number alone that may wait for one therapist at once."""

LOCK_PERSON = Statement(text("SELECT pg_advisory_xact_lock(:one), pg_advisory_xact_lock(:other)"))
EMAIL, PHONE = bindparam("email", type_=String), bindparam("phone", type_=String)


def _open_requests(same: ColumnElement[bool]) -> Select[int]:
    """The therapist of each open request; a series is one request."""
    waiting = select(Booking.therapist_id, func.coalesce(Booking.series_id, cast(Booking.id, String)))
    each = waiting.where(same, Booking.state.in_([literal(state) for state in sorted(OPEN)])).distinct().subquery()
    return select(each.c.therapist_id)


PERSON = Statement(
    union_all(
        select(literal(0)).where(
            exists().where(
                BlockedPerson.therapist_id == bindparam("therapist"),
                or_(BlockedPerson.value == EMAIL, BlockedPerson.value == PHONE),
            )
        ),
        _open_requests(Booking.email_key == EMAIL),
        _open_requests((Booking.phone == PHONE) & (EMAIL.is_(None) | (Booking.email_key != EMAIL))),
    )
)
"""0 when this person is blocked, and the therapist of each request that waits for an answer. NULL matches nothing."""


UNPROVED = select(func.count(distinct(func.coalesce(Booking.series_id, cast(Booking.id, String))))).where(
    Booking.therapist_id == bindparam("therapist"),
    Booking.email_key.is_(None),
    Booking.state == "requested",
    Booking.expires_at > bindparam("now", type_=UtcDateTime),
)


def check_person(session: Session, one: Bookable, person: Contact, now: datetime) -> None:
    """Forbidden when the therapist blocked this person, or too many of their requests are open.

    Takes the person's lock until the transaction ends, so that requests to two therapists at once are counted too.
    """
    lock_person(session, person.email_key, person.phone)
    who = {"therapist": one.therapist_id, "email": person.email_key, "phone": person.phone}
    found = [therapist_id for (therapist_id,) in PERSON.rows(session, who)]
    if 0 in found:
        raise Forbidden("This therapist cannot take this booking online. Please call.", code="not-accepted")
    if found.count(one.therapist_id) >= one.most_open_requests or len(found) >= MOST_OPEN_ANYWHERE:
        raise Forbidden(
            "You have several requests that wait for an answer. Please wait for one, or cancel one.",
            code="too-many-open",
        )
    if not person.email:
        _check_unproved(session, one.therapist_id, now)


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


def check_not_blocked(session: Session, therapist_id: int, person: Contact) -> None:
    """Forbidden when the therapist blocked this person."""
    if set(blocked(session, therapist_id)) & {person.email_key, person.phone}:
        raise Forbidden("This therapist cannot take this booking online. Please call.", code="not-accepted")


def block(session: Session, therapist_id: int, value: str) -> None:
    """Let this e-mail address or phone number (+1…) book no more with the therapist."""
    session.merge(BlockedPerson(therapist_id=therapist_id, value=email_key(value)))


def unblock(session: Session, therapist_id: int, value: str) -> None:
    session.execute(
        delete(BlockedPerson).where(BlockedPerson.therapist_id == therapist_id, BlockedPerson.value == email_key(value))
    )


def blocked(session: Session, therapist_id: int) -> list[str]:
    return list(session.scalars(select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)))
