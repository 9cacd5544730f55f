"""How many match, up to a cap: the database counts where a rough distance settles it, and the border is looked at closely."""

from datetime import date
from math import cos, inf, radians, tan

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import plain
from app.core.geometry import Box, angle_of_km, box_around, distance_km
from app.directory.listing import MAX_REACH_KM, partition
from app.finder import entries
from app.finder.criteria import SearchCriteria
from app.finder.near import Point, near

TOTAL_CAP = 500
"""A total is exact up to here; beyond it is "more than 500"."""
INSIDE = (0.69, 0.6)
"""A box of such a part of the radius lies inside the circle, the larger one not everywhere."""
ROUGHEST = 0.3
"""A rough distance that may be off by more, squared, settles nothing."""
FEW = 30
"""With fewer inside, it costs least to look at all of them."""
HAIR = 1e-9
"""Degrees."""
ALL: entries.Condition = ("", [])


def count(session: Session, criteria: SearchCriteria, point: Point, on: date) -> tuple[int, bool]:
    """How many therapists match, up to the cap, and whether there are more."""
    connection, filters = plain(session), entries.conditions(criteria, on.toordinal())
    counting = _Counting(connection, criteria, point, filters)
    if not criteria.home_visit and counting.are_more_practices():
        return TOTAL_CAP, True
    if counting.are_more_home_visits():
        return TOTAL_CAP, True
    return len(counting.people), False


class _Counting:
    """The `people` found so far. Each step says whether they are more than the cap, and may stop there."""

    def __init__(
        self, connection: Connection, criteria: SearchCriteria, point: Point, filters: entries.Condition
    ) -> None:
        self.people: set[int] = set()
        self._connection, self._criteria, self._point, self._filters = connection, criteria, point, filters
        self._by_price = criteria.minutes is not None and criteria.max_price_cents is not None

    def are_more_practices(self) -> bool:
        """First asks a box well inside the circle: the cheap answer in a metropolis, and whether they are few."""
        radius, key = self._criteria.radius_km, self._criteria.specialty_id
        box = None if self._by_price else _box_inside(self._point, radius)
        inside = entries.inside(self._connection, box, key, self._filters, TOTAL_CAP + 1) if box else 0
        if inside > TOTAL_CAP:
            return True
        slack = None if self._by_price else rough(self._point, radius)
        if slack is None or inside < FEW:
            return self._look(key, radius, ALL)
        limit, box = angle_of_km(radius) ** 2, box_around(*self._point, radius)
        sure = nearer(self._point, "?", [limit * (1 - slack)])
        self.people.update(
            entries.therapists(self._connection, box, key, entries.both(self._filters, sure), TOTAL_CAP + 1)
        )
        if len(self.people) > TOTAL_CAP:
            return True
        border = nearer(self._point, "? AND ?", [limit * (1 - slack), limit * (1 + slack)], "BETWEEN")
        return self._look(key, radius, border)

    def are_more_home_visits(self) -> bool:
        """Those from near by, and those from farther away who come so far: hardly any."""
        key, slack = partition(self._criteria.specialty_id, home_visits=True), rough(self._point, MAX_REACH_KM)
        reaching = ALL
        if slack is not None:
            reaching = nearer(self._point, "reach_km * reach_km * ?", [angle_of_km(1) ** 2 * (1 + slack)])
        near_by = min(self._criteria.radius_km, MAX_REACH_KM)
        return self._look(key, near_by, reaching) or (
            near_by < MAX_REACH_KM and self._look(key, MAX_REACH_KM, reaching, reach_from=near_by)
        )

    def _look(self, key: int, size: float, condition: entries.Condition, reach_from: float = 0.0) -> bool:
        """Look at each entry in the box of `size` km that fulfils a condition: first at some, which may be enough."""
        box, columns = box_around(*self._point, size), entries.columns_for(self._criteria)
        filters = entries.both(self._filters, condition)
        for most in (2 * TOTAL_CAP, None):
            rows = list(
                entries.in_box(self._connection, box, [key], filters, reach_from=reach_from, most=most, columns=columns)
            )
            self.people |= {row[2] for _, _, _, row in near(rows, self._criteria, self._point, 0.0, inf)}
            if len(self.people) > TOTAL_CAP or most is None or len(rows) < most:
                break
        return len(self.people) > TOTAL_CAP


def _box_inside(point: Point, radius_km: float) -> Box | None:
    """A box whose corners lie inside the circle."""
    for part in INSIDE:
        box = box_around(*point, radius_km * part)
        if len(box.spans) > 1:
            return None
        corners = [(lat, lon) for lat in (box.south, box.north) for lon in box.spans[0]]
        if all(distance_km(*point, *corner) <= radius_km for corner in corners):
            return box
    return None


def rough(point: Point, km: float) -> float | None:
    """By what part a squared distance up to `km` may be off when the earth is taken for flat; None where by too much.

    A degree of longitude is taken to be as long as at the point: it is off by the tangent of the latitude.
    """
    angle, lat = radians(angle_of_km(km)), abs(radians(point[0]))
    if lat + angle > radians(80) or len(box_around(*point, km).spans) > 1:
        return None
    slack = 2 * (angle * tan(lat + angle) + angle**2) + 0.001
    return slack if slack < ROUGHEST else None


def nearer(point: Point, limit: str, values: list[object], than: str = "<=") -> entries.Condition:
    """Entries whose rough squared distance (degrees of latitude) is within a limit.

    A tenth of a millimetre is added, since PostgreSQL refuses to square what is next to nothing.
    """
    lat, lon = point
    north, east = f"(abs(lat - ?) + {HAIR})", f"(abs(lon - ?) + {HAIR})"
    squared = f"({north} * {north} + {east} * {east} * ?)"
    return f" AND {squared} {than} {limit}", [lat, lat, lon, lon, cos(radians(lat)) ** 2, *values]
