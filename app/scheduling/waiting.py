"""Which freed time suits somebody on the waitlist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

ANY_DAY = 0b1111111


@dataclass(frozen=True, slots=True)
class Wish:
    """Dates (both included), weekdays (bit 0 is Monday) and wall minutes of the day in which a visit may start.

    `location_id` None means anywhere. `to_minute` is not included.
    """

    first: date
    last: date
    weekdays: int = ANY_DAY
    from_minute: int = 0
    to_minute: int = 1440
    location_id: int | None = None


def suits(wish: Wish, wall: datetime, location_id: int) -> bool:
    """Whether a start at the venue's wall time `wall` is what was wished for."""
    minute = wall.hour * 60 + wall.minute
    return (
        wish.location_id in (None, location_id)
        and wish.first <= wall.date() <= wish.last
        and bool(wish.weekdays >> wall.weekday() & 1)
        and wish.from_minute <= minute < wish.to_minute
    )


def first_suiting(wish: Wish, walls: Iterable[datetime], location_id: int) -> datetime | None:
    """The earliest of `walls` (in order) that suits."""
    return next((wall for wall in walls if suits(wish, wall, location_id)), None)
