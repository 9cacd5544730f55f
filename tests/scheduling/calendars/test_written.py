"""The calendar files that we write: sound in other programs' eyes, small however long a practice is here."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from icalendar import Calendar, Timezone

from app.scheduling.own_feed import feed_file
from app.scheduling.queries.agenda import AgendaRow
from app.scheduling.zone_block import stamp, zone_blocks

ANY = dict.fromkeys(AgendaRow._fields)
BASE = "https://unknot.example"
NOON = datetime(2027, 3, 1, 18, tzinfo=UTC)
ZONES = (
    "America/Chicago",
    "Africa/Casablanca",
    "America/Nuuk",
    "Antarctica/Troll",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Chatham",
)


def row(number: int = 1, at: datetime = NOON, **facts: Any) -> AgendaRow:
    usual = {
        "id": number,
        "reference": "ABCD2345",
        "state": "confirmed",
        "starts_at": at,
        "ends_at": at + timedelta(hours=1),
        "time_zone": "America/Chicago",
        "minutes": 60,
        "name": "Pat Example",
        "visit_for": "",
        "location_name": "The room",
        "created_at": NOON - timedelta(days=9),
        "events": 3,
    }
    return AgendaRow(**{**ANY, **usual, **facts})


def feed(*rows: AgendaRow) -> Any:
    return Calendar.from_ical(feed_file(rows, "Unknot", BASE))


def test_a_visit_in_the_feed() -> None:
    (event,) = feed(row(events=7)).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"]) == ("visit-1-abcd2345@unknot.example", 7)
    assert event["DTSTART"].dt == NOON
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert (event["SUMMARY"], event["STATUS"]) == ("Pat · 60 min", "CONFIRMED")


def test_what_people_write_stays_inside_its_line() -> None:
    words = "Room; with, a\r\nBEGIN:VEVENT\\ and a very long name that goes on for more than one line of a file é" * 3
    calendar = feed(row(location_name=words, name="X\r\nATTACH:javascript:1"))
    (event,) = calendar.walk("VEVENT")
    assert event["LOCATION"] == words.replace("\r\n", "\n")
    assert "ATTACH" not in event
    raw = feed_file([row(location_name=words)], "Unknot", BASE)
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_an_empty_feed_is_a_calendar() -> None:
    assert [each.name for each in feed().walk()] == ["VCALENDAR"]


def test_a_busy_practice_has_a_feed_of_a_line_a_fact() -> None:
    rows = [row(number, NOON + timedelta(hours=2 * number)) for number in range(4000)]
    content = feed_file(rows, "Unknot", BASE)
    assert content.count(b"BEGIN:VEVENT\r\n") == 4000
    assert len(content) < 320 * 4000
    assert content.count(b"BEGIN:VTIMEZONE") == 1
    assert feed_file(rows, "Unknot", BASE) == content


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_is_described_as_it_is(name: str) -> None:
    """Asked of dateutil, which reads the block by itself."""
    (block,) = zone_blocks([name], [NOON])
    told = tzical(StringIO(block.to_ical().decode())).get(name)
    wall = datetime(2026, 9, 1)  # noqa: DTZ001 - on the wall
    while wall < datetime(2027, 12, 31):  # noqa: DTZ001
        theirs, ours = (wall.replace(tzinfo=tz) for tz in (told, ZoneInfo(name)))
        if ours.utcoffset() == ours.replace(fold=1).utcoffset():
            assert theirs.utcoffset() == ours.utcoffset(), wall
        wall += timedelta(minutes=50)


def test_the_years_spoken_of_are_enough() -> None:
    moments = [datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)]
    (block,) = zone_blocks({"America/Chicago", "UTC"}, moments)
    assert isinstance(block, Timezone)
    starts = [part["DTSTART"].dt.date() for part in block.subcomponents]
    assert starts[0] < date(2025, 1, 1)
    assert starts[-1] == date(2029, 11, 4)
    assert len(starts) == 1 + 2 * 5
    assert list(zone_blocks(["America/Chicago"], [])) == []


def test_the_second_of_two_equal_hours_is_named_in_utc() -> None:
    first, second = (datetime(2027, 11, 7, hour, 30, tzinfo=UTC) for hour in (6, 7))
    assert stamp(first, "America/Chicago").isoformat() == "2027-11-07T01:30:00-05:00"
    assert stamp(second, "America/Chicago").isoformat() == "2027-11-07T07:30:00+00:00"
    starts = [event["DTSTART"].dt.astimezone(UTC) for event in feed(row(1, first), row(2, second)).walk("VEVENT")]
    assert starts == [first, second]
