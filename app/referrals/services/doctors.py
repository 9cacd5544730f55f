"""Doctors: signing up, being looked at by an admin, and their templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.roles import DOCTOR
from app.accounts.services import give_role
from app.core.errors import Conflict, Invalid, NotFound
from app.core.texts import one_line
from app.directory.npi import is_npi
from app.notifications.outbox import Notice, enqueue
from app.referrals.models import Doctor, ReferralTemplate
from app.referrals.services.registry import forget_unclaimed, note_from_directory

MOST_TEMPLATES = 20


@dataclass(frozen=True, slots=True)
class DoctorFacts:
    npi: str
    name: str
    practice: str = ""
    phone: str = ""


def sign_up(session: Session, user_id: int, facts: DoctorFacts, now: datetime) -> Doctor:
    """The account becomes a doctor who waits to be verified; Invalid names the field. Once verified, facts stay."""
    npi, name = "".join(facts.npi.split()), one_line(facts.name)
    if not is_npi(npi):
        raise Invalid("This is not an NPI: ten digits, of which the last checks the others.", field="npi", code="npi")
    if len(name.split()) < 2:
        raise Invalid("Write your first and last name, as the registry has them.", field="name", code="name-needed")
    doctor = session.scalar(select(Doctor).where(Doctor.user_id == user_id))
    if doctor is not None and doctor.state == "verified":
        raise Conflict("You are verified already. Write to us when something changed.", code="verified-already")
    if doctor is None:
        doctor = Doctor(user_id=user_id, created_at=now)
        session.add(doctor)
    doctor.npi, doctor.name, doctor.state = npi, name[:120], "waiting"
    doctor.practice, doctor.phone = one_line(facts.practice)[:120], facts.phone.strip()[:40]
    give_role(session, session.get_one(User, user_id), DOCTOR)
    session.flush()
    note_from_directory(session, npi, now)
    forget_unclaimed(session)
    return doctor


def decide(session: Session, doctor_id: int, *, verified: bool, by: str, reason: str, now: datetime) -> Doctor:
    """An admin's word; a mail tells what is new. Conflict when another account is verified for the same NPI."""
    doctor = session.get(Doctor, doctor_id, with_for_update=True)
    if doctor is None or doctor.user_id is None:
        raise NotFound("There is no such doctor.")
    if not verified and not reason.strip():
        raise Invalid("Say why, so that the doctor can mend it.", field="reason", code="reason-needed")
    before, doctor.state = doctor.state, "verified" if verified else "refused"
    doctor.decided_at, doctor.decided_by, doctor.reason = now, by[:120], reason.strip()[:300]
    if before == "verified" == doctor.state:
        return doctor
    doctor.digest_until = now
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Another account is verified for this NPI.", code="npi-taken") from error
    key = f"doctor:{doctor.id}:decided:{now.isoformat()}"
    enqueue(session, [Notice(key, "referral.doctor_decided", f"doctor:{doctor.id}", {"doctor": doctor.id}, now)])
    return doctor


def set_digest(session: Session, doctor_id: int, weekly: bool) -> None:
    session.get_one(Doctor, doctor_id).weekly_digest = weekly


def save_template(session: Session, doctor_id: int, name: str, facts: Mapping[str, Any]) -> ReferralTemplate:
    """Keep a filled-in form under a name. It holds nothing of a patient: the door leaves the label out."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid("Give the template a name.", field="template_name", code="name-needed")
    count = session.scalar(select(func.count()).where(ReferralTemplate.doctor_id == doctor_id)) or 0
    if count >= MOST_TEMPLATES:
        raise Conflict("You have many templates. Delete one first.", code="too-many-templates")
    row = ReferralTemplate(doctor_id=doctor_id, name=name, facts=json.dumps(dict(facts)))
    session.add(row)
    session.flush()
    return row


def delete_template(session: Session, doctor_id: int, template_id: int) -> None:
    session.execute(
        delete(ReferralTemplate).where(ReferralTemplate.id == template_id, ReferralTemplate.doctor_id == doctor_id)
    )
