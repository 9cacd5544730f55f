"""A therapist who is signed in, with a practice of their own, and somebody who asks for a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.scheduling import queries, services
from app.scheduling.safety import QUESTIONS, Screening
from app.scheduling.services import Booked, BookingRequest, Contact
from app.scheduling.states import Actor
from tests import factories
from tests.support.accounts import make_user, sign_in

CLEAR = Screening({question.id: False for question in QUESTIONS})


def somebody(at: datetime | None) -> Contact:
    """Who asks for that time: for each time another person, so that nobody asks too often."""
    line = int(at.timestamp()) // 300 % 10_000 if at else 100
    return Contact("Pat Example", f"pat{line}@example.test", f"+1512555{line:04d}")


@dataclass
class Practice:
    """`client` is the therapist's browser; `id` the therapist's."""

    client: FlaskClient
    session: Session
    id: int
    location_id: int
    service_id: int

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/practice{path}")

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(f"/practice{path}", data=data)

    def free(self, count: int = 10) -> list[datetime]:
        self.session.rollback()
        now = clock.now()
        found = queries.free_times(self.session, self.service_id, now, now + timedelta(days=14), now)
        return [each.starts_at for each in found[4::8]][:count]

    def requested(self, at: datetime | None = None, **facts: Any) -> Booked:
        person = somebody(at)
        screening = facts.pop("screening", CLEAR)
        wanted = BookingRequest(
            self.service_id, self.location_id, at or self.free()[0], person, screening, verified=True, **facts
        )
        made = services.book(self.session, wanted, clock.now())
        self.session.commit()
        return made

    def confirmed(self, at: datetime | None = None, **facts: Any) -> Booked:
        made = self.requested(at, **facts)
        services.accept(self.session, made.id, Actor("therapist", self.id), clock.now())
        self.session.commit()
        return made

    def visit(self, booking_id: int) -> queries.Visit:
        self.session.rollback()
        return queries.visit_by_id(self.session, booking_id)


@pytest.fixture
def mine(app: Flask, session: Session, client: FlaskClient) -> Practice:
    user_id = make_user(app, "wren@person.example", "patient", "therapist")
    one = factories.practice(session, user_id)
    session.commit()
    sign_in(client, "wren@person.example")
    return Practice(client, session, one.id, one.locations[0].id, one.services[0].id)
