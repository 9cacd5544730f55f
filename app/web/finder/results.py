"""What the results page shows, from what was asked and found. Plain values in, the template's context out."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from babel import Locale
from flask import url_for
from flask_babel import gettext as translated

from app.core import clock
from app.core.zones import zone
from app.directory.catalogue import BY_ID, SPECIALTIES
from app.directory.languages import CODES
from app.directory.listing import FRESH_DAYS
from app.doors.locale import language
from app.finder import ways_out, when
from app.finder.asking import Asked
from app.finder.counting import TOTAL_CAP
from app.finder.criteria import DAYS, KM_PER_MILE, SearchCriteria, values_of
from app.finder.free import FreeTimes
from app.finder.queries import Found
from app.finder.ways_out import Relaxation
from app.scheduling.queries import NextTimes
from app.scheduling.timeline import instants
from app.web.formatting import clock as said_clock
from app.web.formatting import day_month, distance, money, number

PER_PAGE = 20
LAST_HOUR = 20
"""From this hour on, the day is over for new plans."""
LAST_PAGE = TOTAL_CAP // PER_PAGE


def url(asked: Asked, criteria: SearchCriteria, *, what: str | None = None, where: str = "", page: int = 1) -> str:
    """The address of this search with other criteria, words or page."""
    values = asked.values if criteria is asked.criteria else values_of(criteria, miles=asked.miles)
    if page > 1:
        values = {**values, "page": str(page)}
    return _address(where or shown_where(asked), asked.understood.text if what is None else what, values)


def _address(where: str, what: str, more: Mapping[str, str]) -> str:
    values = {"where": where, "what": what, **more}
    return "/therapists?" + "&".join([f"{name}={_quoted(value)}" for name, value in values.items() if value])


_quoted = lru_cache(maxsize=1024)(quote_plus)
"""A page has the same values in all its links."""


def shown_where(asked: Asked) -> str:
    return asked.place.label if asked.place else ""


def _(text: str, **values: object) -> str:
    return str(translated(text, **values))


def specialty_names() -> Sequence[Mapping[str, str]]:
    return _specialties(language())


@lru_cache
def _specialties(_language: str) -> Sequence[Mapping[str, str]]:
    """Every specialty in the words of the request's language, which is the key."""
    return tuple({"slug": each.slug, "name": _(each.name)} for each in SPECIALTIES)


def language_name(code: str) -> str:
    """The language's name in the reader's language."""
    return _language_names(language()).get(code, code)


def language_choices() -> tuple[tuple[str, str], ...]:
    return _sorted_languages(language())


@lru_cache
def _language_names(locale: str) -> Mapping[str, str]:
    languages = Locale.parse(locale).languages
    return {code: str(languages.get(code, code)) for code in CODES}


@lru_cache
def _sorted_languages(locale: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_language_names(locale).items(), key=lambda choice: _without_accents(choice[1])))


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def technique_choices() -> list[tuple[str, str]]:
    return [
        (each.slug, named["name"])
        for each, named in zip(SPECIALTIES, specialty_names(), strict=True)
        if each.kind == "technique"
    ]


def search_values(asked: Asked, where: str, what: str) -> dict[str, Any]:
    """The search as the form shows it again, with what was typed."""
    criteria, known = asked.criteria, asked.understood.specialty
    radius = criteria.radius_km / (KM_PER_MILE if asked.miles else 1)
    return {
        "where": shown_where(asked) if asked.place and asked.place.kind == "point" else where,
        "what": what,
        "what_name": _(known.name) if known else "",
        "guide_url": _guide_url(known.kind, known.slug) if known else None,
        "radius": round(radius) if abs(radius - round(radius)) < 0.01 else round(radius, 1),
        "units": "mi" if asked.miles else "km",
        "radius_km": round(criteria.radius_km, 2),
        "sort": criteria.sort,
        "time_label": part_label(criteria.time) if criteria.time else "",
        "filters": {name: value for name, value in asked.values.items() if name not in ("radius", "sort")},
    }


@lru_cache
def _guide_url(kind: str, slug: str) -> str:
    return url_for(f"guides.{kind}", slug=slug)


