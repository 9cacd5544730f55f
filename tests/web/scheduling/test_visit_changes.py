"""What its person does to a visit on its page: confirm, cancel, move, answer, write. It is said before it is done."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.scheduling import services
from app.scheduling.queries import visit
from tests.scheduling.world import MONDAY, World
from tests.support.html import problems_of
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words
from tests.web.scheduling.visiting import confirmed, facts_of, link

pytestmark = pytest.mark.databases


def state(session: Session, page: str) -> str:
    session.rollback()
    return visit(session, page.rpartition("/")[2]).state


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


@pytest.mark.databases("sqlite")
def test_who_is_blocked_is_told_once_the_address_is_proved(patient: Patient, session: Session, world: World) -> None:
    page = patient.book()
    facts = facts_of(session, "visit.confirm_contact")
    services.block(session, world.therapist_id, visit(session, page.rpartition("/")[2]).email or "")
    session.commit()
    code, button = patient.post(f"{page}/code", code=facts["code"]), patient.post(f"/visits/confirm/{facts['confirm']}")
    for answer in (code, button):
        assert answer.status_code == 403
        assert "cannot take this booking online. Please call." in words(answer)
        assert not problems_of(answer.text)


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
    assert "Nothing was sent" in refused.text
    assert f'href="{link(booked)}/cancel">Open the page again' in refused.text
    assert sent.status_code == 303, "a page without a Referer works over HTTPS too"


def test_instant_visits_are_confirmed_with_the_address(app: Flask, session: Session, instant: World) -> None:
    patient = patient_of(app, session, instant)
    page = patient.book()
    patient.post(f"{page}/code", code=facts_of(session, "visit.confirm_contact")["code"])
    done = words(patient.get(f"{page}/done"))
    assert "Your visit is confirmed" in done
    assert "Google Calendar" in done
    assert "cancel or move it until Sun 28 Feb, 9:00 am" in done


def test_who_mistyped_the_address_begins_with_the_same_time_anew(patient: Patient, session: Session) -> None:
    held = patient.book(email="pat@exmaple.test")
    assert patient.get(patient.url()).location == held
    again = patient.post(f"{held}/again").location
    assert patient.get(again).status_code == 200
    assert state(session, held) == "cancelled_by_patient"
    other = patient.book(email="pat@example.test")
    assert (other != held, state(session, other)) == (True, "held")


def test_only_what_waits_for_its_code_is_let_go_for_that(patient: Patient, session: Session, world: World) -> None:
    page = link(confirmed(session, world))
    assert patient.post(f"{page}/again").location == page
    assert state(session, page) == "confirmed"


@pytest.mark.parametrize(
    ("reason", "says", "times"),
    [
        ("see_doctor", "Please see a doctor before you have a massage.", False),
        ("fully_booked", "The calendar is full.", True),
        ("other", "Nothing is booked", True),
    ],
)
def test_a_declined_request_says_why(
    patient: Patient, session: Session, world: World, reason: str, says: str, times: bool
) -> None:
    """Who should see a doctor first is shown no further times."""
    asked = world.requested()
    services.decline(session, asked.id, world.me, reason, world.now)
    session.commit()
    page = words(patient.get(link(asked)))
    assert says in page
    assert ("Choose another time" in page) is times


def test_the_last_page_promises_only_what_is_possible(
    patient: Patient, session: Session, world: World, clock: time_machine.Traveller
) -> None:
    page = link(confirmed(session, world))
    assert "There you can cancel, move the visit and write" in words(patient.get(f"{page}/done"))
    clock.move_to(MONDAY - timedelta(hours=1))
    late = words(patient.get(f"{page}/done"))
    assert "There you can write to the therapist." in late
    assert "cancel" not in late


def test_back_after_moving_asks_for_no_move_to_the_same_time(patient: Patient, session: Session, world: World) -> None:
    page = link(confirmed(session, world))
    shown = patient.get(f"{page}/move?at={MONDAY.isoformat().replace('+', '%2B')}&location={world.location_id}")
    assert "Choose another time" in words(shown)
    assert "Move to" not in words(shown)
