"""How matches become an answer for a person."""

from collections.abc import Iterable

from app.core.texts import N_
from app.places import matching
from app.places.matching import Area, Match, Reading
from app.places.results import Geocoded, Spot

ASK = N_("Type a town or a ZIP code, for example “Austin, TX” or “78704”.")


def short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def area_of(match: Match) -> Area:
    return match.country, match.admin1


def is_in(spot: Spot, area: Area) -> bool:
    return spot.country == area[0] and area[1] in {"", spot.admin1}


def answer(reading: Reading, near: tuple[float, float] | None, note: str = "") -> Geocoded:
    share = 0.25 if reading.area else matching.COMPARABLE
    likely = matching.comparable(matching.closer(reading.matches, near), share)
    if len(likely) == 1:
        return Geocoded(likely[0].spot(), note=note)
    return Geocoded(likely[0].spot(), ordered(likely), note)


def ordered(matches: Iterable[Match]) -> tuple[Spot, ...]:
    """Alternatives, most populous first, no two that read the same."""
    spots = {m.label: m.spot() for m in sorted(matches, key=lambda m: (-m.population, -m.weight, m.id))}
    return tuple(spots.values())
