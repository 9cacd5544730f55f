"""Who is near, in order: boxes that double until enough lie inside the circle that the box covers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import cos, pi, radians, sin
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.geometry import HALF_TURN_KM, box_around, distance_of, half_chord
from app.directory.listing import MAX_REACH_KM
from app.directory.listing_models import Listing
from app.finder import entries
from app.finder.criteria import SearchCriteria
from app.finder.cursor import Key

FIRST_BOX_KM = 5.0
TOTAL_CAP = 500
"""A total is exact up to here; beyond it is "more than 500"."""
FARTHEST_KM = 2560.0
"""How far the nearest one outside the radius is looked for."""
NO_PRICE = 2**31
EVERYTHING = "everything"
MM = 1_000_000
"""Millimetres in a kilometre: order is by whole millimetres, then by therapist, so that it is total and writes exactly."""
BATCH = 64
RADIAN = pi / 180
SLACK = 1e-9
"""Relative width by which rings are taken too wide before the exact distance is computed."""
INSIDE, TOO_FAR_NORTH = 0.6, 66.0
"""A box of this part of the radius lies inside the circle, up to that latitude (corners at most 0.9 of the radius away)."""

Point = tuple[float, float]


class Hit(NamedTuple):
    """A therapist found, at the location that is nearest (or cheapest, when sorted by price)."""

    key: Key
    therapist_id: int
    location_id: int
    distance_km: float


Available = Callable[[Sequence[Hit]], Collection[int]]
"""Of hits in order, the therapists who may stay: how a search for free times narrows the nearest."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `total` counts therapists, exactly unless `total_is_capped`."""

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
    available: Available | None = None,
) -> Found:
    """One page of therapists near `point` (lat, lon) who may be listed `on` that day, with the total.

    Pages follow each other by `skip` or, so that nobody is dropped or repeated while listings change, by the key of the
    last result in `after`.
    """
    hits = nearest(session, criteria, point, on, limit=limit + 1, skip=skip, after=after, available=available)
    more = len(hits) > limit
    shown = tuple(hits[:limit])
    if not more and after is None and (shown or not skip):
        return Found(shown, skip + len(shown), total_is_capped=False, more=False)
    total, capped = count(session, criteria, point, on)
    return Found(shown, total, capped, more)


def nearest(
    session: Session,
    criteria: SearchCriteria,
    point: Point,
    on: date,
    *,
    limit: int = 20,
    skip: int = 0,
    after: Key | None = None,
    available: Available | None = None,
) -> list[Hit]:
    """The first `limit` therapists in order, after `skip` of them or after a key."""
    kept: list[Hit] = []
    wanted = skip + limit
    begin = after[0] / MM * 1.25 if after and criteria.sort == "distance" else 0.0
    for ring in ranked(session, criteria, point, on, first_km=begin):
        fresh = [hit for hit in ring if hit.key > after] if after else ring
        for start in range(0, len(fresh), BATCH) if available else (0,):
            batch = fresh[start : start + BATCH] if available else fresh
            kept += _only(batch, available)
            if len(kept) >= wanted:
                return kept[skip:wanted]
    return kept[skip:wanted]


def _only(batch: list[Hit], available: Available | None) -> list[Hit]:
    if available is None or not batch:
        return batch
    free = available(batch)
    return [hit for hit in batch if hit.therapist_id in free]


def ranked(
    session: Session, criteria: SearchCriteria, point: Point, on: date, *, first_km: float = 0.0
) -> Iterator[list[Hit]]:
    """All matches in order, in lists: each complete to a distance before it is given, each therapist once."""
    connection = session.connection()
    filters = entries.conditions(criteria, on.toordinal())
    far = _farthest(criteria)
    size = min(far, max(FIRST_BOX_KM, first_km)) if criteria.sort == "distance" else far
    seen: set[int] = set()
    inner = 0.0
    while True:
        keys = entries.partitions(criteria, practices=inner < criteria.radius_km)
        reach_from = inner if inner >= FIRST_BOX_KM else 0.0
        rows = entries.in_box(connection, box_around(*point, size), keys, filters, reach_from=reach_from)
        outer = float("inf") if size >= far else size
        yield _firsts(_matches(rows, criteria, point, inner, outer), seen)
        if size >= far:
            return
        inner, size = size, min(size * 2, far)


def _farthest(criteria: SearchCriteria) -> float:
    """Beyond this no entry can match: practices end at the radius, home visits at their greatest reach."""
    return MAX_REACH_KM if criteria.home_visit else max(criteria.radius_km, MAX_REACH_KM)


def _matches(
    rows: Any, criteria: SearchCriteria, point: Point, inner: float, outer: float
) -> list[tuple[Key, int, int, float]]:
    """Entries of the ring beyond `inner` up to `outer` km, in order."""
    radius, by_price = criteria.radius_km, criteria.sort == "price"
    lowest, highest = (round(inner * MM) if inner else -1), outer * MM
    prices_matter = criteria.minutes is not None and (by_price or criteria.max_price_cents is not None)
    at_lat, at_lon = point
    phi, turn, cos_at = radians(at_lat), RADIAN / 2, cos(radians(at_lat))
    least, most = half_chord(inner) * (1 - SLACK), half_chord(min(outer, HALF_TURN_KM)) * (1 + SLACK)
    found: list[tuple[Key, int, int, float]] = []
    for lon, lat, therapist_id, location_id, reach, cheapest, prices in rows:
        phi2 = radians(lat)
        chord = sin((phi2 - phi) / 2) ** 2 + cos_at * cos(phi2) * sin((lon - at_lon) * turn) ** 2
        if not least <= chord <= most:
            continue
        km = distance_of(chord)
        mm = round(km * MM)
        if not lowest < mm <= highest or km > (radius if reach is None else reach):
            continue
        price = cheapest
        if prices_matter:
            price = price_for(prices, criteria.minutes)
            if criteria.max_price_cents is not None and (price is None or price > criteria.max_price_cents):
                continue
        key = (mm, therapist_id)
        found.append(((NO_PRICE if price is None else price, *key) if by_price else key, therapist_id, location_id, km))
    found.sort()
    return found


