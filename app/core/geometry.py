"""Points on a spherical earth. Latitudes and longitudes in degrees, distances in km."""

from math import asin, cos, degrees, isfinite, pi, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the earth (IUGG), so that distances agree with what geodesy texts call great-circle."""

HALF_TURN_KM = pi * EARTH_RADIUS_KM


def is_point(lat: float, lon: float) -> bool:
    """Whether the two are finite and on the earth."""
    return isfinite(lat) and isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine, which is exact enough for near points too)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half_chord = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))


def angle_of_km(km: float) -> float:
    """The angle in degrees that `km` spans along a great circle."""
    return degrees(km / EARTH_RADIUS_KM)
