"""A verified doctor, and people to choose from."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory.services import refresh_listings
from tests.factories import therapist
from tests.places import gazetteer
from tests.referrals.house import doctor_client, verified_doctor


@pytest.fixture
def town(session: Session) -> list[str]:
    """Three who work on sciatica, nearest first, and one who does not; all in Austin."""
    gazetteer.fill(session)
    names = ("Ada Able", "Bea Baker", "Cleo Ñandú", "Dora Able")
    people = []
    for at, name in enumerate(names):
        first, last = name.split()
        ids = (1,) if at == 3 else (1, 2)
        facts = {"name": name, "first_name": first, "last_name": last, "slug": f"t-{at}", "specialty_ids": ids}
        people.append(therapist(session, lat=30.27 + at / 100, **facts))
    refresh_listings(session, [each.id for each in people])
    session.commit()
    return [each.slug for each in people]


@pytest.fixture
def doctor_id(app: Flask) -> int:
    return verified_doctor(app)


@pytest.fixture
def doctor(app: Flask, doctor_id: int) -> FlaskClient:
    return doctor_client(app)
