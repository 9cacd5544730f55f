"""What a claimed page still lacks before people can book it, line by line."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.directory.models import Location, Service, Therapist, TherapistSpecialty
from app.doors.database import db
from app.scheduling import services as scheduling
from app.scheduling.hours import OpeningHours
from app.web.practice.lacking import lacking
from tests import factories
from tests.support.questions import counted

SUBJECTS, SERVICES, PLACES, RULES = (f"/practice/{each}" for each in ("page", "services", "places", "rules"))
MONDAYS = [OpeningHours(0, 9 * 60, 17 * 60)]


@pytest.fixture
def own(app: Flask, session: Session) -> Iterator[Therapist]:
    """A page as it is taken over: a place, and nothing that the registry does not know."""
    one = factories.therapist(session, booking_mode="none", specialty_ids=())
    one.services = []
    session.commit()
    with app.test_request_context():
        yield db.session.get_one(Therapist, one.id)


def asked(own: Therapist) -> list[str]:
    """Where the lines lead, as the pages of a new request would say it."""
    db.session.commit()
    return [url for _, url in lacking(own)]


def open_on_mondays(own: Therapist, place: Location) -> None:
    scheduling.set_hours(db.session, own.id, place.id, MONDAYS, clock.now())


def test_each_line_goes_with_what_it_asks_for(own: Therapist) -> None:
    assert asked(own) == [SUBJECTS, SERVICES, PLACES, RULES]
    own.services.append(Service(name="Massage", minutes=60, price_cents=9000))
    assert asked(own) == [SUBJECTS, PLACES, RULES]
    open_on_mondays(own, own.locations[0])
    assert asked(own) == [SUBJECTS, RULES]
    own.booking_mode = "request"
    assert asked(own) == [SUBJECTS]
    own.specialties.append(TherapistSpecialty(specialty_id=1))
    assert asked(own) == []


def test_what_is_not_in_use_does_not_count(own: Therapist) -> None:
    own.booking_mode = "instant"
    own.specialties.append(TherapistSpecialty(specialty_id=1))
    own.services.append(Service(name="Massage", minutes=60, price_cents=9000, active=False))
    open_on_mondays(own, own.locations[0])
    own.locations[0].active = False
    assert asked(own) == [SERVICES, PLACES]


def test_who_chose_to_be_called_is_asked_for_a_subject_only_and_then_for_nothing(own: Therapist) -> None:
    assert SUBJECTS in asked(own)
    own.specialties.append(TherapistSpecialty(specialty_id=1))
    assert asked(own) == []


def test_many_places_and_services_cost_no_more_queries(app: Flask, own: Therapist) -> None:
    own.booking_mode = "request"
    db.session.commit()
    db.session.expire_all()
    with counted(app) as few:
        lacking(own)
    for number in range(5):
        own.services.append(Service(name=f"Massage {number}", minutes=60, price_cents=9000))
        own.specialties.append(TherapistSpecialty(specialty_id=number + 1))
        own.locations.append(Location(city="Austin", region="TX", lat=30.0, lon=-97.0, time_zone="America/Chicago"))
    db.session.commit()
    for place in own.locations:
        open_on_mondays(own, place)
    db.session.commit()
    db.session.expire_all()
    with counted(app) as many:
        assert lacking(own) == []
    assert len(many) == len(few)
