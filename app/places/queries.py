"""Look-ups in the gazetteer: what a text means, what it may become while it is being typed."""

from collections.abc import Sequence

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.core.texts import Sentence
from app.places import matching, names, parse, typeahead
from app.places.answers import ASK, answer, area_of, ordered, short
from app.places.codes import by_code
from app.places.corrections import HOME, misspelt
from app.places.lookup import COLUMNS, found_by_key
from app.places.matching import AREAS, Area, Found, Match, Reading
from app.places.models import Place
from app.places.results import Geocoded, Spot
from app.places.zones import zone_at

BIG_CITY = 1_000_000
HAMLET = 1_500
"""Weight of a place so small that its name, typed without a state, may be a misspelt city's."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Letters, digits and the blank as East Asian keyboards write them, to ours."""


def geocode(session: Session, text: str, near: tuple[float, float] | None = None) -> Geocoded:
    """What place a text means. `near` (lat, lon in degrees) prefers namesakes around it. Never guesses from nonsense."""
    text = text.translate(_WIDE).strip()
    if not text or len(text) > parse.LONGEST_TEXT or not any(c.isalnum() for c in text):
        return Geocoded(note=ASK)
    if at := parse.point(text):
        return Geocoded(_pinned(at))
    typed = parse.typed(text)
    if parse.is_nowhere(typed):
        return Geocoded(note=Sentence("We cannot tell where you are from that. %(ask)s", ask=Sentence(ASK)))
    found = found_by_key(session, _keys(typed))
    return (
        by_code(typed, found)
        or _by_words(session, typed, found, near)
        or Geocoded(
            note=Sentence("We do not know a place called “%(text)s”. %(ask)s", text=short(text), ask=Sentence(ASK))
        )
    )


def suggest(session: Session, text: str, limit: int = 8) -> list[Spot]:
    """Places that a text may become while it is being typed; when none begins so, those that it already means."""
    spots = typeahead.begun(session, text, limit)
    if spots or len(text) > names.LONGEST:
        return spots
    meant = geocode(session, text)
    return list(meant.alternatives or filter(None, (meant.place,)))[:limit]


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


def _by_words(session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    words = typed.words
    if not words:
        return None
    return (
        _exactly(session, words, found, near)
        or _loosely(session, typed, found, near)
        or _joined(words, found, near)
        or (None if typed.street else misspelt(session, words, found, near))
        or _at_the_end(typed, found, near)
        or _big_city_at_the_end(typed, found)
    )


def _exactly(session: Session, words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    reading = matching.exact(found, words)
    whole_areas = [m for m in found.get(" ".join(words), ()) if m.kind in AREAS and _is_spoken(m)]
    if reading is None:
        inside = [area_of(m) for m in whole_areas] or matching.areas(found, words)[:1]
        return _whole_area(session, inside[0]) if inside else None
    if reading.area is None and matching.standing(reading.matches[0]) < HAMLET:
        meant = misspelt(session, words, found, near)
        if meant and meant.place and meant.place.population >= 100_000 and meant.place.country in HOME:
            both = (meant.place, reading.matches[0].spot())
            return Geocoded(meant.place, both, meant.note)
    own = answer(reading, near)
    first = reading.matches[0]
    rivals = [
        m
        for m in whole_areas
        if m.weight * 2 > matching.standing(first) * matching.COMPARABLE and not matching.within(first, area_of(m))
    ]
    if not rivals:
        return own
    rival = max(rivals, key=lambda m: m.weight)
    if rival.weight > 2 * matching.standing(reading.matches[0]):
        return _whole_area(session, area_of(rival))
    return _with_area(session, own, rival)


def _is_spoken(area: Match) -> bool:
    """Whether a person who types only this means the area: full names, and postal codes of the US and Canada."""
    if area.population < 100_000:
        return False
    return len(area.key) > 3 or (area.kind == "state" and area.country in {"US", "CA"}) or area.key in {"usa", "uk"}


def _largest(session: Session, area: Area, limit: int) -> list[Match]:
    inside = [Place.country == area[0], Place.kind == "town"]
    if area[1]:
        inside.append(Place.admin1 == area[1])
    largest = select(literal(""), literal(True), literal(0), *COLUMNS[3:]).where(*inside)
    rows = session.execute(largest.order_by(Place.weight.desc(), Place.id).limit(limit * 4)).all()
    return matching.distinct([Match._make(r) for r in rows])[:limit]


def _whole_area(session: Session, area: Area) -> Geocoded | None:
    """A state or country is too wide to be near to: its largest towns are offered."""
    towns = _largest(session, area, 6)
    if not towns:
        return None
    what = "state" if area[1] else "country"
    spots = ordered(towns)
    return Geocoded(spots[0], spots, f"That is a whole {what}: choose a town, or type one.")


def _with_area(session: Session, town: Geocoded, rival: Match) -> Geocoded:
    """A town that has a state's name too: both are offered."""
    own = town.alternatives or tuple(filter(None, (town.place,)))
    towns = tuple(m.spot() for m in _largest(session, area_of(rival), 3))
    offered = {s.label: s for s in (*own[:4], *towns)}
    return Geocoded(
        town.place,
        tuple(sorted(offered.values(), key=lambda s: -s.population)),
        f"“{rival.name}” is also a whole {rival.kind}: choose the town you mean.",
    )


def _loosely(session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """Without words like "downtown" and "area"."""
    kept = [w for w in typed.words if w not in parse.LOOSE_WORDS]
    if len(kept) == len(typed.words) or not kept:
        return None
    reading = matching.exact(found, kept)
    return answer(reading, near) if reading and reading.matches[0].primary else None


def _joined(words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """Words that were torn apart: "Mc Allen"."""
    if len(words) < 2:
        return None
    whole = [m for m in matching.places(found, "".join(words)) if m.primary and m.weight >= 20_000]
    return answer(Reading(tuple(whole)), near) if whole else None


def _at_the_end(typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    reading = matching.trailing(found, typed.words, typed.breaks, typed.street)
    if reading is None:
        return None
    label = reading.matches[0].label
    if typed.street:
        return answer(reading, near, Sentence("We could not place the street, so this is %(place)s.", place=label))
    return answer(reading, near, _without(" ".join(reading.left_out), label))


def _big_city_at_the_end(typed: parse.Typed, found: Found) -> Geocoded | None:
    """A district that is not known, and the big city it is written with."""
    words = typed.words
    for start in range(1, len(words)):
        whole = [m for m in matching.places(found, " ".join(words[start:])) if m.primary and m.weight >= BIG_CITY]
        if whole:
            return Geocoded(whole[0].spot(), note=_without(" ".join(words[:start]), whole[0].label))
    return None


def _without(left_out: str, label: str) -> str:
    return Sentence("We could not place “%(left_out)s”, so this is %(place)s.", left_out=short(left_out), place=label)
