"""One answer for one key: a create request that is sent twice makes one booking.

A key is its caller's, and callers have no accounts here: it counts together with the address or number that books.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Forbidden, Invalid
from app.core.statements import Asked, Statement, at_once
from app.core.written import Rows
from app.scheduling.contact import Contact
from app.scheduling.models import Booking, IdempotencyKey
from app.scheduling.services.booking import (
    Booked,
    BookingRequest,
    Prepared,
    admitted,
    ask_offer,
    book_admitted,
    fingerprint,
    prepared,
)

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
STORED = Statement(
    select(IdempotencyKey.fingerprint, IdempotencyKey.answer, IdempotencyKey.expires_at, Booking.token)
    .join(Booking)
    .where(IdempotencyKey.key_hash == bindparam("key_hash"))
)
KEEP = Statement(
    insert(IdempotencyKey.__table__),  # type: ignore[arg-type]
    refused=lambda: Conflict("The same request is being answered. Try again.", code="idempotency-race"),
)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A prepared request under a key; both are kept as hashes only.

    The key goes into the request's hash: answers are few, and without it a copy of the table would tell them by trying.
    """

    key_hash: str
    fingerprint: str
    ready: Prepared


def keyed(key: str, request: BookingRequest) -> Keyed:
    """What can be done before the database is asked; Invalid as `book`."""
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid("Idempotency-Key has 1 to 200 characters.", field="Idempotency-Key", code="idempotency-key")
    printed = hashlib.sha256(f"{key}\n{fingerprint(request)}".encode()).hexdigest()
    scoped = hashlib.sha256(f"{_whose(request.contact)}\n{key}".encode()).hexdigest()
    return Keyed(scoped, printed, prepared(request))


def book_once(session: Session, key: str, request: BookingRequest, now: datetime) -> Booked:
    """`book`, or the stored answer when this person used this key in the last 24 hours.

    Invalid `idempotency-mismatch` (422) when the key came with other parameters.
    """
    return book_keyed(session, keyed(key, request), now)


def is_answered(session: Session, one: Keyed, now: datetime) -> bool:
    """Whether the key was used in the last 24 hours: then nothing more is booked with it."""
    return any(expires_at > now for _, _, expires_at, _ in _ask_stored(session, one).rows())


def book_keyed(session: Session, one: Keyed, now: datetime) -> Booked:
    """`book_once`, after what needs no database: the part that others wait for."""
    with at_once(session):
        known, offer = _ask_stored(session, one), ask_offer(session, one.ready)
    stored = _stored(session, one, known.rows(), now)
    if stored:
        return stored
    try:
        may_have_it = admitted(session, one.ready, offer, now)
    except (Conflict, Forbidden) as error:
        # Whoever held the therapist's lock before us may have been this very request. What the database itself refused
        # has ended the transaction: there nothing more can be asked.
        may_ask = isinstance(error, Forbidden) or "times" in error.facts
        stored = _stored(session, one, _ask_stored(session, one).rows(), now) if may_ask else None
        if stored:
            return stored
        raise
    with at_once(session):
        made = book_admitted(session, may_have_it, now)
        _keep(session, one, made, now)
    return made


def forget_old_keys(session: Session, now: datetime) -> None:
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now), execution_options={"synchronize_session": False}
    )


def _whose(person: Contact) -> str:
    """Which caller's key it is. Nobody learns, or takes, the keys of others by trying them."""
    return person.email_key or "".join(letter for letter in person.phone or "" if letter.isdigit())


def _ask_stored(session: Session, one: Keyed) -> Asked:
    return STORED.ask(session, {"key_hash": one.key_hash})


def _stored(session: Session, one: Keyed, found: Rows, now: datetime) -> Booked | None:
    if not found:
        return None
    printed, answer, expires_at, token = found[0]
    if expires_at <= now:
        forget_old_keys(session, now)
        return None
    if printed != one.fingerprint:
        raise Invalid(
            "This Idempotency-Key was used for another request.", field="Idempotency-Key", code="idempotency-mismatch"
        )
    facts = orjson.loads(answer)
    moments = {
        name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("starts_at", "expires_at")
    }
    return Booked(**{**facts, **moments, "token": token})


def _keep(session: Session, one: Keyed, made: Booked, now: datetime) -> None:
    answer = {
        "key_hash": one.key_hash,
        "fingerprint": one.fingerprint,
        "booking_id": made.id,
        "answer": orjson.dumps(replace(made, token="")).decode(),
        "expires_at": now + KEPT,
    }
    KEEP.run(session, answer)
