"""The page of a visit: one link for ever, opening it changes nothing, every change is said before it is made."""

import json
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
from app.scheduling.queries import visit
from app.scheduling.services import Booked
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words

pytestmark = pytest.mark.databases


def facts_of(session: Session, kind: str) -> dict[str, str]:
    session.rollback()
    query = select(OutboxMessage.facts).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc())
    found = session.scalars(query).first()
    assert found is not None
    return json.loads(found) if isinstance(found, str | bytes) else found  # type: ignore[no-any-return]


def link(booked: Booked) -> str:
    return f"/visits/{booked.token}"


def confirmed(session: Session, world: World, **facts: object) -> Booked:
    booked = world.confirmed(MONDAY, **facts)
    session.commit()
    return booked


def test_the_code_confirms_and_a_wrong_one_says_how_many_tries_are_left(patient: Patient, session: Session) -> None:
    page = patient.book()
    code = facts_of(session, "visit.confirm_contact")["code"]
    wrong = patient.post(f"{page}/code", code="000000" if code != "000000" else "111111")
    assert wrong.status_code == 422
    assert "4 more times" in wrong.text
    assert patient.post(f"{page}/code", code=f"{code[:3]} {code[3:]}").location == f"{page}/done"
    done = words(patient.get(f"{page}/done"))
    assert "Your request is on its way" in done
    assert "answers by Sat 27 Feb, 9:00 am" in done


def test_the_answer_to_a_wrong_code_opened_again_leads_back_to_the_visit(patient: Patient) -> None:
    page = patient.book()
    again = patient.get(f"{page}/code")
    assert again.status_code == 405
    assert f'href="{page}">Back to the visit' in again.text


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


def test_the_mailed_link_confirms_by_its_button_only(patient: Patient, session: Session) -> None:
    page = patient.book()
    mailed = f"/visits/confirm/{facts_of(session, 'visit.confirm_contact')['confirm']}"
    for _ in range(2):
        assert patient.get(mailed).status_code == 200
        patient.client.head(mailed)
    session.rollback()
    assert visit(session, page.rpartition("/")[2]).state == "held"
    assert patient.post(mailed).location == f"{page}/done"
    assert patient.post(mailed).location == f"{page}/done"
    assert patient.get(mailed).location == page


def test_an_ended_hold_offers_fresh_times(patient: Patient, session: Session, clock: object) -> None:
    page = patient.book()
    mailed = f"/visits/confirm/{facts_of(session, 'visit.confirm_contact')['confirm']}"
    clock.shift(1801)  # type: ignore[attr-defined]
    for path in (page, mailed):
        shown = patient.get(path)
        assert "not held any more" in shown.text
        assert "/book?service=" in shown.text
    assert patient.post(mailed).status_code == 410


def test_a_new_code_replaces_the_old(patient: Patient, session: Session) -> None:
    page = patient.book()
    old = facts_of(session, "visit.confirm_contact")
    patient.post(f"{page}/resend")
    new = facts_of(session, "visit.confirm_contact")
    assert old["confirm"] != new["confirm"]
    assert patient.get(f"/visits/confirm/{old['confirm']}").status_code == 404
    assert patient.post(f"{page}/code", code=new["code"]).location == f"{page}/done"


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


