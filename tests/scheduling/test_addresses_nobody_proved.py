"""Anybody can type somebody else's address: few mails go to one that nobody answers for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Forbidden
from app.scheduling import services
from app.scheduling.services import Contact
from app.scheduling.services.limits import MOST_UNANSWERED, UNANSWERED
from tests.scheduling.world import MONDAY, World, facts_in, person, refused
from tests.support.elsewhere import PATIENCE, Elsewhere, waits

HOUR = timedelta(hours=1)
CODE = "too-many-unanswered"


def fill(world: World, who: Contact, count: int = MOST_UNANSWERED) -> None:
    """Time after time is held and given back: only the mails are left of it."""
    for _ in range(count):
        services.cancel(world.session, world.book(MONDAY + HOUR, contact=who).token, world.now)


@pytest.mark.databases
def test_an_address_that_nobody_answers_for_is_asked_a_few_times(world: World) -> None:
    who = person(email="Victim@example.test")
    fill(world, who)
    assert [each.kind for each in world.outbox()] == ["visit.confirm_contact"] * MOST_UNANSWERED
    error = refused(CODE, Forbidden, World.make(world.session).book, contact=person(email="victim@example.test"))
    assert "press the button in the newest one" in error.message
    assert world.book().state == "held", "another address"


def ask_for_more(world: World, who: Contact) -> None:
    last = world.book(contact=who)
    services.mail_again(world.session, last.token, world.now)
    services.mail_again(world.session, last.token, world.now)


def test_new_codes_count_as_well(world: World) -> None:
    who = person()
    fill(world, who, MOST_UNANSWERED - 2)
    refused(CODE, Forbidden, ask_for_more, world, who)
    assert len(world.outbox("visit.confirm_contact")) == MOST_UNANSWERED


def confirm(world: World) -> None:
    services.confirm_by_link(world.session, facts_in(world.outbox("visit.confirm_contact")[-1])["confirm"], world.now)


def wait(world: World) -> None:
    world.now += UNANSWERED


@pytest.mark.parametrize("make_room", [confirm, wait])
def test_a_confirmed_visit_or_some_hours_make_room(world: World, make_room: Callable[[World], None]) -> None:
    who = person()
    fill(world, who, MOST_UNANSWERED - 1)
    world.book(contact=who)
    refused(CODE, Forbidden, world.book, MONDAY + HOUR, contact=who)
    make_room(world)
    assert world.book(MONDAY + HOUR, contact=who).state == "held"


def test_several_dates_are_one_mail_and_who_is_signed_in_gets_none(world: World) -> None:
    who = person()
    services.book_series(world.session, world.request(contact=who), 1, MOST_UNANSWERED, world.now)
    fill(world, who, MOST_UNANSWERED - 1)
    refused(CODE, Forbidden, world.book, MONDAY + HOUR, contact=who)
    assert world.requested(MONDAY + HOUR, contact=who).state == "requested"


@pytest.mark.databases("postgresql")
def test_the_last_mail_is_sent_once(session: Session, elsewhere: Elsewhere) -> None:
    one, other, who = World.make(session), World.make(session), person()
    fill(one, who, MOST_UNANSWERED - 2)
    waiting = one.book(contact=who)
    session.commit()
    services.mail_again(session, waiting.token, one.now)
    change = elsewhere(services.book, other.request(contact=who), other.now)
    assert waits(change)
    session.commit()
    with pytest.raises(Forbidden) as caught:
        change.result(PATIENCE)
    assert caught.value.code == CODE
