from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from app.web import formatting


@pytest.fixture(autouse=True)
def in_english(app: Flask) -> object:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize(
    ("km", "units", "said"),
    [
        (0.0, "mi", "0.1 miles"),
        (1.609344, "mi", "1 mile"),
        (3.2, "mi", "2 miles"),
        (8.9, "mi", "5.5 miles"),
        (16.0, "mi", "9.9 miles"),
        (16.2, "mi", "10 miles"),
        (2011.7, "mi", "1,250 miles"),
        (3.44, "km", "3.4 km"),
        (120.4, "km", "120 km"),
    ],
)
def test_distances(km: float, units: str, said: str) -> None:
    assert formatting.distance(km, units) == said


def test_miles_are_for_countries_with_miles_on_their_signs() -> None:
    assert [formatting.units_for(country) for country in ("US", "GB", "CA", "DE", None)] == [
        "mi", "mi", "km", "km", "mi",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cents", "currency", "said"),
    [
        (9500, "USD", "$95"),
        (9550, "USD", "$95.50"),
        (120000, "USD", "$1,200"),
        (8000, "CAD", "CA$80"),
        (0, "USD", "$0"),
    ],
)
def test_prices_have_no_needless_zeros(cents: int, currency: str, said: str) -> None:
    assert formatting.money(cents, currency) == said


def test_a_visit_is_said_in_the_zone_it_is_given_in() -> None:
    start = datetime(2026, 12, 1, 22, 30, tzinfo=UTC).astimezone(ZoneInfo("America/Chicago"))
    assert formatting.when(start) == "Tue 1 Dec, 4:30 pm"


@pytest.mark.parametrize(("at", "said"), [(time(0, 5), "12:05 am"), (time(12), "12:00 pm"), (time(23, 59), "11:59 pm")])
def test_midnight_and_noon(at: time, said: str) -> None:
    assert formatting.clock(at) == said


def test_days() -> None:
    day = date(2026, 12, 1)
    assert (formatting.day(day), formatting.day_month(day), formatting.weekday(day)) == ("1 Dec 2026", "1 Dec", "Tue")


def test_times_follow_the_language(app: Flask) -> None:
    with app.test_request_context(), force_locale("es"):
        assert formatting.clock(time(16, 30)) == "4:30 pm"
        assert formatting.weekday_date(date(2026, 12, 1)) == "mar 1 dic"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC), "Mon 23 Nov – Tue 24 Nov"),
        (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC), "Mon 23 Nov"),
        (
            datetime(2026, 11, 23, tzinfo=UTC),
            datetime(2026, 11, 23, 12, tzinfo=UTC),
            "Mon 23 Nov, 12:00 am – Mon 23 Nov, 12:00 pm",
        ),
    ],
)
def test_a_blocked_time_of_whole_days_is_said_by_its_days(first: datetime, last: datetime, said: str) -> None:
    assert formatting.span(first, last) == said
