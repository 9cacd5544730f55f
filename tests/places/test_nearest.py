"""The town around a point, beside looking at all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.geometry import distance_km
from app.places.models import Place
from app.places.nearest import pinned
from app.places.rows import band_of

LATS = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.96, 0.0, 29.9, 30.0, 30.1, 89.99, 90.0]))
LONS = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.99, 0.0, 179.95, 180.0]))
NEAR = st.floats(-0.4, 0.4)


@settings(max_examples=60)
@given(st.data())
def test_it_is_the_nearest_of_those_that_people_know_or_else_of_all(session: Session, data: st.DataObject) -> None:
    lat, lon = data.draw(LATS), data.draw(LONS)
    session.execute(delete(Place))
    towns = []
    for number in range(data.draw(st.integers(0, 8))):
        at = max(-90.0, min(90.0, lat + data.draw(NEAR))), (lon + data.draw(NEAR) + 180) % 360 - 180
        towns.append((number, *at, data.draw(st.sampled_from([600, 4_999, 5_000, 90_000]))))
    session.add_all([_town(*each) for each in towns])
    session.flush()
    expected = ""
    for km, people in ((12.0, 5_000), (50.0, 0)):
        near = [(distance_km(lat, lon, y, x), number) for number, y, x, size in towns if size >= people]
        if near and min(near)[0] <= km:
            expected = f"Sample {min(near)[1]}"
            break
    assert pinned(session, lat, lon).name == expected


def _town(number: int, lat: float, lon: float, people: int) -> Place:
    name = f"Sample {number}"
    return Place(id=number, kind="town", name=name, label=name, admin1="TX", country="US", lat=lat, lon=lon,
                 population=people, weight=people, time_zone="UTC", band=band_of(lat))  # fmt: skip
