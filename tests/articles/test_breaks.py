"""The calendar file of movement breaks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.articles import breaks
from app.articles.breaks import WorkingDay

STAMP = datetime(2026, 11, 21, 12, tzinfo=UTC)
hours = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda pair: pair[0] < pair[1])


def file(day: WorkingDay, first: date = date(2026, 11, 21)) -> Calendar:
    read = Calendar.from_ical(breaks.calendar(day, first, STAMP, "Move", "Stand up, walk"))
    assert isinstance(read, Calendar)
    return read


@given(hours)
def test_breaks_are_half_an_hour_apart_and_within_the_day(pair: tuple[int, int]) -> None:
    found = breaks.times(WorkingDay(*pair))
    minutes = [each.hour * 60 + each.minute for each in found]
    assert minutes == list(range(pair[0] * 60 + 30, pair[1] * 60, 30))


@pytest.mark.parametrize(
    ("start", "end", "weeks"), [(9, 9, 1), (17, 9, 1), (-1, 5, 1), (5, 25, 1), (9, 17, 0), (9, 17, 53)]
)
def test_an_impossible_day_is_refused(start: int, end: int, weeks: int) -> None:
    with pytest.raises(ValueError, match="working day"):
        WorkingDay(start, end, weeks)


def test_two_weeks_of_weekdays_and_not_one_more() -> None:
    found = recurring_ical_events.of(file(WorkingDay(9, 11, weeks=2))).between(date(2026, 11, 1), date(2027, 2, 1))
    starts = sorted(each["DTSTART"].dt for each in found)
    days = [date(2026, 11, 23) + timedelta(days=week * 7 + day) for week in range(2) for day in range(5)]
    assert starts == [datetime.combine(day, at) for day in days for at in (time(9, 30), time(10), time(10, 30))]


def test_times_are_the_persons_own_and_never_block_a_calendar() -> None:
    events = file(WorkingDay()).walk("VEVENT")
    assert events
    for event in events:
        assert event["DTSTART"].dt.tzinfo is None
        assert event["TRANSP"] == "TRANSPARENT"


def test_fetching_it_again_replaces_the_same_events() -> None:
    first, again = (file(WorkingDay(9, 12), day) for day in (date(2026, 11, 23), date(2026, 11, 30)))
    assert [each["UID"] for each in first.walk("VEVENT")] == [each["UID"] for each in again.walk("VEVENT")]
