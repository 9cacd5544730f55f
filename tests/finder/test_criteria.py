"""Criteria survive their URL; what cannot be meant is named, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.directory.languages import CODES
from app.finder import cursor
from app.finder.criteria import DEFAULT_RADIUS_KM, SearchCriteria, parse, values_of

criteria = st.builds(
    SearchCriteria,
    technique_id=st.sampled_from([0, 101, 102, 112]),
    radius_km=st.integers(1, 500).map(float),
    minutes=st.one_of(st.none(), st.integers(1, 48).map(lambda n: n * 5)),
    max_price_cents=st.one_of(st.none(), st.integers(0, 10_000_000)),
    language=st.one_of(st.none(), st.sampled_from(CODES)),
    gender=st.sampled_from([None, "female", "male", "other"]),
    home_visit=st.booleans(),
    step_free=st.booleans(),
    checked=st.booleans(),
    sort=st.sampled_from(["distance", "price"]),
)


@given(criteria)
def test_round_trip_through_the_url(given_criteria: SearchCriteria) -> None:
    parsed = parse(values_of(given_criteria))
    assert parsed.criteria == given_criteria
    assert not parsed.problems


def test_the_radius_is_in_the_units_of_the_place() -> None:
    assert parse({"radius": "10"}, miles=True).criteria.radius_km == pytest.approx(16.09344)
    assert parse({}, miles=True).criteria.radius_km == pytest.approx(40.2336)
    assert parse({}).criteria.radius_km == DEFAULT_RADIUS_KM


@pytest.mark.parametrize(
    ("text", "cents"), [("$120", 12000), ("1,200", 120000), ("$ 95.50", 9550), ("80$", 8000), ("120", 12000)]
)
def test_a_price_is_read_as_people_write_it(text: str, cents: int) -> None:
    parsed = parse({"max_price": text})
    assert (parsed.criteria.max_price_cents, parsed.problems) == (cents, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (n, t)
        for n in ("radius", "minutes", "max_price")
        for t in ("nan", "inf", "-1", "1e999", "1e9", "x", "١٠", "1_0", "9" * 30)
    ]
    + [
        ("radius", "0"),
        ("max_price", "12,50"),
        ("max_price", "$$5"),
        ("minutes", "7"),
        ("gender", "x"),
        ("language", "xx"),
        ("technique", "sciatica"),
        ("sort", "stars"),
    ]
    + [("home_visit", "maybe")],
)
def test_what_cannot_be_meant_is_named_and_left_out(name: str, text: str) -> None:
    parsed = parse({name: text})
    assert [problem.field for problem in parsed.problems] == [name]
    assert parsed.criteria == SearchCriteria()


@given(st.lists(st.integers(0, 2**40), min_size=2, max_size=3).map(tuple), st.text(max_size=20))
def test_a_cursor_comes_back_only_for_its_own_search(key: tuple[int, ...], search: str) -> None:
    text = cursor.written(key, search)
    assert cursor.read(text, search) == key
    with pytest.raises(Invalid):
        cursor.read(text, search + "x")


@given(st.text(max_size=200))
def test_a_broken_cursor_is_invalid(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        cursor.read(text, "search")
    assert caught.value.code == "cursor-broken"
