"""Each kind of calendar file means certain busy times; they were worked out by hand here."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.calendars.busy import NotACalendar, merged, read
from tests.scheduling.calendars.files import busy, calendar, event, reading, zone_block

HOUR = ("DTSTART:20261201T160000Z", "DTEND:20261201T170000Z")
BUSY_HOUR = ["20261201T1600/1700"]


def test_busy_blocks_and_free_does_not() -> None:
    for line in ("TRANSP:OPAQUE", "STATUS:CONFIRMED", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"):
        assert busy(calendar(*event(*HOUR, line))) == BUSY_HOUR, line
    for line in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "transp:transparent"):
        assert busy(calendar(*event(*HOUR, line))) == [], line
    assert busy(calendar(*event(*HOUR), head="METHOD:CANCEL")) == []


def test_a_weekly_event_keeps_its_wall_time_through_the_clock_change_and_ends_with_until() -> None:
    lines = (
        "DTSTART;TZID=America/Chicago:20270303T090000",
        "DTEND;TZID=America/Chicago:20270303T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20270317T140000Z;BYDAY=WE",
    )
    assert busy(calendar(*event(*lines))) == ["20270303T1500/1600", "20270310T1500/1600", "20270317T1400/1500"]


def test_left_out_moved_and_cancelled_occurrences() -> None:
    daily = ("DTSTART;TZID=Europe/Berlin:20270105T120000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=5")
    file = calendar(
        *event(*daily, "EXDATE;TZID=Europe/Berlin:20270106T120000"),
        *event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20270107T120000",
            "DTSTART;TZID=Europe/Berlin:20270107T150000",
            "DURATION:PT30M",
        ),
        *event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20270108T120000",
            "DTSTART;TZID=Europe/Berlin:20270108T120000",
            "DURATION:PT1H",
            "STATUS:CANCELLED",
        ),
    )
    assert busy(file) == ["20270105T1100/1200", "20270107T1400/1430", "20270109T1100/1200"]


def test_this_and_all_following_are_moved() -> None:
    file = calendar(
        *event("DTSTART:20270105T120000Z", "DTEND:20270105T130000Z", "RRULE:FREQ=DAILY;COUNT=3"),
        *event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20270106T120000Z",
            "DTSTART:20270106T140000Z",
            "DTEND:20270106T150000Z",
        ),
    )
    assert busy(file) == ["20270105T1200/1300", "20270106T1400/1500", "20270107T1400/1500"]


def test_a_change_whose_series_is_missing_stands_alone() -> None:
    assert busy(calendar(*event("RECURRENCE-ID:20261130T160000Z", *HOUR))) == BUSY_HOUR


def test_a_later_version_of_an_event_replaces_the_earlier() -> None:
    old = event("DTSTART:20261202T160000Z", "DTEND:20261202T170000Z", "SEQUENCE:0")
    assert busy(calendar(*old, *event(*HOUR, "SEQUENCE:3"))) == BUSY_HOUR


def test_further_dates_with_periods_and_durations() -> None:
    lines = (
        "DTSTART;TZID=America/New_York:20261201T100000",
        "DTEND;TZID=America/New_York:20261201T110000",
        "RDATE;VALUE=PERIOD;TZID=America/New_York:20261203T100000/20261203T130000,20261204T100000/PT30M",
        "RDATE;TZID=America/New_York:20261205T100000",
    )
    assert busy(calendar(*event(*lines))) == [
        "20261201T1500/1600",
        "20261203T1500/1800",
        "20261204T1500/1530",
        "20261205T1500/1600",
    ]


def test_all_day_events_are_whole_days_of_the_calendars_zone() -> None:
    day = event("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203")
    assert busy(calendar(*day), "America/Chicago") == ["20261201T0600/20261203T0600"]
    assert busy(calendar(*day, head="X-WR-TIMEZONE:Europe/London")) == ["20261201T0000/20261203T0000"]
    assert busy(calendar(*event("DTSTART;VALUE=DATE:20261201")), "UTC") == ["20261201T0000/20261202T0000"]
    assert busy(calendar(*event("DTSTART:20261201", "DTEND:20261201")), "UTC") == ["20261201T0000/20261202T0000"]
    assert busy(calendar(*event("DTSTART:20261201", "DURATION:P2D")), "UTC") == ["20261201T0000/20261203T0000"]


def test_a_day_that_the_clock_changes_has_its_own_length() -> None:
    assert busy(calendar(*event("DTSTART;VALUE=DATE:20270314"))) == ["20270314T0600/20270315T0500"]


def test_an_all_day_series_may_end_at_an_instant_and_lose_a_day_named_with_a_time() -> None:
    """Exchange: UNTIL is midnight of the last day in the calendar's zone, as UTC; exceptions are named by midnight."""
    file = calendar(
        *event(
            "DTSTART;VALUE=DATE:20270401",
            "DTEND;VALUE=DATE:20270402",
            "RRULE:FREQ=WEEKLY;UNTIL=20270414T230000Z;BYDAY=TH",
        ),
        *event(
            "RECURRENCE-ID;TZID=GMT Standard Time:20270408T000000",
            "DTSTART;VALUE=DATE:20270409",
            "DTEND;VALUE=DATE:20270410",
        ),
        head="X-WR-TIMEZONE:GMT Standard Time",
    )
    assert busy(file) == ["20270331T2300/20270401T2300", "20270408T2300/20270409T2300", "20270414T2300/20270415T2300"]


