"""Where an address lies: by its ZIP, else by its town, from the gazetteer."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.bulk import table_of
from app.directory.imports.registry import Address
from app.places.ids import ZIP_IDS
from app.places.models import Place
from app.places.names import key

_PLACE = table_of(Place).c
_POINT = (_PLACE.name, _PLACE.lat, _PLACE.lon, _PLACE.time_zone)


class Point(NamedTuple):
    lat: float
    lon: float
    time_zone: str


class Points:
    """Points of addresses, remembered: ZIPs a batch at a time, a region's towns when an address has no known ZIP."""

    def __init__(self) -> None:
        self._zips: dict[str, Point | None] = {}
        self._towns: dict[tuple[str, str], dict[str, Point]] = {}

    def prepare(self, session: Session, addresses: Iterable[Address]) -> None:
        """Look the ZIPs of a batch up, in one read."""
        codes = {each.postcode[:5] for each in addresses if each.country == "US" and each.postcode}
        new = codes - self._zips.keys()
        if new:
            self._zips.update(dict.fromkeys(new))
            query = select(*_POINT).where(_PLACE.kind == "zip", _PLACE.id.in_([ZIP_IDS + int(code) for code in new]))
            self._zips.update({name: Point(lat, lon, zone) for name, lat, lon, zone in session.execute(query)})

    def of(self, session: Session, address: Address) -> Point | None:
        """The middle of the address's ZIP or town; None when the gazetteer knows neither."""
        if address.country == "US" and (point := self._zips.get(address.postcode[:5])):
            return point
        area = (address.country, address.region if address.country == "US" else "")
        if area not in self._towns:
            self._towns[area] = self._towns_of(session, *area)
        return self._towns[area].get(key(address.city))

    def _towns_of(self, session: Session, country: str, region: str) -> dict[str, Point]:
        query = select(*_POINT).where(_PLACE.kind == "town", _PLACE.country == country)
        if region:
            query = query.where(_PLACE.admin1 == region)
        rows = session.execute(query.order_by(_PLACE.weight))
        return {key(name): Point(lat, lon, zone) for name, lat, lon, zone in rows}
