"""Opening hours become UTC quanta: the examples people got hurt by, then every clock change there is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.hours import (
    DateException,
    OpeningHours,
    Schedule,
    TimeOff,
    day_quanta,
    opening_intervals,
    quantum_at,
)
from app.scheduling.offsets import zone_rules
from app.scheduling.quanta import instant_of
from tests.scheduling import oracle

HOUR = timedelta(hours=1)


def every_day(opens, closes):
    return tuple(OpeningHours(weekday, opens, closes) for weekday in range(7))


def opened(zone, day, opens, closes):
    """The UTC instants between which hours of one date are open, None if they are not."""
    schedule = Schedule(zone, exceptions=(DateException(day, ((opens, closes),)),))
    found = [(instant_of(start), instant_of(end)) for start, end in opening_intervals(schedule, day, day)]
    assert len(found) <= 1
    return found[0] if found else None


def wall_starts(zone, day, opens, closes, minutes=30):
    """The wall times of every half hour of one date's hours."""
    interval = opened(zone, day, opens, closes)
    starts = [] if interval is None else list(oracle.every_start(*interval))
    shown = [start.astimezone(ZoneInfo(zone)) for start in starts]
    return [f"{at:%H:%M}" for at in shown if at.minute % minutes == 0]


def hours_in(interval):
    return (interval[1] - interval[0]) / HOUR


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# New York


def test_nine_stays_nine_on_both_sides_of_both_clock_changes():
    schedule = Schedule("America/New_York", weekly=every_day(9 * 60, 17 * 60))
    found = opening_intervals(schedule, date(2027, 1, 1), date(2027, 12, 31))
    assert len(found) == 365
    for start, end in found:
        shown = [instant_of(q).astimezone(ZoneInfo("America/New_York")) for q in (start, end)]
        assert [(s.hour, s.minute) for s in shown] == [(9, 0), (17, 0)]


def test_monday_is_monday_everywhere():
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kathmandu"):
        schedule = Schedule(zone, weekly=(OpeningHours(0, 0, 30),))
        found = opening_intervals(schedule, date(2027, 1, 1), date(2027, 12, 31))
        assert len(found) == 52
        for start, _ in found:
            shown = instant_of(start).astimezone(ZoneInfo(zone))
            assert (shown.weekday(), shown.hour, shown.minute) == (0, 0, 0)


def test_a_skipped_half_past_two_is_never_open():
    assert wall_starts("America/New_York", date(2027, 3, 14), 60, 240) == ["01:00", "01:30", "03:00", "03:30"]


def test_a_repeated_half_past_one_is_open_twice():
    assert opened("America/New_York", date(2027, 11, 7), 60, 180) == (at("2027-11-07T05:00"), at("2027-11-07T08:00"))
    assert wall_starts("America/New_York", date(2027, 11, 7), 60, 180).count("01:30") == 2


def test_hours_inside_a_gap_are_empty():
    assert opened("America/New_York", date(2027, 3, 14), 135, 165) is None
    assert opened("America/New_York", date(2027, 3, 14), 120, 180) is None


def test_hours_that_open_in_a_gap_open_by_the_offset_before_it():
    assert opened("America/New_York", date(2027, 3, 14), 150, 300) == (at("2027-03-14T07:30"), at("2027-03-14T09:00"))


def test_hours_that_close_in_a_gap_close_when_the_clock_jumps():
    assert opened("America/New_York", date(2027, 3, 14), 60, 150) == (at("2027-03-14T06:00"), at("2027-03-14T07:00"))


def test_hours_that_close_in_a_fold_close_at_its_first_time():
    assert opened("America/New_York", date(2027, 11, 6), 22 * 60, 25 * 60 + 30) == (
        at("2027-11-07T02:00"),
        at("2027-11-07T05:30"),
    )


def test_hours_that_open_in_a_fold_open_at_its_first_time():
    assert opened("America/New_York", date(2027, 11, 7), 90, 180) == (at("2027-11-07T05:30"), at("2027-11-07T08:00"))


# Dates of other lengths


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2027, 3, 14), 23),
        ("America/New_York", date(2027, 11, 7), 25),
        ("America/New_York", date(2027, 11, 8), 24),
        ("Australia/Lord_Howe", date(2027, 10, 3), 23.5),
        ("Australia/Lord_Howe", date(2027, 4, 4), 24.5),
        ("Africa/Cairo", date(2027, 4, 30), 23),
        ("Africa/Cairo", date(2027, 4, 29), 24),
        ("Africa/Cairo", date(2027, 10, 28), 25),
        ("Asia/Beirut", date(2027, 3, 28), 23),
        ("America/Santiago", date(2027, 9, 5), 23),
        ("America/Santiago", date(2027, 4, 3), 25),
        ("America/Havana", date(2027, 11, 7), 25),
        ("America/Nuuk", date(2027, 3, 27), 23),
        ("America/Nuuk", date(2027, 3, 28), 24),
        ("Antarctica/Troll", date(2027, 3, 28), 22),
        ("Pacific/Chatham", date(2027, 9, 26), 23),
        ("Pacific/Apia", date(2011, 12, 29), 24),
        ("Pacific/Apia", date(2011, 12, 31), 24),
        ("Pacific/Kiritimati", date(2027, 5, 5), 24),
        ("Pacific/Pago_Pago", date(2027, 5, 5), 24),
    ],
)
def test_hours_round_the_clock_are_exactly_the_date(zone, day, hours):
    interval = opened(zone, day, 0, 1440)
    assert hours_in(interval) == hours
    assert tuple(instant_of(q) for q in day_quanta(zone, day)) == interval


