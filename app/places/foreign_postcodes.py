"""Other countries' postcodes."""

import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

from app.places import names
from app.places.ids import POSTCODE_IDS
from app.places.regions import Regions, label
from app.places.rows import Row
from app.places.towns import TownIndex

WITHOUT_POSTCODES = {"US", "GU", "PR", "VI", "AS", "MP", "FM", "MH", "PW", "MT", "MX", "JP", "CN", "PT"}
"""ZIP countries (the ZIP data is better), and those whose codes come without points and without towns."""


def postcodes(index: TownIndex, known: Regions, zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """Other countries' postcodes: at their own point, or at the town they name."""
    folder = resources.files("countrystatecity_postal_codes") / "data" / "by-country"
    number = 0
    for part in sorted(folder.iterdir(), key=lambda p: p.name):
        country = part.name
        if not (len(country) == 2 and country.isupper()) or country in WITHOUT_POSTCODES:
            continue
        best: dict[str, Row] = {}
        for entry in json.loads((part / "postcodes.json").read_bytes()):
            row = _postcode(entry, country, index, known, zone_at)
            if row and (row.name not in best or row.weight > best[row.name].weight):
                best[row.name] = row
        for code in sorted(best):
            number += 1
            yield best[code]._replace(id=POSTCODE_IDS + number, weight=1)


def _postcode(
    entry: dict[str, Any], country: str, index: TownIndex, known: Regions, zone_at: Callable[[float, float], str]
) -> Row | None:
    code, locality, admin1 = entry["code"], entry["localityName"] or "", (entry["stateCode"] or "")[:8]
    town = _town_of(locality, country, admin1, index)
    lat, lon = entry["latitude"], entry["longitude"]
    if lat is None or lon is None:
        if town is None:
            return None
        lat, lon = town.lat, town.lon
    key = names.key(f"GB {code}" if country == "GB" else code)
    shown = label(f"{code} {locality}".strip(), admin1, country, known)
    zone = town.time_zone if town else zone_at(lat, lon)
    importance = town.weight if town else 0
    return Row(0, "postcode", code, shown, admin1, country, lat, lon, 0, importance, zone, frozenset({key}))


def _town_of(locality: str, country: str, admin1: str, index: TownIndex) -> Row | None:
    """The town that a postcode's locality names: "Wien, Innere Stadt" is in Wien."""
    for name in dict.fromkeys((locality, locality.partition(",")[0])):
        if name and (town := index.one(names.key(name), country, admin1)):
            return town
    return None
