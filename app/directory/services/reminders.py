"""Reminders to therapists: a licence that ends soon, a listing that nobody has confirmed for long. Each once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.licences import MAY_PRACTISE
from app.directory.models import Licence, Therapist
from app.notifications.models import OutboxMessage
from app.notifications.outbox import Notice, enqueue

BEFORE_EXPIRY = (7, 30, 60)
"""Days before the last day of a licence; the nearest that is reached counts."""
UNCONFIRMED = (365, 182)
"""Days since the listing was confirmed: after a year it cannot be booked, after half of one it is shown further down."""


def remind(session: Session, now: datetime) -> int:
    """Enqueue what is due and was not sent before; how many letters that is."""
    today = now.date()
    due = {notice.key: notice for notice in (*_licences(session, today, now), *_listings(session, today, now))}
    sent = _known(session, due)
    fresh = [notice for key, notice in due.items() if key not in sent]
    enqueue(session, fresh)
    return len(fresh)


def expiry_step(days_left: int) -> int | None:
    """Which reminder is due so many days before the end; None when none is, or when it is over."""
    return next((step for step in BEFORE_EXPIRY if 0 <= days_left <= step), None)


def _licences(session: Session, today: date, now: datetime) -> Iterator[Notice]:
    query = (
        select(Licence.id, Licence.expires_on)
        .join(Licence.therapist)
        .where(
            Therapist.claimed,
            Therapist.email.is_not(None),
            Licence.status.in_([str(each) for each in MAY_PRACTISE]),
            Licence.expires_on.between(today, today + timedelta(days=max(BEFORE_EXPIRY))),
        )
    )
    for licence_id, expires_on in session.execute(query):
        if expires_on is None:
            continue
        step = expiry_step((expires_on - today).days)
        facts = {"licence": licence_id, "expires_on": expires_on.isoformat()}
        key = f"licence:{licence_id}:expires:{expires_on}:{step}"
        yield Notice(key, "directory.licence_expires", f"licence:{licence_id}", facts, now)


def _listings(session: Session, today: date, now: datetime) -> Iterator[Notice]:
    query = select(Therapist.id, Therapist.confirmed_on).where(
        Therapist.claimed,
        Therapist.email.is_not(None),
        Therapist.hidden.is_(False),
        Therapist.confirmed_on <= today - timedelta(days=min(UNCONFIRMED)),
    )
    for therapist_id, confirmed_on in session.execute(query):
        if confirmed_on is None:
            continue
        step = next(step for step in UNCONFIRMED if (today - confirmed_on).days >= step)
        facts = {"therapist": therapist_id, "confirmed_on": confirmed_on.isoformat(), "days": step}
        key = f"therapist:{therapist_id}:confirm:{confirmed_on}:{step}"
        yield Notice(key, "directory.confirm_listing", f"therapist:{therapist_id}", facts, now)


def _known(session: Session, keys: Iterable[str]) -> set[str]:
    """Which of the keys were enqueued before."""
    found: set[str] = set()
    wanted = list(keys)
    for at in range(0, len(wanted), 500):
        query = select(OutboxMessage.key).where(OutboxMessage.key.in_(wanted[at : at + 500]))
        found.update(session.scalars(query))
    return found
