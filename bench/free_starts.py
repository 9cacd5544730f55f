"""Free starts of one therapist for a month, beside libraries that anyone can install.

Two windows a day, 40 bookings, 15 minutes of buffer on either side, 60 minutes on a 15 minute grid,
31 days in New York across the November clock change. `python -m bench.free_starts` prints JSON.
"""

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import portion
from intervaltree import IntervalTree

from app.core.zones import use_pinned_zone_data, zone
from app.scheduling import timeline
from app.scheduling.hours import OpeningHours, Schedule, day_quanta
from app.scheduling.quanta import Span, floor_quantum
from app.scheduling.queries.free_times import free_times_of
from app.scheduling.timeline import Visit

ZONE = "America/New_York"
FIRST, DAYS = date(2027, 10, 20), 31
WINDOWS = ((9 * 60, 13 * 60), (14 * 60, 19 * 60))
MINUTES, BUFFER, GRID = 60, 15, 15
MINUTES_QUANTA, BUFFER_QUANTA, GRID_QUANTA = MINUTES // 5, BUFFER // 5, GRID // 5
MINUTE = timedelta(minutes=1)

Intervals = list[tuple[int, int]]

SCHEDULE = Schedule(ZONE, weekly=tuple(OpeningHours(day, *window) for day in range(7) for window in WINDOWS))
EARLIEST, LATEST = day_quanta(ZONE, FIRST)[0], day_quanta(ZONE, FIRST + timedelta(days=DAYS))[0]
SPAN = Span.covering(EARLIEST, LATEST)


def run() -> dict[str, Any]:
    """Milliseconds of each way to the same starts."""
    use_pinned_zone_data()
    bookings = _bookings()
    visits = [Visit(start, end) for start, end in bookings]
    rows = _derive(visits)
    expected = _portion(bookings)
    assert _intervaltree(bookings) == expected
    assert timeline.quanta(_compute(rows), SPAN) == expected
    return {
        "starts": len(expected),
        "bookings": len(bookings),
        "days": DAYS,
        "ms": {
            "compute": _measure(lambda: _compute(rows), 5000),
            "compute_and_list": _measure(lambda: timeline.quanta(_compute(rows), SPAN), 2000),
            "compute_and_next_three": _measure(lambda: timeline.first_quanta(_compute(rows), SPAN, 3), 2000),
            "derive_weeks": _measure(lambda: _derive(visits), 500),
            "derive_compute_and_list": _measure(lambda: timeline.quanta(_compute(_derive(visits)), SPAN), 500),
            **peers(bookings),
        },
        "through_the_database_ms": _through_the_database(),
    }


def peers(bookings: Intervals | None = None) -> dict[str, dict[str, float]]:
    """The same starts by libraries that anyone can install: on any machine, the same work of the same code."""
    taken = bookings or _bookings()
    return {
        "portion": _measure(lambda: _portion(taken), 20),
        "intervaltree": _measure(lambda: _intervaltree(taken), 20),
    }


def _through_the_database() -> dict[str, dict[str, float]]:
    """The same month in SQLite: reading the free times as every page does, and deriving the weeks anew."""
    from sqlalchemy.orm import Session

    from app.doors.database import db
    from app.factory import alembic
    from app.scheduling import queries, services
    from bench.dataset import app_on
    from tools.stress_world import open_therapist

    now = datetime.combine(FIRST, clock(), zone(ZONE)).astimezone(UTC)
    last = now + timedelta(days=DAYS)
    with tempfile.TemporaryDirectory() as folder:
        app = app_on(f"sqlite:///{folder}/month.db", Path(folder))
        with app.app_context():
            alembic.upgrade()
            with Session(db.engine) as session:
                one = open_therapist(session, "request", "month", now, buffers=BUFFER)
                service, location = one.services[0].id, one.locations[0].id
                _fill(session, one.id, service, location, now, last)
                session.commit()
                offers = queries.bookables(session, service)
                weeks = SPAN.weeks
                times = {
                    "read_and_compute": _measure(lambda: _bits(session, offers[0], now, last), 300),
                    "read_and_list": _measure(lambda: free_times_of(session, offers, now, last, now), 300),
                    "read_and_list_with_the_service": _measure(
                        lambda: queries.free_times(session, service, now, last, now), 300
                    ),
                    "derive_weeks": _measure(lambda: services.rederive(session, one.id, now, weeks), 100),
                }
                session.rollback()
            db.engine.dispose()
    return times


