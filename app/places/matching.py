"""Which reading of a text is meant, given every place whose key occurs in it. Values in, values out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.geometry import distance_km
from app.places.parse import STREETS
from app.places.results import Spot

AREAS = {"state", "country"}
SAME_PLACE_KM = 30.0
"""Two entries of one name this near are one place to a person: a city and its district, a town and its township."""
CITY_REACH_KM = 45.0
"""How far a neighbourhood may lie from the middle of the city it is named with."""
CODE_REACH_KM = {"zip": 60.0, "postcode": 30.0}
"""How far a postcode may lie from the town it is written with."""
LEAST_CITY = 15_000
"""Weight that a place needs for another to be called a part of it."""
MOST_GREATER = 8
"""How many times as great another city of the name may be, for the smaller one to be meant beside its neighbourhood."""
LEAST_BARE = 900
"""Weight that a name of one word needs to be meant without its state: of hamlets, every word is one somewhere."""
COMPARABLE = 0.03
"""A namesake is offered when it weighs at least this share of the likeliest."""
ALIAS_COMPARABLE = 0.3
"""The same where only an old or foreign name of the place is alike: "Venice" is hardly Dayton, Ohio."""
ALIAS_SHARE = {"US": 0.01}
OTHER_ALIAS_SHARE = 0.05
"""What an alias counts beside a place that really has the name. In the US most aliases are old or foreign names."""
MOST_ALTERNATIVES = 8


class Match(NamedTuple):
    """A place found by `key`."""

    key: str
    primary: bool
    rank: int
    id: int
    kind: str
    name: str
    label: str
    admin1: str
    country: str
    lat: float
    lon: float
    population: int
    weight: int
    time_zone: str

    def spot(self) -> Spot:
        return Spot(
            self.label,
            self.kind,
            self.lat,
            self.lon,
            self.time_zone,
            self.country,
            self.admin1,
            self.name,
            self.population,
        )


Found = Mapping[str, Sequence[Match]]
Area = tuple[str, str]
"""(country, state), the state empty for the whole country."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Matches that one way of reading the text gives, best first, and the words it leaves out."""

    matches: tuple[Match, ...]
    left_out: tuple[str, ...] = ()
    area: Area | None = None


def spans(words: Sequence[str], longest: int = 6) -> Iterator[tuple[int, int]]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + longest) + 1):
            yield start, end


def span_keys(words: Sequence[str]) -> set[str]:
    """The keys to look up for a text: every run of its words, and all of them as one word."""
    return {" ".join(words[a:b]) for a, b in spans(words)}


def gap_km(one: Match, other: Match) -> float:
    return distance_km(one.lat, one.lon, other.lat, other.lon)


def places(found: Found, key: str) -> list[Match]:
    """Places of that key, no areas; an alias yields to real names."""
    matches = [m for m in found.get(key, ()) if m.kind not in AREAS and m.kind not in {"zip", "postcode"}]
    return sorted(matches, key=lambda m: (-standing(m), m.id))


def standing(match: Match) -> float:
    """Weight as the ranking counts it."""
    if match.primary:
        return match.weight
    return match.weight * ALIAS_SHARE.get(match.country, OTHER_ALIAS_SHARE)


def areas(found: Found, words: Sequence[str]) -> list[Area]:
    """States and countries that these words name: "texas", "ontario canada", "usa"."""
    named = [_area(m) for m in found.get(" ".join(words), ()) if m.kind in AREAS]
    for cut in range(1, len(words)):
        countries = {m.country for m in found.get(" ".join(words[cut:]), ()) if m.kind == "country"}
        named += [
            _area(m)
            for m in found.get(" ".join(words[:cut]), ())
            if m.kind == "state" and m.country in countries and countries
        ]
    return sorted(set(named), key=home_first)


def _area(match: Match) -> Area:
    return match.country, match.admin1


def home_first(area: Area) -> tuple[int, str, str]:
    order = {"US": 0, "CA": 1}
    state_first = 0 if area[1] and area[0] in order else 3
    return state_first + order.get(area[0], 2), *area


def within(match: Match, area: Area) -> bool:
    return match.country == area[0] and area[1] in {"", match.admin1}


