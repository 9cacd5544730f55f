"""Files as strange as real programs write them, each with the busy times that it means, worked out by hand."""

import pytest

from app.core.errors import Invalid
from app.scheduling.calendars.sandbox import MOST_BYTES, read_safely
from tests.scheduling.calendars.files import FIRST, LAST, busy, calendar, event, reading

OUTLOOK = (
    "BEGIN:VTIMEZONE",
    "TZID:Eastern (custom)",
    "BEGIN:STANDARD",
    "DTSTART:16011104T020000",
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0500",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010311T020000",
    "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0400",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)
NEW_YORK = "TZID=America/New_York"
DAILY = ("DTSTART:20270105T120000Z", "DTEND:20270105T130000Z", "RRULE:FREQ=DAILY;COUNT=5")


def told(*lines: str) -> list[str]:
    return busy(calendar(*event(*lines)))


def test_a_custom_zone_of_outlook_changes_its_clock() -> None:
    weekly = ('DTSTART;TZID="Eastern (custom)":20270308T100000', 'DTEND;TZID="Eastern (custom)":20270308T110000')
    file = calendar(*OUTLOOK, *event(*weekly, "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert busy(file) == ["20270308T1500/1600", "20270315T1400/1500"]


def test_a_whole_day_of_a_series_has_23_hours_where_the_clock_changes() -> None:
    file = calendar(
        *event("DTSTART;VALUE=DATE:20270313", "DTEND;VALUE=DATE:20270314", "RRULE:FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3"),
        head="X-WR-TIMEZONE:America/New_York",
    )
    assert busy(file) == ["20270313T0500/20270315T0400", "20270320T0400/20270321T0400"]


def test_an_hour_over_the_clock_change_keeps_its_ends_on_the_wall() -> None:
    night = (f"DTSTART;{NEW_YORK}:20270314T010000", f"DTEND;{NEW_YORK}:20270314T040000")
    assert told(*night) == ["20270314T0600/0800"]
    assert told(f"DTSTART;{NEW_YORK}:20270314T010000", "DURATION:PT3H") == ["20270314T0600/0900"]


def test_this_and_following_moves_lengthens_and_keeps_single_changes() -> None:
    file = calendar(
        *event(*DAILY),
        *event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20270107T120000Z", "DTSTART:20270107T150000Z", "DTEND:20270107T170000Z"
        ),
        *event("RECURRENCE-ID:20270108T120000Z", "DTSTART:20270108T080000Z", "DTEND:20270108T090000Z"),
    )
    assert busy(file) == [
        "20270105T1200/1300",
        "20270106T1200/1300",
        "20270107T1500/1700",
        "20270108T0800/0900",
        "20270109T1500/1700",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE:20270106T120000Z",
        "EXDATE;TZID=America/New_York:20270106T070000",
        "EXDATE;VALUE=DATE:20270106",
        "EXDATE;VALUE=DATE-TIME:20270106T120000Z",
        "EXDATE:20270106T120000Z,20991231T000000Z",
        "EXDATE:,20270106T120000Z,",
    ],
)
def test_one_day_is_left_out_however_it_is_named(line: str) -> None:
    days = ["05", "07", "08", "09"]
    assert told(*DAILY, line) == [f"202701{day}T1200/1300" for day in days]


def test_a_further_date_that_is_there_already_counts_once_and_may_be_left_out_again() -> None:
    lines = (*DAILY, "RDATE:20270106T120000Z,20270110T120000Z,20270111T120000Z", "EXDATE:20270111T120000Z")
    days = ["05", "06", "07", "08", "09", "10"]
    assert told(*lines) == [f"202701{day}T1200/1300" for day in days]


def test_further_days_of_a_whole_day() -> None:
    file = calendar(
        *event("DTSTART;VALUE=DATE:20270105", "DTEND;VALUE=DATE:20270106", "RDATE;VALUE=DATE:20270108,20270110"),
        head="X-WR-TIMEZONE:Etc/UTC",
    )
    days = ["05", "08", "10"]
    assert busy(file) == [f"202701{day}T0000/202701{int(day) + 1:02}T0000" for day in days]


def test_a_cancelled_series_with_a_confirmed_day_keeps_that_day_only() -> None:
    file = calendar(
        *event(*DAILY, "STATUS:CANCELLED"),
        *event("RECURRENCE-ID:20270107T120000Z", "DTSTART:20270107T140000Z", "DURATION:PT1H", "STATUS:CONFIRMED"),
    )
    assert busy(file) == ["20270107T1400/1500"]


