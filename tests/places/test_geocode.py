"""What people type, and the place that it means."""

import pytest
from sqlalchemy.orm import Session

from app.places import services
from app.places.queries import geocode, suggest
from app.places.results import Geocoded
from tests.places import gazetteer
from tests.places.gazetteer import fill
from tests.support.questions import listening

pytestmark = pytest.mark.databases


@pytest.fixture(autouse=True)
def _filled(session: Session) -> None:
    fill(session)


def label(answer: Geocoded) -> str:
    return answer.place.label if answer.place else "none"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" 78704", "Austin, TX 78704"),
        ("78704-1234", "Austin, TX 78704"),
        ("zip code 78704", "Austin, TX 78704"),
        ("78704-", "Austin, TX 78704"),
        ("Austin TX", "Austin, TX"),
        ("austin, texas", "Austin, TX"),
        ("AUSTIN TX 78704", "Austin, TX 78704"),
        ("Austin, TX, 78704, USA", "Austin, TX 78704"),
        ("78704 Austin", "Austin, TX 78704"),
        ("St. Louis, MO", "Saint Louis, MO"),
        ("mt vernon wa", "Mount Vernon, WA"),
        ("ft. lauderdale, fl", "Fort Lauderdale, FL"),
        ("Winston Salem NC", "Winston-Salem, NC"),
        ("O'Fallon, MO", "O'Fallon, MO"),
        ("nyc", "New York City, NY"),
        ("Washington, D.C.", "Washington, DC"),
        ("Las Vegas, NM", "Las Vegas, NM"),
        ("portland me", "Portland, ME"),
        ("Vancouver BC", "Vancouver, Canada"),
        ("London, Ontario", "London, Canada"),
        ("cape cod", "Barnstable, MA"),
        ("zurich", "Zürich, Switzerland"),
        ("Zuerich", "Zürich, Switzerland"),
        ("Saint-Jérôme QC", "Saint-Jérôme, Canada"),
        ("Park Slope, Brooklyn", "Park Slope, NY"),
        ("Echo Park LA", "Echo Park, CA"),
        ("Back Bay Boston", "Back Bay, MA"),
        ("Hyde Park, Chicago", "Hyde Park, IL"),
        ("Hyde Park Boston", "Hyde Park, MA"),
        ("South Boston", "South Boston, MA"),
        ("downtown seattle", "Seattle, WA"),
        ("M5V 2T6", "M5V, Canada"),
        ("m5v2t6", "M5V, Canada"),
        ("SW1A 1AA", "SW, United Kingdom"),
        ("10115 Berlin", "10115, Germany"),
        ("2000 Australia", "2000, Australia"),
        ("2139", "Cambridge, MA 02139"),
        ("７８７０４", "Austin, TX 78704"),
        ("Ａｕｓｔｉｎ　ＴＸ", "Austin, TX"),
        ("787O4", "Austin, TX 78704"),
        ("O2l39", "Cambridge, MA 02139"),
        ("city of Austin", "Austin, TX"),
        ("City of Industry CA", "City of Industry, CA"),
    ],
)
def test_one_place(session: Session, typed: str, expected: str) -> None:
    answer = geocode(session, typed)
    assert (label(answer), answer.outcome) == (expected, "one")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Pheonix, AZ", "Phoenix, AZ"),
        ("Tuscon, Arizona", "Tucson, AZ"),
        ("Albequerque NM", "Albuquerque, NM"),
        ("Sanfrancisco", "San Francisco, CA"),
        ("Sacremento", "Sacramento, CA"),
        ("Spokan WA", "Spokane, WA"),
        ("Mineapolis", "Minneapolis, MN"),
        ("Boston Massachusets", "Boston, MA"),
        ("Minnepolis Minesota", "Minneapolis, MN"),
        ("Austin Texs", "Austin, TX"),
        ("Paris Frace", "Paris, France"),
        ("Atlanta Gorgia", "Atlanta, GA"),
    ],
)
def test_a_misspelling_is_read_and_said_to_be(session: Session, typed: str, expected: str) -> None:
    answer = geocode(session, typed)
    assert label(answer) == expected
    assert answer.note == f"We read that as {expected}." or not answer.note


@pytest.mark.parametrize("typed", ["Sallas", "Bellas TX", "blorpville, OH", "Smoky Orogan", "Frace"])
def test_a_name_that_begins_otherwise_is_not_a_misspelling(session: Session, typed: str) -> None:
    assert geocode(session, typed).outcome == "none"


def test_a_misspelt_city_outweighs_an_old_name_of_a_hamlet(session: Session) -> None:
    rows = [
        *gazetteer.rows(),
        gazetteer.town(900, "Friday Harbor", "WA", "US", 48.534, -123.017, 2_162, alias="bellvue"),
    ]
    services.replace(session, rows, "with an old name")
    answer = geocode(session, "Bellvue WA")
    assert label(answer) == "Bellevue, WA"
    assert [each.label for each in answer.alternatives] == ["Bellevue, WA", "Friday Harbor, WA"]


@pytest.mark.parametrize(
    ("typed", "expected", "left_out"),
    [
        ("north Austin", "Austin, TX", "north"),
        ("Old Market Portland", "Portland, OR", "old market"),
        ("Clarendon Arlington", "Arlington, VA", "clarendon"),
        ("Downtown Mall Las Vegas", "Las Vegas, NV", "downtown mall"),
    ],
)
def test_an_unknown_part_of_a_city_is_the_city_and_said_so(
    session: Session, typed: str, expected: str, left_out: str
) -> None:
    answer = geocode(session, typed)
    assert (label(answer), answer.note) == (expected, f"We could not place “{left_out}”, so this is {expected}.")


