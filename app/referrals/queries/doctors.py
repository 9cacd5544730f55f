"""Doctors, and what the registry says of them."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.referrals.models import Doctor, RegistryEntry
from app.referrals.registry import Doubt, Entry, doubts


@dataclass(frozen=True, slots=True)
class Candidate:
    """A doctor for an admin to look at. Without an `entry` no registry file was searched for this NPI yet."""

    doctor: Doctor
    entry: Entry | None
    doubts: tuple[Doubt, ...]


def doctor_of(session: Session, user_id: int) -> Doctor | None:
    return session.scalar(select(Doctor).where(Doctor.user_id == user_id))


def waiting_doctors(session: Session, limit: int = 100) -> list[Candidate]:
    """Whom an admin should look at, the longest waiting first."""
    query = select(Doctor, RegistryEntry).outerjoin(RegistryEntry, RegistryEntry.npi == Doctor.npi)
    query = query.where(Doctor.state == "waiting", Doctor.user_id.is_not(None)).order_by(Doctor.created_at, Doctor.id)
    return [_candidate(doctor, row) for doctor, row in session.execute(query.limit(limit))]


def doubtful_doctors(session: Session) -> list[Candidate]:
    """Doctors who are verified, of whom a file that was imported since speaks otherwise."""
    query = select(Doctor, RegistryEntry).join(RegistryEntry, RegistryEntry.npi == Doctor.npi)
    since = or_(Doctor.decided_at.is_(None), RegistryEntry.read_at > Doctor.decided_at)
    query = query.where(Doctor.state == "verified", Doctor.user_id.is_not(None), since)
    rows = session.execute(query.order_by(Doctor.name, Doctor.id))
    return [each for each in (_candidate(doctor, row) for doctor, row in rows) if each.doubts]


def waiting_count(session: Session) -> int:
    return session.scalar(select(func.count()).where(Doctor.state == "waiting", Doctor.user_id.is_not(None))) or 0


def entry_of(row: RegistryEntry) -> Entry:
    codes = tuple(filter(None, row.taxonomies.split(",")))
    return Entry(row.standing, row.kind, row.name, row.other_name, codes, row.as_of)  # type: ignore[arg-type]


def _candidate(doctor: Doctor, row: RegistryEntry | None) -> Candidate:
    entry = entry_of(row) if row else None
    return Candidate(doctor, entry, doubts(doctor.name, entry) if entry else ())
