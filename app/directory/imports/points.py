"""Where an address lies: by its ZIP, else by its town, from the gazetteer."""

from typing import NamedTuple

from sqlalchemy import column, inspect, select, table
from sqlalchemy.orm import Session

from app.directory.imports.registry import Address

_PLACE = table("place", *map(column, ("kind", "name", "country", "admin1", "lat", "lon", "time_zone", "weight")))
_POINT = (_PLACE.c.name, _PLACE.c.lat, _PLACE.c.lon, _PLACE.c.time_zone)


class Point(NamedTuple):
    lat: float
    lon: float
    time_zone: str


class Points:
    """Points of addresses. ZIPs are read once; a region's towns when an address there has no known ZIP."""

    def __init__(self, session: Session) -> None:
        self._known = inspect(session.connection()).has_table("place")
        zips = session.execute(select(*_POINT).where(_PLACE.c.kind == "zip")) if self._known else ()
        self._zips = {name: Point(lat, lon, zone) for name, lat, lon, zone in zips}
        self._towns: dict[tuple[str, str], dict[str, Point]] = {}

    def of(self, session: Session, address: Address) -> Point | None:
        """The middle of the address's ZIP or town; None when the gazetteer knows neither."""
        if address.country == "US" and (point := self._zips.get(address.postcode[:5])):
            return point
        area = (address.country, address.region if address.country == "US" else "")
        if area not in self._towns:
            self._towns[area] = self._towns_of(session, *area)
        return self._towns[area].get(_key(address.city))

    def _towns_of(self, session: Session, country: str, region: str) -> dict[str, Point]:
        if not self._known:
            return {}
        query = select(*_POINT).where(_PLACE.c.kind == "town", _PLACE.c.country == country)
        if region:
            query = query.where(_PLACE.c.admin1 == region)
        rows = session.execute(query.order_by(_PLACE.c.weight))
        return {_key(name): Point(lat, lon, zone) for name, lat, lon, zone in rows}


def _key(town: str) -> str:
    words = town.casefold().replace(".", " ").replace("-", " ").replace("'", "").split()
    return " ".join({"st": "saint", "ft": "fort", "mt": "mount"}.get(word, word) for word in words)
