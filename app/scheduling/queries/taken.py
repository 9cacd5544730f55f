"""What takes a therapist's time: live visits and imported busy times, as quanta."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, extract, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.core.database import UtcDateTime, plain
from app.scheduling.models import Booking, ImportedBusy
from app.scheduling.quanta import QUANTUM_SECONDS, Interval, Span, floor_quantum, instant_of, quanta_in
from app.scheduling.states import LIVE
from app.scheduling.timeline import Visit, busy_bits

REACH = (480 + 240 + 240) // 5
"""Quanta that a visit outside a span can reach into it: the longest treatment, buffer and travel."""


def visit_interval(starts_at: datetime, minutes: int, before: int, after: int) -> Interval:
    """The quanta that a visit owns: the treatment and both buffers."""
    start = floor_quantum(starts_at)
    return start - quanta_in(before), start + quanta_in(minutes) + quanta_in(after)


def taken(session: Session, therapist_id: int, span: Span, without: int | None = None) -> list[Visit]:
    """Everything that takes time within reach of the span, except the booking `without`."""
    scope = {
        "therapist": therapist_id,
        "from_": instant_of(span.start - REACH),
        "until": instant_of(span.end + REACH),
        "without": without or 0,
    }
    return [_visit(*row) for row in plain(session).execute(TAKEN, scope)]


def busy_seen_from(visits: list[Visit], span: Span, location_id: int, travel_minutes: int) -> int:
    """The therapist's busy bits, as seen from one location."""
    return busy_bits(visits, span, location_id, lambda _elsewhere: travel_minutes)


def _visit(starts: int, ends: int | None, minutes: int, before: int, after: int, location_id: int | None) -> Visit:
    """From seconds since 1970 and minutes."""
    first = starts // QUANTUM_SECONDS
    if ends is not None:
        return Visit(first, -(-ends // QUANTUM_SECONDS))
    return Visit(first - quanta_in(before), first + quanta_in(minutes) + quanta_in(after), location_id)


def seconds(moment: Any) -> Any:
    """An instant as whole seconds since 1970, which cost less to read than datetimes."""
    return cast(extract("epoch", moment), BigInteger)


def _within(starts_at: Any, ends_at: Any) -> Any:
    return (ends_at > bindparam("from_", type_=UtcDateTime)) & (starts_at < bindparam("until", type_=UtcDateTime))


def _bookings(starts_at: Any, location_id: Any) -> Any:
    return select(
        seconds(starts_at),
        null().cast(BigInteger),
        Booking.minutes,
        Booking.buffer_before,
        Booking.buffer_after,
        location_id,
    ).where(
        Booking.therapist_id == bindparam("therapist"),
        Booking.id != bindparam("without"),
        Booking.state.in_(sorted(LIVE)),
        _within(starts_at, starts_at),
    )


TAKEN = union_all(
    _bookings(Booking.starts_at, Booking.location_id),
    _bookings(Booking.new_starts_at, Booking.new_location_id),
    select(
        seconds(ImportedBusy.starts_at),
        seconds(ImportedBusy.ends_at),
        literal(0),
        literal(0),
        literal(0),
        null().cast(BigInteger),
    ).where(ImportedBusy.therapist_id == bindparam("therapist"), _within(ImportedBusy.starts_at, ImportedBusy.ends_at)),
)
"""A booking takes its own time, and the new time that was asked for. (`REACH` is applied by `taken`.)"""