@pytest.mark.parametrize(
    ("tzid", "utc"),
    [
        ("America/Los_Angeles", "1800"),
        ("Pacific Standard Time", "1800"),
        ('"Pacific Standard Time"', "1800"),
        ("pacific standard time", "1800"),
        ("GMT Standard Time", "1000"),
        ("/example.org/20260101_1/America/Los_Angeles", "1800"),
        ("america/los_angeles", "1800"),
    ],
)
def test_zone_names_of_all_sorts(tzid: str, utc: str) -> None:
    start = f"DTSTART;TZID={tzid}:20261201T100000"
    assert busy(calendar(*event(start, "DURATION:PT30M"))) == [f"20261201T{utc}/{utc[:2]}30"]


def test_zones_that_the_file_defines_itself() -> None:
    when = 'DTSTART;TZID="Kuala Lumpur, Singapore":20261201T100000'
    file = calendar(*zone_block("Kuala Lumpur\\, Singapore", "+0800"), *event(when, "DURATION:PT1H"))
    assert busy(file) == ["20261201T0200/0300"]
    other = calendar(*zone_block("Kuala Lumpur\\, Singapore", "+0700"), *event(when, "DURATION:PT1H"))
    assert busy(other) == ["20261201T0300/0400"], "one file's definition is nothing to the next file"


def test_a_windows_zone_with_a_stray_colon_still_means_it() -> None:
    file = calendar(
        *zone_block("Pacific Standard Time:", "-0800"),
        *event("DTSTART;TZID=Pacific Standard Time:20261201T100000", "DURATION:PT1H"),
    )
    assert busy(file) == ["20261201T1800/1900"]


def test_times_without_a_zone_are_those_of_the_calendar() -> None:
    floating = event("DTSTART:20261201T100000", "DTEND:20261201T110000")
    assert busy(calendar(*floating, head="X-WR-TIMEZONE:Europe/Brussels")) == ["20261201T0900/1000"]
    assert busy(calendar(*floating), "America/Chicago") == ["20261201T1600/1700"]
    assert busy(calendar(*zone_block("Australia/Brisbane", "+1000"), *floating)) == ["20261201T0000/0100"]


def test_an_unknown_zone_is_read_as_the_calendars_own_and_said() -> None:
    found = reading(calendar(*event("DTSTART;TZID=Narnia/Cair:20261201T100000", "DURATION:PT1H")))
    assert [(start.hour, end.hour) for start, end in found.busy] == [(16, 17)]
    assert found.skipped == 0
    assert "Narnia/Cair" in found.remarks[0].words


