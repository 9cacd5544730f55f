"""Somebody leaves, or has a new address: what was booked goes along, and mails say who it was in words that hold."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Gone
from app.directory import personal_data as directory_data
from app.directory.models import Therapist
from app.doors.caller import signed_in_user
from app.scheduling import personal_data, queries, services
from app.scheduling.models import Booking, WaitlistEntry
from app.scheduling.states import Actor
from app.scheduling.waiting import Wish
from app.web.accounts import addresses
from tests.scheduling.mails import written
from tests.scheduling.world import MONDAY, World, check_everything, person, refused
from tests.support.accounts import ADDRESS, letters, link_in, make_user, sign_in, user
from tests.web.scheduling.journey import Patient

pytestmark = pytest.mark.databases

OLD, NEW = "Ada@person.example", "ada.new@person.example"
ME = Actor("patient", 7)
Changing = tuple[FlaskClient, str, str]
"""The browser, the link that was mailed, and the visit's token."""


def move_address(world: World, new: str = NEW) -> None:
    services.take_along(world.session, OLD.lower(), new, ME, world.now)
    world.session.flush()


def test_visits_go_along_with_a_new_address_and_their_history_tells_it(world: World) -> None:
    mine = person(email=OLD)
    coming, over = world.confirmed(contact=mine), world.confirmed(MONDAY.replace(hour=18), contact=mine)
    services.cancel(world.session, over.token, world.now)
    other = world.confirmed(MONDAY.replace(hour=20))
    move_address(world)
    assert [each.id for each in queries.visits_of_email(world.session, NEW)] == [over.id, coming.id]
    assert queries.visits_of_email(world.session, OLD.lower()) == []
    assert world.actions(coming)[-1] == "new_address"
    assert world.actions(over)[-1] == "cancel"
    assert queries.visit(world.session, other.token).email != NEW
    assert written(world, "visit.reminder").to != NEW
    reminders = [row for row in world.outbox("visit.reminder") if row.about == f"visit:{coming.id}"]
    assert {row.state for row in reminders} == {"waiting"}
    check_everything(world.session)


def test_mails_that_are_still_to_come_go_to_the_new_address(world: World) -> None:
    world.confirmed(contact=person(email=OLD))
    move_address(world)
    assert {written(world, kind).to for kind in ("visit.reminder", "visit.confirmed")} == {NEW}


def test_what_nobody_confirmed_stays_under_the_old_address(world: World) -> None:
    held = world.book(contact=person(email=OLD))
    move_address(world)
    assert queries.visit(world.session, held.token).email == OLD


def test_wishes_go_along_and_so_does_a_block(world: World) -> None:
    wish, place = Wish(MONDAY.date(), MONDAY.date()), (world.session, world.service_id)
    services.join_waitlist(*place, wish, person(email=OLD), world.now, verified=True)
    services.block(world.session, world.therapist_id, OLD)
    assert services.booked_under(world.session, OLD) == 1
    for _ in range(2):
        move_address(world)
    assert world.session.scalars(select(WaitlistEntry.email)).all() == [NEW]
    assert set(services.blocked(world.session, world.therapist_id)) == {OLD.lower(), NEW}


@pytest.fixture
def changing(app: Flask, session: Session) -> Iterator[Changing]:
    """A signed-in patient with a visit, on the way to another address."""
    world = World.make(session)
    make_user(app, ADDRESS)
    client = app.test_client()
    with time_machine.travel(world.now, tick=False):
        sign_in(client)
        booked = world.requested(contact=person(email=ADDRESS))
        session.commit()
        client.post("/account/change-email", data={"email": NEW})
        yield client, link_in(letters(session)[-1], "change-email"), booked.token


@pytest.mark.parametrize(("along", "whose"), [("y", "ada.new@person.example"), ("", ADDRESS)])
def test_who_changes_the_address_is_asked_whether_visits_go_along(
    session: Session, changing: Changing, along: str, whose: str
) -> None:
    client, link, token = changing
    asked = client.get(link).text
    assert "One visit or wish for a time is booked under" in asked
    assert (
        client.post(link, data={"along": along, "csrf_token": ""} if along else {"csrf_token": ""}).status_code == 302
    )
    session.rollback()
    assert user(session, NEW).email == NEW
    assert queries.visit(session, token).email == whose


