"""What a search asks for: parsed, checked, and written back as a URL. Pure; knows no request and no database."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, get_args

from app.core.geometry import is_point
from app.core.texts import N_, Sentence
from app.directory import languages
from app.directory.catalogue import ANY, BY_ID, BY_SLUG
from app.finder import when

Sort = Literal["distance", "soonest", "price"]
Gender = Literal["female", "male", "other"]
SORTS: tuple[str, ...] = get_args(Sort)
GENDERS: tuple[str, ...] = get_args(Gender)

KM_PER_MILE = 1.609344
DEFAULT_RADIUS_KM = 40.0
DEFAULT_RADIUS_MILES = 25.0
LEAST_RADIUS_KM, MOST_RADIUS_KM = 0.5, 500.0
MOST_MINUTES = 240
MOST_PRICE = 100_000
LONGEST_TEXT = 200
DAYS = "days"

FALSE = ("", "0", "false", "no", "off")
TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the input that cannot be used, and what to do about it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class SearchCriteria:
    """Who is looked for. Distances in km; `max_price_cents` in the therapist's own currency.

    Home visits match when the searcher lies within the therapist's reach, whatever `radius_km` says: the therapist travels.
    `first` and `last` are days at the venue, both included, or instants `[first, last)`; `time` is the part of the
    venue's day, in minutes since midnight, in which the visit may start.
    """

    specialty_id: int = ANY
    technique_id: int = ANY
    radius_km: float = DEFAULT_RADIUS_KM
    minutes: int | None = None
    max_price_cents: int | None = None
    language: str | None = None
    gender: Gender | None = None
    home_visit: bool = False
    step_free: bool = False
    checked: bool = False
    first: when.Moment | None = None
    last: when.Moment | None = None
    time: when.PartOfDay | None = None
    sort: Sort = "distance"

    @property
    def asks_when(self) -> bool:
        """Whether only those with a free time of some kind are wanted."""
        return not (self.first is None and self.last is None and self.time is None)

    @property
    def prices_matter(self) -> bool:
        """Whether it counts what a treatment of the wanted length costs."""
        return self.minutes is not None and (self.sort == "price" or self.max_price_cents is not None)

    def without(self, name: str) -> "SearchCriteria":
        """The same search with one condition dropped; `days` are the first and the last one together."""
        names = (name,) if name != DAYS else ("first", "last")
        changes: dict[str, Any] = {each.name: each.default for each in fields(self) if each.name in names}
        return replace(self, **changes)

    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions that leave somebody out, besides distance."""
        aside = ("radius_km", "sort")
        names = [
            each.name for each in fields(self) if each.name not in aside and getattr(self, each.name) != each.default
        ]
        return tuple(dict.fromkeys(DAYS if name in ("first", "last") else name for name in names))


@dataclass(frozen=True, slots=True)
class Parsed:
    criteria: SearchCriteria
    problems: tuple[Problem, ...] = ()


_AS_MONEY: Final = re.compile(r"\$? ?([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]+(?:\.[0-9]{1,2})?) ?\$?")
"""A price as people write it: "$120", "1,200", "95.50"."""


