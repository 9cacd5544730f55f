"""The address is confirmed while the time is held: by the mailed code or link."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Gone
from app.scheduling import services
from tests.scheduling.world import MONDAY, World, code_in, facts_in, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


def test_a_held_series_is_confirmed_by_one_code(world: World) -> None:
    made = services.book_series(world.session, world.request(MONDAY), 1, 3, world.now)
    (mail,) = world.outbox("visit.confirm_contact")
    services.confirm_by_code(world.session, made[0].token, code_in(mail), world.now)
    assert {world.state(each) for each in made} == {"requested"}


def test_a_guest_confirms_by_code_and_five_wrong_ones_end_it(world: World) -> None:
    booked = world.book(MONDAY)
    code = code_in(world.outbox("visit.confirm_contact")[0])
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        assert services.confirm_by_code(world.session, booked.token, wrong, world.now).tries_left == left
    assert not services.confirm_by_code(world.session, booked.token, code, world.now).right
    assert world.state(booked) == "held"


def test_a_guest_confirms_by_the_mailed_link_as_often_as_it_is_pressed(world: World) -> None:
    booked = world.book(MONDAY)
    link = facts_in(world.outbox("visit.confirm_contact")[0])["confirm"]
    assert services.held_behind(world.session, link) == booked.token
    assert world.state(booked) == "held"
    for _ in range(2):
        assert services.confirm_by_link(world.session, link, world.now).state == "requested"
    assert world.actions(booked) == ["hold", "request"]


def test_confirming_after_the_half_hour_is_gone(world: World) -> None:
    booked = world.book(MONDAY)
    code = code_in(world.outbox("visit.confirm_contact")[0])
    late = world.now + timedelta(minutes=30)
    refused("hold-ended", Gone, services.confirm_by_code, world.session, booked.token, code, late)


def test_a_new_mail_makes_the_old_code_worthless(world: World) -> None:
    booked = world.book(MONDAY)
    old = code_in(world.outbox("visit.confirm_contact")[0])
    services.mail_again(world.session, booked.token, world.now)
    new = code_in(world.outbox("visit.confirm_contact")[1])
    assert old == new or not services.confirm_by_code(world.session, booked.token, old, world.now).right
    assert services.confirm_by_code(world.session, booked.token, new, world.now).right


def test_an_instant_therapist_needs_no_answer(session: Session) -> None:
    world = World.make(session, mode="instant")
    booked = world.book(MONDAY)
    services.confirm_by_code(session, booked.token, code_in(world.outbox("visit.confirm_contact")[0]), world.now)
    assert world.state(booked) == "confirmed"
