"""Who is near, in order: boxes that grow until enough lie inside the circle that the box covers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any, Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import plain
from app.finder import entries
from app.finder.counting import count
from app.finder.criteria import SearchCriteria
from app.finder.cursor import Key
from app.finder.free import FreeTimes
from app.finder.near import Hit as Hit  # noqa: PLC0414 - callers name it by this room
from app.finder.near import Point, Ring, first_ring, near, nearness, next_ring
from app.finder.soonest import soonest
from app.scheduling.queries import Known, listed

NO_PRICE = 2**31
KEY_LENGTH = 4
HEART_KM = 2.0
FRESH = " AND fresh_until >= ?"
EVERYWHERE = 40
"""A ring that is larger than the earth."""
FEWEST, BATCH = 8, 64
"""How many are asked for their times at once, at least and at most."""
FEW_ENTRIES = 100
LOOK_KM = 165.0
"""Where nobody is at hand, all in a circle up to so wide are read at once if they are fewer in their boxes."""


class Available(Protocol):
    """Of hits in order, the locations that may stay: how a search for free times narrows the nearest."""

    def __call__(self, hits: Sequence[Hit], /) -> Collection[int]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `total` counts therapists, exactly unless `total_is_capped`: then there are more."""

    hits: tuple[Hit, ...]
    total: int
    total_is_capped: bool
    more: bool


def search(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    *,
    limit: int = 20,
    skip: int = 0,
    after: Key | None = None,
    free: FreeTimes | None = None,
) -> Found:
    """One page of therapists near `point` (lat, lon) who may be listed `on` that day, with the total.

    Pages follow each other by `skip`, or by the key of the last result in `after` with its number in `skip`, so that
    nobody is dropped or repeated while listings change. `free` answers for times where the criteria ask for any.
    Those who are free at a time are counted only as far as they are shown.
    """
    passed = 0 if after else skip
    hits = _hits(session, criteria, point, on, limit=passed + limit + 1, after=after, free=free)[passed:]
    more = len(hits) > limit
    shown = tuple(hits[:limit])
    if criteria.asks_when:
        return Found(shown, skip + len(shown), more, more)
    if not more and after is None and (shown or not skip):
        return Found(shown, skip + len(shown), total_is_capped=False, more=False)
    total, capped = count(session, criteria, point, on)
    return Found(shown, total, capped, more)


def _hits(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    *,
    limit: int,
    after: Key | None,
    free: FreeTimes | None,
) -> list[Hit]:
    if criteria.sort == "soonest":
        if free is None:
            raise ValueError("the soonest are found only by their free times")
        return soonest(session, criteria, point, on, free, limit=limit, after=after)
    return nearest(session, criteria, point, on, limit=limit, after=after, free=free if criteria.asks_when else None)


def nearest(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    *,
    limit: int = 20,
    after: Key | None = None,
    free: FreeTimes | None = None,
    first: int = 0,
    by_distance_alone: bool = False,
) -> list[Hit]:
    """The first `limit` therapists in order, after a key; with `free`, each at their first location with a free time.

    `first` is the order of nearness up to which all are read at once, where few are expected. `by_distance_alone` puts
    nobody behind others for a page that was not confirmed lately.
    """
    condition = free.outlook.may_start() if free else None
    walk = _Walk(free.available if free else None, after)
    for ring in _rings(session, criteria, point, on, condition, after, first):
        if by_distance_alone:
            ring.sort(key=_millimetres)
        start = 0
        while start < len(ring):
            size = walk.batch(limit) if free else len(ring)
            walk.take(ring[start : start + size])
            start += size
            if len(walk.kept) >= limit:
                return walk.kept[:limit]
    return walk.kept


def _rings(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    condition: entries.Condition | None,
    after: Key | None,
    first: int,
) -> Iterator[list[Hit]]:
    """What is `ranked`, begun where least is read: at the heart of a metropolis, or with all there are where few live."""
    connection, look = plain(session), first > 0
    if after and criteria.sort == "distance":
        first = after[0]
    elif first == 0 and criteria.sort == "distance":
        heart = _heart(connection, criteria, point, on, condition)
        look = not heart
        yield heart
    if look and (all_of_them := few(session, criteria, point, on, condition)) is not None:
        yield all_of_them
    else:
        yield from ranked(connection, criteria, point, on, first=first, condition=condition)


def _millimetres(hit: Hit) -> tuple[int, ...]:
    return hit.key[2:]


