import pytest
from geopy.distance import EARTH_RADIUS, great_circle
from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import EARTH_RADIUS_KM, HALF_TURN_KM, distance_km, is_point

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@given(latitudes, longitudes, latitudes, longitudes)
def test_agrees_with_geopy(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    theirs = great_circle((lat1, lon1), (lat2, lon2)).km * EARTH_RADIUS_KM / EARTH_RADIUS
    assert distance_km(lat1, lon1, lat2, lon2) == pytest.approx(theirs, rel=1e-6, abs=1e-3)


def test_across_the_antimeridian_is_near() -> None:
    assert distance_km(0, 179.9, 0, -179.9) < 23


@given(latitudes, longitudes, latitudes, longitudes)
def test_symmetric_and_bounded(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there, back = distance_km(lat1, lon1, lat2, lon2), distance_km(lat2, lon2, lat1, lon1)
    assert abs(there - back) < 1e-6
    assert 0 <= there <= HALF_TURN_KM + 1e-6


def test_what_is_no_point() -> None:
    assert not is_point(float("nan"), 0)
    assert not is_point(0, float("inf"))
    assert not is_point(90.1, 0)
    assert is_point(-90, 180)
