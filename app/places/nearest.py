"""The town around a point, so that a person reads a name rather than numbers."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.database import among
from app.core.geometry import box_around, distance_km
from app.core.statements import Statement
from app.places.models import Place
from app.places.results import Spot
from app.places.rows import band_of
from app.places.zones import zone_at

REACHES = ((12.0, 5_000), (12.0, 0), (50.0, 0))
"""How far to look (km) for a town of how many people: one that people know first, then any."""


class Town(NamedTuple):
    id: int
    lat: float
    lon: float
    population: int
    label: str
    country: str
    admin1: str


def pinned(session: Session, lat: float, lon: float) -> Spot:
    """A point (degrees) as a place. `name` is the town around it, empty far from any.

    Its label has both and is read again as the same point: "Boulder, CO (40.0150, -105.2705)".
    """
    label, zone = f"{lat:.4f}, {lon:.4f}", zone_at(lat, lon)
    read: dict[float, list[Town]] = {}
    for km, people in REACHES:
        if km not in read:
            read[km] = _towns(session, lat, lon, km)
        if town := _nearest(lat, lon, km, [each for each in read[km] if each.population >= people]):
            return Spot(f"{town.label} ({label})", "point", lat, lon, zone, town.country, town.admin1, town.label)
    return Spot(label, "point", lat, lon, zone)


_TOWNS = Statement(
    select(Place.id, Place.lat, Place.lon, Place.population, Place.label, Place.country, Place.admin1).where(
        Place.kind == "town",
        among(Place.band, "bands"),
        Place.lon.between(bindparam("west"), bindparam("east")),
    )
)


def _towns(session: Session, lat: float, lon: float, km: float) -> list[Town]:
    """All in the box of so many km around a point."""
    box = box_around(lat, lon, km)
    bands = range(band_of(box.south), band_of(box.north) + 1)
    return [
        Town._make(row)
        for west, east in box.spans
        for row in _TOWNS.rows(session, {"bands": bands, "west": west, "east": east})
    ]


def _nearest(lat: float, lon: float, km: float, towns: Sequence[Town]) -> Town | None:
    away, _, town = min(((distance_km(lat, lon, t.lat, t.lon), t.id, t) for t in towns), default=(math.inf, 0, None))
    return town if away <= km else None
