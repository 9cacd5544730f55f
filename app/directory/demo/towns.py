"""Where fictional therapists work: real towns by population, real ZIPs around each town's middle. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import cos, floor, radians, sqrt
from random import Random

from app.core.geometry import distance_km

MOST_JITTER_KM = 1.2
"""How far a practice lies from the middle of its ZIP, one standard deviation."""
KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Zip:
    code: str
    city: str
    region: str
    lat: float
    lon: float
    time_zone: str


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    region: str
    lat: float
    lon: float
    population: int
    zips: tuple[Zip, ...] = field(default=())

    @property
    def radius_km(self) -> float:
        """How far the town reaches: about 3,000 people per km² in a large city, and never less than 2 km."""
        return 2 + 0.0045 * sqrt(self.population)


@dataclass(frozen=True, slots=True)
class Spot:
    """An address area: a ZIP and a point near its middle. Degrees."""

    zip: Zip
    lat: float
    lon: float


def served(towns: Sequence[Town], therapists: int) -> list[Town]:
    """The largest towns, as many as can have one therapist each in proportion to population.

    So that in a small demo a search in a city finds several, and a large one reaches the villages. A borough or suburb
    inside a larger town of the same state is counted with that town.
    """
    apart = _without_parts(sorted(towns, key=lambda town: (-town.population, town.region, town.name)))
    kept: list[Town] = []
    people = 0
    for town in apart:
        people += town.population
        if kept and therapists * town.population < people:
            break
        kept.append(town)
    return kept


def with_zips(towns: Sequence[Town], zips: Sequence[Zip]) -> list[Town]:
    """Each town with the ZIPs inside its radius, or else with the nearest one; a town without any near is left out."""
    grid: dict[tuple[int, int], list[Zip]] = {}
    for each in zips:
        grid.setdefault(_cell(each.lat, each.lon), []).append(each)
    found = []
    for town in towns:
        near = sorted(
            (distance_km(town.lat, town.lon, each.lat, each.lon), each.code, each)
            for each in _around(grid, town)
            if each.region == town.region
        )
        inside = tuple(each for km, _, each in near if km <= town.radius_km) or tuple(each for *_, each in near[:1])
        if inside:
            found.append(Town(town.name, town.region, town.lat, town.lon, town.population, inside))
    return found


def spots(random: Random, towns: Sequence[Town], number: int) -> Iterator[tuple[Town, Spot]]:
    """`number` places to work, in proportion to population."""
    cumulative = list(accumulate(town.population for town in towns))
    for _ in range(number):
        town = random.choices(towns, cum_weights=cumulative)[0]
        yield town, spot_in(random, town)


def spot_in(random: Random, town: Town) -> Spot:
    zip_ = town.zips[int(random.random() * len(town.zips))]
    north, east = random.gauss(0, MOST_JITTER_KM), random.gauss(0, MOST_JITTER_KM)
    lat = zip_.lat + north / KM_PER_DEGREE
    lon = zip_.lon + east / (KM_PER_DEGREE * cos(radians(zip_.lat)))
    return Spot(zip_, round(lat, 5), round(lon, 5))


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return floor(lat * 4), floor(lon * 4)


def _around(grid: dict[tuple[int, int], list[Zip]], town: Town) -> Iterator[Zip]:
    y, x = _cell(town.lat, town.lon)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            yield from grid.get((y + dy, x + dx), ())


def _without_parts(largest_first: Sequence[Town]) -> list[Town]:
    kept: list[Town] = []
    grid: dict[tuple[int, int], list[Town]] = {}
    for town in largest_first:
        y, x = _cell(town.lat, town.lon)
        near = (whole for dy in (-1, 0, 1) for dx in (-1, 0, 1) for whole in grid.get((y + dy, x + dx), ()))
        if not any(_is_part(town, whole) for whole in near):
            kept.append(town)
            grid.setdefault((y, x), []).append(town)
    return kept


def _is_part(town: Town, whole: Town) -> bool:
    return (
        town.region == whole.region
        and town.population <= whole.population
        and distance_km(town.lat, town.lon, whole.lat, whole.lon) <= whole.radius_km
    )
