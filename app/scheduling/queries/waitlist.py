"""Who waits for a time, as their therapist may know it: a number."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.scheduling.models import BlockedPerson, WaitlistEntry


def people_waiting(session: Session, therapist_id: int, day: date) -> int:
    """How many people wait for a time on this day or later, of those whom one may be offered; several wishes are one."""
    turned_away = select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)
    query = select(func.count(WaitlistEntry.email_key.distinct())).where(
        WaitlistEntry.therapist_id == therapist_id,
        WaitlistEntry.state.in_(("waiting", "offered")),
        WaitlistEntry.proved_at.is_not(None),
        WaitlistEntry.email_key.not_in(turned_away),
        WaitlistEntry.last >= day,
    )
    return session.scalar(query) or 0
