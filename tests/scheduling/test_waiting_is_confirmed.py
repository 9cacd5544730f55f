"""A freed time is held for proved addresses alone: an invented one is mailed, waits for its answer, and goes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.errors import Conflict, Forbidden, Gone, Invalid
from app.doors import jobs
from app.notifications.models import OutboxMessage
from app.scheduling import personal_data, services
from app.scheduling.deadlines import FORGOTTEN, PROVE
from app.scheduling.models import Booking, WaitlistEntry
from app.scheduling.services import MOST_MAILS, MOST_WISHES, Contact, Waiting
from app.scheduling.services.limits import MOST_UNANSWERED, UNANSWERED
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything, person, refused

HOUR = timedelta(hours=1)
DAY = Wish(MONDAY.date(), MONDAY.date())
ASK = "waitlist.confirm"


def join(world: World, who: Contact | None = None, *, verified: bool = False) -> Waiting:
    return services.join_waitlist(world.session, world.service_id, DAY, who or person(), world.now, verified=verified)


def state(world: World, waiting: Waiting) -> str:
    return services.entry_of(world.session, waiting.token).state


@pytest.mark.databases
def test_a_freed_time_goes_to_the_first_who_proved_the_address(world: World) -> None:
    """Noise: somebody who joined first and proved nothing, and one who confirmed and left."""
    freed = world.confirmed(MONDAY)
    invented, gone, first, second = (join(world) for _ in range(4))
    for each in (gone, second, first):
        services.confirm_waiting(world.session, each.token, world.now)
    services.leave_waitlist(world.session, gone.token)
    services.cancel(world.session, freed.token, world.now)
    assert [state(world, each) for each in (invented, gone, first, second)] == ["waiting", "left", "offered", "waiting"]
    for _ in range(2):
        world.now += 3 * HOUR
        services.expire_due(world.session, world.now)
    assert [state(world, each) for each in (invented, first, second)] == ["waiting"] * 3
    assert len(world.outbox("visit.time_offered")) == 2
    assert MONDAY in world.free()
    check_everything(world.session)


@pytest.mark.databases
def test_one_address_is_offered_a_time_once_however_often_it_waits(world: World) -> None:
    freed, who = world.confirmed(MONDAY), person()
    for _ in range(MOST_WISHES):
        join(world, who, verified=True)
    services.cancel(world.session, freed.token, world.now)
    world.now += 3 * HOUR
    services.expire_due(world.session, world.now)
    assert len(world.outbox("visit.time_offered")) == 1
    assert MONDAY in world.free()


def test_who_confirms_after_the_time_came_free_waits_for_the_next(world: World) -> None:
    freed, waiting = world.confirmed(MONDAY), join(world)
    services.cancel(world.session, freed.token, world.now)
    assert MONDAY in world.free()
    services.confirm_waiting(world.session, waiting.token, world.now)
    services.cancel(world.session, world.confirmed(MONDAY).token, world.now)
    assert state(world, waiting) == "offered"


@pytest.mark.databases
def test_what_nobody_confirms_in_time_is_erased(world: World) -> None:
    late, early = join(world), join(world)
    services.confirm_waiting(world.session, early.token, world.now)
    world.now += PROVE - timedelta(seconds=1)
    services.tidy_waitlist(world.session, world.now)
    assert services.place_of(world.session, late.token, world.now).state == "asked"
    world.now += timedelta(seconds=1)
    assert services.place_of(world.session, late.token, world.now).state == "ended"
    refused("wish-ended", Gone, services.confirm_waiting, world.session, late.token, world.now)
    refused("wish-ended", Gone, services.ask_again, world.session, late.id, world.now)
    services.tidy_waitlist(world.session, world.now)
    assert world.session.scalars(select(WaitlistEntry.id)).all() == [early.id]


def test_a_wish_is_forgotten_a_month_after_its_last_day(world: World) -> None:
    entry = join(world, verified=True)
    world.now = datetime.combine(DAY.last, time(12), UTC) + FORGOTTEN
    services.tidy_waitlist(world.session, world.now)
    assert world.session.scalars(select(WaitlistEntry.id)).all() == [entry.id]
    world.now += timedelta(days=1)
    services.tidy_waitlist(world.session, world.now)
    assert world.session.scalars(select(WaitlistEntry.id)).all() == []


def never_asked(world: World) -> None:
    """As if all had joined before the address was asked for."""
    world.session.execute(delete(OutboxMessage))
    world.session.execute(update(WaitlistEntry).values(mails=0, asked_at=None))


@pytest.mark.databases
def test_who_joined_before_anybody_was_asked_is_asked_once(world: World) -> None:
    """Rows of before: those who wait, those who were offered a time, and those whose days are over."""
    waits, offered, over = (join(world) for _ in range(3))
    never_asked(world)
    services.entry_of(world.session, offered.token).state = "offered"
    services.entry_of(world.session, over.token).last = MONDAY.date() - timedelta(days=9)
    world.now += UNANSWERED
    for _ in range(2):
        services.tidy_waitlist(world.session, world.now)
    assert [each.about for each in world.outbox(ASK)] == [f"waitlist:{waits.id}"]


def test_asking_those_of_before_fills_no_letter_box(world: World) -> None:
    who = person()
    for _ in range(MOST_WISHES):
        join(world, who)
        world.now += UNANSWERED
    never_asked(world)
    asked = lambda: len(world.session.scalars(select(WaitlistEntry.id).where(WaitlistEntry.mails == 1)).all())  # noqa: E731
    services.tidy_waitlist(world.session, world.now)
    assert asked() == MOST_UNANSWERED
    world.now += UNANSWERED
    services.tidy_waitlist(world.session, world.now)
    assert asked() == MOST_WISHES


def test_few_mails_go_to_an_address_that_nobody_answers_for(world: World) -> None:
    """Visits and waitlists together; what was mailed again late counts from that mail on."""
    who = person()
    first = join(world, who)
    world.now += UNANSWERED
    services.ask_again(world.session, first.id, world.now)
    world.book(MONDAY, contact=who)
    services.ask_again(world.session, first.id, world.now)
    refused("too-many-unanswered", Forbidden, join, world, who)
    refused("too-many-unanswered", Forbidden, world.book, MONDAY + HOUR, contact=who)
    refused("too-many-mails", Conflict, services.ask_again, world.session, first.id, world.now)
    assert len(world.outbox(ASK)) == MOST_MAILS
    assert [each.state for each in world.outbox(ASK)] == ["withdrawn"] * 2 + ["waiting"]
    services.confirm_waiting(world.session, first.token, world.now)
    assert world.book(MONDAY + HOUR, contact=who).state == "held", "who answers makes room"
    refused("wish-ended", Gone, services.ask_again, world.session, first.id, world.now)


def test_too_many_wishes_are_refused_where_the_address_is_proved(world: World) -> None:
    who = person()
    for _ in range(MOST_WISHES):
        join(world, who, verified=True)
    one_more = join(world, who)
    refused("too-many-wishes", Invalid, services.confirm_waiting, world.session, one_more.token, world.now)
    assert services.place_of(world.session, one_more.token, world.now).state == "asked"


def test_an_offer_that_is_taken_proves_the_address(world: World) -> None:
    """It was mailed. So an offer of before anybody was asked may still be taken."""
    freed, waiting = world.confirmed(MONDAY), join(world, verified=True)
    services.cancel(world.session, freed.token, world.now)
    services.entry_of(world.session, waiting.token).proved_at = None
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    services.take_offer(world.session, held.token, CLEAR, "", world.now)
    assert services.entry_of(world.session, waiting.token).proved_at == world.now


def test_what_a_stranger_typed_is_not_told_and_is_erased(session: Session) -> None:
    world, me = World.make(session), User(email="Pat@example.test")
    join(world, person(email="pat@example.test"))
    assert personal_data.export(session, me)["waiting"] == []
    assert services.booked_under(session, me.email) == 0
    services.take_along(session, me.email, "new@example.test", world.me, world.now)
    assert session.scalars(select(WaitlistEntry.email)).all() == ["pat@example.test"]
    mine = join(world, person(email="pat@example.test"), verified=True)
    assert [each["state"] for each in personal_data.export(session, me)["waiting"]] == ["waiting"]
    assert services.booked_under(session, me.email) == 1
    assert mine.id


@pytest.mark.parametrize(("days", "left"), [(PROVE.days - 1, 1), (PROVE.days, 0)])
def test_the_hourly_tidying_does_it(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, days: int, left: int
) -> None:
    world = World.make(session)
    join(world)
    session.commit()
    monkeypatch.setattr(jobs, "now", lambda: world.now + timedelta(days=days))
    with app.app_context():
        jobs.tidy()
    session.rollback()
    assert len(session.scalars(select(WaitlistEntry.id)).all()) == left
