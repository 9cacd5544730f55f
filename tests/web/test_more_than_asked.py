"""Every column of every table beside what the doors outside the practice ask for: none of it is taken."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.api.booking_shapes import BookingBody, CancelBody, ContactBody, RescheduleBody, ScreeningBody
from app.scheduling.models import Booking
from tests.api.test_bookings import body, book
from tests.referrals.house import verified_doctor
from tests.scheduling.world import World
from tests.support.accounts import PASSWORD, make_user, sign_in
from tests.support.columns import every_column, taken
from tests.web.scheduling.conftest import clock, patient, world
from tests.web.scheduling.journey import Patient

__all__ = ["clock", "patient", "world"]
ASKED = {
    "name", "email", "phone", "address", "note", "visit_for", "service", "location", "at", "language", "specialty",
    "weekdays", "first", "last", "label", "text", "password", "cautions", "practice", "npi", "suggested_visits",
}  # fmt: skip
"""What some of these forms do ask for."""


@dataclass
class Greedy:
    """A browser that sends the columns along with every form."""

    client: FlaskClient

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={**every_column(but=ASKED | {*(data or {})}), **(data or {})}, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


def test_a_guest_books_moves_and_cancels_with_what_is_asked_for(
    patient: Patient, session: Session, world: World
) -> None:
    patient.client = Greedy(patient.client)  # type: ignore[assignment]
    page = patient.book()
    for act in ("/resend", "/code", "/move", "/answer", "/messages", "/cancel"):
        patient.post(page + act, text="Hello")
    waiting = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    days = {"first": "2027-03-01", "last": "2027-03-05", "weekdays": ["0"], "part": "any"}
    joined = patient.post(waiting, **days, name="Pat", email="pat@example.test")
    assert joined.status_code == 303
    assert taken(session) == []
    made = session.scalars(select(Booking)).one()
    assert (made.state, made.price_cents, made.minutes, made.verified_at) == ("cancelled_by_patient", 9000, 60, None)


def test_a_doctor_and_an_account_take_no_more_than_they_ask_for(app: Flask, session: Session) -> None:
    verified_doctor(app)
    make_user(app)
    doctor, somebody = Greedy(app.test_client()), Greedy(app.test_client())
    sign_in(doctor, "doctor@practice.example")  # type: ignore[arg-type]
    sign_in(somebody)  # type: ignore[arg-type]
    form = {"specialty": "sciatica", "technique": "", "where": "", "radius": "25", "days": "90"}
    made = doctor.post("/referring/new", {**form, "go": "make"})
    assert made.status_code == 303
    doctor.post("/referring/new", {**form, "go": "template", "template_name": "Usual"})
    doctor.post(f"{made.location}/mail", {"email": "pat@example.test"})
    doctor.post("/referring/profile", {"name": "Dr. Testa Example", "practice": "Example Family Practice"})
    for path, data in (
        ("/account/name", {"name": "Ada Other"}),
        ("/account/language", {"language": "es"}),
        ("/account/change-email", {"email": "new@person.example"}),
        ("/account/password", {"password": PASSWORD, "new_password": "another lantern meadow 43"}),
        ("/referring/start", {"npi": "1234567893", "name": "Ada Sample", "practice": "A practice"}),
    ):
        assert somebody.post(path, data).status_code < 400, path
    assert taken(session) == []


def test_the_api_refuses_each_member_that_it_does_not_ask_for(
    client: FlaskClient, session: Session, world: World
) -> None:
    assert {"price_cents", "state", "therapist.claimed"} <= {*every_column()}
    asked = {name for model in (BookingBody, ContactBody, ScreeningBody) for name in model.model_fields}
    whole = body(world)
    for name in every_column(but=asked):
        for more in (
            {name: 1},
            {"contact": {**whole["contact"], name: 1}},
            {"screening": {**whole["screening"], name: 1}},
        ):
            assert book(client, {**whole, **more}).status_code == 422, name
    booked = world.requested()
    session.commit()
    for path, model in (("cancel", CancelBody), ("reschedule", RescheduleBody)):
        sound = {} if path == "cancel" else {"starts_at": whole["starts_at"], "location": world.location_id}
        for name in every_column(but=model.model_fields):
            answer = client.post(f"/api/v1/bookings/{booked.token}/{path}", json={**sound, name: 1})
            assert answer.status_code == 422, name
    assert session.scalars(select(Booking.state)).all() == ["requested"]
