"""One key makes one booking."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.scheduling import services
from app.scheduling.models import Booking
from app.scheduling.services.idempotency import KEEP
from tests.scheduling.world import MONDAY, World, person, refused

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


@pytest.mark.parametrize("other", [{}, {"email": None, "phone": "(512) 555-0123"}])
def test_a_key_is_its_callers_own_and_nobody_learns_that_it_is_in_use(world: World, other: dict[str, Any]) -> None:
    request = world.request(MONDAY)
    mine = services.book_once(world.session, "key-1", request, world.now)
    theirs = replace(request, contact=person(**other), starts_at=MONDAY + HOUR)
    made = services.book_once(world.session, "key-1", theirs, world.now)
    assert made.token != mine.token
    assert services.book_once(world.session, "key-1", request, world.now) == mine
    assert services.book_once(world.session, "key-1", theirs, world.now) == made
    assert len(world.session.scalars(select(Booking)).all()) == 2


def test_an_address_in_capitals_is_the_same_caller(world: World) -> None:
    request = world.request(MONDAY)
    services.book_once(world.session, "key-1", request, world.now)
    loud = replace(request, contact=replace(request.contact, email=str(request.contact.email).upper()))
    refused("idempotency-mismatch", Invalid, services.book_once, world.session, "key-1", loud, world.now)


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    services.book_once(world.session, "key-1", world.request(MONDAY), world.now)
    world.now += timedelta(hours=24)
    other = services.book_once(world.session, "key-1", world.request(MONDAY + HOUR), world.now)
    assert other.starts_at == MONDAY + HOUR


def test_what_the_database_refused_is_told_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its transaction is over: to ask for a stored answer would only hide why."""

    def refuse(session: Session, *_: object) -> None:
        row = {"key_hash": "k", "fingerprint": "f", "booking_id": None, "answer": "", "expires_at": world.now}
        KEEP.run(session, row)

    monkeypatch.setattr("app.scheduling.services.booking.check_reach", lambda *_: refuse(world.session))
    refused("idempotency-race", Conflict, services.book_once, world.session, "key-1", world.request(MONDAY), world.now)
