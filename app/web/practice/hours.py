"""A week of opening hours as a form: two openings a day, times on the wall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from flask_babel import gettext as _

from app.core import formats
from app.scheduling.hours import MINUTES_PER_DAY, OpeningHours
from app.web.fields import FAR_DATE, is_near

DEFAULT = tuple(OpeningHours(day, 9 * 60, 17 * 60) for day in range(5))
OPENINGS = 2


@dataclass
class Week:
    """What the page shows: `days[weekday]` are pairs of "HH:MM" texts. `errors` by the name of the field."""

    days: list[list[tuple[str, str]]]
    valid_from: date | None = None
    valid_until: date | None = None
    errors: dict[str, str] = field(default_factory=dict)


def week_of(hours: Iterable[OpeningHours]) -> Week:
    days: list[list[tuple[str, str]]] = [[] for _ in range(7)]
    first = last = None
    for each in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        days[each.weekday].append((text_of(each.opens), text_of(each.closes)))
        first, last = each.valid_from, each.valid_until
    return Week([(day + [("", "")] * OPENINGS)[: max(OPENINGS, len(day))] for day in days], first, last)


def read(form: Mapping[str, str]) -> tuple[Week, list[OpeningHours]]:
    """The week that was sent, and the hours it means; with `errors` the hours are of no use."""
    week = Week([[_pair(form, day, at) for at in range(OPENINGS)] for day in range(7)])
    week.valid_from, week.valid_until = _date(form, "valid_from", week), _date(form, "valid_until", week)
    if week.valid_from and week.valid_until and week.valid_until < week.valid_from:
        week.errors.setdefault("valid_until", _("The last day comes after the first."))
    hours: list[OpeningHours] = []
    for day, pairs in enumerate(week.days):
        for at, (opens, closes) in enumerate(pairs):
            if opens or closes:
                _add(hours, week, f"d{day}-{at}", (day, opens, closes))
    return week, hours


def text_of(minutes: int) -> str:
    """540 is 09:00; past midnight the clock begins anew."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def shown(minutes: int) -> str:
    """The same for reading: 540 is 9:00 am."""
    return formats.clock(time(minutes // 60 % 24, minutes % 60))


def minutes_of(text: str) -> int | None:
    """09:00 is 540; None when it is no time."""
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute


def _pair(form: Mapping[str, str], day: int, at: int) -> tuple[str, str]:
    return form.get(f"d{day}-{at}-opens", "").strip()[:5], form.get(f"d{day}-{at}-closes", "").strip()[:5]


def _add(hours: list[OpeningHours], week: Week, name: str, told: tuple[int, str, str]) -> None:
    day, opens, closes = told[0], minutes_of(told[1]), minutes_of(told[2])
    if opens is None or closes is None:
        week.errors[name] = _("Give both times, or none.")
        return
    closes += MINUTES_PER_DAY if closes <= opens else 0
    if any(one.weekday == day and opens < one.closes and one.opens < closes for one in hours):
        week.errors[name] = _("These hours overlap the ones before.")
        return
    hours.append(OpeningHours(day, opens, closes, week.valid_from, week.valid_until))


def _date(form: Mapping[str, str], name: str, week: Week) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        week.errors[name] = _("Write the date as year-month-day.")
        return None
    if not is_near(day):
        week.errors[name] = str(FAR_DATE)
    return day