def price_for(prices: str, minutes: int | None) -> int | None:
    """The least price of a treatment of that length, from an entry's ",60:9000,90:12000"."""
    mark = f"{minutes}:"
    fits = [int(offer[len(mark) :]) for offer in prices.split(",") if offer.startswith(mark)]
    return min(fits, default=None)


def _firsts(matches: list[tuple[Key, int, int, float]], seen: set[int]) -> list[Hit]:
    """Each therapist at the best of their locations only."""
    hits = []
    for match in matches:
        if match[1] not in seen:
            seen.add(match[1])
            hits.append(Hit(*match))
    return hits


def count(session: Session, criteria: SearchCriteria, point: Point, on: date) -> tuple[int, bool]:
    """How many therapists match, up to the cap, and whether there are more."""
    connection = session.connection()
    filters = entries.conditions(criteria, on.toordinal())
    if _surely_more(connection, criteria, point, filters):
        return TOTAL_CAP, True
    people: set[int] = set()
    reach = 0.0
    for size, practices in ((criteria.radius_km, True), (MAX_REACH_KM, False)):
        if size <= reach or (size == criteria.radius_km and criteria.home_visit):
            continue
        keys = entries.partitions(criteria, practices=practices)
        box = box_around(*point, size)
        for most in (2 * TOTAL_CAP, None):
            rows = list(entries.in_box(connection, box, keys, filters, reach_from=reach, most=most))
            people |= {match[1] for match in _matches(rows, criteria, point, 0.0, float("inf"))}
            if len(people) > TOTAL_CAP:
                return TOTAL_CAP, True
            if most is None or len(rows) < most:
                break
        reach = size
    return len(people), False


def _surely_more(
    connection: Connection, criteria: SearchCriteria, point: Point, filters: tuple[str, list[object]]
) -> bool:
    """Whether a box well inside the circle holds more than the cap: the cheap answer in a metropolis."""
    if (
        criteria.home_visit
        or abs(point[0]) > TOO_FAR_NORTH
        or (criteria.minutes and criteria.max_price_cents is not None)
    ):
        return False
    box = box_around(*point, criteria.radius_km * INSIDE)
    return entries.inside(connection, box, criteria.specialty_id, filters, TOTAL_CAP + 1) > TOTAL_CAP


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A condition that could be dropped, and how many there would be then."""

    field: str
    criteria: SearchCriteria
    total: int
    total_is_capped: bool


def relaxations(session: Session, criteria: SearchCriteria, point: Point, on: date) -> list[Relaxation]:
    """For a search that finds nobody: what to drop, the greatest gain first; only what gains something."""
    others = [(name, criteria.without(name)) for name in criteria.conditions()]
    others += [("radius_km", replace(criteria, radius_km=km)) for km in _wider(criteria.radius_km)]
    found = [Relaxation(name, other, *count(session, other, point, on)) for name, other in others]
    gains = sorted((each for each in found if each.total), key=lambda each: -each.total)
    return gains or _everything(session, criteria, point, on)


def _everything(session: Session, criteria: SearchCriteria, point: Point, on: date) -> list[Relaxation]:
    """When no single condition is to blame: the problem alone, far around."""
    bare = SearchCriteria(specialty_id=criteria.specialty_id, radius_km=max(criteria.radius_km, MAX_REACH_KM))
    whole = Relaxation(EVERYTHING, bare, *count(session, bare, point, on))
    return [whole] if whole.total and bare != criteria else []


def _wider(radius_km: float) -> list[float]:
    return [min(radius_km * factor, 500.0) for factor in (2, 4) if radius_km * factor / factor * 2 <= 500.0]


def nearest_outside(session: Session, criteria: SearchCriteria, point: Point, on: date) -> Hit | None:
    """The nearest who would match if distance did not matter, or else who at least works on the problem."""
    bare = SearchCriteria(specialty_id=criteria.specialty_id)
    for each in (criteria, bare):
        anywhere = replace(each, radius_km=FARTHEST_KM, sort="distance")
        if hits := nearest(session, anywhere, point, on, limit=1):
            return hits[0]
    return None


_CARDS = select(Listing.therapist_id, Listing.location_id, Listing.card).where(
    Listing.therapist_id.in_(bindparam("ids", expanding=True))
)


def cards(session: Session, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """The ready-made cards of the hits, in order, each with its distance: one query."""
    rows = session.execute(_CARDS, {"ids": [hit.therapist_id for hit in hits]})
    texts = {(therapist_id, location_id): card for therapist_id, location_id, card in rows}
    found = []
    for hit in hits:
        text = texts.get((hit.therapist_id, hit.location_id))
        if text is not None:
            found.append(orjson.loads(text) | {"distance_km": hit.distance_km})
    return found
