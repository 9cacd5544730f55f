"""Finding places by key: the one query under every look-up."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from app.places.matching import AREAS, Found, Match
from app.places.models import Place, PlaceKey

MOST_PER_KEY = 60
"""Namesakes of one key that are considered when no state is given."""

LAST_CHARACTER = "\U0010ffff"

COLUMNS = (
    PlaceKey.key, PlaceKey.primary, PlaceKey.rank, Place.id, Place.kind, Place.name, Place.label, Place.admin1,
    Place.country, Place.lat, Place.lon, Place.population, Place.weight, Place.time_zone,
)  # fmt: skip
JOINED = select(*COLUMNS).join(Place, Place.id == PlaceKey.place_id)


def found_by_key(session: Session, keys: Iterable[str], where: ColumnElement[bool] | None = None) -> Found:
    """All places of these keys, in one query: the weightiest of each key, and every one in a state that is named too."""
    if not keys:
        return {}
    keys = sorted(keys)
    few = JOINED.where(PlaceKey.key.in_(keys), PlaceKey.rank < MOST_PER_KEY if where is None else where)
    found: dict[str, list[Match]] = {}
    for row in session.execute(few).all():
        match = Match._make(row)
        found.setdefault(match.key, []).append(match)
    crowded = {key for key, matches in found.items() if where is None and len(matches) == MOST_PER_KEY}
    if crowded:
        _add_namesakes(session, found, crowded)
    return found


def _add_namesakes(session: Session, found: dict[str, list[Match]], crowded: set[str]) -> None:
    """For names that are everywhere ("San Antonio"), also the small ones in the areas that the text names."""
    named = {(m.country, m.admin1) for ms in found.values() for m in ms if m.kind in AREAS}
    if not named:
        return
    states = [area for area in named if area[1]]
    countries = [country for country, state in named if not state]
    inside = or_(tuple_(PlaceKey.country, PlaceKey.admin1).in_(states), PlaceKey.country.in_(countries))
    more = found_by_key(session, crowded, and_(PlaceKey.rank >= MOST_PER_KEY, inside))
    for key, matches in more.items():
        found[key].extend(matches[:200])


def begins_with(prefix: str) -> ColumnElement[bool]:
    return and_(PlaceKey.key >= prefix, PlaceKey.key < prefix + LAST_CHARACTER)
