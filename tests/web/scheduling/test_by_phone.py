"""Requests by telephone number alone, on the page and through the API: possible, capped, and said plainly."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.doors.limits import LIMITS, limiter
from app.scheduling import services
from app.scheduling.services.limits import MOST_UNPROVED
from tests.core.test_dispatch_again import in_the_way
from tests.scheduling.world import CLEAR, MONDAY, World, person
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.journey import Patient, words

HOUR = timedelta(hours=1)
MOST_HERE = int(LIMITS["LIMIT_PHONE"].partition(" ")[0])


@pytest.fixture
def limited(app: Flask) -> Iterator[None]:
    limiter.reset()
    app.config["RATE_LIMITS"] = True
    yield
    app.config["RATE_LIMITS"] = False
    limiter.reset()


def ask(patient: Patient, world: World, key: str, contact: dict[str, str]) -> TestResponse:
    body = {
        "service": world.service_id,
        "location": world.location_id,
        "starts_at": MONDAY.isoformat(),
        "contact": {"name": "Pat Example", **contact},
        "screening": {"answers": CLEAR.answers},
    }
    return patient.client.post("/api/v1/bookings", json=body, headers={"Idempotency-Key": key})


def test_the_review_says_that_they_call_and_by_when(patient: Patient) -> None:
    review = words(patient.get(patient.to_review(email="", phone="(512) 555-0123")))
    assert "answers within 12 hours" in review
    assert "you left no e-mail address, so they call you" in review.casefold()
    assert "24 hours" in words(patient.get(patient.to_review()))


def test_all_that_is_wrong_with_the_contact_is_told_at_once(patient: Patient) -> None:
    key = patient.to_review().rpartition("/book/")[2].partition("/")[0]
    said = words(patient.post(patient.step(key, "contact"), whose="other", name="Pat", email="nope", phone="12"))
    for wrong in ("tell us who comes", "not look like an e-mail address", "not look like a phone number"):
        assert wrong in said


def test_a_visit_that_is_soon_promises_no_longer_answer_than_there_is(
    patient: Patient, clock: time_machine.Traveller
) -> None:
    clock.move_to(MONDAY - 6 * HOUR)
    review = words(patient.get(patient.to_review()))
    assert "answers within" not in review
    assert "would answer by Mon 1 Mar" in review


def test_a_full_list_of_phone_requests_asks_for_an_address_and_keeps_what_was_typed(
    patient: Patient, world: World
) -> None:
    for number in range(MOST_UNPROVED):
        world.book(MONDAY + (number + 1) * HOUR, contact=person(email=None, phone=f"(512) 555-013{number}"))
    world.session.commit()
    review = patient.to_review(email="", phone="(512) 555-0123", note="Left side")
    refused = patient.send(review)
    assert refused.status_code == 403
    assert "leave an e-mail address, or call" in refused.text
    contact = review.replace("/review", "/contact")
    assert f'href="{contact}"' in refused.text
    assert "Left side" in patient.get(contact).text
    sent = patient.post(contact, whose="me", name="Pat Example", email="pat@example.test", phone="(512) 555-0123")
    assert sent.location == review
    assert patient.send(review).status_code == 303


def test_several_dates_by_phone_alone_are_refused_with_a_way_on(patient: Patient) -> None:
    review = patient.to_review(email="", phone="(512) 555-0123")
    assert "we need an e-mail address" in patient.get(review.replace("/review", "/repeat")).text
    patient.post(review.replace("/review", "/repeat"), every="1", count="3", go="take")
    refused = patient.send(review)
    assert refused.status_code == 422
    assert "leave an e-mail address to book several dates" in refused.text
    assert f'href="{review.replace("/review", "/contact")}">Change this' in refused.text


@pytest.mark.usefixtures("limited")
def test_one_network_address_asks_by_phone_a_few_times_an_hour(patient: Patient, session: Session) -> None:
    """Each time another therapist and another number: only the network address is the same."""
    for number in range(MOST_HERE):
        world = World.make(session)
        assert ask(patient, world, "one", {"phone": f"(512) 555-012{number}"}).status_code == 201
    world = World.make(session)
    refused = ask(patient, world, "one", {"phone": "(512) 555-0139"})
    assert (refused.status_code, refused.json["code"]) == (403, "too-many-unproved")  # type: ignore[index]
    assert ask(patient, world, "one", {"email": "pat@example.test"}).status_code == 201
    page = patient.send(patient.to_review(email="", phone="(512) 555-0140"))
    assert page.status_code == 403
    assert "leave an e-mail address, or call" in page.text


@pytest.mark.usefixtures("limited")
def test_the_same_request_sent_again_for_its_answer_is_not_one_more(patient: Patient, session: Session) -> None:
    world = World.make(session)
    sent = [ask(patient, world, "one", {"phone": "(512) 555-0123"}).status_code for _ in range(MOST_HERE + 1)]
    assert set(sent) == {201}


@pytest.mark.usefixtures("limited")
def test_work_that_the_database_wants_done_again_is_not_one_more(
    app: Flask, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = patient.to_review(email="", phone="(512) 555-0123")
    monkeypatch.setitem(app.config, "LIMIT_PHONE", "1 per hour")
    book, tries = services.book, []

    def in_the_way_once(*asked: Any) -> Any:
        tries.append(asked)
        if len(tries) == 1:
            raise in_the_way()
        return book(*asked)

    monkeypatch.setattr(services, "book", in_the_way_once)
    assert (patient.send(review).status_code, len(tries)) == (303, 2)


def test_the_therapist_is_told_that_nobody_checked_the_number(app: Flask, session: Session, clock: object) -> None:
    user_id = make_user(app, "wren@person.example", "patient", "therapist")
    world = World.make(session, user_id=user_id)
    by_phone = world.book(contact=person(email=None, phone="(512) 555-0123"))
    by_mail = world.requested(MONDAY + 2 * HOUR)
    session.commit()
    client = app.test_client()
    sign_in(client, "wren@person.example")
    assert "nobody has checked it" in client.get(f"/practice/visits/{by_phone.id}").text
    assert "nobody has checked it" not in client.get(f"/practice/visits/{by_mail.id}").text


def test_the_therapist_is_told_that_other_times_reach_nobody_by_mail(
    app: Flask, session: Session, clock: object
) -> None:
    user_id = make_user(app, "wren@person.example", "patient", "therapist")
    world = World.make(session, user_id=user_id)
    by_phone = world.book(contact=person(email=None, phone="(512) 555-0123"))
    by_mail = world.requested(MONDAY + timedelta(hours=2))
    session.commit()
    client = app.test_client()
    sign_in(client, "wren@person.example")
    pages = [client.get(f"/practice/visits/{one.id}/other-times").text for one in (by_phone, by_mail)]
    assert ["No mail reaches this person. Call (512) 555-0123" in page for page in pages] == [True, False]