def label(asked: Asked, name: str, criteria: SearchCriteria) -> str:
    """One condition in words, as its chip says it."""
    said: dict[str, Callable[[], str]] = {
        "specialty_id": lambda: _(BY_ID[criteria.specialty_id].name),
        "technique_id": lambda: _(BY_ID[criteria.technique_id].name),
        "minutes": lambda: _("%(minutes)s minutes", minutes=criteria.minutes),
        "max_price_cents": lambda: _("up to %(price)s", price=money(criteria.max_price_cents or 0)),
        "language": lambda: language_name(criteria.language or ""),
        DAYS: lambda: days_label(criteria.first, criteria.last),
        "time": lambda: part_label(criteria.time) if criteria.time else "",
        "home_visit": lambda: _("Comes to my home"),
        "step_free": lambda: _("Wheelchair access"),
        "checked": lambda: _("Licence checked with the board"),
        "gender": lambda: {"female": _("A woman"), "male": _("A man")}.get(criteria.gender or "", _("Non-binary")),
    }
    return said[name]()


def days_label(first: when.Moment | None, last: when.Moment | None) -> str:
    """The days in words: "on 1 Dec", "1 Dec to 3 Dec", "from 1 Dec", "until 3 Dec"."""
    return _days_label(first and when.day_of(first), last and when.day_of(last), language())


@lru_cache(maxsize=256)
def _days_label(first: date | None, last: date | None, _language: str) -> str:
    begin, end = (day_month(each) if each else "" for each in (first, last))
    if begin == end:
        return _("on %(day)s", day=begin)
    if begin and end:
        return _("%(first)s to %(last)s", first=begin, last=end)
    return _("from %(day)s", day=begin) if begin else _("until %(day)s", day=end)


def part_label(part: when.PartOfDay) -> str:
    return _part_label(part, language())


