"""A freed time is offered in turn, and held meanwhile (case 13)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.scheduling import services
from app.scheduling.models import Booking
from app.scheduling.safety import Screening
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything, person, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


def test_13_a_freed_time_is_offered_in_turn_and_held_meanwhile(world: World) -> None:
    booked = world.confirmed(MONDAY)
    wish = Wish(date(2027, 3, 1), date(2027, 3, 1), from_minute=9 * 60, to_minute=9 * 60 + 1)
    elsewhen = replace(wish, from_minute=600, to_minute=720)
    _wait(world, elsewhen)
    first, second = _wait(world, wish), _wait(world, wish)
    services.cancel(world.session, booked.token, world.now)
    assert _entry(world, first) == "offered"
    assert MONDAY not in world.free()
    world.now += timedelta(hours=2)
    services.expire_due(world.session, world.now)
    assert (_entry(world, first), _entry(world, second)) == ("waiting", "offered")
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    taken = services.take_offer(world.session, held.token, CLEAR, "", world.now)
    assert (taken.state, _entry(world, second)) == ("requested", "booked")
    check_everything(world.session)


def test_13_an_offer_cannot_be_taken_without_the_safety_questions(world: World) -> None:
    booked = world.confirmed(MONDAY)
    _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.cancel(world.session, booked.token, world.now)
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    alarming = Screening({**CLEAR.answers, "saddle": True})
    refused("emergency", Invalid, services.take_offer, world.session, held.token, alarming, "", world.now)


def test_13_one_tap_leaves_the_waitlist(world: World) -> None:
    booked = world.confirmed(MONDAY)
    token = _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.leave_waitlist(world.session, token)
    services.leave_waitlist(world.session, token)
    services.cancel(world.session, booked.token, world.now)
    assert MONDAY in world.free()


def _wait(world: World, wish: Wish) -> str:
    return services.join_waitlist(world.session, world.service_id, wish, person(), world.now).token


def _entry(world: World, token: str) -> str:
    return services.entry_of(world.session, token).state