def _bits(session: Any, one: Any, now: datetime, last: datetime) -> int:
    """What a page does before it names the starts: all it needs to know whether and how many there are."""
    from app.scheduling.queries.free_times import starts_of, timeline_rows

    return starts_of(one, timeline_rows(session, one.therapist_id, SPAN.weeks), SPAN, now, last, now)


def _fill(session: Any, therapist_id: int, service: int, location: int, now: datetime, last: datetime) -> None:
    """40 visits, as the therapist's own entries."""
    from app.scheduling import queries, services
    from app.scheduling.safety import Screening
    from app.scheduling.states import Actor

    chance, person = random.Random(1), services.Contact("Pat Example", "pat@example.test")
    for _ in range(40):
        at = chance.choice(queries.free_times(session, service, now, last, now)).starts_at
        wanted = services.BookingRequest(service, location, at, person, Screening({}))
        services.enter(session, wanted, Actor("therapist", therapist_id), now)


def _bookings() -> Intervals:
    """40 visits of an hour that do not overlap."""
    slots = [
        (start, start + MINUTES_QUANTA)
        for opens, closes in _opened()
        for start in range(opens, closes - MINUTES_QUANTA + 1, MINUTES_QUANTA)
    ]
    return random.Random(20271107).sample(slots, 40)


# Ours


def _derive(visits: list[Visit]) -> tuple[list[bytes], list[bytes]]:
    """The rows of all weeks, as they are stored."""
    opened = timeline.split(timeline.open_bits(SCHEDULE, SPAN), SPAN)
    busy = timeline.split(timeline.busy_bits(visits, SPAN), SPAN)
    return list(opened.values()), list(busy.values())


def _compute(rows: tuple[list[bytes], list[bytes]]) -> int:
    allowed = timeline.grid(ZONE, SPAN, GRID) & timeline.between(SPAN, EARLIEST, LATEST)
    opened, busy = map(timeline.join, rows)
    return timeline.free_starts(opened, busy, MINUTES, before=BUFFER, after=BUFFER, allowed=allowed)


# The same with interval libraries, on whole quanta too, which suits them better than datetimes


def _opened() -> Intervals:
    tz = zone(ZONE)
    midnights = [datetime.combine(FIRST + timedelta(days=day), clock(), tz) for day in range(DAYS)]
    return [
        (floor_quantum(midnight + opens * MINUTE), floor_quantum(midnight + closes * MINUTE))
        for midnight in midnights
        for opens, closes in WINDOWS
    ]


def _on_grid(start: int, end: int) -> list[int]:
    """Starts in a free interval that an hour fits into; New York's offsets are whole hours."""
    return list(range(-(-start // GRID_QUANTA) * GRID_QUANTA, end - MINUTES_QUANTA + 1, GRID_QUANTA))


def _portion(bookings: Intervals) -> list[int]:
    opened = portion.Interval(*(portion.closedopen(start, end) for start, end in _opened()))
    busy = portion.Interval(
        *(portion.closedopen(start - BUFFER_QUANTA, end + BUFFER_QUANTA) for start, end in bookings)
    )
    return [start for free in opened - busy for start in _on_grid(free.lower, free.upper)]


def _intervaltree(bookings: Intervals) -> list[int]:
    tree = IntervalTree.from_tuples(_opened())
    for start, end in bookings:
        tree.chop(start - BUFFER_QUANTA, end + BUFFER_QUANTA)
    return [start for free in sorted(tree) for start in _on_grid(free.begin, free.end)]


def _measure(work: Callable[[], object], repeats: int) -> dict[str, float]:
    work()
    took = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        work()
        took.append((time.perf_counter_ns() - began) / 1e6)
    return {"best": round(min(took), 5), "median": round(statistics.median(took), 5)}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
