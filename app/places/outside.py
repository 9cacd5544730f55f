"""An outside geocoder, kept at arm's length: cached, rate limited across all processes, and never waited for long."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.geometry import is_point
from app.places import names
from app.places.models import GeocodeCache, GeocodeTurn
from app.places.results import Spot
from app.places.zones import zone_at

KNOWN_FOR = timedelta(days=30)
UNKNOWN_FOR = timedelta(days=1)
PATIENCE = timedelta(seconds=2)
"""How long a person waits for a turn; longer, and the gazetteer answers."""
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)

Begin = Callable[[], AbstractContextManager[Session]]
"""A transaction of its own: a turn must be taken, and given up, before the network is waited for."""


class Unavailable(Exception):
    """The outside geocoder is dead, resting or too busy: go on without it."""


class Outside:
    """Any geopy geocoder. `seconds_between` calls hold for all processes that share the database."""

    def __init__(
        self,
        provider: str,
        geocoder: Any,
        begin: Begin,
        *,
        seconds_between: float = 1.0,
        timeout: float = 3.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.provider = provider
        self._geocoder = geocoder
        self._begin = begin
        self._between = timedelta(seconds=seconds_between)
        self._timeout = timeout
        self._sleep = sleep

    def ask(self, text: str) -> Spot | None:
        """What it knows of a text; None when it knows nothing. Unavailable when it cannot be asked now."""
        query = names.plain(" ".join(text.split()))[:200]
        with self._begin() as session:
            cached = session.get(GeocodeCache, (self.provider, query))
            if cached and now() - cached.asked_at < (KNOWN_FOR if cached.answer else UNKNOWN_FOR):
                return Spot(**cached.answer) if cached.answer else None
            wait = self._take_turn(session)
        self._sleep(wait.total_seconds())
        spot = self._call(text)
        with self._begin() as session:
            self._turn(session).failures = 0
            session.merge(
                GeocodeCache(provider=self.provider, query=query, answer=asdict(spot) if spot else None, asked_at=now())
            )
        return spot

    def _turn(self, session: Session) -> GeocodeTurn:
        turn = session.get(GeocodeTurn, self.provider, with_for_update=True)
        if turn is None:
            turn = GeocodeTurn(provider=self.provider, next_at=now(), failures=0)
            session.add(turn)
            session.flush()
        return turn

    def _take_turn(self, session: Session) -> timedelta:
        turn = self._turn(session)
        wait = max(turn.next_at - now(), timedelta())
        if wait > PATIENCE:
            raise Unavailable(self.provider)
        turn.next_at = now() + wait + self._between
        return wait

    def _call(self, text: str) -> Spot | None:
        try:
            answer = self._geocoder.geocode(text, timeout=self._timeout)
        except (GeopyError, OSError) as error:
            self._rest()
            raise Unavailable(self.provider) from error
        if answer is None or not is_point(answer.latitude, answer.longitude):
            return None
        lat, lon = float(answer.latitude), float(answer.longitude)
        return Spot(str(answer.address)[:240], "address", lat, lon, zone_at(lat, lon))

    def _rest(self) -> None:
        """After a failure nobody calls for a while, twice as long after each further one."""
        with self._begin() as session:
            turn = self._turn(session)
            turn.failures = min(turn.failures + 1, 10)
            turn.next_at = now() + min(FIRST_REST * 2 ** (turn.failures - 1), LONGEST_REST)


def forget_old_answers(session: Session) -> int:
    """Delete what is too old to be used. Returns how many."""
    old = delete(GeocodeCache).where(GeocodeCache.asked_at < now() - KNOWN_FOR)
    return len(session.execute(old.returning(GeocodeCache.query)).all())


def configured(name: str, options: str | Mapping[str, Any], begin: Begin) -> Outside | None:
    """The geocoder that the settings name: a geopy service such as "nominatim", or None for "embedded".

    `options` (JSON) go to geopy ("user_agent", "domain", "api_key" …), save "seconds_between" and "timeout".
    ValueError when there is no such service or it refuses the options.
    """
    if name in {"", "embedded"}:
        return None
    given = dict(json.loads(options or "{}") if isinstance(options, str) else options)
    ours: dict[str, Any] = {key: float(given.pop(key)) for key in ("seconds_between", "timeout") if key in given}
    try:
        service = get_geocoder_for_service(name)
        if name == "nominatim" and "user_agent" not in given:
            raise ValueError("Nominatim asks for a user_agent of your own in GEOCODER_OPTIONS")
        return Outside(name, service(**given), begin, **ours)
    except (GeopyError, TypeError) as error:
        raise ValueError(f"GEOCODER={name}: {error}") from error
