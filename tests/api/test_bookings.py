"""Booking through the API: what the page refuses is refused here, with the same reason, as a problem that says it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.directory.models import Location, Therapist
from app.scheduling import services
from app.scheduling.models import Booking
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything

HOUR = timedelta(hours=1)


@pytest.fixture
def world(app: Flask, session: Session) -> Iterator[World]:
    with time_machine.travel(World.now, tick=False):
        yield World.make(session)


def body(world: World, at: datetime = MONDAY, **facts: Any) -> dict[str, Any]:
    return {
        "service": world.service_id,
        "location": world.location_id,
        "starts_at": at.isoformat(),
        "contact": {"name": "Pat Example", "email": "pat@example.test"},
        "screening": {"answers": dict(CLEAR.answers)},
        **facts,
    }


def book(client: FlaskClient, wanted: dict[str, Any], key: str = "key-1") -> TestResponse:
    return client.post("/api/v1/bookings", json=wanted, headers={"Idempotency-Key": key})


def refused(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    told = answer.get_json()
    assert code in told["type"] or told.get("code") == code, told
    assert told["title"]


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Booking)) or 0


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        (MONDAY - timedelta(days=4), 422, "time-past"),
        (MONDAY - timedelta(days=3) + HOUR, 422, "time-too-soon"),
        (MONDAY + timedelta(days=70), 422, "time-too-far"),
        (MONDAY + timedelta(minutes=7), 422, "time-off-grid"),
        (MONDAY - HOUR, 409, "time-taken"),
    ],
)
def test_a_time_that_was_never_shown(
    client: FlaskClient, world: World, session: Session, at: datetime, status: int, code: str
) -> None:
    refused(book(client, body(world, at)), status, code)
    assert count(session) == 0


@pytest.mark.parametrize("name", ["price", "price_cents", "minutes", "buffer_before", "state", "therapist_id"])
def test_nobody_sends_a_price_or_a_state(client: FlaskClient, world: World, session: Session, name: str) -> None:
    assert book(client, body(world, **{name: 1})).status_code == 422
    assert count(session) == 0


@pytest.mark.databases
@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 3_000_000_000, 2**53])
def test_a_number_beyond_every_row_is_as_unknown_as_any_other(
    client: FlaskClient, world: World, session: Session, number: int
) -> None:
    """PostgreSQL refuses to look for a number that no row could have."""
    made = world.confirmed()
    slug = session.get_one(Therapist, world.therapist_id).slug
    session.commit()
    for name in ("service", "location"):
        refused(book(client, body(world, **{name: number}), f"key-{name}"), 404, "not-bookable")
    for asked in (f"service={number}", f"service={world.service_id}&location={number}"):
        refused(client.get(f"/api/v1/therapists/{slug}/times?{asked}"), 404, "service-unknown")
    later = {"starts_at": (MONDAY + 24 * HOUR).isoformat(), "location": number}
    refused(client.post(f"/api/v1/bookings/{made.token}/reschedule", json=later), 404, "not-bookable")
    assert count(session) == 1


def test_another_therapists_place_or_service(client: FlaskClient, world: World, session: Session) -> None:
    other = World.make(session)
    for facts in ({"location": other.location_id}, {"service": other.service_id}):
        refused(book(client, body(world, **facts)), 404, "not-bookable")
    assert count(session) == 0


def test_an_emergency_is_told_before_that_the_questions_are_old(client: FlaskClient, world: World) -> None:
    answers = {**CLEAR.answers, "saddle": True}
    refused(book(client, body(world, screening={"answers": answers, "version": "2020-01"})), 422, "emergency")


def test_answers_that_were_changed_are_shown_to_the_therapist(
    client: FlaskClient, world: World, session: Session
) -> None:
    """Of what is said to be changed, only what is a no now; what nobody asks is nothing."""
    said = {"answers": {**CLEAR.answers, "pregnancy": True}, "changed": ["saddle", "pregnancy", "invented"]}
    assert book(client, body(world, screening=said)).status_code == 201
    session.rollback()
    booking = session.scalars(select(Booking)).one()
    sealed = services.read_sealed(session, booking.id, world.me, world.now)
    assert sealed.evaluation is not None
    assert sealed.evaluation.changed == ("saddle",)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"saddle": True}, "emergency"), ({"fever": True}, "see-doctor-first"), (None, "answers-missing")],
)
def test_the_safety_questions(
    client: FlaskClient, world: World, session: Session, change: dict[str, bool] | None, code: str
) -> None:
    answers = {} if change is None else {**CLEAR.answers, **change}
    refused(book(client, body(world, screening={"answers": answers})), 422, code)
    assert count(session) == 0


def test_a_key_books_once_and_other_parameters_under_it_are_refused(
    client: FlaskClient, world: World, session: Session
) -> None:
    first, again = book(client, body(world)), book(client, body(world))
    assert first.status_code == 201
    assert first.get_json() == again.get_json()
    refused(book(client, body(world, MONDAY + HOUR)), 422, "idempotency")
    assert count(session) == 1
    assert client.post("/api/v1/bookings", json=body(world)).status_code == 422, "a key is needed"


def test_a_taken_time_offers_others(client: FlaskClient, world: World, session: Session) -> None:
    world.requested(MONDAY)
    session.commit()
    answer = book(client, body(world))
    refused(answer, 409, "time-taken")
    assert answer.get_json()["times"]
    assert all(each.endswith("-06:00") for each in answer.get_json()["times"]), "with the venue's offset"


def test_what_is_no_object_is_said_of_the_body(client: FlaskClient, world: World) -> None:
    answer = client.post("/api/v1/bookings", json=[1], headers={"Idempotency-Key": "k" * 20})
    refused(answer, 422, "invalid-parameter")
    assert answer.get_json()["field"] == "body"


@pytest.mark.parametrize("part", [b"[" * 50_000, b'{"screening": {"answers": {"\\ud800": true}}}', b'{"service": NaN}'])
def test_what_no_parser_should_swallow_is_refused(client: FlaskClient, world: World, part: bytes) -> None:
    answer = client.post(
        "/api/v1/bookings", data=part, content_type="application/json", headers={"Idempotency-Key": "k" * 20}
    )
    refused(answer, 422, "invalid-parameter")
    assert answer.get_json()["field"] == "body"


def slug_of(session: Session, world: World) -> str:
    return session.get_one(Therapist, world.therapist_id).slug


def test_free_times_of_days_are_those_of_the_venues_days(client: FlaskClient, world: World, session: Session) -> None:
    path = f"/api/v1/therapists/{slug_of(session, world)}/times?service={world.service_id}"
    found = client.get(f"{path}&from=2027-03-12&to=2027-03-15").get_json()["times"]
    assert {each["starts_at"][:10] for each in found} == {"2027-03-12", "2027-03-15"}
    assert {each["starts_at"][10:] for each in found if each["starts_at"].startswith("2027-03-15")} >= {
        "T09:00:00-05:00"
    }
    exact = client.get(f"{path}&from=2027-03-12T00:00:00-06:00&to=2027-03-16T00:00:00-05:00").get_json()["times"]
    assert exact == found


def test_api_page_and_booking_agree_on_what_is_free(client: FlaskClient, world: World, session: Session) -> None:
    """Case 6, as the day fills: what is shown can be booked, and what is not shown cannot."""
    slug = slug_of(session, world)

    def shown() -> set[datetime]:
        path = f"/api/v1/therapists/{slug}/times?service={world.service_id}&from=2027-03-01&to=2027-03-01"
        return {datetime.fromisoformat(each["starts_at"]) for each in client.get(path).get_json()["times"]}

    def on_the_page() -> set[datetime]:
        text = client.get(f"/therapists/{slug}/times?from=2027-03-01").text
        found = {
            datetime.fromisoformat(at) for at in re.findall(r'class="time" href[^>]*><time datetime="([^"]+)"', text)
        }
        return {at for at in found if at - MONDAY < 12 * HOUR}

    booked = 0
    for number in range(0, 33, 2):
        at = MONDAY + number * HOUR / 4
        free = shown()
        assert free == on_the_page() == set(world.free())
        session.rollback()
        contact = {"name": "Pat Example", "email": f"pat{number}@example.test"}
        answer = book(client, body(world, at, contact=contact), f"key-{number}")
        assert answer.status_code == (201 if at in free else 409), at
        booked += answer.status_code == 201
    assert (booked, shown()) == (8, set())


@pytest.mark.parametrize("days", ["from=2027-13-01", "from=2027-03-15&to=2027-03-12", "from=2027-03-01&to=2028-03-01"])
def test_days_that_are_none_or_too_many_are_refused(
    client: FlaskClient, world: World, session: Session, days: str
) -> None:
    answer = client.get(f"/api/v1/therapists/{slug_of(session, world)}/times?service={world.service_id}&{days}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_reading_and_looking_change_nothing(client: FlaskClient, world: World, session: Session) -> None:
    booked = world.confirmed()
    session.commit()
    path = f"/api/v1/bookings/{booked.token}"
    for method in (client.get, client.head):
        assert method(path).status_code == 200
        for act in ("/cancel", "/reschedule"):
            assert method(path + act).status_code == 405
    session.rollback()
    assert world.state(booked) == "confirmed"


def test_the_street_is_told_once_the_visit_is_confirmed(client: FlaskClient, world: World, session: Session) -> None:
    place = session.get_one(Location, world.location_id)
    place.street, place.address_public = "7 Hidden Lane", False
    booked = world.requested()
    session.commit()
    path = f"/api/v1/bookings/{booked.token}"
    before = client.get(path)
    assert before.get_json()["address"] is None
    assert "Hidden" not in before.text
    session.rollback()
    services.accept(session, booked.id, world.me, world.now)
    session.commit()
    assert client.get(path).get_json()["address"] == "7 Hidden Lane, Austin, TX 78701"


@pytest.mark.parametrize("mark", [services.attended, services.no_show])
def test_who_came_is_not_told(client: FlaskClient, world: World, session: Session, mark: Any) -> None:
    """As on the page: it is the therapist's own note."""
    booked = world.confirmed()
    begun = MONDAY - timedelta(minutes=10)
    mark(session, booked.id, world.me, begun)
    session.commit()
    path = f"/api/v1/bookings/{booked.token}"
    with time_machine.travel(begun, tick=False):
        assert client.get(path).get_json()["state"] == "confirmed"
        told = client.post(f"{path}/cancel", json={}).text + client.post(f"{path}/reschedule", json={}).text
    assert "attended" not in told
    assert "no_show" not in told


