"""What the postal service knows: ZIPs, the villages and districts that it names, and counties."""

from collections.abc import Callable, Iterator
from typing import Any

from app.places import names
from app.places.districts import DISTRICTS
from app.places.ids import COUNTY_IDS, DISTRICT_IDS, HAMLET_IDS, ZIP_IDS
from app.places.informal import INFORMAL_KEYS
from app.places.rows import Row
from app.places.towns import TownIndex


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


def hamlets(index: TownIndex, zone_at: Callable[[float, float], str]) -> Iterator[Row]:
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
        official, name = any(m[2] for m in members), max((m[1] for m in members), key=len)
        yield Row(
            HAMLET_IDS + number, "town" if official else "neighbourhood", name, f"{name}, {state}",
            state if country == "US" else "", country, round(lat, 4), round(lon, 4), 0, 600 if official else 200,
            zone_at(lat, lon), frozenset({key}),
        )  # fmt: skip


def districts(zone_at: Callable[[float, float], str]) -> Iterator[Row]:
    """Well-known districts of big cities, at the middle of their ZIP."""
    known = {row["zip_code"]: row for row in _zip_rows()}
    placed = (
        (name, known[code]) for name, codes in sorted(DISTRICTS.items()) for code in codes.split() if code in known
    )
    for number, (name, row) in enumerate(placed):
        lat, lon, state = float(row["lat"]), float(row["long"]), row["state"]
        spelt = names.key(name)
        yield Row(
            DISTRICT_IDS + number, "neighbourhood", name, f"{name}, {state}", state, "US", lat, lon, 0, 30_000,
            zone_at(lat, lon), frozenset({spelt, *INFORMAL_KEYS.get((spelt, state, "US"), ())}),
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
