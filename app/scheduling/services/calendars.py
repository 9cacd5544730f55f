"""Changes to imported calendars and to the practice's own secret feed."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.core.tokens import new_token, token_hash
from app.scheduling.calendars import FEED
from app.scheduling.calendars.busy import Reading
from app.scheduling.models import CalendarFeed, ImportedCalendar
from app.scheduling.services.availability import set_imported_busy
from app.scheduling.services.timelines import lock

MOST_CALENDARS = 10
EVERY = timedelta(minutes=15)
SLOWEST = timedelta(hours=12)


def add_calendar(session: Session, therapist_id: int, name: str, url: str | None, now: datetime) -> ImportedCalendar:
    """A calendar to import: by address, synced from now on, or by file (`url` None)."""
    lock(session, therapist_id)
    if not name.strip():
        raise Invalid("Give the calendar a name.", field="name", code="name-needed")
    owned = select(func.count()).where(ImportedCalendar.therapist_id == therapist_id)
    if (session.scalar(owned) or 0) >= MOST_CALENDARS:
        raise Conflict(
            "You have %(most)s calendars here. Remove one first.",
            values={"most": MOST_CALENDARS},
            code="too-many-calendars",
        )
    row = ImportedCalendar(
        therapist_id=therapist_id, name=name.strip()[:80], url=url, created_at=now, next_try_at=now if url else None
    )
    session.add(row)
    session.flush()
    return row


def remove_calendar(session: Session, therapist_id: int, calendar_id: int, now: datetime) -> None:
    """The calendar goes, and with it what it kept busy."""
    row = own_calendar(session, therapist_id, calendar_id)
    session.delete(row)
    session.flush()
    set_imported_busy(session, therapist_id, calendar_id, [], now)


def record_reading(
    session: Session,
    calendar_id: int,
    reading: Reading,
    now: datetime,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """What the calendar keeps busy now, in place of what it did; nothing when it was removed meanwhile."""
    row = session.get(ImportedCalendar, calendar_id)
    if row is None:
        return
    set_imported_busy(session, row.therapist_id, row.id, reading.busy, now)
    row.etag, row.last_modified, row.read_at = etag, last_modified, now
    row.events, row.busy_count, row.skipped = reading.events, len(reading.busy), reading.skipped
    row.remarks = [each.as_json() for each in reading.remarks]
    _answered(row, now)


def record_unchanged(session: Session, calendar_id: int, now: datetime) -> None:
    """The server says that it is as we have it."""
    row = session.get(ImportedCalendar, calendar_id)
    if row is not None:
        _answered(row, now)


def record_failure(session: Session, calendar_id: int, words: str, now: datetime) -> None:
    """It could not be had. What was known stays busy; the next tries come ever later, twelve hours at most."""
    row = session.get(ImportedCalendar, calendar_id)
    if row is not None:
        row.failures, row.error = row.failures + 1, words[:300]
        row.next_try_at = now + min(EVERY * 2 ** min(row.failures - 1, 10), SLOWEST) if row.url else None


def own_calendar(session: Session, therapist_id: int, calendar_id: int) -> ImportedCalendar:
    """A therapist's own imported calendar; another's does not exist for them."""
    row = session.get(ImportedCalendar, calendar_id)
    if row is None or row.therapist_id != therapist_id:
        raise NotFound("There is no such calendar.")
    return row


def renew_feed(session: Session, therapist_id: int, now: datetime) -> str:
    """A new secret for the practice's own calendar, to be shown this once; the one before it ends."""
    lock(session, therapist_id)
    token = new_token()
    row = session.get(CalendarFeed, therapist_id)
    if row is None:
        row = CalendarFeed(therapist_id=therapist_id)
        session.add(row)
    row.token_hash, row.created_at = token_hash(FEED, token), now
    return token


def end_feed(session: Session, therapist_id: int) -> None:
    row = session.get(CalendarFeed, therapist_id)
    if row is not None:
        session.delete(row)


def _answered(row: ImportedCalendar, now: datetime) -> None:
    row.synced_at, row.failures, row.error = now, 0, ""
    row.next_try_at = now + EVERY if row.url else None
