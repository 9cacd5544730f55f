"""A freed time is offered in turn, and held meanwhile (case 13)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.directory.models import Location, Service
from app.scheduling import services
from app.scheduling.models import Booking
from app.scheduling.queries import people_waiting
from app.scheduling.safety import Screening
from app.scheduling.services.limits import UNANSWERED, block
from app.scheduling.services.waitlist import MOST_WISHES
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything, person, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)
DAY = Wish(date(2027, 3, 1), date(2027, 3, 1))


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
    token = _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.cancel(world.session, booked.token, world.now)
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    alarming = Screening({**CLEAR.answers, "saddle": True})
    refused("emergency", Invalid, services.take_offer, world.session, held.token, alarming, "", world.now)
    assert (held.state, _entry(world, token)) == ("held", "offered")


def test_13_one_tap_leaves_the_waitlist(world: World) -> None:
    booked = world.confirmed(MONDAY)
    token = _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.leave_waitlist(world.session, token)
    services.leave_waitlist(world.session, token)
    services.cancel(world.session, booked.token, world.now)
    assert MONDAY in world.free()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("minutes", "offered"),
    [(30, (MONDAY, 30)), (60, (MONDAY, 60)), (90, None)],
)
def test_13_who_waits_for_another_treatment_is_asked_if_that_fits(
    world: World, minutes: int, offered: tuple[datetime, int] | None
) -> None:
    """The hour that is freed lies between two others: what takes longer has no room in it."""
    service = Service(therapist_id=world.therapist_id, name="Another", minutes=minutes, price_cents=5000)
    world.session.add(service)
    world.session.flush()
    freed, _ = world.confirmed(MONDAY), world.confirmed(MONDAY + HOUR)
    waiting = services.join_waitlist(world.session, service.id, DAY, person(), world.now, verified=True)
    services.cancel(world.session, freed.token, world.now)
    assert _entry(world, waiting.token) == ("offered" if offered else "waiting")
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one_or_none()
    assert (held and (held.starts_at, held.minutes)) == offered
    check_everything(world.session)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("other", [{"first": date(2027, 3, 2), "last": date(2027, 3, 9)}, {"weekdays": 0b1111110}])
def test_13_who_waits_for_other_days_or_another_therapist_is_not_asked(world: World, other: dict[str, Any]) -> None:
    elsewhere = World.make(world.session)
    freed = world.confirmed(MONDAY)
    theirs, another_day = _wait(elsewhere, DAY), _wait(world, replace(DAY, **other))
    services.cancel(world.session, freed.token, world.now)
    assert [_entry(world, each) for each in (theirs, another_day)] == ["waiting", "waiting"]
    assert MONDAY in world.free()


@pytest.mark.databases("sqlite")
def test_13_who_waits_for_one_place_is_not_asked_to_come_to_another(world: World) -> None:
    other = Location(
        therapist_id=world.therapist_id, city="Austin", region="TX", lat=30.4, lon=-97.7, time_zone="America/Chicago"
    )
    world.session.add(other)
    world.session.flush()
    world.set_hours([1], other.id)  # Tuesdays only
    freed = world.confirmed(MONDAY)
    there, here = (_wait(world, replace(DAY, location_id=each)) for each in (other.id, world.location_id))
    services.cancel(world.session, freed.token, world.now)
    assert (_entry(world, there), _entry(world, here)) == ("waiting", "offered")
    assert world.session.scalars(select(Booking.location_id).where(Booking.state == "held")).all() == [
        world.location_id
    ]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("end", ["decline", "expire", "cancel_as_therapist"])
def test_13_whatever_ends_a_visit_its_time_is_offered(world: World, end: str) -> None:
    booked, waiting = world.requested(MONDAY), _wait(world, EARLY)
    if end == "decline":
        services.decline(world.session, booked.id, world.me, "other", world.now)
    elif end == "expire":
        world.now += timedelta(hours=24)
        services.expire_due(world.session, world.now)
    else:
        services.cancel_as_therapist(world.session, booked.id, world.me, "other", world.now)
    assert _entry(world, waiting) == "offered"


@pytest.mark.databases("sqlite")
def test_13_wishes_are_few_and_can_come_true(world: World) -> None:
    who = person()
    place = world.session, world.service_id
    join = lambda wish: services.join_waitlist(*place, wish, who, world.now, verified=True)  # noqa: E731
    for wish in (
        replace(DAY, last=date(2027, 2, 28)),
        replace(DAY, first=date(2027, 2, 1), last=date(2027, 2, 2)),
        replace(DAY, weekdays=0),
        replace(DAY, from_minute=600, to_minute=600),
    ):
        refused("wish-empty", Invalid, join, wish)
    joined = [join(DAY) for _ in range(MOST_WISHES)]
    refused("too-many-wishes", Invalid, join, DAY)
    services.leave_waitlist(world.session, joined[0].token)
    refused("too-many-wishes", Invalid, join, DAY)
    world.now += UNANSWERED
    assert join(DAY)


@pytest.mark.databases("sqlite")
def test_13_who_lets_an_offer_go_is_not_asked_about_it_again(world: World) -> None:
    freed, waiting = world.confirmed(MONDAY), _wait(world, EARLY)
    services.cancel(world.session, freed.token, world.now)
    for _ in range(3):
        world.now += timedelta(hours=3)
        services.expire_due(world.session, world.now)
    assert len(world.outbox("visit.time_offered")) == 1
    assert _entry(world, waiting) == "waiting"
    assert MONDAY in world.free()


def test_a_therapist_knows_how_many_people_wait(world: World) -> None:
    def waiting(day: date) -> int:
        return people_waiting(world.session, world.therapist_id, day)

    monday = DAY.first
    tuesday = monday + timedelta(days=1)
    assert waiting(monday) == 0
    booked = world.confirmed(MONDAY)
    pat = person()
    tokens = [_join(world, pat, replace(DAY, last=last)) for last in (monday, tuesday)]
    assert (waiting(monday), waiting(tuesday), waiting(tuesday + timedelta(days=1))) == (1, 1, 0)
    _join(world, person(email="kim@example.test"))
    _join(world, person(email="unproved@example.test"), verified=False)
    assert (waiting(monday), waiting(tuesday)) == (2, 1)
    services.cancel(world.session, booked.token, world.now)
    assert (_entry(world, tokens[0]), waiting(monday)) == ("offered", 2)
    for token in tokens:
        services.leave_waitlist(world.session, token)
    assert waiting(monday) == 1
    block(world.session, world.therapist_id, "kim@example.test")
    assert waiting(monday) == 0


def _join(world: World, who: services.Contact, wish: Wish = DAY, *, verified: bool = True) -> str:
    return services.join_waitlist(world.session, world.service_id, wish, who, world.now, verified=verified).token


def _wait(world: World, wish: Wish) -> str:
    return _join(world, person(), wish)


def _entry(world: World, token: str) -> str:
    return services.entry_of(world.session, token).state


EARLY = Wish(date(2027, 3, 1), date(2027, 3, 1), from_minute=9 * 60, to_minute=9 * 60 + 1)
LATER = Wish(date(2027, 3, 1), date(2027, 3, 1), from_minute=12 * 60, to_minute=12 * 60 + 1)
NOON = MONDAY + 3 * HOUR


def _refused(world: World, booked: Any) -> None:
    services.reschedule(world.session, booked.token, NOON, world.location_id, world.now)
    services.refuse_move_as_therapist(world.session, booked.id, world.me, world.now)


def _lapsed(world: World, booked: Any) -> None:
    services.reschedule(world.session, booked.token, NOON, world.location_id, world.now)
    world.now += timedelta(hours=25)
    services.expire_due(world.session, world.now)


def _asked_again(world: World, booked: Any) -> None:
    for at in (NOON, NOON + HOUR):
        services.reschedule(world.session, booked.token, at, world.location_id, world.now)


def _moved(world: World, booked: Any) -> None:
    services.move_as_therapist(world.session, booked.id, world.me, NOON, world.location_id, world.now)


def _agreed(world: World, booked: Any) -> None:
    services.reschedule(world.session, booked.token, NOON, world.location_id, world.now)
    services.agree_to_move_as_therapist(world.session, booked.id, world.me, world.now)


@pytest.mark.parametrize(
    ("change", "wish", "at"),
    [
        (_moved, EARLY, MONDAY),
        (_agreed, EARLY, MONDAY),
        (_refused, LATER, NOON),
        (_lapsed, LATER, NOON),
        (_asked_again, LATER, NOON),
    ],
)
def test_13_a_time_that_a_move_leaves_is_offered_too(
    world: World, change: Callable[[World, Any], None], wish: Wish, at: datetime
) -> None:
    booked = world.confirmed(MONDAY)
    waiting = _wait(world, wish)
    change(world, booked)
    assert _entry(world, waiting) == "offered"
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    assert held.starts_at == at
    check_everything(world.session)


def test_13_an_other_time_that_is_taken_leaves_the_first_one_to_who_waits(world: World) -> None:
    booked = world.requested(MONDAY)
    waiting = _wait(world, EARLY)
    services.offer_other_times(world.session, booked.id, world.me, [NOON], world.location_id, world.now)
    assert _entry(world, waiting) == "waiting"
    services.take_other_time(world.session, booked.token, NOON, world.now)
    assert _entry(world, waiting) == "offered"
    check_everything(world.session)


def test_a_move_to_the_same_time_is_none(world: World) -> None:
    booked = world.confirmed(MONDAY)
    before, same = len(world.outbox()), (MONDAY, world.location_id, world.now)
    refused("same-time", Invalid, services.reschedule, world.session, booked.token, *same)
    for act in (services.reschedule_as_therapist, services.move_as_therapist):
        refused("same-time", Invalid, act, world.session, booked.id, world.me, *same)
    assert len(world.outbox()) == before
