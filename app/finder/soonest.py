"""Who is free first: the nearest of those who have the earliest times. Exact, and without asking everybody.

Entries bound each first time from below (`outlook`), most often exactly. So the bounds are believed first: what they
make the end of the page cuts off what is read farther out, and few are asked. Where those asked say otherwise, all is
read again by what they said: candidates are asked in the order of their bounds until the page is certain, since nobody
left can come before its last one. Rings from near to far make that happen early, for of two who are free at the same
time the nearer comes first.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from math import inf, sqrt
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.core.database import plain
from app.finder import entries
from app.finder.criteria import SearchCriteria
from app.finder.cursor import Key
from app.finder.free import FreeTimes
from app.finder.near import Hit, Point, Ring, farther, first_ring, near
from app.finder.outlook import NEVER

FEWEST, BATCH = 8, 64
"""How many are asked for their times at once, at least and at most."""
SMALL = -2
"""The first circle: in a metropolis it gives a page, and what comes before its last one is all that is read farther out."""
MANY, TARGET = 60, 80
"""So many are chosen from before more are read, and so many a circle should hold: asking costs ten times as much as reading."""
SPARE = 4
"""So many more than a page the bounds have to fill, since some of them are too early."""
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
    page = _Page(free, limit, after, keep_all=not criteria.asks_when)
    read = partial(_candidates, session, criteria, point, on.toordinal(), free)
    if not free.outlook.is_open or after is not None or not _believing(criteria, read, page):
        _asking(criteria, read, page)
    return page.firsts[:limit]


def _believing(criteria: SearchCriteria, read: Callable[[Ring, Key | None], list[Candidate]], page: "_Page") -> bool:
    """Fill the page as the bounds say, asking once everybody is known who could be on it; whether it is certain then."""
    cut: Key | None = None
    waiting: list[Candidate] = []
    ring: Ring | None = first_ring(criteria, SMALL)
    while ring is not None:
        waiting = sorted(waiting + read(ring, cut))
        if ring.outer < inf:
            cut = _last_of(waiting, page.limit + SPARE) or cut
        ring = farther(criteria, ring, _times(waiting[0].bound, cut) if cut else _growth(len(waiting)))
    page.ask(waiting)
    return cut is None or (page.last is not None and page.last <= cut)


def _asking(criteria: SearchCriteria, read: Callable[[Ring, Key | None], list[Candidate]], page: "_Page") -> None:
    """Fill the page from near to far, going by nothing but what is known of those who were asked."""
    waiting: list[Candidate] = []
    ring: Ring | None = first_ring(criteria, SMALL)
    while ring is not None:
        waiting = sorted(waiting + read(ring, page.last))
        times = _growth(len(waiting))
        if ring.outer == inf or page.last or _last_of(waiting, page.limit):
            page.ask(waiting)
            waiting = []
        ring = farther(criteria, ring, _times(page.firsts[0].key, page.last) if page.last else times)


def _last_of(waiting: Sequence[Candidate], limit: int) -> Key | None:
    """Where a page of them ends, if it could be full of the first times there are, or those to choose from are many."""
    if len(waiting) < limit or (len(waiting) < MANY and waiting[limit - 1].bound[0] > waiting[0].bound[0]):
        return None
    return waiting[limit - 1].bound


def _growth(waiting: int) -> float:
    """How many times as wide the next circle has to be so that enough wait, if they live as close there."""
    return min(4.0, max(1.4, sqrt(TARGET / max(1, waiting))))


def _times(first: Key, last: Key) -> float:
    """The same once a page could be full: all there is, if next to nobody can be free before its last one."""
    return inf if first[0] == last[0] else 2.0


class _Page:
    """The first of those who were asked for their times."""

    def __init__(self, free: FreeTimes, limit: int, after: Key | None, *, keep_all: bool) -> None:
        self.firsts: list[Hit] = []
        self.limit = limit
        self._free, self._after, self._keep_all = free, after, keep_all
        self._asked: list[Hit] = []

    @property
    def last(self) -> Key | None:
        """The key of the last one, once the page is full."""
        return self.firsts[self.limit - 1].key if len(self.firsts) >= self.limit else None

    def ask(self, candidates: Sequence[Candidate]) -> None:
        """Ask those of the candidates, in order, who could come before the last one."""
        start, size = 0, max(FEWEST, self.limit + 3)
        while batch := self._before_last(candidates[start : start + size]):
            self._asked += _asked(batch, self._free, keep_all=self._keep_all)
            self.firsts = _firsts(self._asked, self._after)
            start, size = start + size, min(2 * size, BATCH)

    def _before_last(self, batch: Sequence[Candidate]) -> Sequence[Candidate]:
        last = self.last
        return batch if last is None else [each for each in batch if each.bound < last]


def _candidates(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    day: int,
    free: FreeTimes,
    ring: Ring,
    last: Key | None,
) -> list[Candidate]:
    """Who could come before `last`. All are farther than those before them."""
    inner, size, outer = ring
    filters = entries.conditions(criteria, day)
    if last is not None or criteria.asks_when:
        # At the same time as the last one, one farther away comes before it only if that one was not confirmed lately.
        before = last[0] + last[1] if last is not None else NEVER
        filters = entries.both(filters, free.outlook.may_start(before))
    rows = entries.in_ring(plain(session), criteria, point, inner, size, filters, more=free.outlook.columns)
    width, earliest = _WIDTH, free.outlook.earliest
    return [
        Candidate((earliest(row[width:]), row[7] < day, mm, row[2]), row[2], row[3], km)
        for mm, km, _, row in near(rows, criteria, point, inner, outer)
    ]


def _asked(batch: Sequence[Candidate], free: FreeTimes, *, keep_all: bool) -> list[Hit]:
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