def test_a_free_series_with_a_busy_day_and_the_other_way_round() -> None:
    change = ("RECURRENCE-ID:20270107T120000Z", "DTSTART:20270107T120000Z", "DURATION:PT1H")
    one = calendar(*event(*DAILY, "TRANSP:TRANSPARENT"), *event(*change, "TRANSP:OPAQUE"))
    assert busy(one) == ["20270107T1200/1300"]
    other = calendar(*event(*DAILY), *event(*change, "TRANSP:TRANSPARENT"))
    assert busy(other) == [f"202701{day}T1200/1300" for day in ("05", "06", "08", "09")]


@pytest.mark.parametrize("line", ["DURATION:-PT1H", "DTEND:20261201T150000Z", "DURATION:P4000D"])
def test_a_length_that_cannot_be_is_left_out_with_a_word(line: str) -> None:
    found = reading(calendar(*event("DTSTART:20261201T160000Z", line)))
    assert (found.busy, found.skipped) == ((), 1)
    assert found.remarks[0].begins == "20261201T160000Z"


def test_floating_series_keep_the_wall_time_of_the_calendar() -> None:
    weekly = event("DTSTART:20270309T100000", "DTEND:20270309T110000", "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=TU")
    file = calendar(*weekly, head="X-WR-TIMEZONE:Eastern Standard Time")
    assert busy(file) == ["20270309T1500/1600", "20270316T1400/1500"]


def test_the_last_of_each_month_and_the_29th_of_february() -> None:
    monthly = ("DTSTART:20270131T120000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3")
    assert told(*monthly) == ["20270131T1200/1300", "20270228T1200/1300", "20270331T1200/1300"]
    leap = event("DTSTART:20240229T120000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY")
    assert busy(calendar(*leap)) == []


def test_a_letter_of_two_bytes_may_be_folded_through_the_middle() -> None:
    whole = calendar(*event("SUMMARY:Fête", "DTSTART:20261201T160000Z", "DTEND:20261201T170000Z"))
    at = whole.index("ê".encode()) + 1
    for fold in (b"\r\n ", b"\n\t"):
        assert busy(whole[:at] + fold + whole[at:]) == ["20261201T1600/1700"]


def test_two_calendars_in_a_file_have_a_zone_each() -> None:
    floating = event("DTSTART:20261201T100000", "DURATION:PT1H")
    one, other = (calendar(*floating, head=f"X-WR-TIMEZONE:{zone}") for zone in ("Asia/Tokyo", "Europe/Berlin"))
    assert busy(one + other) == ["20261201T0100/0200", "20261201T0900/1000"]


def test_what_the_window_only_touches_is_not_in_it() -> None:
    before = event("DTSTART:20261031T230000Z", "DTEND:20261101T000000Z", uid="before")
    into = event("DTSTART:20261031T230000Z", "DTEND:20261101T003000Z", uid="into")
    assert busy(calendar(*before)) == []
    assert busy(calendar(*into)) == ["20261031T2300/20261101T0030"]


def test_an_old_daily_series_without_an_end_still_counts() -> None:
    lines = (f"DTSTART;{NEW_YORK}:20050103T090000", f"DTEND;{NEW_YORK}:20050103T093000", "RRULE:FREQ=DAILY")
    found = busy(calendar(*event(*lines)))
    assert found[0] == "20261101T1400/1430"
    assert len(found) == (LAST - FIRST).days


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a calendar"),
        (b"\xef\xbb\xbf", "not a calendar"),
        (b"BEGIN:VEVENT\r\nDTSTART:20261201T160000Z\r\nEND:VEVENT\r\n", "not a calendar"),
        (b"<html>Sign in</html>", "not a calendar"),
        (b"x" * (MOST_BYTES + 1), "larger than 5 MB"),
    ],
    ids=["empty", "mark", "event", "page", "large"],
)
def test_what_cannot_be_read_at_all_is_refused_with_a_clear_word(content: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read_safely(content, "UTC", FIRST, LAST)


def test_a_large_file_of_few_events_is_read() -> None:
    """Long notes and pictures in a calendar are not looked at."""
    note = "DESCRIPTION:" + "a very long note " * 250_000
    file = calendar(*event(note, "DTSTART:20261201T160000Z", "DTEND:20261201T170000Z"))
    assert len(file) > 4_000_000
    assert len(read_safely(file, "UTC", FIRST, LAST).busy) == 1
