"""Where a rough distance settles who is inside a circle."""

from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import angle_of_km, box_around, distance_km
from app.finder import counting

KM = st.sampled_from([1.0, 5.0, 40.0, 160.0, 800.0, 20000.0])
lats, parts = st.floats(-90, 90), st.floats(0, 1)


@given(lat=lats, lon=st.floats(-180, 180), km=KM, up=parts, right=parts)
def test_it_is_off_by_no_more_than_it_says(lat: float, lon: float, km: float, up: float, right: float) -> None:
    """Anywhere in the box around the circle."""
    slack = counting.rough((lat, lon), km)
    if slack is None:
        return
    box = box_around(lat, lon, km)
    ((west, east),) = box.spans
    there = box.south + up * (box.north - box.south), west + right * (east - west)
    flat = (there[0] - lat) ** 2 + ((there[1] - lon) * cos(radians(lat))) ** 2
    exact = angle_of_km(distance_km(lat, lon, *there)) ** 2
    assert abs(flat - exact) <= slack * flat + 1e-18


@given(lat=st.floats(-60, 60), km=st.sampled_from([1.0, 40.0, 160.0]))
def test_it_settles_most_where_people_live(lat: float, km: float) -> None:
    slack = counting.rough((lat, 0.0), km)
    assert slack is not None
    assert slack < 0.12


@given(lat=lats, lon=st.floats(-180, 180), km=KM, up=parts, right=parts)
def test_a_box_inside_a_circle_lies_inside(lat: float, lon: float, km: float, up: float, right: float) -> None:
    box = counting._box_inside((lat, lon), km)
    if box is None:
        return
    ((west, east),) = box.spans
    there = box.south + up * (box.north - box.south), west + right * (east - west)
    assert distance_km(lat, lon, *there) <= km * (1 + 1e-9)