@dataclass(slots=True)
class _Reader:
    """Reads single values and collects what is wrong with them."""

    values: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(name, message))

    def number(self, name: str, least: float, most: float, message: str) -> float | None:
        """A finite number between the two, or None with a problem noted."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = float(text) if len(text) <= 20 and text.isascii() and "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if math.isfinite(value) and least <= value <= most:
            return value
        self.wrong(name, message)
        return None

    def choice(self, name: str, choices: tuple[str, ...], message: str) -> str | None:
        text = self.text(name)
        if not text or text in choices:
            return text or None
        self.wrong(name, message)
        return None

    def switch(self, name: str) -> bool:
        text = self.text(name).casefold()
        if text not in (*FALSE, *TRUE):
            self.wrong(name, N_("This is either on (1) or off (0)."))
        return text in TRUE

    def minutes(self) -> int | None:
        message = Sentence("Minutes are a multiple of 5, from 5 to %(most)s.", most=MOST_MINUTES)
        value = self.number("minutes", 5, MOST_MINUTES, message)
        if value is not None and value % 5:
            self.wrong("minutes", message)
            return None
        return None if value is None else int(value)

    def price(self) -> int | None:
        message = Sentence("The highest price is a number from 0 to %(most)s.", most=f"{MOST_PRICE:,}")
        written = _AS_MONEY.fullmatch(self.text("max_price"))
        plain = {"max_price": written[1].replace(",", "")} if written else {}
        value = _Reader({**self.values, **plain}, self.problems).number("max_price", 0, MOST_PRICE, message)
        return None if value is None else round(value * 100)

    def moment(self, name: str) -> when.Moment | None:
        text = self.text(name)
        found = when.moment(text) if text else None
        if text and found is None:
            self.wrong(name, N_("A day is written like 2026-12-01."))
        return found

    def days(self) -> tuple[when.Moment | None, when.Moment | None]:
        """The first and the last; the last is left out when it comes before the first."""
        first, last = self.moment("from"), self.moment("to")
        if when.out_of_order(first, last):
            self.wrong("to", N_("The last day is before the first one."))
            return first, None
        return first, last

    def part_of_day(self) -> when.PartOfDay | None:
        text = self.text("time")
        found = when.part_of_day(text) if text else None
        if text and found is None:
            self.wrong("time", N_("A time of day is morning, afternoon, evening, or like 18:00-20:00."))
        return found

    def technique(self) -> int:
        slug = self.text("technique")
        known = BY_SLUG.get(slug)
        if slug and (known is None or known.kind != "technique"):
            self.wrong("technique", N_("We do not know that technique. Choose one from the list."))
            return ANY
        return known.id if known else ANY


def parse(values: Mapping[str, str], *, specialty_id: int = ANY, miles: bool = False) -> Parsed:
    """Criteria from a URL's values. What cannot be used is left out and named in `problems`.

    `radius` is in miles if `miles`, else in km. The specialty is understood elsewhere (`understanding`), the place too.
    """
    reader = _Reader(values)
    first, last = reader.days()
    criteria = SearchCriteria(
        specialty_id=specialty_id,
        technique_id=reader.technique(),
        radius_km=_radius(reader, miles=miles),
        minutes=reader.minutes(),
        max_price_cents=reader.price(),
        language=reader.choice(
            "language", languages.CODES, N_("We do not know that language. Choose one from the list.")
        ),
        gender=reader.choice("gender", GENDERS, N_("Choose female, male or other.")),  # type: ignore[arg-type]
        home_visit=reader.switch("home_visit"),
        step_free=reader.switch("step_free"),
        checked=reader.switch("checked"),
        first=first,
        last=last,
        time=reader.part_of_day(),
        sort=reader.choice("sort", SORTS, N_("Results are sorted by distance, by the soonest time or by price."))
        or "distance",  # type: ignore[arg-type]
    )
    return Parsed(criteria, tuple(reader.problems))


def _radius(reader: _Reader, *, miles: bool) -> float:
    unit = KM_PER_MILE if miles else 1.0
    least, most = (1, 310) if miles else (LEAST_RADIUS_KM, MOST_RADIUS_KM)
    words = {"least": f"{least:g}", "most": f"{most:g}"}
    message = (
        Sentence("The distance is a number of miles from %(least)s to %(most)s.", **words)
        if miles
        else Sentence("The distance is a number of km from %(least)s to %(most)s.", **words)
    )
    value = reader.number("radius", least, most, message)
    if value is None:
        return DEFAULT_RADIUS_MILES * unit if miles else DEFAULT_RADIUS_KM
    return value * unit


def values_of(criteria: SearchCriteria, *, miles: bool = False) -> dict[str, str]:
    """The URL's values for these criteria: the reverse of `parse`, defaults left out."""
    unit = KM_PER_MILE if miles else 1.0
    radius = round(criteria.radius_km / unit, 3)
    default = DEFAULT_RADIUS_MILES if miles else DEFAULT_RADIUS_KM
    price = criteria.max_price_cents
    found = {
        "technique": BY_ID[criteria.technique_id].slug if criteria.technique_id else "",
        "radius": "" if radius == default else f"{radius:g}",
        "minutes": str(criteria.minutes or ""),
        "max_price": "" if price is None else f"{price / 100:.2f}".removesuffix(".00"),
        "language": criteria.language or "",
        "gender": criteria.gender or "",
        "home_visit": "1" if criteria.home_visit else "",
        "step_free": "1" if criteria.step_free else "",
        "checked": "1" if criteria.checked else "",
        "from": criteria.first.isoformat() if criteria.first else "",
        "to": criteria.last.isoformat() if criteria.last else "",
        "time": when.written(criteria.time) if criteria.time else "",
        "sort": "" if criteria.sort == "distance" else criteria.sort,
    }
    return {name: value for name, value in found.items() if value}


def point_of(lat: str, lon: str) -> tuple[float, float] | None:
    """A point from two texts; None when it is not on the earth."""
    try:
        point = float(lat), float(lon)
    except ValueError:
        return None
    return point if is_point(*point) else None
