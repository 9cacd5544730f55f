"""A practice in numbers: requests, how fast they are answered, how full the hours are, what was cancelled. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import NamedTuple

ANSWERS = frozenset({"accept", "decline", "offer_times"})
CANCELLED = frozenset({"cancelled_by_patient", "cancelled_by_therapist"})
KEPT = frozenset({"confirmed", "attended", "no_show"})


class Fact(NamedTuple):
    """One thing that happened to a booking."""

    booking_id: int
    at: datetime
    action: str
    new_state: str


class Held(NamedTuple):
    """A booking as it stands."""

    id: int
    starts_at: datetime
    minutes: int
    state: str


class Month(NamedTuple):
    """One month of a practice. `answer_hours` is the median, None without an answer."""

    first: date
    requests: int
    accepted: int
    answer_hours: float | None
    cancelled_by_patient: int
    cancelled_by_therapist: int
    no_shows: int


class WeekFill(NamedTuple):
    """How much of a week's open minutes was booked; treatment time only."""

    first: date
    open_minutes: int
    booked_minutes: int

    @property
    def percent(self) -> int | None:
        return min(100, round(100 * self.booked_minutes / self.open_minutes)) if self.open_minutes else None


def months(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`."""
    found, at = [], first.replace(day=1)
    while at <= last:
        found.append(at)
        at = (at + timedelta(days=32)).replace(day=1)
    return found


def by_month(facts: Iterable[Fact], wanted: Sequence[date], zone: tzinfo) -> list[Month]:
    """What happened in each month, by the day on which it did."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    asked: dict[int, datetime] = {}
    waits: dict[date, list[float]] = defaultdict(list)
    for fact in sorted(facts, key=lambda one: one.at):
        month = fact.at.astimezone(zone).date().replace(day=1)
        counts[month][fact.action if fact.action != "cancel" else fact.new_state] += 1
        if fact.action == "request":
            asked[fact.booking_id] = fact.at
        elif fact.action in ANSWERS and fact.booking_id in asked:
            waits[month].append((fact.at - asked.pop(fact.booking_id)).total_seconds() / 3600)
    return [_month(each, counts[each], waits[each]) for each in wanted]


def by_week(held: Iterable[Held], opened: Mapping[date, int], wanted: Sequence[date], zone: tzinfo) -> list[WeekFill]:
    """How full each week was; `opened` are the open minutes by its Monday."""
    booked: Counter[date] = Counter()
    for one in held:
        day = one.starts_at.astimezone(zone).date()
        if one.state in KEPT:
            booked[day - timedelta(days=day.weekday())] += one.minutes
    return [WeekFill(monday, opened.get(monday, 0), booked[monday]) for monday in wanted]


def _month(first: date, counts: Counter[str], waits: list[float]) -> Month:
    return Month(
        first,
        counts["request"],
        counts["accept"],
        round(median(waits), 1) if waits else None,
        counts["cancelled_by_patient"],
        counts["cancelled_by_therapist"],
        counts["miss"],
    )
