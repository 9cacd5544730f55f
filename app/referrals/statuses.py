"""What a doctor may know of a referral: one word, from what the patient agreed to and nothing else. Pure.

A booking that is not shared must look exactly like none, or silence would tell. So `never_booked` is "no booking
that we may tell of", and is said of both.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

Status = Literal[
    "new", "opened", "never_booked", "requested", "confirmed", "attended", "no_show", "declined", "cancelled"
]

NEVER_AFTER: Final = timedelta(days=14)

OF_STATE: Final[dict[str, Status]] = {
    "requested": "requested",
    "confirmed": "confirmed",
    "attended": "attended",
    "no_show": "no_show",
    "declined": "declined",
    "expired": "declined",
    "cancelled_by_patient": "cancelled",
    "cancelled_by_therapist": "cancelled",
}
"""By a booking's state. A time that is only held is not asked for yet. A request that nobody answered was not taken."""

RANK: Final[dict[Status, int]] = {
    "attended": 5,
    "confirmed": 4,
    "requested": 3,
    "no_show": 2,
    "declined": 1,
    "cancelled": 0,
}
"""With several visits the best news counts."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A visit that the patient lets the doctor know of."""

    state: str


def status(created_at: datetime, opened: int, shared: Sequence[Shared], now: datetime) -> Status:
    told = [OF_STATE[each.state] for each in shared if each.state in OF_STATE]
    if told:
        return max(told, key=RANK.__getitem__)
    if now - created_at >= NEVER_AFTER:
        return "never_booked"
    return "opened" if opened else "new"


@dataclass(frozen=True, slots=True)
class Month:
    """Referrals made in a month, and how far those got."""

    first: date
    made: int
    opened: int
    booked: int
    attended: int


def months(rows: Iterable[tuple[datetime, int, Status]], until: date, count: int = 6) -> list[Month]:
    """The last months up to `until`, oldest first; each row is (made at, times opened, status)."""
    made: Counter[date] = Counter()
    opened, booked, attended = made.copy(), made.copy(), made.copy()
    for at, times, what in rows:
        month = at.date().replace(day=1)
        made[month] += 1
        opened[month] += times > 0
        booked[month] += what in RANK
        attended[month] += what == "attended"
    wanted = [month_back(until, back) for back in reversed(range(count))]
    return [Month(first, made[first], opened[first], booked[first], attended[first]) for first in wanted]


def month_back(day: date, months_back: int) -> date:
    """The first day of the month so many months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months_back, 12)
    return date(year, month + 1, 1)
