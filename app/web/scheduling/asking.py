"""What the addresses of these pages carry, read with care: anything odd is as if it were not there."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode

from flask import request

from app.doors.readable import row_number

MOST_DIGITS = 20
"""Of a number: more of them say no more than that there is no such row."""
FIRST, FAR = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Beyond these nobody books, and the arithmetic of dates ends (a week before the year 1)."""


def number(name: str) -> int | None:
    """The number of a row, whether or not there is one; None for anything but digits."""
    text = request.values.get(name, "")
    return row_number(int(text[:MOST_DIGITS])) if text.isascii() and text.isdigit() else None


def day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def instant(name: str) -> datetime | None:
    """An RFC 3339 instant; None without an offset. A "+" that became a space in the address is put back."""
    text = request.values.get(name, "").strip().replace(" ", "+")
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo and at.utcoffset() is not None else FAR
    except (ValueError, OverflowError):
        return None
    return at if FIRST < at < FAR else None


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def book_url(slug: str, service_id: int, location_id: int, at: datetime) -> str:
    """The stable address at which a booking of one time begins."""
    return f"/therapists/{slug}/book?" + urlencode({"service": service_id, "location": location_id, "at": rfc3339(at)})


def times_url(slug: str, service_id: int, location_id: int, first: date | None = None) -> str:
    asked = {"service": service_id, "location": location_id, **({"from": first.isoformat()} if first else {})}
    return f"/therapists/{slug}/times?" + urlencode(asked)


def move_url(token: str, location_id: int, **more: str) -> str:
    """Where a visit's other time is chosen, at one place."""
    return f"/visits/{token}/move?" + urlencode({**more, "location": location_id})
