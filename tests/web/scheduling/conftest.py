"""A therapist with free times in a standing clock, and a patient with a browser."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.directory.models import Therapist
from tests.scheduling.world import MONDAY, World
from tests.web.scheduling.journey import Patient


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    """Friday morning before the world's Monday; it stands still."""
    with time_machine.travel(World.now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: time_machine.Traveller, session: Session) -> World:
    return World.make(session, phone="+15125550100")


@pytest.fixture
def instant(clock: time_machine.Traveller, session: Session) -> World:
    return World.make(session, mode="instant")


def patient_of(app: Flask, session: Session, world: World) -> Patient:
    slug = session.get_one(Therapist, world.therapist_id).slug
    return Patient(app.test_client(), slug, world)


@pytest.fixture
def patient(app: Flask, session: Session, world: World) -> Patient:
    return patient_of(app, session, world)


__all__ = ["MONDAY"]
