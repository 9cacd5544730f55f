"""When a therapist is open and otherwise taken, as intervals for a calendar page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling.models import Booking, ImportedBusy
from app.scheduling.quanta import Span, ceil_quantum, floor_quantum, instant_of
from app.scheduling.queries.agenda import LONGEST
from app.scheduling.queries.free_times import timeline_rows
from app.scheduling.timeline import between, join_weeks


def open_times(
    session: Session, therapist_id: int, first: datetime, last: datetime
) -> list[tuple[datetime, datetime, int]]:
    """(opens, closes, location) within `[first, last)`: hours with exceptions, holidays and time off taken in."""
    span = Span.covering(floor_quantum(first), ceil_quantum(last))
    allowed = between(span, floor_quantum(first), ceil_quantum(last))
    found = []
    for location_id, (opened, _busy) in timeline_rows(session, therapist_id, span.weeks).items():
        bits = join_weeks(opened, span.weeks) & allowed
        found += [(instant_of(span.start + a), instant_of(span.start + b), location_id) for a, b in _runs(bits)]
    return sorted(found)


def busy_elsewhere(
    session: Session, therapist_id: int, first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """Imported busy times that touch `[first, last)`."""
    query = select(ImportedBusy.starts_at, ImportedBusy.ends_at).where(
        ImportedBusy.therapist_id == therapist_id, ImportedBusy.starts_at < last, ImportedBusy.ends_at > first
    )
    return [(row.starts_at, row.ends_at) for row in session.execute(query.order_by(ImportedBusy.starts_at))]


def held_times(
    session: Session, therapist_id: int, first: datetime, last: datetime, now: datetime
) -> list[tuple[datetime, datetime, datetime]]:
    """(start, end, until when) of what is held in `[first, last)` for somebody who did not confirm yet: nobody's visit."""
    query = select(Booking.starts_at, Booking.ends_at, Booking.expires_at).where(
        Booking.therapist_id == therapist_id,
        Booking.state == "held",
        Booking.expires_at > now,
        Booking.starts_at.between(first - LONGEST, last),
        Booking.starts_at < last,
        Booking.ends_at > first,
    )
    rows = session.execute(query.order_by(Booking.starts_at))
    return [(starts, ends, until) for starts, ends, until in rows if until]


def _runs(bits: int) -> list[tuple[int, int]]:
    """The [start, end) of each run of ones, lowest first."""
    runs, at = [], 0
    while bits:
        skip = (bits & -bits).bit_length() - 1
        bits >>= skip
        length = ((bits + 1) & ~bits).bit_length() - 1
        runs.append((at + skip, at + skip + length))
        bits >>= length
        at += skip + length
    return runs
