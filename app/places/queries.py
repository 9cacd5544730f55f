"""Look-ups in the gazetteer: what a text means, what it may become while it is being typed."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.places import matching, names, parse, spelling
from app.places.matching import AREAS, Area, Found, Match, Reading
from app.places.models import Misspelling, Place, PlaceKey
from app.places.results import Geocoded, Spot
from app.places.zones import zone_at

ASK = "Type a town or a ZIP code, for example “Austin, TX” or “78704”."
HOME = {"US", "CA", "PR"}
"""Where most visitors look: elsewhere a misspelling must be of a greater city."""
BIG_CITY = 1_000_000
HAMLET = 1_500
"""Weight of a place so small that its name, typed without a state, may be a misspelt city's."""
LEAST_IN_STATE = 6_000
Asked = tuple[str, Area | None, float]
"""A name to correct, the area it must lie in, and a penalty."""
MOST_PER_KEY = 60
"""Namesakes of one key that are considered when no state is given."""

LAST_CHARACTER = "\U0010ffff"

_COLUMNS = (
    PlaceKey.key, PlaceKey.primary, PlaceKey.rank, Place.id, Place.kind, Place.name, Place.label, Place.admin1,
    Place.country, Place.lat, Place.lon, Place.population, Place.weight, Place.time_zone,
)  # fmt: skip
_JOINED = select(*_COLUMNS).join(Place, Place.id == PlaceKey.place_id)


