"""What referrals hold about a person: as a doctor, and as a patient who came by a link."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.actors import ERASED, acts_of
from app.accounts.models import User
from app.core import clock
from app.referrals import checks, queries
from app.referrals.models import (
    Doctor,
    FavouriteTherapist,
    OutcomeCheck,
    OutcomeNote,
    Referral,
    ReferralConsent,
    ReferralDraft,
    ReferralTemplate,
)
from app.referrals.services.answers import audited_all
from app.referrals.services.registry import forget_unclaimed
from app.scheduling.contact import email_key
from app.scheduling.models import Booking

FORMER = "Former doctor"
SEALED = ("note", "cautions", "label", "source")


def export(session: Session, user: User) -> dict[str, Any]:
    """The doctor's facts and referrals, and the patient's own answers. Needs a transaction: these reads are recorded."""
    doctor = session.scalar(select(Doctor).where(Doctor.user_id == user.id))
    own = session.scalars(
        select(OutcomeCheck)
        .join(Booking, Booking.id == OutcomeCheck.booking_id)
        .where(Booking.email_key == email_key(user.email), Booking.verified_at.is_not(None))
        .order_by(OutcomeCheck.at)
    )
    answers = [(each, checks.from_json(each.answers)) for each in own]
    about = dict.fromkeys(each.booking_id for each, _ in answers)
    audited_all(session, "patient", "outcome-checks", about, clock.now())
    return {
        "doctor": _doctor(session, doctor) if doctor else None,
        "outcome_checks": [
            {"at": row.at, "moment": row.moment, "pain": said.pain, "hard": said.hard, "shared": row.shared}
            for row, said in answers
        ],
    }


def _doctor(session: Session, doctor: Doctor) -> dict[str, Any]:
    referrals = session.scalars(select(Referral).where(Referral.doctor_id == doctor.id).order_by(Referral.id)).all()
    audited_all(session, f"doctor:{doctor.id}", "referral-note", [each.id for each in referrals], clock.now())
    told = ("kind", "specialty_id", "created_at", "valid_until", "revoked_at", "opened", "note", "cautions", "label")
    return {
        **{name: getattr(doctor, name) for name in ("npi", "name", "practice", "phone", "state")},
        "referrals": [{name: getattr(each, name) for name in told} for each in referrals],
        "favourites": [{"therapist": each.name, "note": each.note} for each in queries.favourites(session, doctor.id)],
        "templates": [name for _, name in queries.templates(session, doctor.id)],
    }


def erase(session: Session, user: User) -> None:
    """A doctor's links stop, and their words go; of a patient the answers go, and doctors learn nothing any more.

    Whom an admin verified stays so, without saying who that was.
    """
    decided = update(Doctor).where(Doctor.decided_by.in_(acts_of(user.id))).values(decided_by=ERASED)
    session.execute(decided)
    ids = session.scalars(select(Booking.id).where(Booking.email_key == email_key(user.email))).all()
    for table in (OutcomeCheck, OutcomeNote, ReferralConsent):
        session.execute(delete(table).where(table.booking_id.in_(ids)))
    doctor = session.scalar(select(Doctor).where(Doctor.user_id == user.id))
    if doctor is None:
        return
    gone: dict[str, Any] = {**dict.fromkeys(SEALED), "revoked_at": clock.now()}
    session.execute(update(Referral).where(Referral.doctor_id == doctor.id).values(**gone))
    for own in (ReferralTemplate, FavouriteTherapist, ReferralDraft):
        session.execute(delete(own).where(own.doctor_id == doctor.id))
    doctor.user_id, doctor.state, doctor.name = None, "refused", FORMER
    doctor.npi = doctor.practice = doctor.phone = ""
    forget_unclaimed(session)
