"""What must be true of bookings whatever happened, read from the tables by plain means of its own."""

import itertools
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notifications.models import OutboxMessage
from app.scheduling.models import Booking, BookingEvent, IdempotencyKey, Occupancy, TimelineWeek
from app.scheduling.plan import messages

LIVE = ("held", "requested", "confirmed", "attended", "no_show")
QUANTUM = 300


def violations(session: Session) -> dict[str, int]:
    """How often each rule is broken; all zero in a sound house."""
    bookings = list(session.scalars(select(Booking)))
    return {
        "overlapping_live_bookings": overlaps(bookings),
        "quanta_missing_or_left_over": wrong_quanta(session, bookings),
        "timeline_bits_wrong": wrong_bits(session, bookings),
        "event_histories_broken": broken_histories(session, bookings),
        "messages_missing_or_twice": wrong_messages(session, bookings),
        "keys_with_two_bookings": shared_bookings(session),
    }


def owned(booking: Booking) -> list[tuple[datetime, datetime]]:
    """The stretches a live booking owns, buffers included."""
    if booking.state not in LIVE:
        return []
    before, after = timedelta(minutes=booking.buffer_before), timedelta(minutes=booking.minutes + booking.buffer_after)
    return [(at - before, at + after) for at in (booking.starts_at, booking.new_starts_at) if at]


def overlaps(bookings: list[Booking]) -> int:
    by_therapist = defaultdict(list)
    for booking in bookings:
        by_therapist[booking.therapist_id] += [(first, last, booking.id) for first, last in owned(booking)]
    found = 0
    for stretches in by_therapist.values():
        stretches.sort()
        for (_, end, one), (start, _, other) in itertools.pairwise(stretches):
            found += start < end and one != other
    return found


def _quanta(booking: Booking) -> set[int]:
    stretches = (
        (int(first.timestamp()) // QUANTUM, int(last.timestamp()) // QUANTUM) for first, last in owned(booking)
    )
    return {quantum for first, last in stretches for quantum in range(first, last)}


def wrong_quanta(session: Session, bookings: list[Booking]) -> int:
    expected = {(one.therapist_id, quantum, one.id) for one in bookings for quantum in _quanta(one)}
    rows = session.execute(select(Occupancy.therapist_id, Occupancy.quantum, Occupancy.booking_id))
    return len(expected ^ {tuple(row) for row in rows})


def wrong_bits(session: Session, bookings: list[Booking]) -> int:
    """Busy bits that differ from the live bookings (for therapists with one location and no imported times)."""
    expected: dict[tuple[int, int], int] = defaultdict(int)
    for booking in bookings:
        for quantum in _quanta(booking):
            expected[booking.therapist_id, quantum // 2016] |= 1 << quantum % 2016
    wrong = 0
    for row in session.execute(select(TimelineWeek.therapist_id, TimelineWeek.week, TimelineWeek.busy)):
        wrong += (int.from_bytes(row.busy, "little") ^ expected[row.therapist_id, row.week]).bit_count()
    return wrong


def broken_histories(session: Session, bookings: list[Booking]) -> int:
    numbers: dict[int, list[Any]] = defaultdict(list)
    for event in session.scalars(select(BookingEvent).order_by(BookingEvent.booking_id, BookingEvent.number)):
        numbers[event.booking_id].append(event)
    return sum(not _is_whole(booking, numbers[booking.id]) for booking in bookings)


def _is_whole(booking: Booking, events: list[BookingEvent]) -> bool:
    follows = all(old.new_state == new.old_state for old, new in itertools.pairwise(events))
    counted = [event.number for event in events] == list(range(1, booking.events + 1))
    return follows and counted and events[-1].new_state == booking.state


def wrong_messages(session: Session, bookings: list[Booking]) -> int:
    """Each transition wrote exactly its messages (patients without an address get none)."""
    with_mail = {booking.id for booking in bookings if booking.email}
    expected: Counter[str] = Counter()
    for event in session.scalars(select(BookingEvent)):
        who = event.actor.partition(":")[0]
        for recipient, kind in messages(event.old_state, event.action, who):  # type: ignore[arg-type]
            if recipient == "therapist" or event.booking_id in with_mail:
                expected[f"visit:{event.booking_id}:{event.number}:{recipient}", kind] += 1  # type: ignore[index]
    rows = session.execute(select(OutboxMessage.key, OutboxMessage.kind).where(OutboxMessage.key.like("visit:%:%:%")))
    found = Counter((key, kind) for key, kind in rows if key.count(":") == 3 and ":remind" not in key)
    return sum(((expected - found) + (found - expected)).values())  # type: ignore[operator]


def shared_bookings(session: Session) -> int:
    times = Counter(session.scalars(select(IdempotencyKey.booking_id)))
    return sum(count > 1 for count in times.values())
