"""The answer back: the patient's consent and the therapist's outcome note. Each by who may, and audited."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.referrals.models import Doctor, OutcomeNote, Referral, ReferralConsent
from app.scheduling.models import AuditRead, Booking
from app.scheduling.queries.visits import Visit, visit, visit_by_id

LONGEST_NOTE = 2000


def give_consent(session: Session, token: object, now: datetime) -> None:
    """The patient lets the doctor know of this visit and its series. Conflict for a visit without a referral."""
    one = visit(session, token)
    if one.referral_id is None:
        raise Conflict("No doctor's link belongs to this visit.", code="no-referral")
    for booking_id in _locked(session, _with_its_series(session, one)):
        row = session.get(ReferralConsent, booking_id)
        if row is None:
            session.add(ReferralConsent(booking_id=booking_id, referral_id=one.referral_id, given_at=now))
        elif row.withdrawn_at is not None:
            row.given_at, row.withdrawn_at = now, None
    session.flush()


def withdraw_consent(session: Session, token: object, now: datetime) -> None:
    """From now on the doctor learns nothing of these visits, and what was shown is shown no more."""
    for booking_id in _with_its_series(session, visit(session, token)):
        row = session.get(ReferralConsent, booking_id)
        if row is not None and row.withdrawn_at is None:
            row.withdrawn_at = now
    session.flush()


def _with_its_series(session: Session, one: Visit) -> list[int]:
    if one.series_id is None:
        return [one.id]
    query = select(Booking.id).where(Booking.series_id == one.series_id, Booking.referral_id == one.referral_id)
    return list(session.scalars(query))


def _locked(session: Session, booking_ids: list[int]) -> list[int]:
    """The same visits, each under its lock: consent given twice at once is one consent."""
    return list(
        session.scalars(select(Booking.id).where(Booking.id.in_(booking_ids)).order_by(Booking.id).with_for_update())
    )


def agreed(session: Session, booking_id: int) -> bool:
    row = session.get(ReferralConsent, booking_id)
    return row is not None and row.withdrawn_at is None


def write_outcome(session: Session, booking_id: int, therapist_id: int, text: str, now: datetime) -> None:
    """The therapist's word to the doctor after the visit; Forbidden while the patient does not agree."""
    one = visit_by_id(session, booking_id, therapist_id)
    words = text.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise Invalid("Write at most 2000 letters.", field="text", code="note-length")
    if one.state != "attended":
        raise Conflict("Mark the visit as attended first.", code="wrong-state")
    if not agreed(session, booking_id):
        raise Forbidden("The patient has not agreed that the doctor hears of this visit.", code="no-consent")
    row = session.get(OutcomeNote, booking_id)
    if row is None:
        session.add(OutcomeNote(booking_id=booking_id, written_at=now, text=words))
    else:
        row.text, row.written_at = words, now
    session.flush()


def read_note(session: Session, booking_id: int, therapist_id: int, now: datetime) -> tuple[str | None, str | None]:
    """The doctor's (note, cautions) for a therapist's own visit. Needs a transaction: the read is recorded."""
    one = visit_by_id(session, booking_id, therapist_id)
    referral = session.get(Referral, one.referral_id) if one.referral_id is not None else None
    if referral is None or one.state == "held":
        raise NotFound("No doctor's link belongs to this visit.", code="no-referral")
    audited(session, f"therapist:{therapist_id}", "referral-note", referral.id, now)
    return referral.note, referral.cautions


def read_outcome_as_therapist(session: Session, booking_id: int, therapist_id: int, now: datetime) -> str | None:
    """What the therapist wrote before, to change it."""
    visit_by_id(session, booking_id, therapist_id)
    row = session.get(OutcomeNote, booking_id)
    if row is None:
        return None
    audited(session, f"therapist:{therapist_id}", "outcome-note", booking_id, now)
    return row.text


def read_outcomes(session: Session, doctor: Doctor, referral_id: int, now: datetime) -> dict[int, tuple[datetime, str]]:
    """By visit, what the therapists wrote to this doctor, as far as the patient agrees still; each read is recorded."""
    query = (
        select(OutcomeNote)
        .join(ReferralConsent, ReferralConsent.booking_id == OutcomeNote.booking_id)
        .join(Referral, Referral.id == ReferralConsent.referral_id)
        .where(Referral.id == referral_id, Referral.doctor_id == doctor.id, ReferralConsent.withdrawn_at.is_(None))
    )
    rows = session.scalars(query).all()
    audited_all(session, f"doctor:{doctor.id}", "outcome-note", [row.booking_id for row in rows], now)
    return {row.booking_id: (row.written_at, row.text) for row in rows}


def audited(session: Session, reader: str, kind: str, subject_id: int, now: datetime) -> None:
    """Record who reads which sealed text, and when; never the text."""
    audited_all(session, reader, kind, [subject_id], now)


def audited_all(session: Session, reader: str, kind: str, subject_ids: Iterable[int], now: datetime) -> None:
    """The same for several texts that are read at once: a row for each, in one statement."""
    rows = [{"at": now, "reader": reader, "kind": kind, "subject_id": each} for each in subject_ids]
    if rows:
        session.execute(insert(AuditRead), rows)
