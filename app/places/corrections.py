"""Which place a misspelt name means, where one is believable."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.core.texts import Sentence
from app.places import matching, names, spelling
from app.places.answers import answer
from app.places.lookup import found_by_key
from app.places.matching import Area, Found, Match, Reading
from app.places.models import Misspelling, Place
from app.places.results import Geocoded

HOME = {"US", "CA", "PR"}
"""Where most visitors look: elsewhere a misspelling must be of a greater city."""
LEAST_IN_STATE = 6_000
MOST_IN_AN_AREA = 2.0
"""Mistakes believed in a state's name: three make "mountains" of Montana."""
Asked = tuple[str, Area | None, float]
"""A name to correct, the area it must lie in, and a penalty."""


def misspelt(session: Session, words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """The stored name that a misspelt one most likely is, where one is believable."""
    asked = _asked(words, found)
    candidates = _candidates(session, {name for name, _, _ in asked})
    return _believable(session, asked, candidates, near) or _believable(
        session, asked, _in_states(session, asked), near
    )


class MendedArea(NamedTuple):
    """How many words at the end of a text are a misspelt state or country, its right name, and which have it."""

    words: int
    name: str
    areas: tuple[Area, ...]


def misspelt_area(session: Session, words: Sequence[str]) -> MendedArea | None:
    """The state at home, or behind a town the country, that the last one or two words misspell: "Conneticut"."""
    known = session.execute(
        select(Place.name, Place.country, Place.admin1)
        .where(or_(Place.kind == "country", and_(Place.kind == "state", Place.country.in_(("US", "CA")))))
        .order_by(Place.id)
    ).all()
    near: list[tuple[float, int, int]] = []
    for count in range(1, min(3, len(words) + 1)):
        typed, alone = " ".join(words[-count:]), len(words) == count
        most = min(MOST_IN_AN_AREA, spelling.allowed(typed, certain_area=not alone))
        for number, row in enumerate(known):
            away = spelling.mistakes(typed, names.key(row.name)) if row.admin1 or not alone else spelling.NEVER
            if away <= most:
                near.append((away, -count, number))
    if not near:
        return None
    _, count, number = min(near)
    name = known[number].name
    return MendedArea(-count, name, tuple((row.country, row.admin1) for row in known if row.name == name))


def read_as(label: str) -> str:
    """What a person is told whose spelling was mended."""
    return Sentence("We read that as %(place)s.", place=label)


def _believable(
    session: Session, asked: Sequence[Asked], candidates: Mapping[str, int], near: tuple[float, float] | None
) -> Geocoded | None:
    best: list[tuple[float, int, str, str, Area | None]] = []
    for name, area, penalty in asked:
        for key, weight in candidates.items():
            away = spelling.mistakes(name, key)
            if away <= spelling.allowed(name, certain_area=area is not None):
                best.append((away + penalty, -weight, key, name, area))
    best.sort(key=lambda b: b[:3])
    return _first_real(session, best, near)


def _in_states(session: Session, asked: Sequence[Asked]) -> dict[str, int]:
    """All towns of note in the first state that is named: few enough to compare with every one."""
    area = next((area for _, area, _ in asked if area and area[1]), None)
    if area is None:
        return {}
    rows = session.execute(
        select(Place.name, Place.weight)
        .where(Place.country == area[0], Place.admin1 == area[1], Place.weight >= LEAST_IN_STATE)
        .order_by(Place.weight.desc())
        .limit(1500)
    ).all()
    return {names.key(row.name): row.weight for row in reversed(rows)}


def _asked(words: Sequence[str], found: Found) -> list[Asked]:
    """Names to correct, with the area they must lie in: all words, or those before a state."""
    asked: list[Asked] = [(" ".join(words), None, 0.0)]
    for cut in range(len(words) - 1, 0, -1):
        areas = matching.areas(found, words[cut:])[:3]
        asked += [(" ".join(words[:cut]), area, 2.0 * at) for at, area in enumerate(areas)]
    return asked


def _candidates(session: Session, asked: Iterable[str]) -> dict[str, int]:
    digests = {d for name in asked if 4 <= len(name) <= 40 for d in spelling.asked_digests(name)}
    if not digests:
        return {}
    rows = session.execute(
        select(Misspelling.key, Misspelling.weight).where(Misspelling.digest.in_(sorted(digests))).distinct()
    ).all()
    return {row.key: row.weight for row in rows}


def _first_real(
    session: Session,
    best: Sequence[tuple[float, int, str, str, Area | None]],
    near: tuple[float, float] | None,
) -> Geocoded | None:
    if not best:
        return None
    found = found_by_key(session, {b[2] for b in best[:60]})
    chosen: list[tuple[float, Match, Area | None, str]] = []
    for away, _, key, asked, area in best[:60]:
        for match in matching.places(found, key):
            least = _least_in_area(away) if area else _least_weight(asked, away, match.country)
            if match.primary and match.weight >= least and (not area or matching.within(match, area)):
                chosen.append((_doubt(away, match), match, area, asked))
    if not chosen:
        return None
    chosen.sort(key=lambda c: (c[0], c[1].id))
    _, match, area, _ = chosen[0]
    same = [m for _, m, a, _ in chosen if m.key == match.key and a == area]
    return answer(Reading(tuple(same), area=area), near, read_as(match.label))


def _doubt(away: float, match: Match) -> float:
    """Mistakes weighed against importance: one more mistake is believed for a place thirty times as important."""
    return away - 0.66 * math.log10(max(match.weight, 1))


def _least_in_area(away: float) -> int:
    """The same when the state is given."""
    return 0 if away <= 1.5 else LEAST_IN_STATE


def _least_weight(asked: str, away: float, country: str) -> int:
    """How important a place must be to be meant by a misspelling alone: the shorter and the wronger, the more."""
    letters = len(asked.replace(" ", ""))
    abroad = 1 if country in HOME else 5
    if letters <= 5:
        return 600_000 * abroad
    if letters <= 7:
        return (150_000 if away <= 1 else 600_000) * abroad
    return (20_000 if away <= 1 else 100_000) * abroad
