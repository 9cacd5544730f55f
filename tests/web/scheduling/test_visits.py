"""The page of a visit: one link for ever, private, and opening it changes nothing."""

import re
from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.models import Location
from app.notifications.models import OutboxMessage
from app.scheduling import services
from app.scheduling.models import Booking, BookingEvent, VisitsLink
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words
from tests.web.scheduling.visiting import confirmed, facts_of, link

pytestmark = pytest.mark.databases


def test_a_link_that_is_no_visit_leads_to_ones_visits(patient: Patient) -> None:
    lost = patient.get("/visits/no-such-visit")
    assert lost.status_code == 404
    assert 'href="/visits">My visits' in lost.text


def test_who_is_signed_in_is_not_sent_to_sign_in_again(app: Flask, session: Session) -> None:
    client = app.test_client()
    assert "/account/login" in client.get("/referring/new").location
    make_user(app, "pat@person.example", "patient")
    sign_in(client, "pat@person.example")
    closed = client.get("/referring/new")
    assert closed.status_code == 403
    assert 'href="/account/">Your account' in closed.text
    assert "/account/login" not in closed.text
    assert 'href="/referring/start">I am a doctor' in closed.text
    assert 'href="/practice/start">I am a massage therapist' in client.get("/practice/week").text


def test_a_confirmed_visit_shows_all_and_a_request_hides_the_street(
    patient: Patient, session: Session, world: World
) -> None:
    one = session.get_one(Booking, world.requested().id)
    place = session.get_one(Location, one.location_id)
    place.street, place.address_public = "7 Hidden Lane", False
    session.commit()
    assert "7 Hidden Lane" not in patient.get(f"/visits/{one.token}").text
    services.accept(session, one.id, world.me, world.now)
    session.commit()
    page = patient.get(f"/visits/{one.token}")
    for said in (
        "7 Hidden Lane",
        "Mon 1 Mar, 9:00 am",
        one.reference,
        "until Sun 28 Feb, 9:00 am",
        "destination=7+Hidden+Lane",
    ):
        assert said in page.text, said


@pytest.mark.parametrize(
    ("hours", "said"), [(72, "a day before, and two hours before"), (20, "remind you two hours before"), (2, "")]
)
def test_only_reminders_that_will_come_are_promised(
    patient: Patient, session: Session, world: World, clock: object, hours: int, said: str
) -> None:
    booked = confirmed(session, world)
    clock.move_to(MONDAY - timedelta(hours=hours))  # type: ignore[attr-defined]
    page = patient.get(f"{link(booked)}/done").text
    assert said in page
    assert ("remind you" in page) == bool(said)


def test_a_held_time_names_the_zone_of_its_clock(patient: Patient) -> None:
    page = re.sub(r"<[^>]+>", "", patient.get(patient.book()).text)
    assert "until 9:30 am Central Time." in page


def test_the_calendar_file_and_links_carry_no_treatment(patient: Patient, session: Session, world: World) -> None:
    page = link(confirmed(session, world, note="sciatica"))
    file = patient.client.get(f"{page}/visit.ics")
    event = icalendar.Calendar.from_ical(file.data).walk("VEVENT")[0]
    assert event.decoded("dtstart") == MONDAY
    shown = patient.get(page).text
    outside = " ".join(re.findall(r'href="(https://(?:calendar\.google|outlook)[^"]+)"', shown))
    assert outside.count("https://") == 2
    assert "Massage" not in outside + file.text
    assert "sciatica" not in outside + file.text


@pytest.mark.parametrize("token", ["x", "null", "[]", "A" * 27, "'; DROP TABLE booking; --"])
def test_a_wrong_link_is_kindly_not_found(patient: Patient, token: str) -> None:
    for path in ("", "/done", "/cancel", "/move", "/messages", "/visit.ics"):
        assert patient.client.get(f"/visits/{token}{path}").status_code == 404, path
    for path in ("/code", "/resend", "/cancel", "/take", "/answer"):
        assert patient.client.post(f"/visits/{token}{path}", data={"code": "123456"}).status_code == 404, path
    for path in ("/visits/confirm/", "/visits/mine/", "/waitlist/"):
        answer = patient.client.get(path + token)
        assert answer.status_code in (404, 410), path