def few(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    condition: entries.Condition | None = None,
) -> list[Hit] | None:
    """All who match, at each of their places, in order; None when they may be many."""
    if criteria.radius_km > LOOK_KM:
        return None
    filters = entries.both(entries.conditions(criteria, on.toordinal()), condition)
    rows = entries.around(plain(session), criteria, point, filters, FEW_ENTRIES)
    return None if rows is None else _hits_of(near(rows, criteria, point, 0.0, inf), criteria, on.toordinal())


def _heart(
    connection: Connection, criteria: SearchCriteria, point: Point, on: date, condition: entries.Condition | None
) -> list[Hit]:
    """The first of the first ring: confirmed lately and near. In a metropolis they fill a page, and few rows are read."""
    day = on.toordinal()
    filters = entries.both(entries.conditions(criteria, day), entries.both((FRESH, [day]), condition))
    size = min(HEART_KM, criteria.radius_km)
    rows = entries.in_ring(connection, criteria, point, 0.0, size, filters)
    return _hits_of(near(rows, criteria, point, 0.0, size), criteria, day)


class _Walk:
    """Keeps each therapist once while hits come by in order."""

    def __init__(self, available: Available | None, after: Key | None) -> None:
        self.kept: list[Hit] = []
        self._available, self._after = available, after
        self._seen: set[int] = set()
        self._passed: dict[int, list[Hit]] = {}
        self._asked = 0

    def batch(self, wanted: int) -> int:
        """How many to ask next for their times: a few more than should be needed, as the share of the free is so far."""
        missing = wanted - len(self.kept)
        size = missing * max(1.5, 1.25 * self._asked / max(1, len(self.kept)))
        return min(max(round(size), FEWEST), BATCH)

    def take(self, batch: Sequence[Hit]) -> None:
        self._asked += len(batch)
        fresh = batch if self._after is None else self._beyond(batch, self._after)
        if self._available is None or not fresh:
            return self._keep(fresh)
        # Who was shown before the key, at a nearer location, is not shown again.
        before = [hit for each in fresh for hit in self._passed.pop(each.therapist_id, ())]
        stay = self._available([*fresh, *before])
        self._seen |= {hit.therapist_id for hit in before if hit.location_id in stay}
        return self._keep([hit for hit in fresh if hit.location_id in stay])

    def _keep(self, hits: Sequence[Hit]) -> None:
        for hit in hits:
            if hit.therapist_id not in self._seen:
                self._seen.add(hit.therapist_id)
                self.kept.append(hit)

    def _beyond(self, batch: Sequence[Hit], after: Key) -> list[Hit]:
        for hit in batch:
            if hit.key <= after:
                if self._available is None:
                    self._seen.add(hit.therapist_id)
                else:
                    self._passed.setdefault(hit.therapist_id, []).append(hit)
        return [hit for hit in batch if hit.key > after]


def ranked(
    connection: Connection,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    *,
    first: int = 0,
    condition: entries.Condition | None = None,
) -> Iterator[list[Hit]]:
    """All matching locations in order, in lists: each complete to a distance before it is given."""
    day = on.toordinal()
    filters = entries.both(entries.conditions(criteria, day), condition)
    # By price there is no nearer and farther: one ring holds them all.
    ring: Ring | None = first_ring(criteria, first if criteria.sort == "distance" else EVERYWHERE)
    while ring is not None:
        rows = entries.in_ring(connection, criteria, point, ring.inner, ring.size, filters)
        hits = _hits_of(near(rows, criteria, point, ring.inner, ring.outer), criteria, day)
        yield hits
        ring = next_ring(criteria, ring, len(hits))


def _hits_of(found: Any, criteria: SearchCriteria, day: int) -> list[Hit]:
    """In order: within a ring (or of one price) those confirmed lately first, then by distance."""
    if criteria.sort == "price":
        hits = [
            Hit((NO_PRICE if price is None else price, row[7] < day, mm, row[2]), row[2], row[3], km)
            for mm, km, price, row in found
        ]
    else:
        hits = [Hit((nearness(mm), row[7] < day, mm, row[2]), row[2], row[3], km) for mm, km, _, row in found]
    hits.sort()
    return hits


def cards(
    session: Session, hits: Sequence[Hit], on: date | None = None, known: Known | None = None
) -> list[dict[str, Any]]:
    """The ready-made cards of the hits, in order, each with its distance: one query, or none for what is `known`.

    A page that nobody confirmed for a year is by phone only.
    """
    all_listed = listed(session, [hit.location_id for hit in hits], known.listed if known else {})
    found = []
    for hit in hits:
        one = all_listed[hit.location_id]
        if one is not None:
            facts: dict[str, Any] = {"distance_km": hit.distance_km, "location_id": hit.location_id}
            if on is not None and one.bookable_until < on.toordinal():
                facts["booking_mode"] = "none"
            found.append(one.card | facts)
    return found
