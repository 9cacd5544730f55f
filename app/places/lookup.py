"""Finding places by key: the one query under every look-up."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from app.core.database import among
from app.core.statements import Statement
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


_WEIGHTIEST = Statement(JOINED.where(among(PlaceKey.key, "keys"), PlaceKey.rank < MOST_PER_KEY))


def found_by_key(session: Session, keys: Collection[str]) -> Found:
    """All places of these keys, in one query: the weightiest of each key, and every one in a state that is named too."""
    if not keys:
        return {}
    found = _by_key(_WEIGHTIEST.rows(session, {"keys": sorted(keys)}))
    crowded = {key for key, matches in found.items() if len(matches) == MOST_PER_KEY}
    if crowded:
        _add_namesakes(session, found, crowded)
    return found


def _by_key(rows: Iterable[Sequence[Any]]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for row in rows:
        match = Match._make(row)
        found.setdefault(match.key, []).append(match)
    return found


def _add_namesakes(session: Session, found: dict[str, list[Match]], crowded: set[str]) -> None:
    """For names that are everywhere ("San Antonio"), also the small ones in the areas that the text names."""
    named = {(m.country, m.admin1) for ms in found.values() for m in ms if m.kind in AREAS}
    if not named:
        return
    states = [area for area in named if area[1]]
    countries = [country for country, state in named if not state]
    inside = or_(tuple_(PlaceKey.country, PlaceKey.admin1).in_(states), PlaceKey.country.in_(countries))
    more = JOINED.where(PlaceKey.key.in_(sorted(crowded)), PlaceKey.rank >= MOST_PER_KEY, inside)
    for key, matches in _by_key(session.execute(more).all()).items():
        found[key].extend(matches[:200])


def begins_with(prefix: str) -> ColumnElement[bool]:
    return and_(PlaceKey.key >= prefix, PlaceKey.key < prefix + LAST_CHARACTER)
