"""Every message can be written, is true when it is sent, and names no treatment where others may see it."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.core.clock import now
from app.notifications.mime import to_mime
from app.scheduling import queries, services
from app.scheduling.emails import NAMES, RENDERERS
from app.scheduling.models import Booking
from app.scheduling.still_true import STILL
from app.scheduling.waiting import Wish
from tests.scheduling.mails import PAPER, written
from tests.scheduling.world import MONDAY, World, person

HEALTH = re.compile(r"sciatica|back|pain|nerve|massage|treatment|disc", re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_message_can_be_written(session: Session, name: str, locale: str) -> None:
    world = World.make(session, mode="instant" if name == "cancelled_therapist" else "request")
    make = world.confirmed if name == "ask_move" else world.requested
    booked = make(contact=person(locale=locale))
    facts = {
        "booking": booked.id,
        "to": "patient",
        "sequence": 0,
        "was_at": MONDAY.isoformat(),
        "new_at": (MONDAY + timedelta(hours=2)).isoformat(),
    }
    booking = session.get_one(Booking, booked.id)
    booking.state = sorted(STILL[name])[0]
    booking.offered_times = json.dumps([[MONDAY.isoformat(), world.location_id]])
    session.flush()
    if name == "ask_move":
        services.reschedule(session, booked.token, MONDAY + timedelta(hours=2), world.location_id, world.now)
    for to in ("therapist",) if name == "ask_move" else ("patient", "therapist"):
        with time_machine.travel(world.now, tick=False):
            message = RENDERERS[f"visit.{name}"](session, {**facts, "to": to}, PAPER)
        assert message is not None
        assert message.html
        assert message.text
        assert "None" not in message.text
        assert not HEALTH.search(message.subject)


def test_subjects_and_links_carry_no_health_word(session: Session) -> None:
    world = World.make(session)
    booked = world.requested()
    messages = [written(world, "visit.requested"), written(world, "visit.new_request")]
    services.accept(session, booked.id, world.me, world.now)
    messages.append(written(world, "visit.confirmed"))
    for message in messages:
        assert not HEALTH.search(message.subject)
        assert not any(HEALTH.search(link) for link in re.findall(r"https://\S+", message.text))
    assert booked.token in messages[-1].text


def test_nobody_is_asked_for_an_answer_that_was_given_before_the_mail_went_out(session: Session) -> None:
    world = World.make(session)
    booked = world.confirmed()
    services.reschedule(session, booked.token, MONDAY + timedelta(hours=2), world.location_id, world.now)
    assert "Please answer by" in written(world, "visit.ask_move").text
    services.agree_to_move_as_therapist(session, booked.id, world.me, world.now)
    for kind in ("visit.requested", "visit.new_request", "visit.ask_move"):
        row = world.outbox(kind)[-1]
        assert RENDERERS[kind](session, json.loads(row.facts or "{}"), PAPER) is None


def test_a_question_that_was_taken_back_or_asked_anew_is_not_mailed(session: Session) -> None:
    world = World.make(session)
    booked, other = world.confirmed(), world.requested(MONDAY + timedelta(hours=1))
    for hours in (2, 3):
        services.reschedule(session, booked.token, MONDAY + timedelta(hours=hours), world.location_id, world.now)
    first, again = (json.loads(row.facts or "{}") for row in world.outbox("visit.ask_move"))
    with time_machine.travel(world.now, tick=False):
        assert RENDERERS["visit.ask_move"](session, first, PAPER) is None
    assert "to Mon 1 Mar, 12:00 pm" in " ".join(written(world, "visit.ask_move").text.split()), again
    services.offer_other_times(session, other.id, world.me, [MONDAY + timedelta(hours=5)], world.location_id, world.now)
    services.reschedule(session, other.token, MONDAY + timedelta(hours=6), world.location_id, world.now)
    facts = json.loads(world.outbox("visit.other_times")[-1].facts or "{}")
    assert RENDERERS["visit.other_times"](session, facts, PAPER) is None


def test_words_are_paragraphs_in_text_and_html_alike(session: Session) -> None:
    world = World.make(session)
    world.requested()
    message = written(world, "visit.requested")
    assert message.text.startswith("Hello Pat Example,\n\nwe passed your request on")
    assert "\n\nWhen: Mon 1 Mar, 9:00 am (Central Time)\nWhere: Austin, TX 78701\n" in message.text
    assert (message.html or "").count("<p ") == 5


def test_mails_to_the_patient_say_with_whom_and_until_when_it_can_be_cancelled(session: Session) -> None:
    world = World.make(session, mode="instant", phone="+15125550100")
    services.book(session, world.request(), world.now)
    held = written(world, "visit.confirm_contact")
    assert "\nWith: " in held.text
    assert "555-0100" not in held.text
    world.confirmed(MONDAY + timedelta(hours=2))
    message = written(world, "visit.confirmed")
    assert "possible until Sun 28 Feb, 11:00 am (Central" in " ".join(message.text.split())
    assert "Phone: (512) 555-0100" in message.text
    assert "With: " not in written(world, "visit.new_booking").text


def test_a_reminder_past_the_cut_off_sends_nobody_to_a_page_that_refuses(session: Session) -> None:
    world = World.make(session, phone="+15125550100")
    world.confirmed()
    for hours, said in ((25, "possible until Sun 28 Feb, 9:00 am"), (24, "please call (512) 555-0100")):
        world.now = MONDAY - timedelta(hours=hours)
        assert said in " ".join(written(world, "visit.reminder").text.split())


def test_other_times_are_said_in_the_mail_that_offers_them(session: Session) -> None:
    world = World.make(session)
    booked = world.requested()
    offered = [MONDAY + timedelta(hours=hours) for hours in (2, 26)]
    services.offer_other_times(session, booked.id, world.me, offered, world.location_id, world.now)
    text = " ".join(written(world, "visit.other_times").text.split())
    said = "Mon 1 Mar, 11:00 am (Central Time); Tue 2 Mar, 11:00 am (Central Time)"
    assert f"You can choose from: {said} Choose one" in text


def test_a_name_with_markup_is_text_in_the_mail(session: Session) -> None:
    world = World.make(session)
    world.requested(contact=person(name="<script>alert(1)</script>"))
    message = written(world, "visit.new_request")
    assert "<script>" not in (message.html or "")
    assert "&lt;script&gt;" in (message.html or "")


@pytest.mark.parametrize("kind", ["confirm_contact", "hold_ended", "cancelled", "time_offered", "joined", "confirm"])
def test_a_stranger_puts_no_words_into_a_mail_to_an_unproved_address(session: Session, kind: str) -> None:
    world = World.make(session)
    stranger = person(name="You won: evil.example", visit_for="Click evil.example")
    if kind in ("time_offered", "joined", "confirm"):
        seen, wish, proved = world.confirmed(), Wish(MONDAY.date(), MONDAY.date()), kind != "confirm"
        services.join_waitlist(session, world.service_id, wish, stranger, world.now, verified=proved)
        services.cancel(session, seen.token, world.now)
    else:
        booked = world.book(contact=stranger)
    if kind == "hold_ended":
        services.expire_due(session, MONDAY)
    if kind == "cancelled":
        services.cancel_as_therapist(session, booked.id, world.me, "ill", world.now)
    message = written(world, f"waitlist.{kind}" if kind in ("joined", "confirm") else f"visit.{kind}")
    assert message.text.startswith("Hello,\n\n")
    assert "evil.example" not in message.text + str(message.html) + message.subject


def test_a_name_cannot_write_a_header(session: Session) -> None:
    world = World.make(session)
    world.requested(contact=person(name="Pat\r\nBcc: all@example.test"))
    mail = to_mime(written(world, "visit.new_request"), "key", PAPER, now())
    assert mail["Bcc"] is None


def test_a_series_lists_its_dates_in_one_message(session: Session) -> None:
    world = World.make(session)
    services.book_series(session, world.request(verified=True), 1, 3, world.now)
    assert len(world.outbox("visit.requested")) == 1
    dates = [f"Mon {day} Mar, 9:00 am (Central Time)" for day in (1, 8, 15)]
    message = written(world, "visit.requested")
    assert message.subject == f"Your request for {dates[0]}, and 2 more dates"
    assert "When:\n  " + "\n  ".join(dates) + "\nWhere: " in message.text
    assert all((message.html or "").count(each) == 1 for each in dates[1:])


def test_the_mail_that_asks_for_a_proof_names_all_dates_of_a_series_again_too(session: Session) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(), 1, 3, world.now)
    first = written(world, "visit.confirm_contact").text
    services.mail_again(session, made[0].token, world.now)
    for text in (first, written(world, "visit.confirm_contact").text):
        assert text.count("Mar, 9:00 am (Central Time)\n") == 3
        assert "we hold these times" in text
        assert "Confirm these visits:\nhttps://" in text


SERIES_ENDS = {
    "confirmed": lambda world, made: services.accept(world.session, made[1].id, world.me, world.now, whole_series=True),
    "declined": lambda world, made: services.decline(
        world.session, made[1].id, world.me, "other", world.now, whole_series=True
    ),
    "expired": lambda world, made: services.expire_due(world.session, MONDAY),
    "request_expired": lambda world, made: services.expire_due(world.session, MONDAY),
}


@pytest.mark.parametrize("name", sorted(SERIES_ENDS))
def test_a_message_about_a_series_names_the_dates_that_it_is_about(session: Session, name: str) -> None:
    """And not one that was cancelled before."""
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 4, world.now)
    services.cancel(session, made[2].token, world.now)
    SERIES_ENDS[name](world, made)
    assert len(world.outbox(f"visit.{name}")) == 1
    text = " ".join(written(world, f"visit.{name}").text.split())
    assert "When: Mon 1 Mar, 9:00 am (Central Time) Mon 8 Mar, 9:00 am (Central Time) Mon 22 Mar" in text
    assert "15 Mar" not in text


def test_a_lapsed_wish_to_move_does_not_speak_for_the_dates_that_nobody_answered(session: Session) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 2, world.now)
    services.accept(session, made[0].id, world.me, world.now)
    services.reschedule(session, made[0].token, MONDAY + timedelta(hours=2), world.location_id, world.now)
    services.expire_due(session, MONDAY + timedelta(days=1))
    assert world.state(made[1]) == "expired"
    assert len(world.outbox("visit.expired")) == 1


def test_each_date_of_a_series_is_said_on_the_clock_of_its_place(session: Session) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 3, world.now)
    session.get_one(Booking, made[1].id).time_zone = "America/Denver"
    services.cancel(session, made[0].token, world.now, scope="all")
    said = " ".join(written(world, "visit.cancelled").text.split())
    first, second, third = (f"Mon {day} Mar, {hour}:00 am" for day, hour in ((1, 9), (8, 8), (15, 9)))
    assert f"{first} (Central Time) {second} (Mountain Time) {third} (Central Time)" in said


def test_waitlist_and_visits_messages_can_be_written(session: Session) -> None:
    world = World.make(session)
    wish = Wish(MONDAY.date(), MONDAY.date())
    for kind in ("confirm", "joined"):
        proved = kind == "joined"
        waiting = services.join_waitlist(session, world.service_id, wish, person(), world.now, verified=proved)
        assert waiting.token in written(world, f"waitlist.{kind}").text
    contact = person()
    world.requested(contact=contact)
    services.mail_visits_link(session, str(contact.email), world.now)
    link = re.search(r"/visits/mine/(\S+)", written(world, "visits.link").text)
    assert link is not None
    assert len(queries.visits_of_link(session, link[1], world.now)) == 1
