"""Airports, which people name for the city around them."""

from collections.abc import Iterator

from app.places import names
from app.places.ids import AIRPORT_IDS
from app.places.regions import Regions, label
from app.places.rows import HOME, Row


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
