"""Reads of imported calendars and of the practice's own feed."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.tokens import looks_like_token, token_hash
from app.directory.models import Location
from app.scheduling.calendars import FEED
from app.scheduling.models import CalendarFeed, ImportedCalendar

READ_AGAIN = timedelta(days=1)
"""After a day the content is read anew even when it did not change: repeats come within reach as time goes on."""


class DueCalendar(NamedTuple):
    """What a sync needs. Without `etag` and `last_modified` the whole content is asked for."""

    id: int
    therapist_id: int
    url: str
    zone: str
    etag: str | None
    last_modified: str | None


def imported_calendars(session: Session, therapist_id: int) -> list[ImportedCalendar]:
    query = select(ImportedCalendar).where(ImportedCalendar.therapist_id == therapist_id)
    return list(session.scalars(query.order_by(ImportedCalendar.id)))


def due_calendars(session: Session, now: datetime, limit: int) -> list[int]:
    """The ids of calendars to sync, those that wait longest first."""
    query = select(ImportedCalendar.id).where(ImportedCalendar.next_try_at <= now)
    return list(session.scalars(query.order_by(ImportedCalendar.next_try_at).limit(limit)))


def due_calendar(session: Session, calendar_id: int, now: datetime) -> DueCalendar | None:
    """What is needed to ask for one calendar; None for one that is gone or came as a file."""
    row = session.get(ImportedCalendar, calendar_id)
    if row is None or row.url is None:
        return None
    fresh = row.read_at is not None and row.read_at > now - READ_AGAIN
    etag, last_modified = (row.etag, row.last_modified) if fresh else (None, None)
    return DueCalendar(row.id, row.therapist_id, row.url, home_zone(session, row.therapist_id), etag, last_modified)


def home_zone(session: Session, therapist_id: int) -> str:
    """The zone of a therapist's first place, in which their day is counted."""
    query = select(Location.time_zone).where(Location.therapist_id == therapist_id, Location.active)
    return session.scalars(query.order_by(Location.id).limit(1)).first() or "UTC"


def feed_since(session: Session, therapist_id: int) -> datetime | None:
    """Since when the practice has a secret address; None when it has none."""
    return session.scalar(select(CalendarFeed.created_at).where(CalendarFeed.therapist_id == therapist_id))


def feed_owner(session: Session, token: object) -> int | None:
    """Whose calendar a secret opens."""
    if not looks_like_token(token):
        return None
    return session.scalar(
        select(CalendarFeed.therapist_id).where(CalendarFeed.token_hash == token_hash(FEED, str(token)))
    )
