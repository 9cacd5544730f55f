"""The town around a point, so that a person reads a name rather than numbers."""

import math
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

REACHES = ((12.0, 5_000), (50.0, 0))
"""How far to look (km) for a town of how many people: one that people know first, then any."""


class Town(NamedTuple):
    id: int
    lat: float
    lon: float
    label: str
    country: str
    admin1: str


def pinned(session: Session, lat: float, lon: float) -> Spot:
    """A point (degrees) as a place. `name` is the town around it, empty far from any.

    Its label has both and is read again as the same point: "Boulder, CO (40.0150, -105.2705)".
    """
    label, zone = f"{lat:.4f}, {lon:.4f}", zone_at(lat, lon)
    for km, people in REACHES:
        if town := _nearest(session, lat, lon, km, people):
            return Spot(f"{town.label} ({label})", "point", lat, lon, zone, town.country, town.admin1, town.label)
    return Spot(label, "point", lat, lon, zone)


_TOWNS = Statement(
    select(Place.id, Place.lat, Place.lon, Place.label, Place.country, Place.admin1).where(
        Place.kind == "town",
        among(Place.band, "bands"),
        Place.lon.between(bindparam("west"), bindparam("east")),
        Place.population >= bindparam("people"),
    )
)


def _nearest(session: Session, lat: float, lon: float, km: float, people: int) -> Town | None:
    box = box_around(lat, lon, km)
    bands = range(band_of(box.south), band_of(box.north) + 1)
    towns = [
        Town._make(row)
        for west, east in box.spans
        for row in _TOWNS.rows(session, {"bands": bands, "west": west, "east": east, "people": people})
    ]
    away, _, town = min(((distance_km(lat, lon, t.lat, t.lon), t.id, t) for t in towns), default=(math.inf, 0, None))
    return town if away <= km else None
