"""How days, times, prices and numbers are said in a language. Times keep the zone they come in.

Spanish is written as in the United States: "$95", "1,284". Times are said alike in all of them, "4:30 pm": with full
stops they would end sentences twice and buttons would not hold them.
"""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from babel.dates import format_date, get_timezone_name
from babel.numbers import format_currency, format_decimal

from app.core.zones import zone

REGIONAL: Final = {"es": "es_US"}
"""The library's locale for a language whose plain one counts and tells time as elsewhere."""


BY_DAY: Final = range(4, 21)
"""Hours in which no clock is put back anywhere: those need no second look."""

REMEMBERED = 4096
"""A page says the same days and prices many times over, and reckoning each takes longer than the rest of its line."""


def regional(language: str) -> str:
    return REGIONAL.get(language, language)


@lru_cache(maxsize=REMEMBERED)
def money(cents: int, currency: str, language: str) -> str:
    """A price without needless zeros: 9500 is "$95", 9550 is "$95.50"."""
    pattern = None if cents % 100 else "¤#,##0"
    locale = regional(language)
    return format_currency(cents / 100, currency, format=pattern, locale=locale, currency_digits=bool(cents % 100))


@lru_cache(maxsize=REMEMBERED)
def number(value: float, language: str) -> str:
    """A count with its thousands apart: "1,284"."""
    return format_decimal(value, locale=regional(language))


def dated(value: date, pattern: str, language: str) -> str:
    """A date by a pattern of the library, such as "d MMM y"."""
    # The same instant in another zone is an equal key, and may be another day.
    return _dated(value.date() if isinstance(value, datetime) else value, pattern, language)


@lru_cache(maxsize=REMEMBERED)
def _dated(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=regional(language))


def weekday_date(value: date, language: str) -> str:
    """ "Tue 1 Dec" """
    return dated(value, "EEE d MMM", language)


def clock(value: datetime | time) -> str:
    """ "4:30 pm" in the value's own zone; "1:30 am CDT" in an hour that comes twice there."""
    said = f"{(value.hour - 1) % 12 + 1}:{value.minute:02d} {_half(value.hour)}"
    return f"{said} {value:%Z}" if value.hour not in BY_DAY and _comes_twice(value) else said


def _comes_twice(value: datetime | time) -> bool:
    """Whether clocks are put back over this wall time."""
    return isinstance(value, datetime) and value.utcoffset() != value.replace(fold=1 - value.fold).utcoffset()


def hour(value: int) -> str:
    """ "9 am": a full hour, 0 to 24."""
    return f"{(value - 1) % 12 + 1} {_half(value % 24)}"


def when(value: datetime, language: str) -> str:
    """ "Tue 1 Dec, 4:30 pm" in the value's own zone: give it in the venue's."""
    return f"{weekday_date(value, language)}, {clock(value)}"


def zone_name(time_zone: str, language: str) -> str:
    """ "Central Time" """
    name: str = get_timezone_name(zone(time_zone), width="long", zone_variant="generic", locale=regional(language))
    return name


def _half(value: int) -> str:
    return "am" if value < 12 else "pm"
