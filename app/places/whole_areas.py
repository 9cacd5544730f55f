"""States and countries typed where a town is asked for: too wide to be near to, so that their towns are offered."""

from collections.abc import Sequence

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.core.texts import N_, Sentence
from app.places import matching
from app.places.answers import area_of, ordered
from app.places.lookup import COLUMNS
from app.places.matching import Area, Match
from app.places.models import Place
from app.places.results import Geocoded

WHOLE_STATE = N_("That is a whole state: choose a town, or type one.")
WHOLE_COUNTRY = N_("That is a whole country: choose a town, or type one.")
ALSO = {
    "state": N_("“%(name)s” is also a whole state: choose the town you mean."),
    "country": N_("“%(name)s” is also a whole country: choose the town you mean."),
}


def whole_areas(session: Session, named: Sequence[Area]) -> Geocoded | None:
    """The largest towns of the area named, at home first; of a second one of that name ("Georgia") its two largest."""
    likely = sorted(named, key=matching.home_first)[:2]
    towns = [_largest(session, area, 2 if at else 6) for at, area in enumerate(likely)]
    if not towns or not towns[0]:
        return None
    spots = ordered(town for some in towns for town in some)
    return Geocoded(towns[0][0].spot(), spots, WHOLE_STATE if likely[0][1] else WHOLE_COUNTRY)


def with_area(session: Session, town: Geocoded, rival: Match) -> Geocoded:
    """A town that has a state's name too: both are offered."""
    own = town.alternatives or tuple(filter(None, (town.place,)))
    towns = tuple(m.spot() for m in _largest(session, area_of(rival), 3))
    offered = {s.label: s for s in (*own[:4], *towns)}
    return Geocoded(
        town.place,
        tuple(sorted(offered.values(), key=lambda s: -s.population)),
        Sentence(ALSO[rival.kind], name=rival.name),
    )


def _largest(session: Session, area: Area, limit: int) -> list[Match]:
    inside = [Place.country == area[0], Place.kind == "town"]
    if area[1]:
        inside.append(Place.admin1 == area[1])
    largest = select(literal(""), literal(True), literal(0), *COLUMNS[3:]).where(*inside)
    rows = session.execute(largest.order_by(Place.weight.desc(), Place.id).limit(limit * 4)).all()
    return matching.distinct([Match._make(r) for r in rows])[:limit]
