"""Another time needs the other side's yes, in time: nobody agrees with themselves, and no deadline is stretched."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Gone, Invalid
from app.scheduling import queries, services
from app.scheduling.models import Booking
from app.scheduling.services import Booked
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, check_everything, person, refused

HOUR = timedelta(hours=1)
NOON = MONDAY + 3 * HOUR


def ask(world: World, booked: Booked, by: str, at: datetime = NOON) -> None:
    if by == "patient":
        services.reschedule(world.session, booked.token, at, world.location_id, world.now)
    else:
        services.reschedule_as_therapist(world.session, booked.id, world.me, at, world.location_id, world.now)


def agree(world: World, booked: Booked, by: str, now: datetime) -> None:
    if by == "patient":
        services.agree_to_move(world.session, booked.token, now)
    else:
        services.agree_to_move_as_therapist(world.session, booked.id, world.me, now)


def starts(world: World, booked: Booked) -> datetime:
    return queries.visit(world.session, booked.token).starts_at


@pytest.mark.parametrize("by", ["patient", "therapist"])
def test_nobody_agrees_to_what_they_asked_for_themselves(world: World, by: str) -> None:
    booked = world.confirmed(MONDAY)
    refused("wrong-state", Conflict, agree, world, booked, by, world.now)
    ask(world, booked, by)
    refused("wrong-state", Conflict, agree, world, booked, by, world.now)
    assert starts(world, booked) == MONDAY
    agree(world, booked, "therapist" if by == "patient" else "patient", world.now)
    assert starts(world, booked) == NOON
    check_everything(world.session)


@pytest.mark.parametrize(("by", "other"), [("patient", "therapist"), ("therapist", "patient")])
def test_a_yes_after_the_deadline_is_none_also_before_anybody_swept_up(world: World, by: str, other: str) -> None:
    booked = world.confirmed(MONDAY)
    ask(world, booked, by)
    late = world.session.get_one(Booking, booked.id).new_expires_at
    assert late
    refused("too-late", Gone, agree, world, booked, other, late)
    assert starts(world, booked) == MONDAY
    agree(world, booked, other, late - timedelta(seconds=1))
    assert starts(world, booked) == NOON


def test_a_visit_that_begins_first_ends_the_wait_for_another_time(world: World) -> None:
    """Asked three hours before, for next week: the answer must come before the visit that there is."""
    world.now = MONDAY - 3 * HOUR
    services.set_scheduling(world.session, world.therapist_id, {"reschedule_cutoff": 60}, world.now)
    booked = world.confirmed(MONDAY)
    ask(world, booked, "patient", MONDAY + timedelta(days=7))
    assert queries.visit(world.session, booked.token).new_expires_at == MONDAY
    services.expire_due(world.session, MONDAY)
    assert queries.visit(world.session, booked.token).new_starts_at is None
    check_everything(world.session)


def test_a_cancelled_visit_takes_the_other_time_along(world: World) -> None:
    booked = world.confirmed(MONDAY)
    ask(world, booked, "therapist")
    services.cancel(world.session, booked.token, world.now)
    assert {MONDAY, NOON} <= set(world.free())
    refused("wrong-state", Conflict, agree, world, booked, "patient", world.now)
    check_everything(world.session)


@pytest.mark.databases
@pytest.mark.parametrize("by", ["patient", "therapist"])
@pytest.mark.parametrize("act", [services.attended, services.no_show])
def test_saying_who_came_lets_the_other_time_go(world: World, by: str, act: Callable[..., None]) -> None:
    booked, tuesday = world.confirmed(MONDAY), MONDAY + 24 * HOUR
    ask(world, booked, by, tuesday)
    contact = person()
    wish = Wish(tuesday.date(), tuesday.date(), from_minute=9 * 60, to_minute=10 * 60)
    services.join_waitlist(world.session, world.service_id, wish, contact, world.now, verified=True)
    act(world.session, booked.id, world.me, MONDAY)
    seen = queries.visit(world.session, booked.token)
    assert (seen.starts_at, seen.new_starts_at, seen.new_by, seen.new_expires_at) == (MONDAY, None, None, None)
    offered = world.session.scalars(select(Booking).where(Booking.email == contact.email)).one()
    assert (offered.state, offered.starts_at) == ("held", tuesday), "who waits has it now"
    check_everything(world.session)


def test_only_what_was_offered_can_be_taken_and_at_most_three_are(world: World) -> None:
    booked, where = world.requested(MONDAY), world.location_id
    four = [NOON + hours * HOUR for hours in range(4)]
    offer: Callable[[list[datetime]], None] = lambda times: services.offer_other_times(  # noqa: E731
        world.session, booked.id, world.me, times, where, world.now
    )
    for times in (four, []):
        refused("times-count", Invalid, offer, times)
    offer(four[:3])
    refused("time-not-offered", Invalid, services.take_other_time, world.session, booked.token, four[3], world.now)
    services.take_other_time(world.session, booked.token, four[1], world.now)
    assert starts(world, booked) == four[1]


def test_nobody_says_that_somebody_came_before_the_visit(world: World, session: Session) -> None:
    booked = world.confirmed(MONDAY)
    early = MONDAY - timedelta(minutes=16)
    for act in (services.attended, services.no_show):
        refused("too-early", Invalid, act, session, booked.id, world.me, early)
    services.no_show(session, booked.id, world.me, MONDAY - timedelta(minutes=15))
    services.attended(session, booked.id, world.me, MONDAY + HOUR)
    assert world.state(booked) == "attended"


def test_a_therapist_enters_no_visit_with_anothers_treatment(world: World) -> None:
    other = World.make(world.session)
    refused("not-yours", Invalid, services.enter, world.session, other.request(NOON), world.me, world.now)
    assert services.enter(world.session, world.request(NOON), world.me, world.now).state == "confirmed"
