"""The finder's answers equal brute force, and its pages neither drop nor repeat."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.core.bulk import insert_rows
from app.core.geometry import distance_km
from app.directory.listing import BANDS_PER_DEGREE, HOME_VISITS, band_of
from app.directory.listing_facts import UNKNOWN
from app.directory.listing_models import Listing, SearchEntry
from app.directory.listing_services import ENTRY_COLUMNS
from app.directory.services import refresh_listings
from app.finder import counting, entries, queries
from app.finder.criteria import SearchCriteria
from app.finder.ways_out import WaysOut
from tests.factories import therapist
from tests.finder.oracle import distance

pytestmark = pytest.mark.databases
DAY = date(2026, 11, 21)
AUSTIN = (30.2672, -97.7431)


@dataclass(frozen=True)
class Place:
    therapist_id: int
    location_id: int
    lat: float
    lon: float
    reach_km: float | None
    price: int | None
    stale: bool = False


latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 89.99, 0.0, 30.25, -0.05]))
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 179.99, -179.99, 0.0, -97.75]))
points = st.tuples(latitudes, longitudes)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[tuple[float, float], list[Place]]:
    """A searcher, and therapists of whom most are near; ties, shared points and second locations are common."""
    lat, lon = draw(points)
    step = st.floats(-1.5, 1.5).map(lambda d: round(d, 3))
    places = []
    unconfirmed = draw(st.frozensets(st.integers(1, 12), max_size=4))
    for number in range(draw(st.integers(0, 25))):
        if draw(st.booleans()):
            at = (max(-90.0, min(90.0, lat + draw(step))), (lon + draw(step) * 3 + 540) % 360 - 180)
        else:
            at = draw(st.one_of(points, st.just((lat, lon))))
        reach = draw(st.one_of(st.none(), st.floats(1, 160)))
        price = draw(st.one_of(st.none(), st.integers(5000, 5003)))
        therapist_id = draw(st.integers(1, 12))
        places.append(Place(therapist_id, number, *at, reach, price, stale=therapist_id in unconfirmed))
    return (lat, lon), places


def keep(session: Session, places: list[Place]) -> None:
    session.query(SearchEntry).delete()
    rows = [
        (
            HOME_VISITS if p.reach_km else 0,
            band_of(p.lat),
            p.lon,
            p.lat,
            p.therapist_id,
            p.location_id,
            DAY.toordinal(),
            0,
            1 << 12,
            0,
            0,
            p.price,
            f",60:{p.price}" if p.price else "",
            p.reach_km,
            "USD",
            "UTC",
            DAY.toordinal() - p.stale,
            *UNKNOWN,
        )
        for p in places
    ]
    insert_rows(session, SearchEntry.__table__, ENTRY_COLUMNS, rows)  # type: ignore[arg-type]


def brute(places: list[Place], at: tuple[float, float], radius: float) -> dict[int, float]:
    """Therapist to the distance of the nearest matching location."""
    best: dict[int, float] = {}
    for place in places:
        km = distance(at, (place.lat, place.lon))
        if km <= (place.reach_km or radius):
            best[place.therapist_id] = min(km, best.get(place.therapist_id, 1e9))
    return best


def in_order(places: list[Place], hits: list[queries.Hit]) -> list[int]:
    """By ring (5, 10, 20, 40 … km), in it those confirmed lately first, then by distance to the millimetre, then by id."""
    stale = {place.therapist_id for place in places if place.stale}

    def key(hit: queries.Hit) -> tuple[int, bool, int, int]:
        ring = next(n for n in range(40) if round(hit.distance_km * 1e6) <= 5e6 * 2**n)
        return ring, hit.therapist_id in stale, round(hit.distance_km * 1e6), hit.therapist_id

    return [hit.therapist_id for hit in sorted(hits, key=key)]


def borderline(places: list[Place], at: tuple[float, float], radius: float) -> bool:
    return any(abs(distance(at, (p.lat, p.lon)) - (p.reach_km or radius)) < 1e-3 for p in places)


@settings(max_examples=120)
@given(world=worlds(), radius=st.sampled_from([1.0, 5.0, 7.3, 40.0, 159.0, 161.0, 500.0]), limit=st.integers(1, 6))
def test_equals_brute_force(
    session: Session, world: tuple[tuple[float, float], list[Place]], radius: float, limit: int
) -> None:
    at, places = world
    if borderline(places, at, radius):
        return
    keep(session, places)
    best = brute(places, at, radius)
    criteria = SearchCriteria(radius_km=radius)
    everybody = queries.nearest(session, criteria, at, DAY, limit=1000)
    assert {hit.therapist_id for hit in everybody} == set(best)
    assert len(everybody) == len(best)
    for hit in everybody:
        assert hit.distance_km == pytest.approx(best[hit.therapist_id], abs=1e-3)
    assert [hit.therapist_id for hit in everybody] == in_order(places, everybody)
    with pytest.MonkeyPatch.context() as looks:
        for few in (0, 3, 8):
            looks.setattr(queries, "FEW_ENTRIES", few)
            assert queries.nearest(session, criteria, at, DAY, limit=1000) == everybody
            if (around := queries.few(session, criteria, at, DAY)) is not None:
                assert {hit.therapist_id for hit in around} == set(best)
        for few in (0, 30):
            looks.setattr(counting, "FEW", few)
            assert counting.count(session, criteria, at, DAY) == (len(best), False)
    for first in (
        queries.nearest(session, criteria, at, DAY, limit=limit),
        queries.search(session, criteria, at, DAY, limit=limit).hits,
    ):
        assert list(first) == everybody[:limit]


@settings(max_examples=60)
@given(world=worlds(), size=st.integers(1, 4), sort=st.sampled_from(["distance", "price"]))
def test_pages_neither_drop_nor_repeat(
    session: Session, world: tuple[tuple[float, float], list[Place]], size: int, sort: str
) -> None:
    at, places = world
    keep(session, places)
    criteria = SearchCriteria(radius_km=161, sort=sort)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as looks:
        looks.setattr(queries, "FEW_ENTRIES", 0)
        everybody = queries.nearest(session, criteria, at, DAY, limit=1000)
    by_cursor: list[queries.Hit] = []
    by_number: list[queries.Hit] = []
    after = None
    while page := queries.search(session, criteria, at, DAY, limit=size, after=after).hits:
        by_cursor += page
        after = page[-1].key
    while page := queries.search(session, criteria, at, DAY, limit=size, skip=len(by_number)).hits:
        by_number += page
    assert by_cursor == everybody
    assert by_number == everybody


@settings(max_examples=60)
@given(world=worlds())
def test_by_price_the_cheapest_come_first_and_the_unpriced_last(
    session: Session, world: tuple[tuple[float, float], list[Place]]
) -> None:
    at, places = world
    keep(session, places)
    criteria = SearchCriteria(radius_km=161, sort="price")
    found = queries.nearest(session, criteria, at, DAY, limit=1000)
    prices = []
    for hit in found:
        own = [
            p.price
            for p in places
            if p.therapist_id == hit.therapist_id and distance_km(*at, p.lat, p.lon) <= (p.reach_km or 161)
        ]
        prices.append(min((price for price in own if price), default=10**9))
    assert prices == sorted(prices)


def test_a_newcomer_between_two_pages_moves_nobody(session: Session) -> None:
    people = [therapist(session, lat=30.27 + n / 100) for n in range(5)]
    refresh_listings(session, [each.id for each in people])
    criteria = SearchCriteria(specialty_id=1)
    first = queries.search(session, criteria, AUSTIN, DAY, limit=2)
    newcomer = therapist(session, lat=30.2672)
    refresh_listings(session, [newcomer.id])
    rest = queries.search(session, criteria, AUSTIN, DAY, limit=10, after=first.hits[-1].key)
    assert [hit.therapist_id for hit in first.hits + rest.hits] == [each.id for each in people]
    assert rest.total == 6


def test_a_licence_ends_by_its_date_without_a_job(session: Session) -> None:
    one = therapist(session)
    one.licences[0].expires_on = date(2026, 11, 30)
    refresh_listings(session, [one.id])
    assert queries.nearest(session, SearchCriteria(), AUSTIN, date(2026, 11, 30))
    assert not queries.nearest(session, SearchCriteria(), AUSTIN, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"specialty_id": 1}, True),
        ({"specialty_id": 2}, False),
        ({"technique_id": 102}, True),
        ({"technique_id": 101}, False),
        ({"minutes": 60}, True),
        ({"minutes": 90}, True),
        ({"minutes": 45}, False),
        ({"max_price_cents": 9000}, True),
        ({"max_price_cents": 8999}, False),
        ({"minutes": 90, "max_price_cents": 9000}, False),
        ({"minutes": 90, "max_price_cents": 13000}, True),
        ({"language": "es"}, True),
        ({"language": "de"}, False),
        ({"gender": "female"}, True),
        ({"gender": "male"}, False),
        ({"step_free": True}, True),
        ({"checked": True}, False),
        ({"home_visit": True}, False),
    ],
)
def test_each_filter(session: Session, filters: dict[str, object], found: bool) -> None:
    from app.directory.models import Service, TherapistLanguage

    one = therapist(session, specialty_ids=(1, 102), gender="female")
    one.services.append(Service(name="Long", minutes=90, price_cents=13000))
    one.languages.append(TherapistLanguage(language="es"))
    one.locations[0].steps = 0
    refresh_listings(session, [one.id])
    criteria = replace(SearchCriteria(), **filters)  # type: ignore[arg-type]
    assert bool(queries.nearest(session, criteria, AUSTIN, DAY)) is found
    assert counting.count(session, criteria, AUSTIN, DAY)[0] == int(found)


def test_the_number_of_queries_does_not_grow_with_the_results(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = entries._rows

    def counted(connection: object, sql: str, values: list[tuple[object, ...]]) -> list[object]:
        asked.extend([sql] * len(values))
        return plain(connection, sql, values)  # type: ignore[arg-type]

    monkeypatch.setattr(entries, "_rows", counted)

    def queries_for(number: int) -> int:
        people = [therapist(session) for _ in range(number)]
        refresh_listings(session, [each.id for each in people])
        asked.clear()
        queries.search(session, SearchCriteria(), AUSTIN, DAY, limit=20)
        return len(asked)

    few = queries_for(30)
    assert 0 < queries_for(60) <= few


def test_nobody_found_says_what_to_drop_and_who_is_nearest(session: Session) -> None:
    far = therapist(session, lat=30.9)
    refresh_listings(session, [far.id])
    criteria = SearchCriteria(specialty_id=2, minutes=60)
    assert queries.search(session, criteria, AUSTIN, DAY).total == 0
    assert WaysOut(session, criteria, AUSTIN, DAY).relaxations() == []
    dear = SearchCriteria(specialty_id=1, minutes=45, max_price_cents=100)
    assert [(each.field, each.total) for each in WaysOut(session, dear, AUSTIN, DAY).relaxations()] == [
        ("everything", 1)
    ]
    someone = WaysOut(session, dear, AUSTIN, DAY).nearest_outside()
    assert someone is not None
    assert someone.therapist_id == far.id
    near = SearchCriteria(specialty_id=2, radius_km=100)
    gains = [(each.field, each.total) for each in WaysOut(session, near, AUSTIN, DAY).relaxations()]
    assert gains == [("specialty_id", 1)]
    outside = WaysOut(session, SearchCriteria(specialty_id=1), AUSTIN, DAY).nearest_outside()
    assert outside is not None
    assert outside.therapist_id == far.id
    wider = WaysOut(session, SearchCriteria(specialty_id=1), AUSTIN, DAY).relaxations()
    assert [(each.field, each.criteria.radius_km) for each in wider] == [("radius_km", 80.0), ("radius_km", 160.0)]


def test_a_total_beyond_the_cap_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "TOTAL_CAP", 3)
    people = [therapist(session, lat=30.27 + n / 1000) for n in range(9)]
    refresh_listings(session, [each.id for each in people])
    found = queries.search(session, SearchCriteria(), AUSTIN, DAY, limit=2)
    assert (found.total, found.total_is_capped, found.more) == (3, True, True)


def test_bands_are_a_twentieth_of_a_degree() -> None:
    assert BANDS_PER_DEGREE == 20
    assert band_of(-0.01) == -1
    assert Listing.__tablename__ == "listing"