def test_a_date_without_midnight_starts_at_one():
    for zone, day in (("Africa/Cairo", date(2027, 4, 30)), ("Asia/Beirut", date(2027, 3, 28))):
        assert wall_starts(zone, day, 0, 120) == ["01:00", "01:30"]
    assert wall_starts("America/Santiago", date(2027, 9, 5), 0, 120) == ["01:00", "01:30"]


def test_the_last_hour_of_a_date_can_come_twice():
    for zone, day in (("Africa/Cairo", date(2027, 10, 28)), ("America/Santiago", date(2027, 4, 3))):
        assert wall_starts(zone, day, 22 * 60, 1440) == ["22:00", "22:30", "23:00", "23:30", "23:00", "23:30"]


def test_the_first_hour_of_a_date_can_come_twice():
    day = date(2027, 11, 7)
    assert wall_starts("America/Havana", day, 0, 90) == ["00:00", "00:30", "00:00", "00:30", "01:00"]
    assert (
        opened("America/Havana", day - timedelta(days=1), 20 * 60, 1440)[1] == opened("America/Havana", day, 0, 90)[0]
    )


def test_a_gap_can_cross_the_date():
    assert wall_starts("America/Nuuk", date(2027, 3, 27), 22 * 60, 25 * 60) == ["22:00", "22:30", "00:00", "00:30"]


def test_a_gap_can_be_two_hours():
    assert wall_starts("Antarctica/Troll", date(2027, 3, 28), 0, 240) == ["00:00", "00:30", "03:00", "03:30"]


def test_a_shift_can_be_half_an_hour():
    assert wall_starts("Australia/Lord_Howe", date(2027, 10, 3), 90, 180) == ["01:30", "02:30"]
    assert wall_starts("Australia/Lord_Howe", date(2027, 4, 4), 90, 150) == ["01:30", "01:30", "02:00"]


def test_a_date_can_be_missing():
    day = date(2011, 12, 30)
    for opens, closes in ((0, 1440), (540, 1020), (1320, 1560)):
        assert opened("Pacific/Apia", day, opens, closes) is None
    start, end = day_quanta("Pacific/Apia", day)
    assert start == end


# Weeks


def test_hours_run_past_midnight_and_over_the_end_of_the_week():
    schedule = Schedule("Europe/Paris", weekly=(OpeningHours(5, 22 * 60, 26 * 60),))
    saturday = date(2027, 6, 5)
    ((start, end),) = opening_intervals(schedule, saturday, saturday)
    assert (instant_of(start), instant_of(end)) == (at("2027-06-05T20:00"), at("2027-06-06T00:00"))
    assert opening_intervals(schedule, date(2027, 6, 6), date(2027, 6, 11)) == []


def test_days_round_the_clock_touch_through_a_whole_year_of_clock_changes():
    for zone in ("America/New_York", "Africa/Cairo", "America/Nuuk", "America/Havana", "Antarctica/Troll"):
        schedule = Schedule(zone, weekly=every_day(0, 1440))
        found = opening_intervals(schedule, date(2027, 1, 1), date(2027, 12, 31))
        assert len(found) == 365
        assert all(end == start for (_, end), (start, _) in pairwise(found))


def test_hours_hold_from_their_first_to_their_last_date():
    hours = tuple(
        OpeningHours(day, 540, 600, valid_from=date(2027, 5, 3), valid_until=date(2027, 5, 5)) for day in range(7)
    )
    found = opening_intervals(Schedule("UTC", weekly=hours), date(2027, 4, 1), date(2027, 6, 1))
    assert [instant_of(start).date() for start, _ in found] == [date(2027, 5, day) for day in (3, 4, 5)]


def test_an_exception_replaces_its_date_and_beats_a_holiday():
    christmas, boxing, third = date(2027, 12, 24), date(2027, 12, 25), date(2027, 12, 26)
    schedule = Schedule(
        "UTC",
        weekly=every_day(540, 1020),
        exceptions=(DateException(christmas, ((600, 720),)), DateException(third)),
        holidays=frozenset({christmas, boxing}),
    )
    found = opening_intervals(schedule, christmas, date(2027, 12, 27))
    assert [(instant_of(s), instant_of(e)) for s, e in found] == [
        (at("2027-12-24T10:00"), at("2027-12-24T12:00")),
        (at("2027-12-27T09:00"), at("2027-12-27T17:00")),
    ]


