"""Boxes that grow, and which of their entries lie in the ring that each adds. The geometry of the finder."""

from collections.abc import Iterator
from math import cos, inf, pi, radians, sin
from typing import Any, NamedTuple

from app.core.geometry import HALF_TURN_KM, distance_of, half_chord
from app.directory.listing import MAX_REACH_KM
from app.finder.criteria import SearchCriteria
from app.finder.cursor import Key

FIRST_BOX_KM = 5.0
FEW = 3
"""A ring with fewer is in thinly settled country, or asks for what is rare."""
MM = 1_000_000
"""Millimetres in a kilometre: order is by whole millimetres, then by therapist, so that it is total and writes exactly."""
RADIAN = pi / 180
SLACK = 1e-9
"""Relative width by which rings are taken too wide before the exact distance is computed."""

Point = tuple[float, float]


class Hit(NamedTuple):
    """A therapist found, at the location that is nearest (cheapest or free first, when sorted so)."""

    key: Key
    therapist_id: int
    location_id: int
    distance_km: float


def farthest(criteria: SearchCriteria) -> float:
    """Beyond this no entry can match: practices end at the radius, home visits at their greatest reach."""
    return MAX_REACH_KM if criteria.home_visit else max(criteria.radius_km, MAX_REACH_KM)


def nearness(mm: int) -> int:
    """The ring of a distance: 0 to 5 km, 1 to 10, 2 to 20 and so on. Within one, pages confirmed lately come first."""
    return ((mm + 5 * MM - 1) // (5 * MM) - 1).bit_length() if mm else 0


class Ring(NamedTuple):
    """What lies in a box of `size` km and beyond `inner` km, up to `outer` km. It ends where one of `nearness` does."""

    inner: float
    size: float
    outer: float


def first_ring(criteria: SearchCriteria, first: int = 0) -> Ring:
    """From the point to the end of the ring `first` of `nearness`; -1 and less are circles inside the first one."""
    return _ring(criteria, 0.0, FIRST_BOX_KM * 2.0**first)


def next_ring(criteria: SearchCriteria, ring: Ring, found: int) -> Ring | None:
    """The ring around one in which `found` matched, four times as wide after next to nobody; None at the end.

    Beyond the radius there are only those who come to the home from so far: one ring holds them all.
    """
    if ring.outer == inf:
        return None
    if ring.size >= criteria.radius_km:
        return _ring(criteria, ring.size, farthest(criteria))
    return _ring(criteria, ring.size, ring.size * (4 if found < FEW else 2))


def farther(criteria: SearchCriteria, ring: Ring, times: float) -> Ring | None:
    """The ring around one that is so many times as wide, for orders that take no rings."""
    return None if ring.outer == inf else _ring(criteria, ring.size, ring.size * times)


def _ring(criteria: SearchCriteria, inner: float, size: float) -> Ring:
    far = farthest(criteria)
    return Ring(inner, size, size) if size < far else Ring(inner, far, inf)


def near(
    rows: Any, criteria: SearchCriteria, point: Point, inner: float, outer: float
) -> Iterator[tuple[int, float, int | None, Any]]:
    """(millimetres, km, price, row) of the entries beyond `inner` up to `outer` km that truly match."""
    radius = criteria.radius_km
    lowest, highest = (round(inner * MM) if inner else -1), outer * MM
    prices_matter = criteria.prices_matter
    at_lat, at_lon = point
    phi, turn, cos_at = radians(at_lat), RADIAN / 2, cos(radians(at_lat))
    least, most = half_chord(inner) * (1 - SLACK), half_chord(min(outer, HALF_TURN_KM)) * (1 + SLACK)
    for row in rows:
        lon, lat, reach, price = row[0], row[1], row[4], row[5]
        phi2 = radians(lat)
        chord = sin((phi2 - phi) / 2) ** 2 + cos_at * cos(phi2) * sin((lon - at_lon) * turn) ** 2
        if not least <= chord <= most:
            continue
        km = distance_of(chord)
        mm = round(km * MM)
        if not lowest < mm <= highest or km > (radius if reach is None else reach):
            continue
        if prices_matter:
            price = price_for(row[6], criteria.minutes)
            if criteria.max_price_cents is not None and (price is None or price > criteria.max_price_cents):
                continue
        yield mm, km, price, row


def price_for(prices: str, minutes: int | None) -> int | None:
    """The least price of a treatment of that length, from an entry's ",60:9000,90:12000"."""
    mark = f"{minutes}:"
    fits = [int(offer[len(mark) :]) for offer in prices.split(",") if offer.startswith(mark)]
    return min(fits, default=None)
