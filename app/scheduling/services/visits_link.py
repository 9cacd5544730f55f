"""`/visits`: all visits of one address, behind a mailed link instead of a password."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.tokens import new_token, token_hash
from app.notifications.outbox import Notice, enqueue, withdraw
from app.scheduling.contact import email_key
from app.scheduling.models import Booking, VisitsLink
from app.scheduling.queries.visits import LINK_PURPOSE
from app.scheduling.services.limits import lock_person

LINK = "visits.link"
LASTS = timedelta(hours=1)
MOST_LINKS = 3


def mail_visits_link(session: Session, email: str, now: datetime) -> None:
    """Mail a link to the visits of an address, if it has any, in the language of the last; three an hour at most.

    The caller learns nothing, not from the time either: a row is written, and so a commit made, for unknown ones too.
    """
    key = email_key(email)
    lock_person(session, key)
    session.execute(delete(VisitsLink).where(VisitsLink.expires_at <= now))
    language = session.scalar(
        select(Booking.locale)
        .where(Booking.email_key == key, Booking.verified_at.is_not(None))
        .order_by(Booking.id.desc())
        .limit(1)
    )
    sent = session.scalar(select(func.count()).select_from(VisitsLink).where(VisitsLink.email_key == key)) or 0
    if sent >= MOST_LINKS:
        return
    token = new_token()
    hashed = token_hash(LINK_PURPOSE, token)
    session.add(VisitsLink(token_hash=hashed, email_key=key, expires_at=now + LASTS))
    if language is not None:
        facts = {"to": email.strip(), "token": token, "language": language}
        enqueue(session, [Notice(f"visits:{hashed}", LINK, _about(hashed), facts, now)])


def withdraw_links(session: Session, key: str) -> None:
    """No link leads to the visits of this address any more, and none is mailed."""
    links = delete(VisitsLink).where(VisitsLink.email_key == key).returning(VisitsLink.token_hash)
    for hashed in session.scalars(links).all():
        withdraw(session, _about(hashed), [LINK])


def _about(hashed: str) -> str:
    return f"visits:{hashed[:40]}"
