"""How a referral travels from its link to the booking: a number in the signed cookie, checked again when it is used."""

from datetime import UTC, datetime, timedelta

from flask import session
from sqlalchemy.orm import Session

from app.core.clock import now
from app.referrals.queries import Link, link_by_id

KEY, SINCE, OPENED = "referral_id", "referral_since", "referral_opened"
LASTS = timedelta(days=7)
"""A browser is often shared; an old link should not stick to somebody else's booking."""


def carry(referral_id: int) -> None:
    """Remember the link for what is booked next."""
    session[KEY], session[SINCE] = referral_id, int(now().timestamp())


def opened_first(referral_id: int) -> bool:
    """Whether this browser opens the link for the first time. A page that it fetched ahead was not opened yet."""
    before, session[OPENED] = session.get(OPENED), referral_id
    return before != referral_id


def carried(own: Session) -> Link | None:
    """The link that this browser came by, while it works."""
    since = session.get(SINCE, 0)
    if KEY not in session or now() - datetime.fromtimestamp(since, UTC) > LASTS:
        return None
    return working(own, session[KEY])


def working(own: Session, referral_id: int | None) -> Link | None:
    link = link_by_id(own, referral_id, now())
    return link if link and link.standing == "works" else None


def put_down() -> None:
    session.pop(KEY, None)
    session.pop(SINCE, None)