def test_a_request_that_nobody_answered_has_ended_at_once(client: FlaskClient, world: World, session: Session) -> None:
    booked = world.requested()
    session.commit()
    assert booked.expires_at
    for at, state in ((booked.expires_at - HOUR, "requested"), (booked.expires_at, "expired")):
        with time_machine.travel(at, tick=False):
            assert client.get(f"/api/v1/bookings/{booked.token}").get_json()["state"] == state


def test_the_cut_off_holds_here_too(client: FlaskClient, world: World, session: Session) -> None:
    services.set_scheduling(session, world.therapist_id, {"cancel_cutoff": 2880, "reschedule_cutoff": 2880}, world.now)
    booked = world.confirmed()
    session.commit()
    path = f"/api/v1/bookings/{booked.token}"
    later = {"starts_at": (MONDAY + 2 * HOUR).isoformat(), "location": world.location_id}
    with time_machine.travel(MONDAY - 47 * HOUR, tick=False):
        refused(client.post(f"{path}/cancel", json={}), 403, "past-cutoff")
        refused(client.post(f"{path}/reschedule", json=later), 403, "past-cutoff")
    session.rollback()
    assert world.state(booked) == "confirmed"


def test_moving_and_cancelling(client: FlaskClient, world: World, session: Session) -> None:
    made = book(client, body(world)).get_json()
    path = f"/api/v1/bookings/{made['token']}"
    booked = session.scalars(select(Booking)).one()
    booked_id = booked.id
    session.rollback()
    same = {"starts_at": MONDAY.isoformat(), "location": world.location_id}
    assert made["state"] == "held"
    refused(client.post(f"{path}/reschedule", json=same), 422, "same-time")
    assert client.post(f"{path}/cancel", json={"scope": "one"}).get_json()["state"] == "cancelled_by_patient"
    assert client.post(f"{path}/cancel", json={}).status_code == 409
    session.rollback()
    assert session.get_one(Booking, booked_id).state == "cancelled_by_patient"
    check_everything(session)
