"""The demo's therapist runs a fictional practice and its doctor is verified; doing it again changes nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.demo import sign_ins
from app.directory.models import Therapist
from app.referrals.models import Doctor
from tests import factories


@pytest.fixture
def development(app: Flask) -> Iterator[Flask]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, environment="development")
    yield app
    app.config["SETTINGS"] = settings


def test_the_rooms_are_open_and_stay_as_they_are(development: Flask, session: Session) -> None:
    factories.therapist(session, origin="demo")
    factories.therapist(session, origin="demo")
    session.commit()
    for _ in range(2):
        with development.app_context():
            assert any("therapist@demo.example" in line for line in sign_ins())
    assert len(session.scalars(select(Therapist).where(Therapist.user_id.is_not(None))).all()) == 1
    assert session.scalars(select(Doctor.state)).all() == ["verified"]


def test_without_fictional_people_nobody_is_given_a_page(development: Flask, session: Session) -> None:
    factories.therapist(session, origin="nppes")
    session.commit()
    with development.app_context():
        sign_ins()
    assert session.scalars(select(Therapist).where(Therapist.user_id.is_not(None))).all() == []