def test_pages_of_a_visit_are_kept_private(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    for path in ("", "/cancel", "/move", "/messages", "/done", "/visit.ics"):
        headers = patient.get(link(booked) + path).headers
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Cache-Control"] == "no-store", path
        assert "noindex" in headers["X-Robots-Tag"], path


def test_looking_changes_nothing(patient: Patient, session: Session, world: World) -> None:
    """Case 12."""
    booked = confirmed(session, world)
    before = (
        len(session.scalars(select(BookingEvent.number)).all()),
        len(session.scalars(select(OutboxMessage.id)).all()),
    )
    for path in ("", "/cancel", "/move", "/done", "/messages", "/visit.ics"):
        patient.client.get(link(booked) + path)
        patient.client.head(link(booked) + path)
    session.rollback()
    after = (
        len(session.scalars(select(BookingEvent.number)).all()),
        len(session.scalars(select(OutboxMessage.id)).all()),
    )
    assert before == after
    for path in ("/code", "/resend", "/take", "/answer", "/other-time"):
        assert patient.client.get(link(booked) + path).status_code == 405, path


def test_what_is_no_address_is_said_and_nothing_is_sent(patient: Patient, session: Session) -> None:
    answer = patient.post("/visits", email="no address")
    assert answer.status_code == 422
    assert "does not look like an e-mail address" in answer.text
    assert session.scalar(select(func.count()).select_from(VisitsLink)) == 0


def test_my_visits_by_mail_says_the_same_to_everybody(patient: Patient, session: Session, world: World) -> None:
    confirmed(session, world, contact=person(email="known@example.test"))
    answers_ = [patient.post("/visits", email=email) for email in ("known@example.test", "nobody@example.test")]
    assert len({(each.status_code, each.location) for each in answers_}) == 1
    assert "a mail with a link is on its way" in patient.get(answers_[0].location).text
    token = facts_of(session, "visits.link")["token"]
    listed = patient.get(f"/visits/mine/{token}")
    assert "Mon 1 Mar, 9:00 am" in listed.text
    assert listed.headers["Cache-Control"] == "no-store"


@pytest.mark.databases("sqlite")
def test_the_mailed_link_to_ones_visits_ends_after_an_hour(
    patient: Patient, session: Session, world: World, clock: object
) -> None:
    confirmed(session, world, contact=person(email="known@example.test"))
    patient.post("/visits", email="known@example.test")
    page = f"/visits/mine/{facts_of(session, 'visits.link')['token']}"
    clock.shift(3599)  # type: ignore[attr-defined]
    assert patient.get(page).status_code == 200
    clock.shift(1)  # type: ignore[attr-defined]
    ended = patient.get(page)
    assert ended.status_code == 410
    assert "Ask for a new one" in ended.text
    assert "1 Mar" not in ended.text


@pytest.mark.databases("sqlite")
def test_nothing_is_for_a_calendar_before_it_is_sure_or_after_it_is_off(
    patient: Patient, session: Session, world: World
) -> None:
    booked = world.requested()
    session.commit()
    assert patient.client.get(f"{link(booked)}/visit.ics").status_code == 404
    services.accept(session, booked.id, world.me, world.now)
    session.commit()
    assert patient.client.get(f"{link(booked)}/visit.ics").status_code == 200
    services.cancel(session, booked.token, world.now)
    session.commit()
    assert patient.client.get(f"{link(booked)}/visit.ics").status_code == 404


@pytest.mark.databases("sqlite")
def test_a_confirmed_visit_says_until_when_it_can_be_moved_where_that_differs(
    app: Flask, session: Session, instant: World
) -> None:
    services.set_scheduling(session, instant.therapist_id, {"reschedule_cutoff": 2760}, instant.now)
    session.commit()
    patient = patient_of(app, session, instant)
    page = patient.book()
    patient.post(f"{page}/code", code=facts_of(session, "visit.confirm_contact")["code"])
    for path in (page, f"{page}/done"):
        shown = words(patient.get(path))
        assert "cancel online until Sun 28 Feb, 9:00 am." in shown, path
        assert "Moving it: until Sat 27 Feb, 11:00 am." in shown, path