@lru_cache(maxsize=256)
def _part_label(part: when.PartOfDay, _language: str) -> str:
    names = {"morning": _("mornings"), "afternoon": _("afternoons"), "evening": _("evenings")}
    opens, closes = (said_clock(time(minute // 60 % 24, minute % 60)) for minute in part)
    return names.get(when.written(part)) or _("%(from)s to %(to)s", **{"from": opens, "to": closes})


def when_links(asked: Asked, now: datetime) -> list[dict[str, str]]:
    """Ready-made answers to "when", by the calendar of the searched place."""
    if asked.place is None or asked.criteria.asks_when:
        return []
    here = now.astimezone(zone(asked.place.time_zone))
    where, what = shown_where(asked), asked.understood.text
    return [
        {"label": text, "url": _address(where, what, {**asked.values, **more})}
        for text, more in _whens(here.date(), here.hour >= LAST_HOUR, language())
    ]


@lru_cache(maxsize=64)
def _whens(today: date, is_over: bool, _language: str) -> Sequence[tuple[str, Mapping[str, str]]]:
    """Each "when" in the words of the request's language, which is the key, and what it adds to a search's address."""
    tomorrow, day = today + timedelta(days=1), SearchCriteria(first=today, last=today)
    evening, week = replace(day, time=when.PARTS["evening"]), replace(day, last=today + timedelta(days=6))
    choices = [(_("Free today"), day), (_("Free this evening"), evening)]
    if is_over:
        choices = [(_("Free tomorrow"), SearchCriteria(first=tomorrow, last=tomorrow))]
    return tuple((text, values_of(criteria)) for text, criteria in (*choices, (_("Free this week"), week)))


def chips(asked: Asked) -> list[dict[str, str]]:
    """The conditions in force besides what and where, each with the address of the search without it."""
    names = [name for name in asked.criteria.conditions() if name != "specialty_id"]
    return [
        {"label": label(asked, name, asked.criteria), "remove_url": url(asked, asked.criteria.without(name))}
        for name in names
    ]


def clear_url(asked: Asked) -> str:
    return url(asked, SearchCriteria(specialty_id=asked.criteria.specialty_id, radius_km=asked.criteria.radius_km))


def cards(
    found: Sequence[Mapping[str, Any]], criteria: SearchCriteria, free: FreeTimes | None = None
) -> list[dict[str, Any]]:
    """Snapshots made ready to show: names in the reader's language, what matches first, dates as dates, next times."""
    wanted = frozenset({criteria.specialty_id, criteria.technique_id} - {0})
    tags = _tags(wanted, language())
    if free is None:
        return [_card(card, wanted, tags, None) for card in found]
    free.ask(card["location_id"] for card in found if card["booking_mode"] != "none")
    return [_card(card, wanted, tags, free.known.get(card["location_id"])) for card in found]


@lru_cache(maxsize=1024)
def _tags(wanted: frozenset[int], language: str) -> Mapping[int, Mapping[str, Any]]:
    """Every specialty as a card names it, and whether it is what was looked for."""
    return {
        each.id: {**named, "matches": each.id in wanted}
        for each, named in zip(SPECIALTIES, _specialties(language), strict=True)
    }


def _next_times(slug: str, times: NextTimes) -> list[dict[str, Any]]:
    """The times as buttons, on the venue's clock."""
    path = f"/therapists/{slug}/book?service={times.service_id}&location={times.location_id}&at="
    starts = [_start(quantum, times.time_zone) for quantum in times.quanta]
    return [{"starts_at": here, "url": path + at} for here, at in starts]


@lru_cache(maxsize=8192)
def _start(quantum: int, time_zone: str) -> tuple[datetime, str]:
    """A time on the venue's clock, and as an address says it. Many have the same ones."""
    (start,) = instants((quantum,))
    return start.astimezone(zone(time_zone)), f"{start:%Y-%m-%dT%H:%M}Z"


def _card(
    card: Mapping[str, Any], wanted: Set[int], tags: Mapping[int, Mapping[str, Any]], times: NextTimes | None
) -> dict[str, Any]:
    ids, licence = card["specialty_ids"], card["licence"]
    matching = [each for each in ids if each in wanted]
    others = [each for each in ids if each not in wanted] if matching else ids
    checked_on = licence["checked_on"]
    confirmed_on = date.fromisoformat(card["confirmed_on"]) if card["confirmed_on"] else None
    return {
        **card,
        "licence": {**licence, "checked_on": date.fromisoformat(checked_on) if checked_on else None},
        "confirmed_on": confirmed_on,
        "stands_lower": bool(card["claimed"] and confirmed_on and clock.today() > confirmed_on + timedelta(FRESH_DAYS)),
        "specialties": [tags[each] for each in (*matching, *others) if each in tags],
        "next_times": _next_times(card["slug"], times) if times else None,
        "next_minutes": times.minutes if times else None,
    }


def pages(asked: Asked, found: Found, number: int) -> dict[str, Any]:
    """Where one can go from here."""
    count = -(-found.total // PER_PAGE) or 1
    later = found.more and number < LAST_PAGE
    return {
        "number": number,
        "count": None if found.total_is_capped else count,
        "earlier_url": url(asked, asked.criteria, page=number - 1) if number > 1 else None,
        "later_url": url(asked, asked.criteria, page=number + 1) if later else None,
        "by_distance": asked.criteria.sort == "distance",
    }


def suggestions(asked: Asked, relaxed: list[Relaxation]) -> list[dict[str, Any]]:
    """What to drop when nobody was found, and what that gains."""
    return [
        {
            "label": _suggestion(asked, each),
            "url": url(asked, each.criteria, what="" if each.field == "specialty_id" else None),
            "count": each.total,
            "counted": _("More than %(count)s", count=number(each.total)) if each.total_is_capped else None,
        }
        for each in relaxed
    ]


def _suggestion(asked: Asked, relaxed: Relaxation) -> str:
    if relaxed.field == ways_out.EVERYTHING:
        return _("without any filter, within %(distance)s", distance=_within(asked, relaxed))
    if relaxed.field == ways_out.WHEN:
        return _("at any time")
    if relaxed.field == "radius_km":
        return _("within %(distance)s", distance=_within(asked, relaxed))
    return _("without “%(condition)s”", condition=label(asked, relaxed.field, asked.criteria))


def _within(asked: Asked, relaxed: Relaxation) -> str:
    return distance(relaxed.criteria.radius_km, "mi" if asked.miles else "km")
