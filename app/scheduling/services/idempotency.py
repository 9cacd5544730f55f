"""One answer for one key: a create request that is sent twice makes one booking."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.scheduling.models import Booking, IdempotencyKey
from app.scheduling.services.booking import Booked, BookingRequest, book, fingerprint

KEPT = timedelta(hours=24)
LONGEST_KEY = 200


def book_once(session: Session, key: str, request: BookingRequest, now: datetime) -> Booked:
    """`book`, or the stored answer when this key was used in the last 24 hours.

    Invalid `idempotency-mismatch` (422) when the key came with other parameters.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid("Idempotency-Key has 1 to 200 characters.", field="Idempotency-Key", code="idempotency-key")
    key_hash, printed = hashlib.sha256(key.encode()).hexdigest(), fingerprint(request)
    stored = _stored(session, key_hash, printed, now)
    if stored:
        return stored
    try:
        made = book(session, request, now)
    except Conflict as error:
        # Whoever held the therapist's lock before us may have been this very request.
        stored = _stored(session, key_hash, printed, now) if "times" in error.facts else None
        if stored:
            return stored
        raise
    _keep(session, key_hash, printed, made, now)
    return made


def forget_old_keys(session: Session, now: datetime) -> None:
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now), execution_options={"synchronize_session": False}
    )


def _stored(session: Session, key_hash: str, printed: str, now: datetime) -> Booked | None:
    query = select(IdempotencyKey.fingerprint, IdempotencyKey.answer, IdempotencyKey.expires_at, Booking.token)
    row = session.execute(query.join(Booking).where(IdempotencyKey.key_hash == key_hash)).first()
    if row is None:
        return None
    if row.expires_at <= now:
        forget_old_keys(session, now)
        return None
    if row.fingerprint != printed:
        raise Invalid(
            "This Idempotency-Key was used for another request.", field="Idempotency-Key", code="idempotency-mismatch"
        )
    facts = json.loads(row.answer)
    moments = {
        name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("starts_at", "expires_at")
    }
    return Booked(**{**facts, **moments, "token": row.token})


def _keep(session: Session, key_hash: str, printed: str, made: Booked, now: datetime) -> None:
    facts = {name: value for name, value in asdict(made).items() if name != "token"}
    answer = {
        "key_hash": key_hash,
        "fingerprint": printed,
        "booking_id": made.id,
        "answer": json.dumps(facts, default=lambda moment: moment.isoformat()),
        "expires_at": now + KEPT,
    }
    try:
        session.execute(insert(IdempotencyKey), answer)
    except IntegrityError as error:
        raise Conflict("The same request is being answered. Try again.", code="idempotency-race") from error
