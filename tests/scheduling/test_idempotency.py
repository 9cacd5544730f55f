"""One key makes one booking."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.scheduling import services
from app.scheduling.models import Booking
from tests.scheduling.world import MONDAY, World, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


def test_one_key_makes_one_booking_and_answers_the_same(world: World) -> None:
    request = world.request(MONDAY)
    first = services.book_once(world.session, "key-1", request, world.now)
    again = services.book_once(world.session, "key-1", request, world.now + timedelta(hours=23))
    assert again == first
    assert len(world.session.scalars(select(Booking)).all()) == 1


def test_other_parameters_under_the_same_key_are_refused(world: World) -> None:
    request = world.request(MONDAY)
    services.book_once(world.session, "key-1", request, world.now)
    changed = replace(request, starts_at=MONDAY + HOUR)
    refused("idempotency-mismatch", Invalid, services.book_once, world.session, "key-1", changed, world.now)


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    services.book_once(world.session, "key-1", world.request(MONDAY), world.now)
    world.now += timedelta(hours=24)
    other = services.book_once(world.session, "key-1", world.request(MONDAY + HOUR), world.now)
    assert other.starts_at == MONDAY + HOUR