@pytest.mark.parametrize(
    ("typed", "towns"),
    [
        ("Georgia", ["Tbilisi, Georgia", "Atlanta, GA", "Columbus, GA"]),
        ("Georgia USA", ["Atlanta, GA", "Columbus, GA"]),
        ("Massachusets", ["Boston, MA", "Springfield, MA", "Barnstable, MA"]),
    ],
)
def test_of_a_whole_state_its_towns_are_offered_the_home_state_first(
    session: Session, typed: str, towns: list[str]
) -> None:
    answer = geocode(session, typed)
    assert [each.label for each in answer.alternatives] == towns
    assert label(answer) == ("Boston, MA" if typed == "Massachusets" else "Atlanta, GA")
    assert answer.note == "That is a whole state: choose a town, or type one."


@pytest.mark.parametrize(
    ("typed", "first", "also"),
    [
        ("Springfield", "Springfield, MO", "Springfield, IL"),
        ("Portland", "Portland, OR", "Portland, ME"),
        ("Paris", "Paris, France", "Paris, TX"),
        ("Columbus", "Columbus, OH", "Columbus, GA"),
        ("Washington", "Washington, DC", "Seattle, WA"),
        ("Texas", "Austin, TX", "Paris, TX"),
    ],
)
def test_several_are_offered_most_populous_first(session: Session, typed: str, first: str, also: str) -> None:
    answer = geocode(session, typed)
    assert answer.outcome == "several"
    assert label(answer) == first
    assert also in [each.label for each in answer.alternatives]
    people = [each.population for each in answer.alternatives]
    assert people == sorted(people, reverse=True)


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "near me", "asdfghjkl", "00000", "1234567", "'; DROP TABLE therapists;--", "<script>alert(1)</script>",
        "x" * 10_000, "💆", "massage", "back pain", "257 west 26th street", "9", "99999999999", "مساج", "%", "_", "\0",
        "91,-181", "nan,nan",
    ],
)  # fmt: skip
def test_nonsense_is_no_place_and_the_sentence_says_what_to_type(session: Session, typed: str) -> None:
    answer = geocode(session, typed)
    assert answer.outcome == "none"
    assert "ZIP" in answer.note


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("7601 W Jefferson Blvd, Fort Wayne IN 46804", "Fort Wayne, IN 46804"),
        ("615 N Front St Spokane WA", "Spokane, WA"),
        ("6 Potsdamer Platz, Berlin", "Berlin, Germany"),
        ("31519 Winter Pkwy, Ste 1 Austin TX 78704", "Austin, TX 78704"),
    ],
)
def test_a_street_falls_back_and_says_so(session: Session, typed: str, expected: str) -> None:
    answer = geocode(session, typed)
    assert label(answer) == expected
    assert answer.note.startswith("We could not place the street")


def test_a_zip_that_is_not_in_its_town_offers_both(session: Session) -> None:
    answer = geocode(session, "Seattle WA 78704")
    assert {each.label for each in answer.alternatives} == {"Seattle, WA", "Austin, TX 78704"}


def test_a_known_point_prefers_the_namesake_around_it(session: Session) -> None:
    assert label(geocode(session, "Hyde Park", near=(42.36, -71.06))) == "Hyde Park, MA"
    assert label(geocode(session, "Hyde Park", near=(41.88, -87.63))) == "Hyde Park, IL"


def test_coordinates_are_a_point_with_its_zone(session: Session) -> None:
    answer = geocode(session, "47.6062 N 122.3321 W")
    assert answer.place is not None
    assert (round(answer.place.lat, 4), round(answer.place.lon, 4)) == (47.6062, -122.3321)
    assert answer.place.time_zone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("typed", "town", "country"),
    [
        ("47.6062,-122.3321", "Seattle, WA", "US"),
        ("34.02,-117.96", "City of Industry, CA", "US"),
        ("47.40,8.50", "Zürich, Switzerland", "CH"),
        ("47.6062,-122.20", "Bellevue, WA", "US"),
        ("0,0", "", ""),
        ("-90,0", "", ""),
    ],
)
def test_a_point_is_known_by_the_town_around_it(session: Session, typed: str, town: str, country: str) -> None:
    answer = geocode(session, typed)
    assert answer.place is not None
    assert (answer.place.name, answer.place.country, answer.place.kind) == (town, country, "point")
    assert answer.place.label.startswith(town)
    assert geocode(session, answer.place.label).place == answer.place


def test_typeahead_begins_with_the_great_places(session: Session) -> None:
    assert [each.label for each in suggest(session, "s")][:2] == ["Sydney, Australia", "San Francisco, CA"]
    assert [each.label for each in suggest(session, "sprin")] == [
        "Springfield, MO",
        "Springfield, MA",
        "Springfield, IL",
    ]
    assert [each.label for each in suggest(session, "7870")] == ["Austin, TX 78704"]
    assert [each.label for each in suggest(session, "st. lo")] == ["Saint Louis, MO"]
    assert suggest(session, "zzzz") == []
    assert suggest(session, "%") == []


def test_typeahead_knows_the_state(session: Session) -> None:
    assert [each.label for each in suggest(session, "portland, m")] == ["Portland, ME"]


@pytest.mark.parametrize(("typed", "most"), [("78704", 1), ("Austin TX", 1), ("Pheonix, AZ", 3), ("asdfghjkl", 3)])
def test_the_number_of_queries_is_small_and_fixed(session: Session, typed: str, most: int) -> None:
    geocode(session, "warm up")
    with listening(session.get_bind()) as asked:
        geocode(session, typed)
    assert len(asked) <= most, asked
