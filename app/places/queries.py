"""Look-ups in the gazetteer: what a text means, what it may become while it is being typed."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.core.texts import Sentence
from app.places import matching, names, parse, typeahead
from app.places.answers import ASK, answer, area_of, is_in, short
from app.places.codes import by_code
from app.places.corrections import HOME, misspelt, misspelt_area, read_as
from app.places.lookup import found_by_key
from app.places.matching import AREAS, Area, Found, Match, Reading
from app.places.nearest import pinned
from app.places.results import Geocoded, Spot
from app.places.whole_areas import whole_areas, with_area

BIG_CITY = 600_000
"""Weight of a city that is meant by one word after words that say nothing to us."""
CITY = 300_000
"""The same of a city of several words, which are seldom something else; and of one whose side is typed."""
LEAST_NAMESAKE = 60_000
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
        return Geocoded(pinned(session, at.lat, at.lon))
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


def _keys(typed: parse.Typed) -> set[str]:
    keys = matching.span_keys(typed.words)
    if len(typed.words) > 1:
        keys.add("".join(typed.words))
    keys |= {code for code in (typed.zip_code, typed.postcode) if code}
    for word in typed.words:
        if word.isdigit() and len(word) == 4:
            keys.add("0" + word)
    return keys


def _by_words(
    session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None, *, mended: bool = False
) -> Geocoded | None:
    words = typed.words
    if not words:
        return None
    if words[:2] in parse.CITY_OF and not _is_named(words, found):
        words = words[2:]
        typed = replace(typed, words=words, breaks=frozenset(at - 2 for at in typed.breaks if at > 2))
    return (
        _exactly(session, words, found, near)
        or _loosely(session, typed, found, near)
        or _joined(words, found, near)
        or (None if typed.street else misspelt(session, words, found, near))
        or _at_the_end(typed, found, near)
        or (None if mended else _in_misspelt_area(session, typed, near))
        or _big_city_at_the_end(typed, found, near)
    )


def _is_named(words: Sequence[str], found: Found) -> bool:
    """Whether the words begin with one place's own name, as "City of Industry CA" does."""
    begun = (" ".join(words[:end]) for end in range(3, len(words) + 1))
    return any(m.primary for key in begun for m in matching.places(found, key))


def _in_misspelt_area(session: Session, typed: parse.Typed, near: tuple[float, float] | None) -> Geocoded | None:
    """With the state or country spelt right: "Boston Massachusets". None when the place found lies elsewhere."""
    mended = misspelt_area(session, typed.words)
    if mended is None:
        return None
    rest = typed.words[: len(typed.words) - mended.words]
    again = parse.Typed((*rest, *names.words(mended.name)), frozenset({len(rest)}), street=typed.street)
    found = _by_words(session, again, found_by_key(session, _keys(again)), near, mended=True)
    place = found.place if found else None
    if found is None or place is None or not any(is_in(place, area) for area in mended.areas):
        return None
    return found if found.note else replace(found, note=read_as(place.label))


def _exactly(session: Session, words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    reading = matching.exact(found, words)
    spoken = [m for m in found.get(" ".join(words), ()) if m.kind in AREAS and _is_spoken(m)]
    if reading is None:
        return whole_areas(session, [area_of(m) for m in spoken] or matching.areas(found, words)[:1])
    if state := _state_at_home(reading, found, words):
        return whole_areas(session, [state])
    if _is_doubtful(reading):
        meant = misspelt(session, words, found, near)
        if meant and meant.place and meant.place.population >= 100_000 and meant.place.country in HOME:
            both = (meant.place, reading.matches[0].spot())
            return Geocoded(meant.place, both, meant.note)
    own = answer(reading, near)
    first = reading.matches[0]
    rivals = [
        m
        for m in spoken
        if m.weight * 2 > matching.standing(first) * matching.COMPARABLE and not matching.within(first, area_of(m))
    ]
    if not rivals:
        return own
    rival = max(rivals, key=lambda m: m.weight)
    if rival.weight > 2 * matching.standing(reading.matches[0]):
        return whole_areas(session, [area_of(m) for m in rivals])
    return with_area(session, own, rival)


def _state_at_home(reading: Reading, found: Found, words: Sequence[str]) -> Area | None:
    """The state that is meant by its name with the country's, though a small town has it too: "California, USA"."""
    if reading.area is None or reading.area[1] or reading.matches[0].weight >= LEAST_NAMESAKE:
        return None
    return next((area for area in matching.areas(found, words) if area[1] and area[0] in HOME), None)


def _is_doubtful(reading: Reading) -> bool:
    """Whether it may rather be a misspelt city: a hamlet's name without a state, or an old name of somewhere small."""
    best = reading.matches[0]
    return matching.standing(best) < HAMLET and not (reading.area and best.primary)


def _is_spoken(area: Match) -> bool:
    """Whether a person who types only this means the area: full names, and postal codes of the US and Canada."""
    if area.population < 100_000:
        return False
    return len(area.key) > 3 or (area.kind == "state" and area.country in {"US", "CA"}) or area.key in {"usa", "uk"}


def _loosely(session: Session, typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """Without words like "downtown" and "area"; a side of a city is the city: "north Austin"."""
    kept = [w for w in typed.words if w not in parse.LOOSE_WORDS]
    if kept and len(kept) < len(typed.words):
        reading = matching.exact(found, kept)
        return answer(reading, near) if reading and reading.matches[0].primary else None
    return _side_of_city(typed.words, found, near)


def _side_of_city(words: Sequence[str], found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    if len(words) < 2 or words[0] not in parse.SIDES:
        return None
    reading = matching.exact(found, words[1:])
    if reading is None or not reading.matches[0].primary or reading.matches[0].weight < CITY:
        return None
    return answer(reading, near, _without(words[0], reading.matches[0].label))


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


def _big_city_at_the_end(typed: parse.Typed, found: Found, near: tuple[float, float] | None) -> Geocoded | None:
    """A district that is not known, and the big city it is written with; its namesakes are offered too."""
    words = typed.words
    for start in range(1, len(words)):
        least = BIG_CITY if start == len(words) - 1 else CITY
        whole = [m for m in matching.places(found, " ".join(words[start:])) if m.primary and m.weight >= LEAST_NAMESAKE]
        if whole and whole[0].weight >= least:
            return answer(Reading(tuple(whole)), near, _without(" ".join(words[:start]), whole[0].label))
    return None


def _without(left_out: str, label: str) -> str:
    return Sentence("We could not place “%(left_out)s”, so this is %(place)s.", left_out=short(left_out), place=label)