def exact(found: Found, words: Sequence[str]) -> Reading | None:
    """The best reading in which every word counts: a name, a name in a state, a neighbourhood of a city."""
    if not words:
        return None
    whole = [m for m in places(found, " ".join(words)) if len(words) > 1 or m.weight >= LEAST_BARE]
    parts = _better(in_area(found, words), beside(found, words))
    if not whole:
        return parts
    sure = whole[0].primary or whole[0].weight >= 50_000
    if parts and (not sure or parts.matches[0].weight > 20 * standing(whole[0])):
        return parts
    return Reading(tuple(whole))


def _better(inside: Reading | None, nested: Reading | None) -> Reading | None:
    """A name in a state, unless it is a hamlet's and the state's short form is a city's: "Highland Park LA"."""
    if inside and nested and inside.area != nested.area and inside.matches[0].weight < LEAST_BARE:
        return nested if nested.matches[0].weight > inside.matches[0].weight else inside
    return inside or nested


def in_area(found: Found, words: Sequence[str]) -> Reading | None:
    """A name and its state or country, the longest name first; also a neighbourhood, its city and the state."""
    for cut in range(len(words) - 1, 0, -1):
        for area in areas(found, words[cut:]):
            named = [m for m in places(found, " ".join(words[:cut])) if within(m, area)]
            if named:
                return Reading(tuple(named), area=area)
            nested = beside(found, words[:cut], area)
            if nested:
                return nested
    return None


def beside(found: Found, words: Sequence[str], area: Area | None = None) -> Reading | None:
    """A neighbourhood and its city, either first: "Back Bay Boston", "Boston Back Bay".

    None when a far greater city has the city's name: "Clarendon Arlington" is not in New Jersey's Arlington.
    """
    best: tuple[tuple[float, float], Match] | None = None
    greatest = 0
    for cut in range(1, len(words)):
        one, other = places(found, " ".join(words[:cut])), places(found, " ".join(words[cut:]))
        named = (m.weight for m in (*one[:1], *other[:1]) if m.primary and (not area or within(m, area)))
        greatest = max(greatest, *named, 0)
        for inner, city in _pairs(one, other):
            if area and not within(city, area):
                continue
            score = (city.weight, -gap_km(inner, city))
            if best is None or score > best[0]:
                best = (score, inner)
    return Reading((best[1],)) if best and best[0][0] * MOST_GREATER >= greatest else None


def _pairs(one: Sequence[Match], other: Sequence[Match]) -> Iterator[tuple[Match, Match]]:
    for inners, cities in ((one, other), (other, one)):
        for city in (c for c in cities[:25] if c.weight >= LEAST_CITY):
            for inner in inners[:60]:
                if inner.id != city.id and inner.weight <= city.weight and gap_km(inner, city) <= CITY_REACH_KM:
                    yield inner, city


def trailing(found: Found, words: Sequence[str], breaks: Iterable[int], street: bool) -> Reading | None:
    """The town at the end of an address; what stands before it is left out."""
    for start in range(1, len(words)):
        rest = words[start:]
        if rest[0] in STREETS or rest[0].isdigit():
            continue
        reading = in_area(found, rest)
        if reading is None and (start in breaks or street):
            whole = places(found, " ".join(rest))
            sure = [m for m in whole if m.primary and (start in breaks or m.weight >= 5_000)]
            reading = Reading(tuple(sure)) if sure else None
        if reading and len(" ".join(rest)) > 2:
            return Reading(reading.matches, tuple(words[:start]), reading.area)
    return None


def distinct(matches: Sequence[Match]) -> list[Match]:
    """Without near-duplicates: of entries of one name near each other, the weightiest."""
    kept: list[Match] = []
    for match in matches:
        if all(gap_km(match, other) > SAME_PLACE_KM for other in kept):
            kept.append(match)
    return kept


def comparable(matches: Sequence[Match], share: float = COMPARABLE) -> list[Match]:
    """The likeliest, and the namesakes that a person may as well have meant."""
    if not matches:
        return []
    kept = distinct(matches[:40])
    floor = standing(kept[0]) * share
    alias_floor = standing(kept[0]) * max(share, ALIAS_COMPARABLE)
    return [m for m in kept if standing(m) >= (floor if m.primary else alias_floor)][:MOST_ALTERNATIVES]


def closer(matches: Sequence[Match], near: tuple[float, float] | None) -> list[Match]:
    """The same matches, those around a known point first."""
    if near is None:
        return list(matches)
    return sorted(matches, key=lambda m: -standing(m) / (1 + (distance_km(m.lat, m.lon, *near) / 100) ** 2))
