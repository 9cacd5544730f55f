"""The weekly letter to each doctor: numbers only, and nothing at all in a week in which nothing happened."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.notifications.outbox import Notice, enqueue
from app.referrals.models import Doctor, Referral, ReferralConsent
from app.referrals.statuses import OF_STATE
from app.scheduling.models import BookingEvent

EVERY = timedelta(days=7)


def send_due(session: Session, now: datetime, limit: int = 100) -> int:
    """Write the letters of doctors whose last one is a week old; how many doctors were looked at."""
    query = (
        select(Doctor)
        .join(User, User.id == Doctor.user_id)
        .where(
            Doctor.state == "verified",
            User.active,
            Doctor.weekly_digest,
            or_(Doctor.digest_until.is_(None), Doctor.digest_until <= now - EVERY),
        )
        .order_by(Doctor.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Doctor)
    )
    doctors = session.scalars(query).all()
    for doctor in doctors:
        since = max(doctor.digest_until or now - EVERY, now - 2 * EVERY)
        numbers = of_week(session, doctor.id, since, now)
        doctor.digest_until = now
        if any(numbers.values()):
            about = f"doctor:{doctor.id}"
            facts = {"doctor": doctor.id, "numbers": numbers}
            enqueue(session, [Notice(f"{about}:week:{now.isoformat()}", "referral.digest", about, facts, now)])
    session.flush()
    return len(doctors)


def of_week(session: Session, doctor_id: int, since: datetime, until: datetime) -> dict[str, int]:
    """How many links were first opened, and how many visits that patients let the doctor know of came how far."""
    opened = session.scalar(
        select(func.count()).where(
            Referral.doctor_id == doctor_id, Referral.first_opened_at > since, Referral.first_opened_at <= until
        )
    )
    query = (
        select(BookingEvent.new_state, func.count(func.distinct(BookingEvent.booking_id)))
        .join(ReferralConsent, ReferralConsent.booking_id == BookingEvent.booking_id)
        .join(Referral, Referral.id == ReferralConsent.referral_id)
        .where(
            Referral.doctor_id == doctor_id,
            ReferralConsent.withdrawn_at.is_(None),
            BookingEvent.at > since,
            BookingEvent.at <= until,
            or_(BookingEvent.old_state.is_(None), BookingEvent.old_state != BookingEvent.new_state),
        )
        .group_by(BookingEvent.new_state)
    )
    numbers = {"opened": opened or 0, "requested": 0, "confirmed": 0, "attended": 0, "not_taken": 0}
    for state, count in session.execute(query):
        what = OF_STATE.get(state)
        if what is not None:
            numbers[what if what in numbers else "not_taken"] += count
    return numbers
