"""Keeps `busy` equal to the visits: the timeline's half that changes with every booking."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.core.statements import Statement
from app.directory.listing_facts import UNKNOWN
from app.directory.services import bound_first_times
from app.scheduling.models import TimelineWeek
from app.scheduling.quanta import QUANTA_PER_WEEK, Interval, Span
from app.scheduling.queries.taken import busy_seen_from, taken
from app.scheduling.services.timelines import settings_of
from app.scheduling.timeline import ROW_BYTES, Visit, join, split

Weeks = Mapping[int, bytes]
"""Rows by week."""

LONGEST_TRAVEL = 240 // 5
ROWS_OF = Statement(
    select(TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.busy).where(
        TimelineWeek.therapist_id == bindparam("therapist"),
        TimelineWeek.week.between(bindparam("first"), bindparam("last")),
    )
)
UPDATE_BUSY = Statement(
    update(TimelineWeek)
    .where(
        TimelineWeek.therapist_id == bindparam("at_therapist"),
        TimelineWeek.location_id == bindparam("at_location"),
        TimelineWeek.week == bindparam("at_week"),
    )
    .values(busy=bindparam("derived"))
)


def add_busy(
    session: Session, therapist_id: int, location_id: int, visit: Interval, known: Mapping[int, Weeks] | None = None
) -> None:
    """Or the quanta of a visit more into `busy`, which is the or of all visits: none of the others need be read.

    `known` is `busy` by location and week, where this transaction has read it under the therapist's lock.
    """
    (span,) = _spans([visit], LONGEST_TRAVEL)
    if known is None or any(week not in own for own in known.values() for week in span.weeks):
        known = _locations(session, therapist_id, span)
    travel_minutes = settings_of(session, therapist_id)["travel_minutes"] if len(known) > 1 else 0
    changed = []
    for at, weeks in known.items():
        added = split(busy_seen_from([Visit(*visit, location_id)], span, at, travel_minutes), span)
        changed += [
            _busy(therapist_id, at, week, _either(weeks[week], bits))
            for week, bits in added.items()
            if week in weeks and any(bits)
        ]
    if changed:
        UPDATE_BUSY.run(session, *changed)


def _either(one: bytes, other: bytes) -> bytes:
    return (join([one]) | join([other])).to_bytes(ROW_BYTES, "little")


def refresh_busy(session: Session, therapist_id: int, touched: Iterable[Interval]) -> None:
    """Derive `busy` anew for the weeks that visits at `touched` can reach. `open` does not depend on visits."""
    freed: set[int] = set()
    for span in _spans(touched, LONGEST_TRAVEL):
        visits = taken(session, therapist_id, span)
        changed = []
        locations = _locations(session, therapist_id, span)
        travel_minutes = settings_of(session, therapist_id)["travel_minutes"] if len(locations) > 1 else 0
        for location_id, weeks in locations.items():
            busy = split(busy_seen_from(visits, span, location_id, travel_minutes), span)
            changed += [_busy(therapist_id, location_id, week, busy[week]) for week in weeks]
            if any(join([was]) & ~join([busy[week]]) for week, was in weeks.items()):
                freed.add(location_id)
        if changed:
            UPDATE_BUSY.run(session, *changed)
    if freed:
        # A visit more leaves the bound on the first free time true; a visit less may not.
        bound_first_times(session, {therapist_id: dict.fromkeys(freed, UNKNOWN)})


def _spans(touched: Iterable[Interval], reach: int) -> list[Span]:
    """The whole weeks that the intervals can reach, joined where they touch."""
    weeks = sorted({week for first, last in touched for week in Span.covering(first - reach, last + reach).weeks})
    spans: list[Span] = []
    for week in weeks:
        if spans and spans[-1].end == week * QUANTA_PER_WEEK:
            spans[-1] = Span(spans[-1].start, spans[-1].length + QUANTA_PER_WEEK)
        else:
            spans.append(Span.of_weeks(week))
    return spans


def _locations(session: Session, therapist_id: int, span: Span) -> dict[int, dict[int, bytes]]:
    """By location and week, what was busy so far."""
    found: dict[int, dict[int, bytes]] = defaultdict(dict)
    scope = {"therapist": therapist_id, "first": span.weeks[0], "last": span.weeks[-1]}
    for location_id, week, busy in ROWS_OF.rows(session, scope):
        found[location_id][week] = busy
    return found


def _busy(therapist_id: int, location_id: int, week: int, derived: bytes) -> dict[str, Any]:
    return {"at_therapist": therapist_id, "at_location": location_id, "at_week": week, "derived": derived}
