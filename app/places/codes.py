"""What a postcode means, alone or with the words beside it."""

from collections.abc import Iterable, Sequence

from app.core.texts import Sentence
from app.places import matching, parse
from app.places.answers import ASK, ordered
from app.places.matching import Found, Match
from app.places.results import Geocoded


def by_code(typed: parse.Typed, found: Found) -> Geocoded | None:
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
        return Geocoded(
            note=Sentence(
                "%(code)s is not a ZIP code that mail is delivered to. %(ask)s", code=typed.zip_code, ask=Sentence(ASK)
            )
        )
    agreeing = _consistent([m for m in coded if m.kind in {"zip", "postcode"}], typed, found)
    if agreeing:
        return Geocoded(agreeing[0].spot(), note=_street_note(typed, agreeing[0]))
    if not zips or typed.code_leads:
        return None
    reading = matching.exact(found, typed.words)
    if reading and not typed.street:
        town = reading.matches[0]
        return Geocoded(
            zips[0].spot(),
            ordered([zips[0], town]),
            Sentence("%(code)s is not in %(town)s: choose which you mean.", code=zips[0].name, town=town.label),
        )
    return Geocoded(zips[0].spot(), note=_street_note(typed, zips[0]))


def _street_note(typed: parse.Typed, code: Match) -> str:
    if not typed.street:
        return ""
    what = f"ZIP {code.name}" if code.kind == "zip" else code.label
    return Sentence("We could not place the street, so this is %(place)s.", place=what)


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
        return Geocoded(zips[0].spot(), note=Sentence("We read %(code)s as ZIP %(zip)s.", code=code, zip=f"0{code}"))
    if not others:
        return Geocoded(note=Sentence("%(code)s is not a whole ZIP code. %(ask)s", code=code, ask=Sentence(ASK)))
    spots = tuple(m.spot() for m in sorted(others, key=lambda m: m.country)[: matching.MOST_ALTERNATIVES])
    home = next((s for s in spots if s.country == "AU"), spots[0])
    return Geocoded(
        home, spots if len(spots) > 1 else (), Sentence("%(code)s is a postcode in another country.", code=code)
    )