def test_closing_a_date_leaves_the_night_before_it():
    saturday = date(2027, 6, 5)
    schedule = Schedule(
        "UTC", weekly=every_day(22 * 60, 26 * 60), exceptions=(DateException(saturday),), holidays=frozenset({saturday})
    )
    ((_, end),) = opening_intervals(schedule, date(2027, 6, 4), saturday)
    assert instant_of(end) == at("2027-06-05T02:00")


def test_what_is_not_whole_quanta_shrinks_hours_and_widens_time_off():
    assert opened("UTC", date(2027, 6, 5), 541, 603) == (at("2027-06-05T09:05"), at("2027-06-05T10:00"))
    start, end = TimeOff(at("2027-06-05T09:01"), at("2027-06-05T09:59")).quanta
    assert (instant_of(start), instant_of(end)) == (at("2027-06-05T09:00"), at("2027-06-05T10:00"))


def test_old_offsets_of_odd_seconds_are_rounded_not_refused():
    assert opened("America/New_York", date(1883, 1, 1), 0, 60) == (at("1883-01-01T05:00"), at("1883-01-01T05:55"))
    assert opened("America/New_York", date(2, 1, 1), 0, 60) is not None
    assert opened("America/New_York", date(9990, 7, 1), 0, 60) is not None


@pytest.mark.parametrize(("opens", "closes"), [(-5, 60), (60, 60), (120, 60), (0, 2885), (1445, 1500)])
def test_impossible_hours_are_refused(opens, closes):
    with pytest.raises(ValueError, match="hours must open"):
        OpeningHours(0, opens, closes)
    with pytest.raises(ValueError, match="hours must open"):
        DateException(date(2027, 1, 1), ((opens, closes),))


def test_time_off_needs_a_zone_and_a_length():
    with pytest.raises(ValueError, match="zone"):
        TimeOff(datetime.fromisoformat("2027-01-01"), at("2027-01-02"))
    with pytest.raises(ValueError, match="after"):
        TimeOff(at("2027-01-02"), at("2027-01-02"))
    with pytest.raises(ValueError, match="weekday"):
        OpeningHours(7, 0, 60)


# Every clock change


def test_no_change_of_any_zone_until_2037_is_overlooked():
    for zone in oracle.zones():
        found = [datetime.fromtimestamp(change, UTC) for change in zone_rules(zone, 2026, 2037).changes]
        assert [change for change in found if 2026 <= change.year <= 2037] == oracle.changes(zone), zone


def test_every_change_of_every_zone_until_2037_agrees_with_the_oracle():
    """Windows that open and close within 3 hours of each change, and days round the clock."""
    seen = 0
    for zone in oracle.zones():
        for number, change in enumerate(oracle.changes(zone)):
            day, windows = windows_near(change, zone, number)
            assert opened(zone, day, 0, 1440) == tuple(instant_of(q) for q in day_quanta(zone, day))
            for opens, closes in windows:
                start, end = oracle.window(zone, day, opens, closes)
                assert opened(zone, day, opens, closes) == ((start, end) if start < end else None), (zone, day)
            seen += 1
    assert seen > 2000


def windows_near(change, zone, number):
    """A local date, and hours of it with ends before, at, inside and after the gap or fold."""
    before = oracle.minute_of_day(change - oracle.MINUTE, zone) + 1
    after = oracle.minute_of_day(change, zone)
    day = oracle.wall(change - oracle.MINUTE, zone).date()
    early, late = sorted((before, after)) if abs(after - before) <= 180 else (before, before + 60)
    shift = (number * 35) % 180 + 5
    inside = early + 5 * (number % max((late - early) // 5, 1))
    ends = sorted({max(0, early - 180), max(0, early - shift), early, inside, late, late + shift, late + 180})
    pairs = [*pairwise(ends), *zip(ends, ends[2:], strict=False), (0, 1440), (ends[0], ends[-1])]
    return day, [(opens, closes) for opens, closes in pairs if opens <= 1440]


minutes = st.integers(0, 288).map(lambda n: n * 5)


@given(
    zone=st.sampled_from(sorted(oracle.zones())),
    day=st.dates(date(2026, 1, 1), date(2037, 12, 31)),
    opens=minutes,
    length=st.integers(1, 288),
)
def test_any_hours_of_any_date_agree_with_the_oracle(zone, day, opens, length):
    closes = min(opens + length * 5, 2880)
    start, end = oracle.window(zone, day, opens, closes)
    assert opened(zone, day, opens, closes) == ((start, end) if start < end else None)


@given(
    zone=st.sampled_from(sorted(oracle.zones())),
    naive=st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2037-12-31")),
)
def test_any_wall_time_agrees_with_the_oracle(zone, naive):
    at_whole_quantum = naive.replace(minute=naive.minute // 5 * 5, second=0, microsecond=0)
    found = quantum_at(zone, naive.date(), naive.hour * 60 + naive.minute)
    assert instant_of(found) == oracle.utc(at_whole_quantum, zone)


@given(zone=st.sampled_from(sorted(oracle.zones())), day=st.dates(date(2026, 1, 1), date(2037, 12, 30)))
def test_local_dates_follow_each_other_without_a_hole(zone, day):
    assert day_quanta(zone, day)[1] == day_quanta(zone, day + timedelta(days=1))[0]
