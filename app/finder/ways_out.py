"""What somebody can do who was found nobody: drop a condition that gains someone, or go to the nearest outside."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from app.directory.listing import MAX_REACH_KM
from app.finder import queries
from app.finder.counting import count
from app.finder.criteria import DAYS, MOST_RADIUS_KM, SearchCriteria
from app.finder.free import FreeTimes
from app.finder.near import MM, Hit, Point, nearness

FARTHEST_KM, FARTHEST_FREE_KM = 2560.0, 320.0
"""How far the nearest one outside the radius is looked for, and the nearest one with a free time."""
EVERYTHING: Final = "everything"
WHEN: Final = "when"
"""Days and part of the day together, among what can be dropped."""
FEW = 5
"""So many with a free time are counted; more are said to be more."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A condition that could be dropped, and how many there would be then."""

    field: str
    criteria: SearchCriteria
    total: int
    total_is_capped: bool


@dataclass
class WaysOut:
    """The ways out of one search that found nobody. `free` answers for times where the criteria ask for any."""

    session: Session
    criteria: SearchCriteria
    point: Point
    on: date
    free: FreeTimes | None = None

    def relaxations(self) -> list[Relaxation]:
        """What to drop, the greatest gain first; only what gains something."""
        gains = []
        for widest, *narrower in _families(self.criteria):
            # What gains nobody at its widest gains nobody in its parts.
            if first := self._relaxed(*widest):
                gains += [each for each in (self._relaxed(*less) for less in narrower) if each]
                gains.append(first)
        return sorted(gains, key=lambda each: -each.total) or self._everything()

    def nearest_outside(self) -> Hit | None:
        """The nearest who would match if distance did not matter, or else who at least works on the problem."""
        if self._asks_when and self._farther:
            return self._farther[0]
        if self._asks_when and self._whenever:
            return self._whenever[0]
        if not self._asks_when and self._widest:
            return self._widest[0]
        whenever = self.criteria.without(DAYS).without("time")
        for each in dict.fromkeys((whenever, SearchCriteria(self.criteria.specialty_id))):
            anywhere = replace(each, radius_km=FARTHEST_KM, sort="distance")
            if hits := queries.nearest(self.session, anywhere, self.point, self.on, limit=1, first=self._ring):
                return hits[0]
        return None

    @property
    def _asks_when(self) -> bool:
        return self.free is not None and self.criteria.asks_when

    def _relaxed(self, name: str, criteria: SearchCriteria) -> Relaxation | None:
        total, capped = self._gain(name, criteria)
        return Relaxation(name, criteria, total, capped) if total else None

    def _gain(self, name: str, criteria: SearchCriteria) -> tuple[int, bool]:
        """How many there would be; of those with a free time, only the first few are counted."""
        if self.free is None or not criteria.asks_when:
            return self._counted(name, criteria)
        if name == "radius_km" and criteria.radius_km <= FARTHEST_FREE_KM:
            return _few(hit for hit in self._farther if hit.distance_km <= criteria.radius_km)
        if name in (DAYS, "time") and self._whenever is not None:
            stay = self.free.instead(criteria).available(self._whenever)
            return _few(hit for hit in self._whenever if hit.location_id in stay)
        # Where few work on the problem at all, it takes one look at the whole circle to see who else is there.
        return _few(self._nearest(criteria, self.free, 0 if self._whenever is None else self._ring))

    def _counted(self, name: str, criteria: SearchCriteria) -> tuple[int, bool]:
        if name in (WHEN, DAYS, "time"):
            known = self._whenever
        elif name == "radius_km" and self._widest is not None:
            known = [hit for hit in self._widest if hit.distance_km <= criteria.radius_km]
        else:
            known = queries.few(self.session, replace(criteria, sort="distance"), self.point, self.on)
        if known is None:
            return count(self.session, criteria, self.point, self.on)
        return len({hit.therapist_id for hit in known}), False

    @property
    def _ring(self) -> int:
        """The order of nearness of the radius."""
        return nearness(round(self.criteria.radius_km * MM))

    def _nearest(self, criteria: SearchCriteria, free: FreeTimes, first: int = 0) -> list[Hit]:
        other, by_distance = free.instead(criteria), replace(criteria, sort="distance")
        return queries.nearest(
            self.session,
            by_distance,
            self.point,
            self.on,
            limit=FEW + 1,
            free=other,
            first=first,
            by_distance_alone=True,
        )

    @cached_property
    def _whenever(self) -> list[Hit] | None:
        """All who match at any time, at each of their places; None when there are many."""
        criteria = replace(self.criteria.without(DAYS).without("time"), sort="distance")
        return queries.few(self.session, criteria, self.point, self.on)

    @property
    def _widest_km(self) -> float:
        return max(_wider(self.criteria.radius_km), default=self.criteria.radius_km)

    @cached_property
    def _widest(self) -> list[Hit] | None:
        """All who match in the widest circle, where no time is asked for; None when there are many."""
        criteria = replace(self.criteria, radius_km=self._widest_km, sort="distance")
        return queries.few(self.session, criteria, self.point, self.on)

    @cached_property
    def _farther(self) -> list[Hit]:
        """The nearest with a wanted time, in the widest circle or else wherever they are; none is in the radius.

        In a circle are those of them in it, or more than are counted: nobody nearer than the last one is missing.
        """
        for km in dict.fromkeys((min(self._widest_km, FARTHEST_FREE_KM), FARTHEST_FREE_KM)):
            criteria = replace(self.criteria, radius_km=km)
            if self.free and (found := self._nearest(criteria, self.free, self._ring)):
                return found
        return []

    def _everything(self) -> list[Relaxation]:
        """When no single condition is to blame: the problem alone, far around."""
        radius = max(self.criteria.radius_km, MAX_REACH_KM)
        bare = SearchCriteria(specialty_id=self.criteria.specialty_id, radius_km=radius)
        whole = Relaxation(EVERYTHING, bare, *count(self.session, bare, self.point, self.on))
        return [whole] if whole.total and bare != self.criteria else []


def _few(hits: Iterable[Hit]) -> tuple[int, bool]:
    number = len({hit.therapist_id for hit in hits})
    return min(FEW, number), number > FEW


def _families(criteria: SearchCriteria) -> list[list[tuple[str, SearchCriteria]]]:
    """What could be dropped, each with its name; of those that belong together the one that drops most first."""
    names = [name for name in criteria.conditions() if name not in (DAYS, "time")]
    dates = [(name, criteria.without(name)) for name in (DAYS, "time") if name in criteria.conditions()]
    whenever = [(WHEN, criteria.without(DAYS).without("time"))] if len(dates) == 2 else []
    circles = [("radius_km", replace(criteria, radius_km=km)) for km in _wider(criteria.radius_km)]
    families = [*([(name, criteria.without(name))] for name in names), whenever + dates, circles]
    return [family for family in families if family]


def _wider(radius_km: float) -> list[float]:
    """Larger circles, the largest first."""
    larger = dict.fromkeys(min(radius_km * factor, MOST_RADIUS_KM) for factor in (4, 2))
    return [km for km in larger if radius_km * 2 <= km]
