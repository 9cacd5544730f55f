"""Sealed texts: written by one of the two people of a visit, read only by them, and every read is audited."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Gone, Invalid
from app.notifications.outbox import Notice, enqueue
from app.scheduling import safety
from app.scheduling.models import AuditRead, Booking, BookingMessage
from app.scheduling.queries.visits import visit_by_id
from app.scheduling.safety import Evaluation, Screening
from app.scheduling.services.subject import of_therapist, of_token
from app.scheduling.services.transitions import about_visit
from app.scheduling.states import PATIENT, Actor

LONGEST_MESSAGE = 2000
MOST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a patient told the therapist for one visit."""

    screening: Screening | None
    evaluation: Evaluation | None
    note: str | None
    address: str | None
    messages: tuple[tuple[datetime, str, str], ...]


def read_sealed(session: Session, booking_id: int, therapist: Actor, now: datetime) -> Sealed:
    """The screening, note, address and messages of a therapist's own visit. Needs a transaction: the read is recorded."""
    return _open(session, of_therapist(session, booking_id, therapist), therapist, now)


def read_own_sealed(session: Session, token: object, now: datetime) -> Sealed:
    """The same for the patient, by the visit's link."""
    return _open(session, of_token(session, token), PATIENT, now)


def write_message(session: Session, token: object, text: str, now: datetime) -> None:
    """A message from the patient to the therapist, who gets a mail without its words; Gone when nobody would read it."""
    booking = of_token(session, token)
    if visit_by_id(session, booking.id).therapist_gone:
        raise Gone("The practice has closed its page here: nobody would read a message.", code="therapist-gone")
    _write(session, booking, "patient", text, now)


def write_message_as_therapist(session: Session, booking_id: int, therapist: Actor, text: str, now: datetime) -> None:
    _write(session, of_therapist(session, booking_id, therapist), "therapist", text, now)


def audit(session: Session, reader: Actor, kind: str, subject_id: int, now: datetime) -> None:
    """Record that somebody reads something sealed."""
    audit_all(session, reader, kind, [subject_id], now)


def audit_all(session: Session, reader: Actor, kind: str, subject_ids: Iterable[int], now: datetime) -> None:
    """The same for several things that are read at once: a row for each, in one statement."""
    who = {"at": now, "reader": str(reader), "kind": kind}
    if rows := [{**who, "subject_id": each} for each in subject_ids]:
        session.execute(insert(AuditRead), rows)


def _open(session: Session, booking: Booking, reader: Actor, now: datetime) -> Sealed:
    audit(session, reader, "visit", booking.id, now)
    screening = safety.from_facts(json.loads(booking.screening)) if booking.screening else None
    query = select(BookingMessage.at, BookingMessage.author, BookingMessage.text)
    written = session.execute(query.where(BookingMessage.booking_id == booking.id).order_by(BookingMessage.id))
    return Sealed(
        screening,
        safety.evaluate(screening) if screening else None,
        booking.note,
        booking.address,
        tuple((at, author, text) for at, author, text in written),
    )


def _write(session: Session, booking: Booking, author: str, text: str, now: datetime) -> None:
    words = text.strip()[:LONGEST_MESSAGE]
    if not words:
        raise Invalid("Write something first.", field="text", code="message-empty")
    count = session.scalar(select(func.count()).where(BookingMessage.booking_id == booking.id)) or 0
    if count >= MOST_MESSAGES:
        raise Conflict("There are too many messages about this visit. Please call.", code="too-many-messages")
    session.add(BookingMessage(booking_id=booking.id, at=now, author=author, text=words))
    about = about_visit(booking.id)
    to = "therapist" if author == "patient" else "patient"
    if to == "therapist" or booking.email:
        facts = {"booking": booking.id, "to": to}
        enqueue(session, [Notice(f"{about}:message:{count + 1}", "visit.message", about, facts, now)])