def test_a_time_that_does_not_exist_is_read_with_the_offset_before_it() -> None:
    """RFC 5545 §3.3.5: 02:30 on the night of the change in New York is 03:30 EDT; 01:30 in autumn is the first."""
    spring = event("DTSTART;TZID=America/New_York:20270314T023000", "DURATION:PT1H")
    autumn = event("DTSTART;TZID=America/New_York:20271107T013000", "DURATION:PT1H")
    assert busy(calendar(*spring)) == ["20270314T0730/0830"]
    assert busy(calendar(*autumn)) == ["20271107T0530/0630"]


def test_without_an_end_a_time_takes_no_time() -> None:
    assert busy(calendar(*event("DTSTART:20261201T160000Z"))) == []
    assert reading(calendar(*event("DTSTART:20261201T160000Z"))).skipped == 0


def test_free_busy_lists() -> None:
    file = calendar(
        "BEGIN:VFREEBUSY",
        "FREEBUSY;FBTYPE=BUSY:20261201T160000Z/20261201T170000Z,20261202T160000Z/PT30M",
        "FREEBUSY;FBTYPE=FREE:20261203T160000Z/20261203T170000Z",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261204T160000Z/20261204T170000Z",
        "FREEBUSY:20261205T160000Z/20261205T170000Z",
        "END:VFREEBUSY",
    )
    assert busy(file) == ["20261201T1600/1700", "20261202T1600/1630", "20261204T1600/1700", "20261205T1600/1700"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART;TZID=:20261202T100000", "DURATION:PT1H"), "no name"),
        (("DTSTART:20261301T100000Z",), "is not a date"),
        (("DTSTART:yesterday",), "is not a date"),
        (("SUMMARY:no start",), "when it begins"),
        (("DTSTART:20261202T160000Z", "DTEND:20261202T150000Z"), "before it begins"),
        (("DTSTART:20261202T160000Z", "DURATION:one hour"), "not a duration"),
        (("DTSTART:20261202T160000Z", "DURATION:PT1H", "RRULE:nonsense"), "repeat"),
        (("DTSTART:20261202T160000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=0"), "0 times"),
        (("DTSTART:20261202T160000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY;COUNT=1000000000"), "secondly"),
        (("DTSTART:20261202T160000Z", "RDATE;VALUE=PERIOD:20261202T160000Z/20261202T150000Z"), "period ends"),
    ],
)
def test_a_broken_event_is_left_out_and_said_and_the_rest_is_kept(lines: tuple[str, ...], why: str) -> None:
    found = reading(calendar(*event(*lines, uid="bad@test"), *event(*HOUR)))
    assert [start for start, _ in found.busy] == [datetime(2026, 12, 1, 16, tzinfo=UTC)]
    assert (found.events, found.skipped) == (2, 1)
    assert why in found.remarks[0].words


def test_broken_lines_that_do_not_matter_break_nothing() -> None:
    rest = ("SUMMARY", "ATTENDEE;CN=:::", ";;;", 'DESCRIPTION;X="open:', "LAST-MODIFIED:never", "GEO:nowhere")
    assert busy(calendar(*event(*rest, *HOUR))) == BUSY_HOUR


def test_no_title_and_no_note_is_in_what_is_said() -> None:
    found = reading(calendar(*event("SUMMARY:Hidden title", "DESCRIPTION:Hidden note", "DTSTART:bad")))
    assert "Hidden" not in repr(found)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_line_ends_folding_and_marks_of_all_sorts(end: str) -> None:
    file = calendar(*event("DTSTART:202612", " 01T160000Z", "DTEND:20261201T1700", "\t00Z")).decode()
    assert busy(file.replace("\r\n", end).encode()) == BUSY_HOUR
    assert busy(b"\xef\xbb\xbf" + file.encode()) == BUSY_HOUR
    assert busy(file.encode("utf-16")) == BUSY_HOUR