def test_an_address_that_was_never_proved_takes_nothing_along(session: Session, changing: Changing) -> None:
    """Else a stranger who signs up with your address could take your visits away with it."""
    client, link, token = changing
    user(session).confirmed_at = None
    session.commit()
    client.post(link, data={"along": "y"})
    session.rollback()
    assert queries.visit(session, token).email == ADDRESS


def test_nothing_goes_along_to_an_address_that_somebody_takes_in_the_same_moment(
    app: Flask, session: Session, changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page still saw it free; the change itself, under the write lock, does not."""
    client, link, token = changing
    session.rollback()
    make_user(app, NEW)
    monkeypatch.setattr(addresses, "new_address_of", lambda _token: (False, False, signed_in_user(), NEW))
    assert client.post(link, data={"along": "y"}).status_code == 302
    session.rollback()
    assert queries.visit(session, token).email == ADDRESS


@pytest.fixture
def leaving(app: Flask, session: Session) -> tuple[World, int]:
    """A therapist with an account, who made the page here."""
    user_id = make_user(app, "thea@person.example", "patient", "therapist")
    world = World.make(session, user_id=user_id, origin="self")
    session.get_one(Therapist, world.therapist_id).name = "Thea Sample"
    session.commit()
    return world, user_id


def erase(world: World) -> None:
    with time_machine.travel(world.now, tick=False):
        thea = user(world.session, "thea@person.example")
        for each in (personal_data, directory_data):
            each.erase(world.session, thea)
    world.session.commit()


def test_the_mail_still_says_who_cancelled(leaving: tuple[World, int]) -> None:
    world, _ = leaving
    world.confirmed()
    waiting = world.requested(MONDAY.replace(hour=18))
    services.decline(world.session, waiting.id, world.me, "other", world.now)
    world.session.commit()
    erase(world)
    mail = written(world, "visit.cancelled")
    assert "Thea Sample had to cancel this visit" in mail.text
    assert "The practice has closed its page here" in " ".join(mail.text.split())
    assert "https://unknot.example/therapists\n" in mail.text
    assert "gone-" not in mail.text
    assert b"Visit with Thea Sample" in mail.attachments[0].content
    assert "Thea Sample" in written(world, "visit.declined").text
    assert {row.state for row in world.outbox("visit.reminder", "visit.follow_up")} == {"withdrawn"}


def test_nobody_is_invited_back_by_a_therapist_who_left(leaving: tuple[World, int]) -> None:
    world, _ = leaving
    past = world.confirmed()
    world.session.commit()
    erase(replace(world, now=MONDAY.replace(day=2)))
    assert {row.state for row in world.outbox("visit.follow_up")} == {"withdrawn"}
    assert world.state(past) == "confirmed"


def test_the_visit_page_leads_nowhere_that_is_closed(app: Flask, leaving: tuple[World, int]) -> None:
    world, _ = leaving
    coming = world.confirmed()
    past = world.confirmed(MONDAY.replace(day=2))
    world.session.commit()
    erase(world)
    patient = Patient(app.test_client(), "", world)
    with time_machine.travel(MONDAY.replace(day=4), tick=False):
        for one in (coming, past):
            page = patient.get(f"/visits/{one.token}").text
            assert "Former therapist" not in page.partition("What happened so far")[0]
            assert "gone-" not in page
            assert "a therapist who is no longer here" in page
        assert "<textarea" not in patient.get(f"/visits/{coming.token}/messages").text
        assert patient.post(f"/visits/{coming.token}/messages", text="Hello?").status_code == 410
    refused("therapist-gone", Gone, services.write_message, world.session, coming.token, "Hello?", world.now)


def test_one_therapist_who_leaves_changes_no_mail_of_another(leaving: tuple[World, int]) -> None:
    world, _ = leaving
    staying = World.make(world.session)
    staying.confirmed()
    world.session.commit()
    erase(world)
    assert world.session.scalar(select(func.count()).where(Booking.state == "confirmed")) == 1
    assert {row.state for row in staying.outbox("visit.reminder")} == {"waiting"}
    assert "no longer" not in written(staying, "visit.confirmed").text
