"""Brute force, written apart from the finder: every pair, geopy's formula on our radius."""

from geopy.distance import EARTH_RADIUS, great_circle

from app.core.geometry import EARTH_RADIUS_KM


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(great_circle(a, b).km) * EARTH_RADIUS_KM / EARTH_RADIUS
