"""Points on a spherical earth. Latitudes and longitudes in degrees, distances in km."""

from math import asin, cos, degrees, isfinite, pi, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the earth (IUGG), so that distances agree with what geodesy texts call great-circle."""

HALF_TURN_KM = pi * EARTH_RADIUS_KM
KM_PER_DEGREE = HALF_TURN_KM / 180
"""Of latitude."""


def is_point(lat: float, lon: float) -> bool:
    """Whether the two are finite and on the earth."""
    return isfinite(lat) and isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine, which is exact enough for near points too)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half_chord = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return distance_of(half_chord)


def angle_of_km(km: float) -> float:
    """The angle in degrees that `km` spans along a great circle."""
    return degrees(km / EARTH_RADIUS_KM)


def distance_of(half_chord: float) -> float:
    """The distance that a squared half chord of the unit sphere (the haversine) spans."""
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))


def half_chord(km: float) -> float:
    """The reverse of `distance_of`, up to half a turn."""
    return sin(km / (2 * EARTH_RADIUS_KM)) ** 2


class Box(NamedTuple):
    """Latitudes from `south` to `north`, and one or two spans of longitude (two across the antimeridian)."""

    south: float
    north: float
    spans: tuple[tuple[float, float], ...]


MARGIN = 1e-7
"""Degrees (about a centimetre) that a box is wider than its circle, so that rounding loses no border point."""


def box_around(lat: float, lon: float, km: float) -> Box:
    """The smallest box of latitudes and longitudes that holds the circle, poles and antimeridian included."""
    angle = angle_of_km(km) + MARGIN
    south, north = lat - angle, lat + angle
    if north >= 90 or south <= -90:
        return Box(max(south, -90.0), min(north, 90.0), ((-180.0, 180.0),))
    half = degrees(asin(min(1.0, sin(radians(angle)) / cos(radians(lat))))) + MARGIN
    west, east = lon - half, lon + half
    if west < -180:
        return Box(south, north, ((west + 360, 180.0), (-180.0, east)))
    if east > 180:
        return Box(south, north, ((west, 180.0), (-180.0, east - 360)))
    return Box(south, north, ((west, east),))
