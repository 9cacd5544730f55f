"""Small invented calendar files, of the kinds that real programs write."""

from datetime import UTC, datetime

from app.scheduling.calendars.busy import Reading, read

FIRST, LAST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)


def calendar(*lines: str, head: str = "") -> bytes:
    """A whole file around some components; `head` are lines of the calendar itself, separated by |."""
    all_of_it = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *filter(None, head.split("|")), *lines]
    return "\r\n".join([*all_of_it, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "one@test") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT")


def reading(content: bytes, zone: str = "America/Chicago", first: datetime = FIRST, last: datetime = LAST) -> Reading:
    return read(content, zone, first, last)


def busy(content: bytes, zone: str = "America/Chicago", **window: datetime) -> list[str]:
    """What is busy, each as "20261201T1600/1700" in UTC (the end with its date when it is another)."""
    return [_told(start, end) for start, end in reading(content, zone, **window).busy]


def _told(start: datetime, end: datetime) -> str:
    return f"{start:%Y%m%dT%H%M}/{end:%H%M}" if start.date() == end.date() else f"{start:%Y%m%dT%H%M}/{end:%Y%m%dT%H%M}"


def zone_block(tzid: str, offset: str) -> tuple[str, ...]:
    return (
        "BEGIN:VTIMEZONE",
        f"TZID:{tzid}",
        "BEGIN:STANDARD",
        "DTSTART:16010101T000000",
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
