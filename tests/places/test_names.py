"""Keys and spellings: rules that hold for every name."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.places import names, parse, spelling

NAMES = st.text(alphabet=string.ascii_lowercase, min_size=5, max_size=20)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_in_any_case(text: str) -> None:
    once = names.plain(text)
    assert names.key(once.upper()) == names.key(once.upper().lower())
    assert "  " not in names.key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Louis", "saint louis"),
        ("Ft Worth", "Fort Worth"),
        ("Winston-Salem", "winston salem"),
        ("Saint-Jérôme", "st jerome"),
        ("Coeur d'Alene", "Coeur dAlene"),
        ("Washington, D.C.", "washington dc"),
        ("N. Las Vegas", "North Las Vegas"),
        ("Łódź", "Lodz"),
    ],
)
def test_these_are_one_name(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


def test_short_forms_at_the_end_are_states_and_streets() -> None:
    assert names.key("Helena MT") == "helena mt"
    assert names.key("Helena MT USA") == "helena mt usa"
    assert names.key("Main St") == "main st"


@given(NAMES, st.data())
def test_one_letter_less_more_other_or_swapped_is_always_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    for typed in (
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ):
        assert spelling.asked_digests(typed) & spelling.stored_digests(name)
        assert spelling.mistakes(typed, name) <= 1.5


def test_a_direction_is_never_a_mistake() -> None:
    assert spelling.mistakes("upper east side", "upper west side") == spelling.NEVER


@given(st.floats(-90, 90).map(lambda x: round(x, 4)), st.floats(-180, 180).map(lambda x: round(x, 4)))
def test_written_points_are_read_back(lat: float, lon: float) -> None:
    plain = parse.point(f"{lat:.4f}, {lon:.4f}")
    assert plain == parse.Point2(lat, lon)
    compass = parse.point(f"{abs(lat):.4f} {'S' if lat < 0 else 'N'} {abs(lon):.4f} {'W' if lon < 0 else 'E'}")
    assert compass is not None
    assert (compass.lat, compass.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


@given(st.text(max_size=400))
def test_any_text_can_be_taken_apart(text: str) -> None:
    typed = parse.typed(text)
    assert len(typed.words) <= parse.MOST_WORDS
    parse.point(text)