def test_cancelling_asks_first_and_then_frees_the_time(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    assert "Cancel this visit?" in patient.get(f"{link(booked)}/cancel").text
    assert world.state(booked) == "confirmed"
    assert patient.post(f"{link(booked)}/cancel").location == link(booked)
    session.rollback()
    assert world.state(booked) == "cancelled_by_patient"
    ended = patient.get(link(booked)).text
    assert "You cancelled this visit" in ended
    assert "You get the street" not in ended


def test_past_the_cut_off_only_the_phone_cancels(
    patient: Patient, session: Session, world: World, clock: object
) -> None:
    booked = confirmed(session, world)
    clock.move_to(MONDAY - timedelta(hours=20))  # type: ignore[attr-defined]
    assert "too late to cancel online" in patient.get(link(booked)).text
    refused = patient.post(f"{link(booked)}/cancel")
    assert refused.status_code == 403
    assert "+15125550100" in refused.text
    assert world.state(booked) == "confirmed"


def test_one_the_rest_or_all_of_a_series(patient: Patient, session: Session, world: World) -> None:
    made = services.book_series(session, world.request(verified=True), 1, 4, world.now)
    session.commit()
    page = patient.get(f"{link(made[1])}/cancel").text
    assert all(f'value="{scope}"' in page for scope in ("one", "rest", "all"))
    patient.post(f"{link(made[1])}/cancel", scope="rest")
    session.rollback()
    assert [world.state(each) for each in made] == ["requested"] + ["cancelled_by_patient"] * 3


def test_moving_shows_old_and_new_and_asks_the_therapist(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    page = f"{link(booked)}/move"
    new = re.findall(r'href="(/visits/[^"]+/move\?at=[^"]+)"', patient.get(page).text)[5]
    asked = patient.get(new)
    assert "must agree" in asked.text
    at = re.search(r'name="at" value="([^"]+)"', asked.text)
    assert at
    assert patient.post(page, at=at[1]).location == link(booked)
    shown = words(patient.get(link(booked)))
    assert "You asked for another time" in shown
    patient.post(f"{link(booked)}/answer", answer="refuse")
    session.rollback()
    assert visit(session, booked.token).new_starts_at is None


def test_a_move_to_a_taken_time_is_refused_with_the_strip(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    other = MONDAY + timedelta(hours=3)
    world.requested(other)
    session.commit()
    refused = patient.post(f"{link(booked)}/move", at=other.isoformat())
    assert refused.status_code == 409
    assert "/move?at=" in refused.text


def test_the_therapists_other_time_is_agreed_to_or_refused(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    new = MONDAY + timedelta(days=1)
    services.reschedule_as_therapist(session, booked.id, world.me, new, world.location_id, world.now)
    session.commit()
    assert "asks for another time" in patient.get(link(booked)).text
    patient.post(f"{link(booked)}/answer", answer="agree")
    session.rollback()
    assert visit(session, booked.token).starts_at == new


def test_an_offered_time_is_taken_with_one_press(patient: Patient, session: Session, world: World) -> None:
    booked = world.requested()
    new = MONDAY + timedelta(days=2)
    services.offer_other_times(session, booked.id, world.me, [new], world.location_id, world.now)
    session.commit()
    at = re.search(r'name="at" value="([^"]+)"', patient.get(link(booked)).text)
    assert at
    patient.post(f"{link(booked)}/other-time", at=at[1])
    session.rollback()
    one = visit(session, booked.token)
    assert (one.state, one.starts_at) == ("confirmed", new)


def test_messages_are_shown_to_the_two_only_as_text(patient: Patient, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    patient.post(f"{link(booked)}/messages", text="<script>alert(1)</script> I park outside.")
    page = patient.get(f"{link(booked)}/messages").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert patient.post(f"{link(booked)}/messages", text=" ").status_code == 422


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


def test_a_post_needs_its_token(app: Flask, session: Session, world: World) -> None:
    booked = confirmed(session, world)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        refused = app.test_client().post(f"{link(booked)}/cancel")
        browser = app.test_client()
        page = browser.get(f"{link(booked)}/cancel", base_url="https://localhost").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        sent = browser.post(f"{link(booked)}/cancel", data={"csrf_token": token[1]}, base_url="https://localhost")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert refused.status_code == 400
    assert sent.status_code == 303, "a page without a Referer works over HTTPS too"


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


def test_instant_visits_are_confirmed_with_the_address(app: Flask, session: Session, instant: World) -> None:
    patient = patient_of(app, session, instant)
    page = patient.book()
    patient.post(f"{page}/code", code=facts_of(session, "visit.confirm_contact")["code"])
    done = words(patient.get(f"{page}/done"))
    assert "Your visit is confirmed" in done
    assert "Google Calendar" in done
    assert "cancel or move it until Sun 28 Feb, 9:00 am" in done


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
