"""Who is free first: the nearest of those who have the earliest times. Exact, and without asking everybody.

Entries bound each first time from below (`outlook`). Candidates are asked in the order of their bounds until the page
is certain: nobody left can come before its last one. Rings from near to far make that happen early, since of two who
are free at the same time the nearer comes first.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.finder import entries
from app.finder.criteria import SearchCriteria
from app.finder.cursor import Key
from app.finder.free import FreeTimes
from app.finder.near import Hit, Point, Ring, first_ring, near, next_ring
from app.finder.outlook import NEVER

FEWEST, BATCH = 8, 64
"""How many are asked for their times at once, at least and at most."""
SMALL = -2
"""The first circle: in a metropolis it gives a page, and what comes before its last one is all that is read farther out."""
_WIDTH = len(entries.COLUMNS.split(","))


class Candidate(NamedTuple):
    """`bound` is the least that the sort key can be."""

    bound: Key
    therapist_id: int
    location_id: int
    distance_km: float


def soonest(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    free: FreeTimes,
    *,
    limit: int,
    after: Key | None = None,
) -> list[Hit]:
    """The first `limit` therapists by (first free time, confirmed lately, distance), after a key."""
    asked: list[Hit] = []
    page: list[Hit] = []
    ring: Ring | None = first_ring(criteria, SMALL)
    while ring is not None:
        found = _candidates(session, criteria, point, on.toordinal(), free, ring, _last(page, limit))
        start, size = 0, max(FEWEST, limit + 3)
        while start < len(found):
            last = _last(page, limit)
            if last is not None and found[start].bound >= last:
                break
            asked += _asked(found[start : start + size], free, keep_all=not criteria.asks_when)
            page = _firsts(asked, after)
            start, size = start + size, min(2 * size, BATCH)
        ring = next_ring(criteria, ring, len(found))
    return page[:limit]


def _last(page: list[Hit], limit: int) -> Key | None:
    """The key of the last one on the page, once it is full."""
    return page[limit - 1].key if len(page) >= limit else None


def _candidates(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    day: int,
    free: FreeTimes,
    ring: Ring,
    last: Key | None,
) -> list[Candidate]:
    """Who could come before `last`, in the order of what they are bound by. All are farther than those before them."""
    inner, size, outer = ring
    filters = entries.conditions(criteria, day)
    if last is not None or criteria.asks_when:
        # At the same time as the last one, one farther away comes before it only if that one was not confirmed lately.
        before = last[0] + last[1] if last is not None else NEVER
        filters = entries.both(filters, free.outlook.may_start(before))
    rows = entries.in_ring(session.connection(), criteria, point, inner, size, filters, more=free.outlook.columns)
    width, earliest = _WIDTH, free.outlook.earliest
    found = [
        Candidate((earliest(row[width:]), row[7] < day, mm, row[2]), row[2], row[3], km)
        for mm, km, _, row in near(rows, criteria, point, inner, outer)
    ]
    found.sort()
    return found


def _asked(batch: list[Candidate], free: FreeTimes, *, keep_all: bool) -> list[Hit]:
    free.ask(each.location_id for each in batch if each.bound[0] < NEVER)
    hits = []
    for bound, therapist_id, location_id, km in batch:
        start = free.start(location_id) if bound[0] < NEVER else NEVER
        if keep_all or start < NEVER:
            hits.append(Hit((start, *bound[1:]), therapist_id, location_id, km))
    return hits


def _firsts(asked: list[Hit], after: Key | None) -> list[Hit]:
    """Each therapist once, at their best, beyond a key."""
    best = {hit.therapist_id: hit for hit in sorted(asked, reverse=True)}
    return sorted(hit for hit in best.values() if after is None or hit.key > after)
