"""A practice in numbers, by hand-made examples and by counting anew; a week's pieces cut at midnight."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.numbers import Fact, Held, by_month, by_week, months
from app.scheduling.queries.ground import _runs
from app.web.practice.calendar import calendar
from app.web.practice.hours import read, week_of

AUSTIN = ZoneInfo("America/Chicago")
NOON = datetime(2027, 3, 10, 18, tzinfo=UTC)


def test_months_run_from_first_to_last() -> None:
    assert months(date(2026, 11, 30), date(2027, 2, 1)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


def test_answers_are_timed_from_the_request() -> None:
    facts = [
        Fact(1, NOON, "request", "requested"),
        Fact(1, NOON + timedelta(hours=2), "accept", "confirmed"),
        Fact(2, NOON, "request", "requested"),
        Fact(2, NOON + timedelta(hours=4), "offer_times", "requested"),
        Fact(2, NOON + timedelta(hours=30), "confirm", "confirmed"),
        Fact(3, NOON, "request", "requested"),
        Fact(3, NOON + timedelta(hours=24), "expire", "expired"),
        Fact(1, NOON + timedelta(hours=9), "cancel", "cancelled_by_patient"),
        Fact(2, NOON + timedelta(hours=40), "miss", "no_show"),
    ]
    (march,) = by_month(facts, [date(2027, 3, 1)], AUSTIN)
    assert march[1:] == (3, 1, 3.0, 1, 0, 1)


def test_the_month_is_the_practice_s_own() -> None:
    late = datetime(2027, 4, 1, 3, tzinfo=UTC)
    (march, april) = by_month([Fact(1, late, "request", "requested")], [date(2027, 3, 1), date(2027, 4, 1)], AUSTIN)
    assert (march.requests, april.requests) == (1, 0)


def test_fill_counts_what_was_kept_in_what_was_open() -> None:
    monday = date(2027, 3, 8)
    held = [Held(1, NOON, 60, "attended"), Held(2, NOON, 90, "cancelled_by_patient"), Held(3, NOON, 30, "no_show")]
    full, closed = by_week(held, {monday: 480}, [monday, monday + timedelta(days=7)], AUSTIN)
    assert (full.booked_minutes, full.percent, closed.percent) == (90, 19, None)


@given(st.sets(st.integers(0, 300)))
def test_runs_are_the_bits_again(bits: set[int]) -> None:
    runs = _runs(sum(1 << bit for bit in bits))
    assert {bit for first, last in runs for bit in range(first, last)} == bits
    assert all(a[1] < b[0] for a, b in itertools.pairwise(runs))


@given(st.lists(st.tuples(st.integers(0, 7 * 288 - 1), st.integers(1, 400)), max_size=6))
def test_every_minute_of_a_span_is_on_its_own_day(spans: list[tuple[int, int]]) -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    end = start + timedelta(days=7)
    told = [
        (start + timedelta(minutes=5 * at), min(end, start + timedelta(minutes=5 * (at + long))), None)
        for at, long in spans
    ]
    drawn = calendar(start.date(), UTC, start.date(), [], told, [])
    assert len(drawn.days) == 7
    for day in drawn.days:
        assert all(piece.starts_at.date() == day.date for piece in day.pieces)
        assert all(piece.row >= 0 and piece.row + piece.rows <= drawn.rows for piece in day.pieces)
    rows = sum(piece.rows for day in drawn.days for piece in day.pieces)
    assert rows == sum((b - a) // timedelta(minutes=5) for a, b, _ in told)


def test_what_takes_whole_days_says_no_hour() -> None:
    """The first one, on which the clock goes back, among them."""
    at = lambda day, hour: datetime(2026, 11, day, hour, tzinfo=AUSTIN)  # noqa: E731
    off = [(at(1, 0), at(2, 0), None), (at(2, 9), at(4, 0), None), (at(5, 0), at(5, 23), None)]
    drawn = calendar(date(2026, 11, 1), AUSTIN, date(2026, 11, 1), [], [], off)
    told = [(each.starts_at.day, each.is_all_day) for day in drawn.days for each in day.pieces]
    assert told == [(1, True), (2, False), (3, True), (5, False)]


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 287), st.integers(1, 287)), max_size=3, unique_by=lambda x: x[0]
    )
)
def test_a_week_that_is_read_from_its_own_page_is_the_same(told: list[tuple[int, int, int]]) -> None:
    from app.scheduling.hours import OpeningHours

    week = [OpeningHours(day, opens * 5, opens * 5 + long * 5) for day, opens, long in sorted(told)]
    shown = week_of(week)
    form = {
        f"d{day}-{at}-{side}": text
        for day, pairs in enumerate(shown.days)
        for at, pair in enumerate(pairs)
        for side, text in zip(("opens", "closes"), pair, strict=True)
    }
    again, hours = read(form)
    assert not again.errors
    assert hours == week


@pytest.mark.parametrize("text", ["9", "25:00", "0900x", "09:60", "<b>", "-1:00"])
def test_what_is_no_time_is_said_so(text: str) -> None:
    week, hours = read({"d0-0-opens": text, "d0-0-closes": "10:00"})
    assert week.errors
    assert not hours
