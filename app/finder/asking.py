"""From the words of a search to what it means: the place, the problem, the criteria. The same for both doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.core.texts import N_, Sentence
from app.directory.catalogue import ANY
from app.finder.criteria import LONGEST_TEXT, Parsed, Problem, SearchCriteria, parse, point_of, values_of
from app.finder.understanding import Understood, understand
from app.places.results import Geocoded, Spot
from app.places.zones import zone_at

MILES = frozenset({"US", "GB", "LR", "MM"})
"""Where road signs are in miles (ISO 3166 alpha-2)."""


@dataclass(frozen=True)
class Asked:
    """`place` is None when there is none; `geocoded.note` then says why. `problems` name what could not be used."""

    geocoded: Geocoded
    understood: Understood
    criteria: SearchCriteria
    problems: tuple[Problem, ...]
    miles: bool

    @cached_property
    def values(self) -> Mapping[str, str]:
        """What the criteria are in an address."""
        return values_of(self.criteria, miles=self.miles)

    @property
    def place(self) -> Spot | None:
        return self.geocoded.place

    @property
    def alternatives(self) -> tuple[Spot, ...]:
        """The other plausible places."""
        return tuple(each for each in self.geocoded.alternatives if self.place and each.label != self.place.label)


def clean(text: str) -> str:
    """Text without the control characters that no search needs and PostgreSQL refuses."""
    return "".join(c for c in text if c.isprintable() or c.isspace()).strip()


Locate = Callable[[str], Geocoded]
"""What a text means as a place, to this installation (`app.doors.where`)."""


def ask(values: Mapping[str, str], locate: Locate) -> Asked:
    """Read a page's values. Never fails: what makes no sense is named, and the rest is kept."""
    where, what = clean(values.get("where", "")), clean(values.get("what", ""))
    geocoded = located(locate, where)
    understood = understand(what)
    miles = geocoded.place is None or geocoded.place.country in ("", *MILES)
    specialty = understood.specialty
    parsed = parse(values, specialty_id=specialty.id if specialty else ANY, miles=miles)
    return Asked(geocoded, understood, parsed.criteria, _problems(parsed, understood), miles)


def located(locate: Locate, where: str) -> Geocoded:
    """The place that the words mean, if they are few enough to mean one."""
    if not where:
        return Geocoded()
    if len(where) > LONGEST_TEXT:
        return Geocoded(
            note=N_("That is too long for a place. Type a town or a ZIP code, for example “Austin, TX” or “78704”.")
        )
    return locate(where)


def at_point(lat: str, lon: str) -> Spot | None:
    """The place of two coordinates; None when they are not on the earth."""
    point = point_of(lat, lon)
    if point is None:
        return None
    return Spot(f"{point[0]:.4f}, {point[1]:.4f}", "point", *point, zone_at(*point))


def _problems(parsed: Parsed, understood: Understood) -> tuple[Problem, ...]:
    if not understood.text or understood.specialty:
        return parsed.problems
    text = understood.text if len(understood.text) <= 60 else understood.text[:59] + "…"
    message = Sentence(
        "We do not know what “%(text)s” is, so these are therapists for anything."
        " Choose from the list, or say it differently.",
        text=text,
    )
    return (Problem("what", message), *parsed.problems)