def test_a_file_that_was_cut_off_gives_what_is_whole() -> None:
    whole = calendar(*event(*HOUR), *event("DTSTART:20261202T160000Z", "DURATION:PT1H", uid="two@test"))
    found = reading(whole[: whole.index(b"DURATION")])
    assert (len(found.busy), found.skipped) == (1, 1)


def test_alarms_inside_an_event_are_not_the_event() -> None:
    alarm = ("BEGIN:VALARM", "DTSTART:20270101T000000Z", "DURATION:PT15M", "END:VALARM")
    assert busy(calendar(*event(*alarm, *HOUR))) == BUSY_HOUR


def test_our_own_visits_that_come_back_do_not_keep_anybody_busy() -> None:
    file = calendar(*event(*HOUR, uid="visit-7-abc@unknot.example"))
    window = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC))
    assert read(file, "UTC", *window, own="@unknot.example").busy == ()
    assert len(read(file, "UTC", *window, own="@other.example").busy) == 1


@pytest.mark.parametrize("content", [b"", b"<!doctype html><title>Sign in</title>", b"\x00\x01\x02", b"BEGIN:VEVENT"])
def test_what_is_no_calendar_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NotACalendar):
        reading(content)


STARTS = st.integers(0, 300_000).map(
    lambda minute: datetime.combine(date(2026, 11, 1), time()) + timedelta(minutes=minute)
)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])


@given(
    zone=ZONES,
    start=STARTS,
    minutes=st.integers(5, 600),
    every=st.integers(1, 9),
    count=st.integers(1, 30),
    left_out=st.sets(st.integers(0, 29), max_size=5),
)
def test_daily_series_equal_a_plain_count_of_days(
    zone: str, start: datetime, minutes: int, every: int, count: int, left_out: set[int]
) -> None:
    """The oracle adds days to a wall clock; starts that fall into a gap are not compared."""
    place = ZoneInfo(zone)
    starts = [datetime.combine(start.date() + timedelta(days=every * n), start.time()) for n in range(count)]
    if any(not _exists(each + timedelta(minutes=offset), place) for each in starts for offset in (0, minutes)):
        return
    exdates = [f"EXDATE;TZID={zone}:{starts[n]:%Y%m%dT%H%M%S}" for n in left_out if n < count]
    file = calendar(
        *event(
            f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={zone}:{start + timedelta(minutes=minutes):%Y%m%dT%H%M%S}",
            f"RRULE:FREQ=DAILY;INTERVAL={every};COUNT={count}",
            *exdates,
        )
    )
    expected = [
        (_utc(each, place), _utc(each + timedelta(minutes=minutes), place))
        for n, each in enumerate(starts)
        if n not in left_out
    ]
    window = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2028, 12, 1, tzinfo=UTC))
    assert read(file, "UTC", *window).busy == merged(expected)


def _exists(wall: datetime, place: ZoneInfo) -> bool:
    """Whether a wall time is there exactly once."""
    one, two = (wall.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
    return one == two


def _utc(wall: datetime, place: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=place).astimezone(UTC)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=20))
def test_merging_keeps_every_minute_and_adds_none(pairs: list[tuple[int, int]]) -> None:
    zero = datetime.combine(date(2027, 1, 1), time(), UTC)
    spans = [(zero + timedelta(minutes=at), zero + timedelta(minutes=at + length)) for at, length in pairs]
    result = merged(spans)
    covered = {minute for at, length in pairs for minute in range(at, at + length)}
    assert {minute for start, end in result for minute in range(_minute(start, zero), _minute(end, zero))} == covered
    assert all(left[1] < right[0] for left, right in itertools.pairwise(result))


def _minute(instant: datetime, zero: datetime) -> int:
    return int((instant - zero).total_seconds()) // 60
