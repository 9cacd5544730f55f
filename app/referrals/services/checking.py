"""Outcome checks: the patient's own answers, shared only as far as they choose. Every read is recorded."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.referrals import checks
from app.referrals.models import Doctor, OutcomeCheck, Referral, ReferralConsent
from app.referrals.services.answers import audited
from app.scheduling.models import Booking
from app.scheduling.queries.visits import Visit, visit, visit_by_id

MOST_CHECKS = 60


def add_check(
    session: Session, token: object, moment: str, answers: checks.Answers, shared: str, now: datetime
) -> None:
    """The patient's answers at one moment, for themselves unless they choose to share."""
    one = visit(session, token)
    if moment not in checks.MOMENTS:
        raise Invalid("Choose one of the answers.", field="moment", code="check-choice")
    known = session.scalars(select(OutcomeCheck.id).where(OutcomeCheck.booking_id.in_(_together(session, one)))).all()
    if len(known) >= MOST_CHECKS:
        raise Conflict("There are many answers for this visit already.", code="too-many-checks")
    text = checks.to_json(checks.checked(answers))
    session.add(OutcomeCheck(booking_id=one.id, at=now, moment=moment, answers=text, shared=_sharing(shared)))
    session.flush()


def share_checks(session: Session, token: object, shared: str) -> None:
    """Share, or stop sharing, all answers on this patient's chart."""
    ids = _together(session, visit(session, token))
    for row in session.scalars(select(OutcomeCheck).where(OutcomeCheck.booking_id.in_(ids))):
        row.shared = _sharing(shared)
    session.flush()


def read_own_checks(session: Session, token: object, now: datetime) -> list[checks.Check]:
    """The patient's answers, oldest first."""
    one = visit(session, token)
    found = _checks(session, _together(session, one), checks.SHARING)
    if found:
        audited(session, "patient", "outcome-checks", one.id, now)
    return found


def read_checks_as_therapist(session: Session, booking_id: int, therapist_id: int, now: datetime) -> list[checks.Check]:
    """What the patient shares with the therapist of this visit."""
    one = visit_by_id(session, booking_id, therapist_id)
    found = _checks(session, _together(session, one), ("therapist", "both"))
    if found:
        audited(session, f"therapist:{therapist_id}", "outcome-checks", booking_id, now)
    return found


def read_checks_as_doctor(session: Session, doctor: Doctor, referral_id: int, now: datetime) -> list[checks.Check]:
    """What the patient shares with both, of visits that the doctor may know of."""
    query = (
        select(ReferralConsent.booking_id)
        .join(Referral, Referral.id == ReferralConsent.referral_id)
        .where(Referral.id == referral_id, Referral.doctor_id == doctor.id, ReferralConsent.withdrawn_at.is_(None))
    )
    found = _checks(session, list(session.scalars(query)), ("both",))
    if found:
        audited(session, f"doctor:{doctor.id}", "outcome-checks", referral_id, now)
    return found


def _sharing(shared: str) -> str:
    if shared not in checks.SHARING:
        raise Invalid("Choose with whom to share.", field="shared", code="check-choice")
    return shared


def _together(session: Session, one: Visit) -> list[int]:
    """The visits of one person whose answers belong on one chart: this one and those of its series."""
    if one.series_id is None:
        return [one.id]
    return list(session.scalars(select(Booking.id).where(Booking.series_id == one.series_id)))


def _checks(session: Session, booking_ids: list[int], shared: tuple[str, ...]) -> list[checks.Check]:
    query = select(OutcomeCheck).where(OutcomeCheck.booking_id.in_(booking_ids), OutcomeCheck.shared.in_(shared))
    rows = session.scalars(query.order_by(OutcomeCheck.at, OutcomeCheck.id))
    return [checks.Check(row.id, row.at, row.moment, checks.from_json(row.answers), row.shared) for row in rows]
