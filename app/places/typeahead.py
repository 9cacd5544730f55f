"""What a text may become while it is being typed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.places import matching, names
from app.places.lookup import JOINED, begins_with, found_by_key
from app.places.matching import AREAS, Match
from app.places.models import Place, PlaceKey
from app.places.results import Spot


def begun(session: Session, text: str, limit: int) -> list[Spot]:
    """Places whose name begins with the text, the great ones first; a state may follow ("portland, m")."""
    prefix = names.key(text)
    if not prefix or len(text) > names.LONGEST:
        return []
    spots = {s.label: s for s in _with_state(session, prefix.split())}
    for tiers in ((6, 7, 8), (5,), (4,), (0, 1, 2, 3)):
        for row in session.execute(_prefixed(prefix, tiers, limit * 2)).all():
            spots.setdefault(row.label, Match._make(row).spot())
        if len(spots) >= limit:
            break
    return list(spots.values())[:limit]


def _prefixed(prefix: str, tiers: Sequence[int], limit: int) -> Select[*tuple[Any, ...]]:
    return (
        JOINED.where(PlaceKey.tier.in_(tiers), PlaceKey.primary, begins_with(prefix))
        .order_by(PlaceKey.weight.desc(), PlaceKey.place_id)
        .limit(limit)
    )


def _with_state(session: Session, words: Sequence[str]) -> list[Spot]:
    """Towns named by the first words, in the states that the last one or two begin to name."""
    found: list[Match] = []
    for cut in range(len(words) - 1, max(0, len(words) - 3), -1):
        begun = (
            select(PlaceKey.country, PlaceKey.admin1)
            .join(Place, Place.id == PlaceKey.place_id)
            .where(PlaceKey.tier == -1, begins_with(" ".join(words[cut:])))
            .where(Place.kind == "state", Place.country.in_(("US", "CA")))
        )
        areas = [(row.country, row.admin1) for row in session.execute(begun.limit(400)).all()]
        named = found_by_key(session, {" ".join(words[:cut])}).get(" ".join(words[:cut]), [])
        found += [m for m in named if m.primary and any(matching.within(m, area) for area in areas)]
    return [m.spot() for m in sorted(found, key=lambda m: -m.weight) if m.kind not in AREAS]
