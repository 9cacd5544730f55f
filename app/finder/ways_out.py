"""What somebody can do who was found nobody: drop a condition that gains someone, or go to the nearest outside."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app.directory.listing import MAX_REACH_KM
from app.finder import queries
from app.finder.criteria import DAYS, MOST_RADIUS_KM, SearchCriteria
from app.finder.free import FreeTimes
from app.finder.near import Hit, Point

FARTHEST_KM, FARTHEST_FREE_KM = 2560.0, 320.0
"""How far the nearest one outside the radius is looked for, and the nearest one with a free time."""
EVERYTHING: Final = "everything"
WHEN: Final = "when"
"""Days and part of the day together, among what can be dropped."""
FEW = 20


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A condition that could be dropped, and how many there would be then."""

    field: str
    criteria: SearchCriteria
    total: int
    total_is_capped: bool


def relaxations(
    session: Session, criteria: SearchCriteria, point: Point, on: date, free: FreeTimes | None = None
) -> list[Relaxation]:
    """For a search that finds nobody: what to drop, the greatest gain first; only what gains something."""
    gains = []
    for widest, *narrower in _families(criteria):
        # What gains nobody at its widest gains nobody in its parts.
        if first := _relaxed(session, *widest, point, on, free):
            gains += [each for each in (_relaxed(session, *less, point, on, free) for less in narrower) if each]
            gains.append(first)
    return sorted(gains, key=lambda each: -each.total) or _everything(session, criteria, point, on)


def _families(criteria: SearchCriteria) -> list[list[tuple[str, SearchCriteria]]]:
    """What could be dropped, each with its name; of those that belong together the one that drops most first."""
    names = [name for name in criteria.conditions() if name not in (DAYS, "time")]
    dates = [(name, criteria.without(name)) for name in (DAYS, "time") if name in criteria.conditions()]
    whenever = [(WHEN, criteria.without(DAYS).without("time"))] if len(dates) == 2 else []
    circles = [("radius_km", replace(criteria, radius_km=km)) for km in _wider(criteria.radius_km)]
    families = [*([(name, criteria.without(name))] for name in names), whenever + dates, circles]
    return [family for family in families if family]


def _relaxed(
    session: Session, name: str, criteria: SearchCriteria, point: Point, on: date, free: FreeTimes | None
) -> Relaxation | None:
    total, capped = _gain(session, criteria, point, on, free)
    return Relaxation(name, criteria, total, capped) if total else None


def _gain(
    session: Session, criteria: SearchCriteria, point: Point, on: date, free: FreeTimes | None
) -> tuple[int, bool]:
    """How many there would be; of those with a free time, only the first few are counted."""
    if free is None or not criteria.asks_when:
        return queries.count(session, criteria, point, on)
    other = free.instead(criteria)
    hits = queries.nearest(session, replace(criteria, sort="distance"), point, on, limit=FEW + 1, free=other)
    return min(FEW, len(hits)), len(hits) > FEW


def _everything(session: Session, criteria: SearchCriteria, point: Point, on: date) -> list[Relaxation]:
    """When no single condition is to blame: the problem alone, far around."""
    bare = SearchCriteria(specialty_id=criteria.specialty_id, radius_km=max(criteria.radius_km, MAX_REACH_KM))
    whole = Relaxation(EVERYTHING, bare, *queries.count(session, bare, point, on))
    return [whole] if whole.total and bare != criteria else []


def _wider(radius_km: float) -> list[float]:
    """Larger circles, the largest first."""
    larger = dict.fromkeys(min(radius_km * factor, MOST_RADIUS_KM) for factor in (4, 2))
    return [km for km in larger if radius_km * 2 <= km]


def nearest_outside(
    session: Session, criteria: SearchCriteria, point: Point, on: date, free: FreeTimes | None = None
) -> Hit | None:
    """The nearest who would match if distance did not matter, or else who at least works on the problem."""
    whenever = criteria.without(DAYS).without("time")
    for each in dict.fromkeys((criteria, whenever, SearchCriteria(criteria.specialty_id))):
        if each.asks_when and free is None:
            continue
        km = FARTHEST_FREE_KM if each.asks_when else FARTHEST_KM
        anywhere = replace(each, radius_km=km, sort="distance")
        asked = free.instead(anywhere) if free and each.asks_when else None
        if hits := queries.nearest(session, anywhere, point, on, limit=1, free=asked):
            return hits[0]
    return None
