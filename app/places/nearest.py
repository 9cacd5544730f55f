"""The town around a point, so that a person reads a name rather than numbers."""

import math

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.geometry import distance_km
from app.places.models import Place
from app.places.results import Spot
from app.places.zones import zone_at

KM_PER_DEGREE = 111.2
REACHES = ((12.0, 5_000), (50.0, 0))
"""How far to look (km) for a town of how many people: one that people know first, then any."""


def pinned(session: Session, lat: float, lon: float) -> Spot:
    """A point (degrees) as a place. `name` is the town around it, empty far from any.

    Its label has both and is read again as the same point: "Boulder, CO (40.0150, -105.2705)".
    """
    label, zone = f"{lat:.4f}, {lon:.4f}", zone_at(lat, lon)
    for km, people in REACHES:
        if town := _nearest(session, lat, lon, km, people):
            return Spot(f"{town.label} ({label})", "point", lat, lon, zone, town.country, town.admin1, town.label)
    return Spot(label, "point", lat, lon, zone)


def _nearest(session: Session, lat: float, lon: float, km: float, people: int) -> Place | None:
    tall = km / KM_PER_DEGREE
    wide = tall / max(0.01, math.cos(math.radians(lat)))
    around = select(Place).where(
        Place.kind == "town",
        Place.lat.between(lat - tall, lat + tall),
        Place.lon.between(lon - wide, lon + wide),
        Place.population >= people,
    )
    towns = [(distance_km(lat, lon, t.lat, t.lon), t.id, t) for t in session.scalars(around)]
    away, _, town = min(towns, default=(math.inf, 0, None))
    return town if away <= km else None
