"""One row of the gazetteer, and what a place weighs."""

import math
from typing import NamedTuple

HOME = {"US": 3.0, "PR": 3.0, "CA": 1.5}
"""How much more a place at home weighs than its population: most visitors look there."""


class Row(NamedTuple):
    """One place with the keys that find it; `aliases` find it too, but yield to names."""

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
    keys: frozenset[str]
    aliases: frozenset[str] = frozenset()
    suggested: bool = True


def band_of(lat: float) -> int:
    """The strip of latitude, a tenth of a degree high, that a place is filed under."""
    return math.floor(lat * 10)


def weight(population: int, country: str) -> int:
    return int(max(population, 300) * HOME.get(country, 1.0))
