"""Which instants a change of a date's hours leaves outside all hours: whoever has a visit there is to be told."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.hours import DateException, OpeningHours, Schedule, closed_by, day_quanta
from app.scheduling.quanta import instant_of
from tests.scheduling import oracle

minutes = st.integers(0, 288).map(lambda n: n * 5)


@given(
    zone=st.sampled_from(sorted(oracle.zones())),
    day=st.dates(date(2026, 1, 1), date(2037, 12, 30)),
    windows=st.lists(st.tuples(minutes, st.integers(1, 288)), max_size=3),
)
def test_what_an_exception_closes_is_the_rest_of_its_date(zone, day, windows):
    pairs = [(opens, min(opens + length * 5, 2880)) for opens, length in windows if opens <= 1440]
    whole = [tuple(instant_of(q) for q in day_quanta(zone, day))]
    given_hours = [oracle.window(zone, day, *pair) for pair in pairs]
    left = oracle.subtract(whole, [pair for pair in given_hours if pair[0] < pair[1]])
    before = Schedule(zone)
    assert closed_by(before, replace(before, exceptions=(DateException(day, tuple(pairs)),)), day) == left


NIGHTS = Schedule("America/Chicago", weekly=tuple(OpeningHours(weekday, 22 * 60, 26 * 60) for weekday in range(7)))
FRIDAY = date(2027, 2, 26)


@pytest.mark.parametrize(
    ("before", "change", "closed"),
    [
        (NIGHTS, {"exceptions": (DateException(FRIDAY),)}, [("26 02:00", "27 02:00")]),
        (NIGHTS, {"holidays": frozenset({FRIDAY})}, [("26 02:00", "27 02:00")]),
        (
            NIGHTS,
            {"exceptions": (DateException(FRIDAY, ((20 * 60, 25 * 60),)),)},
            [("26 02:00", "26 20:00"), ("27 01:00", "27 02:00")],
        ),
        (
            replace(NIGHTS, exceptions=(DateException(FRIDAY, ((600, 720),)),)),
            {"exceptions": (DateException(FRIDAY),)},
            [("26 02:00", "27 00:00")],
        ),
        (
            replace(NIGHTS, exceptions=(DateException(FRIDAY, ((600, 720),)),)),
            {"holidays": frozenset({FRIDAY})},
            [("26 02:00", "26 10:00"), ("26 12:00", "27 00:00")],
        ),
    ],
)
def test_a_date_is_closed_with_its_hours_past_midnight_and_without_those_of_the_date_before(before, change, closed):
    wall = [
        tuple(f"{each.astimezone(ZoneInfo(before.zone)):%d %H:%M}" for each in span)
        for span in closed_by(before, replace(before, **change), FRIDAY)
    ]
    assert wall == closed