def geocode(session: Session, text: str, near: tuple[float, float] | None = None) -> Geocoded:
    """What place a text means. `near` (lat, lon in degrees) prefers namesakes around it. Never guesses from nonsense."""
    text = text.strip()
    if not text or len(text) > parse.LONGEST_TEXT or not any(c.isalnum() for c in text):
        return Geocoded(note=ASK)
    if at := parse.point(text):
        return Geocoded(_pinned(at))
    typed = parse.typed(text)
    if parse.is_nowhere(typed):
        return Geocoded(note="We cannot tell where you are from that. " + ASK)
    found = _found(session, _keys(typed))
    return (
        _by_code(typed, found)
        or _by_words(session, typed, found, near)
        or Geocoded(note=f"We do not know a place called “{_short(text)}”. {ASK}")
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _pinned(at: parse.Point2) -> Spot:
    return Spot(f"{at.lat:.4f}, {at.lon:.4f}", "point", at.lat, at.lon, zone_at(at.lat, at.lon))


def _keys(typed: parse.Typed) -> set[str]:
    keys = matching.span_keys(typed.words)
    if len(typed.words) > 1:
        keys.add("".join(typed.words))
    keys |= {code for code in (typed.zip_code, typed.postcode) if code}
    for word in typed.words:
        if word.isdigit() and len(word) == 4:
            keys.add("0" + word)
    return keys


def _found(session: Session, keys: Iterable[str], where: ColumnElement[bool] | None = None) -> Found:
    """All places of these keys, in one query: the weightiest of each key, and every one in a state that is named too."""
    if not keys:
        return {}
    keys = sorted(keys)
    few = _JOINED.where(PlaceKey.key.in_(keys), PlaceKey.rank < MOST_PER_KEY if where is None else where)
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
    more = _found(session, crowded, and_(PlaceKey.rank >= MOST_PER_KEY, inside))
    for key, matches in more.items():
        found[key].extend(matches[:200])


# Postcodes


def _by_code(typed: parse.Typed, found: Found) -> Geocoded | None:
    if typed.zip_code:
        return _by_zip(typed, found)
    if typed.postcode:
        coded = [
            m for m in found.get(typed.postcode, ()) if m.kind == "postcode" and m.country == typed.postcode_country
        ]
        return Geocoded(_narrowest(coded, typed, found).spot()) if coded else None
    return _by_short_code(typed, found)


def _narrowest(coded: Sequence[Match], typed: parse.Typed, found: Found) -> Match:
    beside = _consistent(coded, typed, found)
    return (beside or list(coded))[0]


def _consistent(coded: Iterable[Match], typed: parse.Typed, found: Found) -> list[Match]:
    """Codes that lie in the country, state or town written with them."""
    words = typed.words
    if not words:
        return []
    inside = set(matching.areas(found, words))
    reading = matching.exact(found, words) or matching.trailing(found, words, typed.breaks, True)
    towns = [*(reading.matches if reading else ()), *matching.places(found, " ".join(words))]
    return [
        m
        for m in coded
        if any(matching.within(m, area) for area in inside)
        or any(matching.gap_km(m, town) <= matching.CODE_REACH_KM[m.kind] for town in towns)
    ]


def _by_zip(typed: parse.Typed, found: Found) -> Geocoded | None:
    coded = sorted(found.get(typed.zip_code, ()), key=lambda m: m.kind != "zip")
    zips = [m for m in coded if m.kind == "zip"]
    if not typed.words:
        if zips:
            return Geocoded(zips[0].spot())
        return Geocoded(note=f"{typed.zip_code} is not a ZIP code that mail is delivered to. {ASK}")
    agreeing = _consistent([m for m in coded if m.kind in {"zip", "postcode"}], typed, found)
    if agreeing:
        return Geocoded(agreeing[0].spot(), note=_street_note(typed, agreeing[0]))
    if not zips or typed.code_leads:
        return None
    reading = matching.exact(found, typed.words)
    if reading and not typed.street:
        town = reading.matches[0]
        return Geocoded(
            zips[0].spot(), _ordered([zips[0], town]), f"{zips[0].name} is not in {town.label}: choose which you mean."
        )
    return Geocoded(zips[0].spot(), note=_street_note(typed, zips[0]))


def _street_note(typed: parse.Typed, code: Match) -> str:
    if not typed.street:
        return ""
    what = f"ZIP {code.name}" if code.kind == "zip" else code.label
    return f"We could not place the street, so this is {what}."


def _by_short_code(typed: parse.Typed, found: Found) -> Geocoded | None:
    """Four digits: a ZIP that lost its zero, or another country's postcode. Other lengths need their country or town."""
    words = typed.words
    for start, end in matching.spans(words):
        key = " ".join(words[start:end])
        if not any(c.isdigit() for c in key):
            continue
        coded = [m for m in found.get(key, ()) if m.kind == "postcode"]
        rest = parse.Typed(words[:start] + words[end:])
        agreeing = _consistent(coded, rest, found)
        if agreeing:
            return Geocoded(agreeing[0].spot())
    if len(words) == 1 and words[0].isdigit() and len(words[0]) == 4:
        return _by_four_digits(words[0], found)
    return None


def _by_four_digits(code: str, found: Found) -> Geocoded | None:
    zips = [m for m in found.get("0" + code, ()) if m.kind == "zip"]
    others = [m for m in found.get(code, ()) if m.kind == "postcode"]
    if zips:
        return Geocoded(zips[0].spot(), note=f"We read {code} as ZIP 0{code}.")
    if not others:
        return Geocoded(note=f"{code} is not a whole ZIP code. {ASK}")
    spots = tuple(m.spot() for m in sorted(others, key=lambda m: m.country)[: matching.MOST_ALTERNATIVES])
    home = next((s for s in spots if s.country == "AU"), spots[0])
    return Geocoded(home, spots if len(spots) > 1 else (), f"{code} is a postcode in another country.")


# Names


def _by_words(session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    words = typed.words
    if not words:
        return None
    return (
        _exactly(session, words, found, near)
        or _loosely(session, typed, found, near)
        or _joined(words, found, near)
        or (None if typed.street else _misspelt(session, words, found, near))
        or _at_the_end(typed, found, near)
        or _big_city_at_the_end(typed, found)
    )


def _exactly(session: Session, words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    reading = matching.exact(found, words)
    whole_areas = [m for m in found.get(" ".join(words), ()) if m.kind in AREAS and _is_spoken(m)]
    if reading is None:
        inside = [_as_area(m) for m in whole_areas] or matching.areas(found, words)[:1]
        return _whole_area(session, inside[0]) if inside else None
    if reading.area is None and matching.standing(reading.matches[0]) < HAMLET:
        meant = _misspelt(session, words, found, near)
        if meant and meant.place and meant.place.population >= 100_000 and meant.place.country in HOME:
            both = (meant.place, reading.matches[0].spot())
            return Geocoded(meant.place, both, meant.note)
    answer = _answer(reading, near)
    first = reading.matches[0]
    rivals = [
        m
        for m in whole_areas
        if m.weight * 2 > matching.standing(first) * matching.COMPARABLE and not matching.within(first, _as_area(m))
    ]
    if not rivals:
        return answer
    rival = max(rivals, key=lambda m: m.weight)
    if rival.weight > 2 * matching.standing(reading.matches[0]):
        return _whole_area(session, _as_area(rival))
    return _with_area(session, answer, rival)


def _is_spoken(area: Match) -> bool:
    """Whether a person who types only this means the area: full names, and postal codes of the US and Canada."""
    if area.population < 100_000:
        return False
    return len(area.key) > 3 or (area.kind == "state" and area.country in {"US", "CA"}) or area.key in {"usa", "uk"}


def _as_area(match: Match) -> Area:
    return match.country, match.admin1


def _answer(reading: Reading, near: tuple[float, float] | None, note: str = "") -> Geocoded:
    share = 0.25 if reading.area else matching.COMPARABLE
    likely = matching.comparable(matching.closer(reading.matches, near), share)
    if len(likely) == 1:
        return Geocoded(likely[0].spot(), note=note)
    return Geocoded(likely[0].spot(), _ordered(likely), note)


def _ordered(matches: Iterable[Match]) -> tuple[Spot, ...]:
    """Alternatives, most populous first, no two that read the same."""
    spots = {m.label: m.spot() for m in sorted(matches, key=lambda m: (-m.population, -m.weight, m.id))}
    return tuple(spots.values())


def _largest(session: Session, area: Area, limit: int) -> list[Match]:
    inside = [Place.country == area[0], Place.kind == "town"]
    if area[1]:
        inside.append(Place.admin1 == area[1])
    largest = select(literal(""), literal(True), literal(0), *_COLUMNS[3:]).where(*inside)
    rows = session.execute(largest.order_by(Place.weight.desc(), Place.id).limit(limit * 4)).all()
    return matching.distinct([Match._make(r) for r in rows])[:limit]


def _whole_area(session: Session, area: Area) -> Geocoded | None:
    """A state or country is too wide to be near to: its largest towns are offered."""
    towns = _largest(session, area, 6)
    if not towns:
        return None
    what = "state" if area[1] else "country"
    spots = _ordered(towns)
    return Geocoded(spots[0], spots, f"That is a whole {what}: choose a town, or type one.")


def _with_area(session: Session, answer: Geocoded, rival: Match) -> Geocoded:
    """A town that has a state's name too: both are offered."""
    own = answer.alternatives or tuple(filter(None, (answer.place,)))
    towns = tuple(m.spot() for m in _largest(session, _as_area(rival), 3))
    offered = {s.label: s for s in (*own[:4], *towns)}
    return Geocoded(
        answer.place,
        tuple(sorted(offered.values(), key=lambda s: -s.population)),
        f"“{rival.name}” is also a whole {rival.kind}: choose the town you mean.",
    )


def _loosely(session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """Without words like "downtown" and "area"."""
    kept = [w for w in typed.words if w not in parse.LOOSE_WORDS]
    if len(kept) == len(typed.words) or not kept:
        return None
    reading = matching.exact(found, kept)
    return _answer(reading, near) if reading and reading.matches[0].primary else None


def _joined(words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """Words that were torn apart: "Mc Allen"."""
    if len(words) < 2:
        return None
    whole = [m for m in matching.places(found, "".join(words)) if m.primary and m.weight >= 20_000]
    return _answer(Reading(tuple(whole)), near) if whole else None


def _at_the_end(typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    reading = matching.trailing(found, typed.words, typed.breaks, typed.street)
    if reading is None:
        return None
    what = "the street" if typed.street else f"“{_short(' '.join(reading.left_out))}”"
    return _answer(reading, near, f"We could not place {what}, so this is {reading.matches[0].label}.")


def _big_city_at_the_end(typed: parse.Typed, found: Found) -> Geocoded | None:
    """A district that is not known, and the big city it is written with."""
    words = typed.words
    for start in range(1, len(words)):
        whole = [m for m in matching.places(found, " ".join(words[start:])) if m.primary and m.weight >= BIG_CITY]
        if whole:
            left_out = _short(" ".join(words[:start]))
            return Geocoded(whole[0].spot(), note=f"We could not place “{left_out}”, so this is {whole[0].label}.")
    return None


# Misspellings


def _misspelt(
    session: Session, words: Sequence[str], found: Found, near: tuple[float, float] | None
) -> Geocoded | None:
    """The stored name that a misspelt one most likely is, where one is believable."""
    asked = _asked(words, found)
    candidates = _candidates(session, {name for name, _, _ in asked})
    return _believable(session, asked, candidates, near) or _believable(
        session, asked, _in_states(session, asked), near
    )


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
    found = _found(session, {b[2] for b in best[:60]})
    chosen: list[tuple[float, Match, Area | None, str]] = []
    for away, _, key, asked, area in best[:60]:
        for match in matching.places(found, key):
            if match.primary and (
                matching.within(match, area) if area else match.weight >= _least_weight(asked, away, match.country)
            ):
                chosen.append((_doubt(away, match), match, area, asked))
    if not chosen:
        return None
    chosen.sort(key=lambda c: (c[0], c[1].id))
    _, match, area, _ = chosen[0]
    same = [m for _, m, a, _ in chosen if m.key == match.key and a == area]
    return _answer(Reading(tuple(same), area=area), near, f"We read that as {match.label}.")


def _doubt(away: float, match: Match) -> float:
    """Mistakes weighed against importance: one more mistake is believed for a place thirty times as important."""
    return away - 0.66 * math.log10(max(match.weight, 1))


def _least_weight(asked: str, away: float, country: str) -> int:
    """How important a place must be to be meant by a misspelling alone: the shorter and the wronger, the more."""
    letters = len(asked.replace(" ", ""))
    abroad = 1 if country in HOME else 5
    if letters <= 5:
        return 600_000 * abroad
    if letters <= 7:
        return (150_000 if away <= 1 else 600_000) * abroad
    return (20_000 if away <= 1 else 100_000) * abroad


# Typeahead


def suggest(session: Session, text: str, limit: int = 8) -> list[Spot]:
    """Places whose name begins with the text, the great ones first; a state may follow ("portland, m")."""
    prefix = names.key(text)
    if not prefix or len(text) > names.LONGEST:
        return []
    spots: dict[str, Spot] = {}
    for tiers in ((6, 7, 8), (5,), (4,), (0, 1, 2, 3)):
        for row in session.execute(_prefixed(prefix, tiers, limit * 2)).all():
            spots.setdefault(row.label, Match._make(row).spot())
        if len(spots) >= limit:
            break
    if not spots:
        spots = {s.label: s for s in _with_state(session, prefix.split()) or _understood(session, text)}
    return list(spots.values())[:limit]


def _prefixed(prefix: str, tiers: Sequence[int], limit: int) -> Select[*tuple[Any, ...]]:
    return (
        _JOINED.where(PlaceKey.tier.in_(tiers), _begins_with(prefix))
        .order_by(PlaceKey.weight.desc(), PlaceKey.place_id)
        .limit(limit)
    )


def _begins_with(prefix: str) -> ColumnElement[bool]:
    return and_(PlaceKey.key >= prefix, PlaceKey.key < prefix + LAST_CHARACTER)


def _with_state(session: Session, words: Sequence[str]) -> list[Spot]:
    """Towns named by the first words, in the states that the last one or two begin to name."""
    found: list[Match] = []
    for cut in range(len(words) - 1, max(0, len(words) - 3), -1):
        begun = select(PlaceKey.country, PlaceKey.admin1).where(
            PlaceKey.tier == -1, _begins_with(" ".join(words[cut:]))
        )
        areas = [(row.country, row.admin1) for row in session.execute(begun.limit(400)).all()]
        named = _found(session, {" ".join(words[:cut])}).get(" ".join(words[:cut]), [])
        found += [m for m in named if m.primary and any(matching.within(m, area) for area in areas)]
    return [m.spot() for m in sorted(found, key=lambda m: -m.weight) if m.kind not in AREAS]


def _understood(session: Session, text: str) -> list[Spot]:
    answer = geocode(session, text)
    return list(answer.alternatives) or [s for s in (answer.place,) if s]
