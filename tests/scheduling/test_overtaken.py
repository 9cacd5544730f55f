"""A mail that could not be delivered at once is tried again: by then it must not say what is no longer so."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.doors.database import transaction
from app.notifications.delivery import Post, deliver_due
from app.notifications.messages import Message
from app.scheduling import services
from app.scheduling.emails import NAMES, RENDERERS
from app.scheduling.models import Booking, WaitlistEntry
from app.scheduling.services import Booked
from app.scheduling.services.transitions import NO_NEW_TIME
from app.scheduling.states import STATES
from app.scheduling.still_true import STILL
from app.scheduling.waiting import Wish
from tests.scheduling.mails import PAPER, written
from tests.scheduling.world import MONDAY, World, facts_in, person

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Change = Callable[[World, Booked], Any]


@pytest.fixture
def instant(session: Session) -> World:
    return World.make(session, mode="instant")


def late(world: World, kind: str) -> Message | None:
    """What a retry makes of the first message of a kind."""
    row = world.outbox(f"visit.{kind}")[0]
    with time_machine.travel(world.now, tick=False):
        return RENDERERS[row.kind](world.session, facts_in(row), PAPER)


def by_patient(world: World, booked: Booked) -> None:
    services.cancel(world.session, booked.token, world.now)


def by_therapist(world: World, booked: Booked) -> None:
    services.cancel_as_therapist(world.session, booked.id, world.me, "ill", world.now)


def moved_by(hours: float) -> Change:
    def move(world: World, booked: Booked) -> None:
        services.move_as_therapist(
            world.session, booked.id, world.me, MONDAY + hours * HOUR, world.location_id, world.now
        )

    return move


def asked(world: World, booked: Booked) -> None:
    services.reschedule_as_therapist(world.session, booked.id, world.me, MONDAY + DAY, world.location_id, world.now)


def refused(world: World, booked: Booked) -> None:
    services.refuse_move(world.session, booked.token, world.now)


def lapsed(world: World, _booked: Booked) -> None:
    world.now += 2 * DAY
    services.expire_due(world.session, world.now)


AGREED: dict[str, tuple[Change, ...]] = {
    "confirmed": (),
    "new_booking": (),
    "moved": (moved_by(2),),
    "moved_therapist": (moved_by(2),),
    "ask_move": (asked,),
    "refuse_move": (asked, refused),
    "move_lapsed": (asked, lapsed),
}
"""What leads to each message about an agreed visit that is not withdrawn by what follows."""


@pytest.mark.parametrize("then", [by_patient, by_therapist, moved_by(4)])
@pytest.mark.parametrize("kind", sorted(AGREED))
def test_a_mail_about_an_agreed_visit_does_not_come_after_its_end_or_move(
    instant: World, kind: str, then: Change
) -> None:
    booked = instant.confirmed()
    for change in AGREED[kind]:
        change(instant, booked)
    assert late(instant, kind) is not None
    then(instant, booked)
    assert late(instant, kind) is None


def test_a_move_that_was_moved_back_is_told_by_its_last_mail_alone(instant: World) -> None:
    booked = instant.confirmed()
    for hours in (2, 4, 2):
        moved_by(hours)(instant, booked)
    assert late(instant, "moved") is None
    assert "from Mon 1 Mar, 1:00 pm" in " ".join(written(instant, "visit.moved").text.split())


@pytest.mark.parametrize("kind", ["requested", "new_request"])
def test_a_request_that_moved_is_told_by_its_last_mail_alone(world: World, kind: str) -> None:
    booked = world.requested()
    assert late(world, kind) is not None
    services.reschedule(world.session, booked.token, MONDAY + 2 * HOUR, world.location_id, world.now)
    assert late(world, kind) is None
    assert "11:00 am" in written(world, f"visit.{kind}").subject


@pytest.mark.parametrize("kind", ["requested", "new_request"])
def test_nobody_is_asked_for_an_answer_after_the_deadline(world: World, kind: str) -> None:
    """Also before anybody swept the request up."""
    booked = world.requested()
    assert booked.expires_at
    world.now = booked.expires_at
    assert late(world, kind) is None


def test_a_wish_to_move_is_not_told_to_who_has_it_now(world: World) -> None:
    booked = world.confirmed()
    services.reschedule(world.session, booked.token, MONDAY + DAY, world.location_id, world.now)
    refused(world, booked)
    asked(world, booked)
    assert late(world, "ask_move") is None
    assert facts_in(world.outbox("visit.ask_move")[1])["to"] == "patient"


def test_the_mail_that_overtakes_says_all(instant: World) -> None:
    """Who never heard that the visit is confirmed learns of it, and has it in the calendar, by the mail of its move."""
    booked = instant.confirmed()
    moved_by(2)(instant, booked)
    message = written(instant, "visit.moved")
    assert "has moved from Mon 1 Mar, 9:00 am (Central Time) to Mon 1 Mar, 11:00 am" in " ".join(message.text.split())
    assert f"https://unknot.example/visits/{booked.token}" in message.text
    assert "possible until" in message.text
    assert b"METHOD:REQUEST" in message.attachments[0].content


@pytest.mark.parametrize("gone", [0, 1])
def test_of_a_series_the_dates_that_are_left_are_still_told(session: Session, gone: int) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 3, world.now)
    services.accept(session, made[0].id, world.me, world.now, whole_series=True)
    by_patient(world, made[gone])
    message = written(world, "visit.confirmed")
    days = [day for day in (1, 8, 15) if f"Mon {day} Mar" in message.text]
    assert days == [day for number, day in enumerate((1, 8, 15)) if number != gone]
    assert len(message.attachments) == 2
    for each in made:
        if world.state(each) == "confirmed":
            by_patient(world, each)
    assert late(world, "confirmed") is None


def test_nobody_is_mailed_a_link_that_confirms_nothing(session: Session) -> None:
    """The link opens the first date of the series, and that was given back."""
    world = World.make(session)
    made = services.book_series(session, world.request(), 1, 3, world.now)
    by_patient(world, made[0])
    assert late(world, "confirm_contact") is None


def test_each_message_is_sent_in_the_states_in_which_it_is_true(world: World) -> None:
    booked = world.confirmed()
    moved_by(2)(world, booked)
    services.reschedule(world.session, booked.token, MONDAY + DAY, world.location_id, world.now)
    booking = world.session.get_one(Booking, booked.id)
    booking.offered_times = json.dumps([[MONDAY.isoformat(), world.location_id]])
    facts = {"booking": booked.id, "to": "therapist", "new_at": (MONDAY + DAY).isoformat()}
    assert set(STILL) == set(NAMES)
    for state in sorted(STATES, key="confirmed".__ne__):
        booking.state = state
        if state != "confirmed":
            for name in NO_NEW_TIME:
                setattr(booking, name, None)
        world.session.flush()
        with time_machine.travel(world.now, tick=False):
            sent = {name for name in NAMES if RENDERERS[f"visit.{name}"](world.session, facts, PAPER)}
        assert sent == {name for name in NAMES if state in STILL[name]}


@pytest.mark.parametrize(("state", "told"), [("waiting", True), ("offered", True), ("booked", False), ("left", False)])
def test_nobody_is_told_that_they_wait_who_do_not(world: World, state: str, told: bool) -> None:
    wish = Wish(MONDAY.date(), MONDAY.date())
    services.join_waitlist(world.session, world.service_id, wish, person(), world.now, verified=True)
    world.session.execute(update(WaitlistEntry).values(state=state))
    facts = facts_in(world.outbox("waitlist.joined")[0])
    assert (RENDERERS["waitlist.joined"](world.session, facts, PAPER) is not None) == told


def test_a_confirmation_that_is_tried_again_does_not_come_after_the_cancellation(app: Flask, world: World) -> None:
    booked = world.confirmed()
    world.session.commit()
    came: list[str] = []

    def deliver(minutes: int, refuse: str = "-") -> None:
        def carry(mail: EmailMessage) -> None:
            if refuse in mail["Subject"]:
                raise OSError
            came.append(mail["Subject"])

        at = world.now + timedelta(minutes=minutes)
        with app.app_context(), time_machine.travel(at, tick=False):
            deliver_due(transaction, Post(RENDERERS, PAPER, carry), lambda: at)

    deliver(0, refuse="is confirmed")
    by_therapist(world, booked)
    world.session.commit()
    deliver(1, refuse="is confirmed")
    deliver(10)
    assert [subject.split(" ")[-1] for subject in came if subject.startswith("Your visit")] == ["cancelled"]
