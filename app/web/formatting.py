"""How values are said to people: distance, money, days and times. Template filters; times keep the zone they come in."""

from datetime import date, datetime, time

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask, current_app, request
from flask_babel import get_locale, gettext

KM_PER_MILE = 1.609344
CHOSEN_THEMES = ("light", "dark")


def distance(km: float, units: str = "mi") -> str:
    """A great-circle distance as "0.4 miles" or "12 km": one decimal below ten, none above. `units` is "mi" or "km"."""
    value = km if units == "km" else km / KM_PER_MILE
    rounded = round(value, 1) if value < 9.95 else round(value)
    number = format_decimal(max(rounded, 0.1), locale=_language())
    if units == "km":
        return str(gettext("%(number)s km", number=number))
    return str(gettext("1 mile") if rounded == 1 else gettext("%(number)s miles", number=number))


def units_for(country: str | None) -> str:
    """Miles where road signs are in miles (ISO 3166 alpha-2), kilometres elsewhere."""
    return "mi" if country in ("US", "GB", "LR", "MM", None) else "km"


def money(cents: int, currency: str = "USD") -> str:
    """A price without needless zeros: 9500 is "$95", 9550 is "$95.50"."""
    pattern = None if cents % 100 else "¤#,##0"
    return format_currency(cents / 100, currency, format=pattern, locale=_language(), currency_digits=bool(cents % 100))


def number(value: int) -> str:
    """A count with its thousands apart: "1,284"."""
    return format_decimal(value, locale=_language())


def day(value: date) -> str:
    """ "1 Dec 2026" """
    return format_date(value, "d MMM y", locale=_language())


def day_month(value: date) -> str:
    """ "1 Dec" """
    return format_date(value, "d MMM", locale=_language())


def weekday(value: date) -> str:
    """ "Tue" """
    return format_date(value, "EEE", locale=_language())


def weekday_date(value: date) -> str:
    """ "Tue 1 Dec" """
    return format_date(value, "EEE d MMM", locale=_language())


def clock(value: datetime | time) -> str:
    """ "4:30 pm" in the value's own zone."""
    language = _language()
    if not language.startswith("en"):
        return format_time(value.replace(tzinfo=None), "short", locale=language)
    return f"{(value.hour - 1) % 12 + 1}:{value.minute:02d} {'am' if value.hour < 12 else 'pm'}"


def when(value: datetime) -> str:
    """ "Tue 1 Dec, 4:30 pm" in the value's own zone: give it in the venue's."""
    return f"{weekday_date(value)}, {clock(value)}"


def theme() -> str:
    """The person's choice of light or dark, or "" to follow the system."""
    chosen = request.cookies.get("theme", "") if request else ""
    return chosen if chosen in CHOSEN_THEMES else ""


def map_tiles() -> str:
    """The tile address that the operator set, or "" for the embedded base map."""
    return current_app.config["SETTINGS"].map_tile_url or ""


def _language() -> str:
    return str(get_locale() or "en")


def init_app(app: Flask) -> None:
    for filter_ in (distance, money, number, day, day_month, weekday, weekday_date, clock, when):
        app.add_template_filter(filter_, filter_.__name__)
    for function in (theme, map_tiles):
        app.add_template_global(function, function.__name__)
