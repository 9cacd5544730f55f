"""How values are said on a page: distance, money, days and times in its language. Template filters."""

from datetime import date, datetime, time, timedelta, tzinfo

from flask import Flask, current_app
from flask_babel import gettext

from app.core import formats
from app.core.zones import zone
from app.directory.card import shown_phone
from app.doors.cookies import kept
from app.doors.locale import language

KM_PER_MILE = 1.609344
CHOSEN_THEMES = ("light", "dark")


def distance(km: float, units: str = "mi") -> str:
    """A great-circle distance as "0.4 miles" or "12 km": one decimal below ten, none above. `units` is "mi" or "km"."""
    value = km if units == "km" else km / KM_PER_MILE
    rounded = round(value, 1) if value < 9.95 else round(value)
    number = formats.number(max(rounded, 0.1), language())
    if units == "km":
        return str(gettext("%(number)s km", number=number))
    return str(gettext("1 mile") if rounded == 1 else gettext("%(number)s miles", number=number))


def units_for(country: str | None) -> str:
    """Miles where road signs are in miles (ISO 3166 alpha-2), kilometres elsewhere."""
    return "mi" if country in ("US", "GB", "LR", "MM", None) else "km"


def money(cents: int, currency: str = "USD") -> str:
    return formats.money(cents, currency, language())


def number(value: int) -> str:
    return formats.number(value, language())


def day(value: date) -> str:
    """ "1 Dec 2026" """
    return formats.dated(value, "d MMM y", language())


def day_month(value: date) -> str:
    """ "1 Dec" """
    return formats.dated(value, "d MMM", language())


def weekday(value: date) -> str:
    """ "Tue" """
    return formats.dated(value, "EEE", language())


def weekday_date(value: date) -> str:
    return formats.weekday_date(value, language())


def clock(value: datetime | time) -> str:
    return formats.clock(value)


def when(value: datetime) -> str:
    return formats.when(value, language())


def there(value: datetime, time_zone: str, reader: tzinfo) -> str:
    """An instant on the clock of a place; the zone is named where it is not the one the page is in."""
    here = when(value.astimezone(zone(time_zone)))
    return here if time_zone == str(reader) else f"{here} ({zone_name(time_zone)})"


def span(first: datetime, last: datetime) -> str:
    """ "Tue 1 Dec – Wed 2 Dec" for whole days, of which `last` is the midnight that ends them; else with the clock."""
    if first.time() != time.min or last.time() != time.min or last <= first:
        return f"{when(first)} – {when(last)}"
    until = last.date() - timedelta(days=1)
    return weekday_date(first) if until == first.date() else f"{weekday_date(first)} – {weekday_date(until)}"


def zone_name(time_zone: str) -> str:
    return formats.zone_name(time_zone, language())


def theme() -> str:
    """The person's choice of light or dark, or "" to follow the system."""
    chosen = kept("theme") or ""
    return chosen if chosen in CHOSEN_THEMES else ""


def map_tiles() -> str:
    """The tile address that the operator set, or "" for the embedded base map."""
    return current_app.config["SETTINGS"].map_tile_url or ""


def init_app(app: Flask) -> None:
    for filter_ in (distance, money, number, day, day_month, weekday, weekday_date, clock, when, there, zone_name):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_filter(shown_phone, "phone")
    for function in (theme, map_tiles):
        app.add_template_global(function, function.__name__)
