"""The outside geocoder: cached, limited across processes, and never in the way when it is dead."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from geopy.exc import GeocoderTimedOut
from geopy.location import Location
from sqlalchemy.orm import Session

from app.doors.database import db
from app.places.geocoder import EmbeddedGeocoder, locate
from app.places.outside import FIRST_REST, KNOWN_FOR, Outside, Unavailable, configured, forget_old_answers
from tests.places.gazetteer import fill

pytestmark = pytest.mark.databases
STREET = "190 E Sample St, Austin TX"
POINT = (30.26, -97.74)


class FakeGeocoder:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def geocode(self, query: str, *, timeout: float) -> Location | None:
        self.asked.append(query)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer and Location("190 Sample St", self.answer, {})


@pytest.fixture
def begin(app: Flask) -> Any:
    with app.app_context():
        maker = db.sessionmaker

    @contextmanager
    def transaction() -> Iterator[Session]:
        with maker() as session:
            yield session
            session.commit()

    return transaction


def outside(begin: Any, answer: Any, **options: Any) -> tuple[Outside, FakeGeocoder]:
    fake = FakeGeocoder(answer)
    return Outside("fake", fake, begin, **{"sleep": lambda _s: None, **options}), fake


def test_a_street_is_asked_once_and_then_remembered(session: Session, begin: Any) -> None:
    fill(session)
    service, fake = outside(begin, POINT)
    for text in (STREET, STREET.upper() + "  "):
        place = locate(session, text, outside=service).place
        assert place is not None
        assert (place.lat, place.lon, place.time_zone) == (*POINT, "America/Chicago")
    assert fake.asked == [STREET]


def test_what_the_gazetteer_knows_is_not_asked(session: Session, begin: Any) -> None:
    fill(session)
    service, fake = outside(begin, POINT)
    for text in ("Austin TX", "78704", "Springfield", "near me", "", "30.2,-97.7", "x" * 5000):
        locate(session, text, outside=service)
    assert fake.asked == []


def test_a_dead_service_leaves_the_gazetteer_and_is_left_alone(session: Session, begin: Any) -> None:
    fill(session)
    service, fake = outside(begin, GeocoderTimedOut("dead"))
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False) as clock:
        for _ in range(3):
            answer = locate(session, STREET, outside=service)
            assert answer.place is not None
            assert answer.place.label == "Austin, TX"
        assert len(fake.asked) == 1
        clock.shift(FIRST_REST + timedelta(seconds=1))
        locate(session, STREET, outside=service)
        assert len(fake.asked) == 2
        clock.shift(FIRST_REST + timedelta(seconds=1))
        locate(session, STREET, outside=service)
        assert len(fake.asked) == 2, "the second rest is longer"


def test_an_unknown_answer_is_remembered_for_a_day(session: Session, begin: Any) -> None:
    service, fake = outside(begin, None)
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False) as clock:
        assert service.ask("Nowhere Lane") is None
        assert service.ask("Nowhere Lane") is None
        assert len(fake.asked) == 1
        clock.shift(timedelta(days=2))
        assert service.ask("Nowhere Lane") is None
        assert len(fake.asked) == 2


def test_calls_are_spaced_over_all_processes(begin: Any) -> None:
    waits: list[float] = []
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        services = [outside(begin, POINT, sleep=waits.append)[0] for _ in range(3)]
        for number, service in enumerate(services):
            service.ask(f"street {number}")
        assert waits == [0.0, 1.0, 2.0]
        with pytest.raises(Unavailable):
            services[0].ask("one too many")


def test_old_answers_are_forgotten(session: Session, begin: Any) -> None:
    service, _ = outside(begin, POINT)
    service.ask(STREET)
    assert forget_old_answers(session) == 0
    with time_machine.travel(time.time() + KNOWN_FOR.total_seconds() + 60):
        assert forget_old_answers(session) == 1


def test_settings_choose_the_service(begin: Any) -> None:
    assert configured("embedded", "", begin) is None
    chosen = configured("nominatim", '{"user_agent": "sample", "seconds_between": 2}', begin)
    assert chosen is not None
    assert chosen.provider == "nominatim"


@pytest.mark.parametrize(
    ("name", "options"), [("nominatim", ""), ("no-such", ""), ("nominatim", '{"user_agent": "a", "odd": 1}')]
)
def test_bad_settings_are_refused_at_the_start(begin: Any, name: str, options: str) -> None:
    with pytest.raises(ValueError, match=r"GEOCODER|user_agent"):
        configured(name, options, begin)


def test_the_embedded_geocoder_is_a_geopy_geocoder(session: Session, begin: Any) -> None:
    fill(session)
    embedded = EmbeddedGeocoder(begin)
    assert embedded.geocode("Austin TX").point[:2] == (30.267, -97.743)
    assert embedded.geocode("asdfghjkl") is None
    assert embedded.geocode("Springfield", exactly_one=False)[0].address == "Springfield, MO"
