"""Free starts from bits: the rules one by one, then random practices against the oracle."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling import timeline
from app.scheduling.hours import DateException, OpeningHours, Schedule, TimeOff
from app.scheduling.quanta import QUANTA_PER_WEEK, Span, ceil_quantum, floor_quantum, instant_of, week_of
from app.scheduling.timeline import Visit
from tests.scheduling import oracle

DAY = Span(0, 288)


def bits(*intervals, span=DAY):
    """Bits from "09:00-10:30" in a span that starts at midnight."""
    return timeline.mark([tuple(quantum(end) for end in interval.split("-")) for interval in intervals], span)


def quantum(text):
    hours, minutes = text.split(":")
    return int(hours) * 12 + int(minutes) // 5


def clock(found, span=DAY):
    return [f"{instant_of(q):%H:%M}" for q in timeline.quanta(found, span)]


def every(minutes, span=DAY):
    return timeline.grid("UTC", span, minutes)


# Rows


def test_weeks_start_on_thursday_at_midnight_utc():
    assert week_of(0) == 0
    assert week_of(-1) == -1
    assert instant_of(Span.of_weeks(3018).start) == datetime(2027, 11, 4, tzinfo=UTC)


def test_a_span_covers_whole_weeks():
    assert Span.covering(2016, 4032) == Span(2016, 2016)
    assert Span.covering(2015, 4033) == Span(0, 3 * 2016)
    assert list(Span.covering(2015, 4033).weeks) == [0, 1, 2]


@given(st.integers(min_value=0, max_value=(1 << 3 * QUANTA_PER_WEEK) - 1), st.integers(-5, 4000))
def test_rows_come_back_as_they_were_split(whole, first):
    rows = timeline.split(whole, Span.of_weeks(first, 3))
    assert list(rows) == [first, first + 1, first + 2]
    assert {len(row) for row in rows.values()} == {timeline.ROW_BYTES}
    assert timeline.join(list(rows.values())) == whole
    assert timeline.join_weeks(rows, range(first, first + 3)) == whole
    assert timeline.join_weeks(rows, range(first - 1, first + 3)) == whole << QUANTA_PER_WEEK


@given(st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 350))), st.integers(-20, 20), st.integers(0, 300))
def test_marks_are_the_quanta_inside_some_interval(intervals, start, length):
    span = Span(start, length)
    expected = [q for q in range(start, start + length) if any(low <= q < high for low, high in intervals)]
    marked = timeline.mark(intervals, span)
    assert timeline.quanta(marked, span) == expected
    assert timeline.first_quanta(marked, span, 3) == expected[:3]


def test_instants_round_away_from_and_towards_the_epoch():
    noon = datetime(2027, 6, 1, 12, tzinfo=UTC)
    assert instant_of(floor_quantum(noon)) == instant_of(ceil_quantum(noon)) == noon
    later = noon + timedelta(seconds=1)
    assert instant_of(floor_quantum(later)) == noon
    assert instant_of(ceil_quantum(later)) == noon + timedelta(minutes=5)
    assert timeline.instants([ceil_quantum(noon)]) == [noon]


# What can be booked


def test_the_last_visit_ends_at_closing():
    starts = timeline.free_starts(bits("09:00-11:00"), 0, 60, allowed=every(30))
    assert clock(starts) == ["09:00", "09:30", "10:00"]


def test_a_buffer_may_reach_past_closing_and_before_opening():
    starts = timeline.free_starts(bits("09:00-11:00"), 0, 60, before=30, after=30, allowed=every(30))
    assert clock(starts) == ["09:00", "09:30", "10:00"]


def test_a_buffer_may_not_touch_another_visit():
    opened, busy = bits("09:00-13:00"), bits("10:30-11:00")
    assert clock(timeline.free_starts(opened, busy, 60, allowed=every(15)))[:3] == ["09:00", "09:15", "09:30"]
    starts = timeline.free_starts(opened, busy, 60, before=15, after=15, allowed=every(15))
    assert clock(starts) == ["09:00", "09:15", "11:15", "11:30", "11:45", "12:00"]


def test_a_buffer_before_opening_may_not_touch_another_visit():
    starts = timeline.free_starts(bits("09:00-10:30"), bits("08:00-08:50"), 60, before=15, allowed=every(5))
    assert clock(starts) == ["09:05", "09:10", "09:15", "09:20", "09:25", "09:30"]


def test_a_treatment_does_not_run_through_a_break():
    starts = timeline.free_starts(bits("09:00-10:00", "10:05-11:00"), 0, 60, allowed=every(5))
    assert clock(starts) == ["09:00"]


def test_hours_that_touch_are_one():
    assert clock(timeline.free_starts(bits("09:00-09:30", "09:30-10:00"), 0, 60)) == ["09:00"]


def test_odd_minutes_take_the_quantum_they_reach_into():
    assert clock(timeline.free_starts(bits("09:00-10:00"), 0, 57)) == ["09:00"]


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": 60, "before": -5}, {"minutes": 60, "after": -5}])
def test_a_visit_without_length_is_refused(wrong):
    with pytest.raises(ValueError, match="takes time"):
        timeline.free_starts(1, 0, **wrong)


def test_travel_from_another_location_is_kept_on_both_sides():
    visits = [Visit(quantum("12:00"), quantum("13:00"), location_id=2), Visit(quantum("16:00"), quantum("16:30"))]
    travel = {2: 40}.__getitem__
    assert timeline.busy_bits(visits, DAY, 1, travel) == bits("11:20-13:40", "16:00-16:30")
    assert timeline.busy_bits(visits, DAY, 2, travel) == bits("12:00-13:00", "16:00-16:30")
    assert timeline.busy_bits(visits, DAY) == bits("12:00-13:00", "16:00-16:30")


# Which starts are allowed


def test_notice_and_horizon_limit_the_starts():
    now = datetime(1970, 1, 1, 6, 1, tzinfo=UTC)
    earliest, latest = timeline.booking_window(now, timedelta(hours=2), timedelta(hours=3))
    starts = timeline.free_starts(
        bits("00:00-24:00"), 0, 60, allowed=every(15) & timeline.between(DAY, earliest, latest)
    )
    assert clock(starts) == ["08:15", "08:30", "08:45", "09:00"]


def test_a_quarter_hour_reads_so_on_the_wall_also_at_three_quarters_past():
    span = Span.covering(*(floor_quantum(datetime(2027, 4, day, tzinfo=UTC)) for day in (1, 8)))
    for zone in ("Pacific/Chatham", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe"):
        for minutes, count in ((15, 4), (30, 2), (60, 1)):
            starts = timeline.instants(timeline.quanta(timeline.grid(zone, span, minutes), span))
            assert {s.astimezone(ZoneInfo(zone)).minute % minutes for s in starts} == {0}
            assert len(starts) == pytest.approx(count * 24 * 7 * len(span.weeks), abs=4)


def test_a_grid_that_does_not_divide_the_day_starts_anew_at_midnight():
    assert clock(every(500)) == ["00:00", "08:20", "16:40"]
    for wrong in (0, 4, 7):
        with pytest.raises(ValueError, match="multiple"):
            every(wrong)


def test_evening_is_evening_before_and_after_the_clock_change():
    span = Span.covering(*(floor_quantum(datetime(2027, 11, day, tzinfo=UTC)) for day in (5, 10)))
    evening = timeline.time_of_day("America/New_York", span, 18 * 60, 20 * 60) & every(60, span)
    shown = {s.astimezone(ZoneInfo("America/New_York")).hour for s in timeline.instants(timeline.quanta(evening, span))}
    assert shown == {18, 19}


def test_a_time_of_day_can_run_past_midnight_or_all_day():
    assert clock(timeline.time_of_day("UTC", DAY, 22 * 60, 2 * 60) & every(60)) == ["00:00", "01:00", "22:00", "23:00"]
    assert timeline.time_of_day("UTC", DAY, 0, 1440) == bits("00:00-24:00")
    with pytest.raises(ValueError, match="time of day"):
        timeline.time_of_day("UTC", DAY, 0, 1445)


# The examples


def starts_of(zone, day, opens, closes, grid):
    """The UTC times that are offered for 30 minutes on one date."""
    span = Span.covering(*(floor_quantum(datetime.combine(day, datetime.min.time(), UTC)) + n for n in (-288, 576)))
    schedule = Schedule(zone, exceptions=(DateException(day, ((opens, closes),)),))
    opened = timeline.open_bits(schedule, span)
    starts = timeline.free_starts(opened, 0, 30, allowed=timeline.grid(zone, span, grid))
    return [f"{s:%H:%MZ}" for s in timeline.instants(timeline.quanta(starts, span))]


def test_new_york_offers_no_half_past_two_in_march():
    assert starts_of("America/New_York", date(2027, 3, 14), 60, 240, 30) == ["06:00Z", "06:30Z", "07:00Z", "07:30Z"]


def test_new_york_offers_half_past_one_twice_in_november():
    offered = starts_of("America/New_York", date(2027, 11, 7), 60, 180, 30)
    assert offered == ["05:00Z", "05:30Z", "06:00Z", "06:30Z", "07:00Z", "07:30Z"]


def test_lord_howe_keeps_its_half_hours_over_a_shift_of_half_an_hour():
    assert starts_of("Australia/Lord_Howe", date(2027, 4, 4), 60, 180, 60) == ["14:00Z", "15:30Z"]


@given(
    zone=st.sampled_from(["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Chatham", "America/New_York"]),
    window=st.sampled_from([(0, 2880), (0, 1440), (1380, 1440), (1440, 2880), (0, 60)]),
    start=st.integers(min_value=5_890_000, max_value=7_100_000),
    length=st.integers(1, 3000),
)
def test_nothing_is_lost_at_the_ends_of_a_span(zone, window, start, length):
    schedule = Schedule(zone, weekly=tuple(OpeningHours(weekday, *window) for weekday in range(0, 7, 3)))
    wide = timeline.open_bits(schedule, Span(start - 5000, length + 10000))
    assert timeline.open_bits(schedule, Span(start, length)) == (wide >> 5000) & ((1 << length) - 1)


# Everything, against the oracle


def test_the_wall_clock_around_every_change_until_2037_agrees_with_the_oracle():
    for zone in oracle.zones():
        for number, change in enumerate(oracle.changes(zone)):
            grid, opens = (5, 10, 15, 20, 30, 60, 90)[number % 7], (number * 95 + 1320) % 1440
            span = Span.covering(floor_quantum(change) - 36, floor_quantum(change) + 36)
            on_grid = set(timeline.quanta(timeline.grid(zone, span, grid), span))
            in_time = set(timeline.quanta(timeline.time_of_day(zone, span, opens, (opens + 180) % 1440), span))
            for start in oracle.every_start(change - timedelta(hours=3), change + timedelta(hours=3)):
                q, shown = floor_quantum(start), oracle.minute_of_day(start, zone)
                assert (q in on_grid) == (shown % grid == 0), (zone, start)
                assert (q in in_time) == ((shown - opens) % 1440 < 180), (zone, start)


moments = st.one_of(
    st.deferred(lambda: st.sampled_from([(zone, at) for zone in oracle.zones() for at in oracle.changes(zone)])),
    st.tuples(
        st.sampled_from(oracle.zones()),
        st.integers(0, 4350 * 1440).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * oracle.MINUTE),
    ),
)
windows = st.tuples(st.integers(0, 287), st.integers(1, 288)).map(lambda w: (w[0] * 5, min(sum(w) * 5, 2880)))
offsets = st.tuples(st.integers(-300, 900), st.integers(1, 200))


@st.composite
def practices(draw):
    """A zone and moment, hours of all kinds near it, and what is taken."""
    zone, moment = draw(moments)
    today = moment.date()
    near = st.integers(-2, 4).map(lambda n: today + timedelta(days=n))
    weekly = st.builds(
        lambda weekday, window, first, last: OpeningHours(weekday, *window, first, last),
        st.integers(0, 6),
        windows,
        st.none() | near,
        st.none() | near,
    )
    schedule = Schedule(
        zone,
        weekly=tuple(draw(st.lists(weekly, max_size=10))),
        exceptions=tuple(
            draw(st.lists(st.builds(DateException, near, st.lists(windows, max_size=2).map(tuple)), max_size=2))
        ),
        holidays=draw(st.frozensets(near, max_size=2)),
        time_off=tuple(TimeOff(*after(moment, offset)) for offset in draw(st.lists(offsets, max_size=2))),
    )
    busy = [after(moment, offset) for offset in draw(st.lists(offsets, max_size=6))]
    return moment, schedule, busy


def after(moment, offset):
    start = instant_of(floor_quantum(moment)) + offset[0] * oracle.STEP
    return start, start + offset[1] * oracle.STEP


@given(
    practice=practices(),
    minutes=st.integers(1, 36).map(lambda n: n * 5),
    before=st.sampled_from([0, 5, 15, 30, 60]),
    trail=st.sampled_from([0, 5, 15, 30, 60]),
    grid=st.sampled_from([5, 10, 15, 20, 30, 45, 60]),
)
def test_free_starts_agree_with_the_oracle(practice, minutes, before, trail, grid):
    moment, schedule, busy = practice
    first, last = moment - timedelta(hours=12), moment + timedelta(days=2)
    expected = oracle.free_starts(schedule, busy, first, last, minutes=minutes, before=before, after=trail, grid=grid)
    assert found_starts(schedule, busy, first, last, minutes, before, trail, grid) == expected


def found_starts(schedule, busy, first, last, minutes, before, trail, grid):
    earliest, latest = ceil_quantum(first), ceil_quantum(last)
    span = Span.covering(earliest - 300, latest + 300)
    taken = timeline.busy_bits([Visit(floor_quantum(start), ceil_quantum(end)) for start, end in busy], span)
    allowed = timeline.grid(schedule.zone, span, grid) & timeline.between(span, earliest, latest)
    opened = timeline.open_bits(schedule, span)
    starts = timeline.free_starts(opened, taken, minutes, before=before, after=trail, allowed=allowed)
    return timeline.instants(timeline.quanta(starts, span))
