"""The gazetteer as a geopy geocoder, and how it works together with an outside one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from sqlalchemy.orm import Session

from app.places import parse
from app.places.outside import Outside, Unavailable
from app.places.queries import geocode
from app.places.results import Geocoded, Spot


class EmbeddedGeocoder(Geocoder):  # type: ignore[misc]
    """Answers from the gazetteer, without a network; a drop-in for any geopy geocoder."""

    def __init__(self, sessions: Callable[[], AbstractContextManager[Session]]) -> None:
        super().__init__(user_agent="unknot")
        self._sessions = sessions

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The place of a text; with `exactly_one=False` all that may be meant, most populous first. None when unknown."""
        with self._sessions() as session:
            answer = geocode(session, query)
        if answer.place is None:
            return None
        if exactly_one:
            return _location(answer.place)
        return [_location(spot) for spot in answer.alternatives or (answer.place,)]


def _location(spot: Spot) -> Location:
    raw: dict[str, Any] = {"kind": spot.kind, "country": spot.country, "time_zone": spot.time_zone}
    return Location(spot.label, (spot.lat, spot.lon), raw)


def locate(
    session: Session, text: str, near: tuple[float, float] | None = None, outside: Outside | None = None
) -> Geocoded:
    """What a text means. An outside geocoder, where one is set, is asked only what the gazetteer cannot place.

    So it is spared ("public Nominatim: 1 request/s for the whole app"), and when it is dead people still get an answer.
    """
    answer = geocode(session, text, near)
    if outside is None or not _is_worth_asking(text, answer):
        return answer
    try:
        spot = outside.ask(text)
    except Unavailable:
        return answer
    return Geocoded(spot) if spot else answer


def _is_worth_asking(text: str, answer: Geocoded) -> bool:
    """Unknown texts of words, and streets that fell back to their town."""
    typed = parse.typed(text[: parse.LONGEST_TEXT])
    letters = sum(c.isalpha() for c in text)
    if len(text) > parse.LONGEST_TEXT or letters < 3 or parse.is_nowhere(typed):
        return False
    return answer.place is None or answer.note.startswith("We could not place")
