"""Syncing imported calendars: ask outside any transaction, read in a poor process, write in a short one."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import DomainError
from app.core.fetching import Fetched, Gate, Unfetchable, fetch
from app.core.logs import logger
from app.core.texts import N_
from app.doors.database import db, in_transaction
from app.scheduling import queries, services
from app.scheduling.calendars.busy import Reading
from app.scheduling.calendars.sandbox import read_safely
from app.scheduling.own_feed import uid_ending
from app.scheduling.queries import DueCalendar

log = logger("unknot.calendars")
BEFORE, AHEAD = timedelta(days=1), timedelta(days=400)
"""How far a calendar is worked out: past the longest horizon (365 days) until it is read again."""

FAILED = N_("The server answered with an error.")
WORDS = {
    401: N_("The server asks for a password. Use the calendar's secret address instead."),
    403: N_("The server does not let us in. Use the calendar's secret address instead."),
    404: N_("There is no calendar at this address any more."),
    410: N_("There is no calendar at this address any more."),
}


def gate() -> Gate:
    """What may be fetched; tests put their own into FETCH_GATE."""
    found = current_app.config.get("FETCH_GATE")
    return found if isinstance(found, Gate) else Gate()


def sync_due(limit: int = 100) -> None:
    """Sync the calendars whose time has come, one after the other."""
    due = queries.due_calendars(db.session, now(), limit)
    db.session.close()
    for calendar_id in due:
        _sync_alone(calendar_id)


def _sync_alone(calendar_id: int) -> None:
    """One calendar that breaks us may not keep the others waiting: it is tried again later, like any failure."""
    try:
        sync(calendar_id)
    except Exception:
        log.exception("calendar broke", calendar=calendar_id)
        words = N_("This calendar could not be read.")
        in_transaction(lambda session: services.record_failure(session, calendar_id, words, now()))


def sync(calendar_id: int) -> str | None:
    """Bring one calendar up to date; what was wrong, in words for its owner, or None."""
    due = queries.due_calendar(db.session, calendar_id, now())
    db.session.close()
    if due is None:
        return None
    try:
        answer = ask(due)
        reading = None if answer.status == 304 else read_calendar(answer.body, due.zone)
    except DomainError as error:
        words = error.message
        log.info("calendar not synced", calendar=calendar_id, code=error.code, **error.facts)
        in_transaction(lambda session: services.record_failure(session, calendar_id, words, now()))
        return words
    in_transaction(lambda session: _record(session, due, answer, reading, now()))
    return None


def ask(due: DueCalendar) -> Fetched:
    """The server's answer: 200 with content, or 304."""
    answer = fetch(due.url, gate(), etag=due.etag, last_modified=due.last_modified)
    if answer.status == 304 and (due.etag or due.last_modified):
        return answer
    if answer.status != 200:
        raise Unfetchable(WORDS.get(answer.status, FAILED), facts={"status": answer.status})
    return answer


def read_calendar(content: bytes, zone: str) -> Reading:
    """What a calendar keeps busy from yesterday on."""
    own = uid_ending(current_app.config["SETTINGS"].base_url)
    return read_safely(content, zone, now() - BEFORE, now() + AHEAD, own)


def _record(session: Session, due: DueCalendar, answer: Fetched, reading: Reading | None, at: datetime) -> None:
    if reading is None:
        services.record_unchanged(session, due.id, at)
    else:
        services.record_reading(session, due.id, reading, at, etag=answer.etag, last_modified=answer.last_modified)
