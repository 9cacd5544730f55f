"""One network address books, guesses and makes us mail only so often; whoever only looks is not counted (case 16)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask_limiter import Limiter
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.doors.limits import limiter
from app.notifications.models import OutboxMessage
from app.scheduling.models import Booking, WaitlistEntry
from tests.api.test_bookings import body, book
from tests.scheduling.world import MONDAY, World
from tests.support.html import problems_of
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words

FEW = "2 per minute"


@pytest.fixture(autouse=True)
def limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("LIMIT_BOOK", "LIMIT_CODE", "LIMIT_MAIL"):
        monkeypatch.setitem(app.config, name, FEW)
    monkeypatch.setitem(app.config, "RATE_LIMITS", True)
    limiter.reset()
    yield
    limiter.reset()


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_booking_by_the_pages(app: Flask, session: Session, world: World) -> None:
    """Each browser is another, the address is one; what was typed is still there a minute later."""
    patients = [patient_of(app, session, world) for _ in range(3)]
    reviews = []
    for number, each in enumerate(patients):
        limiter.reset()
        reviews.append(each.to_review(MONDAY + timedelta(hours=number), email=f"pat{number}@example.test"))
    limiter.reset()
    sent = [each.send(review) for each, review in zip(patients, reviews, strict=True)]
    assert [each.status_code for each in sent[:2]] == [303, 303]
    refused(sent[2])
    assert not problems_of(sent[2].text)
    assert count(session, Booking) == 2
    for _ in range(5):
        assert patients[2].get(reviews[2]).status_code == 200
    limiter.reset()
    assert patients[2].send(reviews[2]).status_code == 303


def test_booking_by_programs(patient: Patient, session: Session, world: World) -> None:
    answers = [book(patient.client, body(world, MONDAY + timedelta(hours=n)), f"key-{n}") for n in range(3)]
    assert [each.status_code for each in answers[:2]] == [201, 201]
    refused(answers[2])
    assert answers[2].mimetype == "application/problem+json"
    assert count(session, Booking) == 2


def test_guessing_codes(patient: Patient) -> None:
    limiter.reset()
    page = patient.book()
    guesses = [patient.post(f"{page}/code", code="000000") for _ in range(3)]
    assert {each.status_code for each in guesses[:2]} <= {303, 422}
    refused(guesses[2])


def test_mails_that_anybody_can_ask_for(patient: Patient, session: Session, world: World) -> None:
    world.confirmed()
    session.commit()
    asked = [patient.post("/visits", email=f"pat{number}@example.test") for number in range(3)]
    assert [each.status_code for each in asked[:2]] == [303, 303]
    refused(asked[2])
    limiter.reset()
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    wish = {"first": "2027-03-01", "last": "2027-03-05", "weekdays": ["0"], "part": "any", "name": "Pat"}
    joined = [patient.post(place, **wish, email=f"pat{number}@example.test") for number in range(3)]
    assert [each.status_code for each in joined[:2]] == [303, 303], words(joined[0])
    refused(joined[2])
    assert count(session, WaitlistEntry) == 2
    kinds = session.scalars(select(OutboxMessage.kind).where(OutboxMessage.kind == "waitlist.confirm"))
    assert len(kinds.all()) == 2


def test_a_view_with_caps_of_its_own_is_looked_at_once(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[bool] = []

    def look(_self: Limiter, _name: str | None = None, in_middleware: bool = True) -> None:
        before.append(in_middleware)

    monkeypatch.setattr(Limiter, "_check_request_limit", look)
    client = app.test_client()
    client.get("/api/v1/safety-questions")
    assert book(client, body(world)).status_code == 201
    assert before == [True, False]
