"""Where an address lies: by its ZIP, else by its town, from the gazetteer."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.imports.registry import Address
from app.places.models import Place
from app.places.names import key

_POINT = (Place.name, Place.lat, Place.lon, Place.time_zone)


class Point(NamedTuple):
    lat: float
    lon: float
    time_zone: str


class Points:
    """Points of addresses. ZIPs are read once; a region's towns when an address there has no known ZIP."""

    def __init__(self, session: Session) -> None:
        zips = session.execute(select(*_POINT).where(Place.kind == "zip"))
        self._zips = {name: Point(lat, lon, zone) for name, lat, lon, zone in zips}
        self._towns: dict[tuple[str, str], dict[str, Point]] = {}

    def of(self, session: Session, address: Address) -> Point | None:
        """The middle of the address's ZIP or town; None when the gazetteer knows neither."""
        if address.country == "US" and (point := self._zips.get(address.postcode[:5])):
            return point
        area = (address.country, address.region if address.country == "US" else "")
        if area not in self._towns:
            self._towns[area] = self._towns_of(session, *area)
        return self._towns[area].get(key(address.city))

    def _towns_of(self, session: Session, country: str, region: str) -> dict[str, Point]:
        query = select(*_POINT).where(Place.kind == "town", Place.country == country)
        if region:
            query = query.where(Place.admin1 == region)
        rows = session.execute(query.order_by(Place.weight))
        return {key(name): Point(lat, lon, zone) for name, lat, lon, zone in rows}
