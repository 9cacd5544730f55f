"""Whatever is sent to the booking part of the API: what the document says comes back, and never an error of ours."""

from collections.abc import Iterator

import pytest
import schemathesis
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from app.directory.models import Therapist
from tests.api.test_bookings import body
from tests.scheduling.world import World

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOORS = [
    ("GET", "/api/v1/safety-questions"),
    ("GET", "/api/v1/therapists/{slug}/times"),
    ("POST", "/api/v1/bookings"),
    ("GET", "/api/v1/bookings/{token}"),
    ("POST", "/api/v1/bookings/{token}/cancel"),
    ("POST", "/api/v1/bookings/{token}/reschedule"),
]
few = settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture
def world(app: Flask, session: Session) -> Iterator[World]:
    with time_machine.travel(World.now, tick=False):
        world = World.make(session)
        session.commit()
        yield world


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_any_input_is_answered_as_the_document_says(
    app: Flask, session: Session, world: World, method: str, path: str
) -> None:
    """Half of the cases speak of things that there are, so that they come further than to "not found"."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    booked = world.requested()
    known = {"slug": session.get_one(Therapist, world.therapist_id).slug, "token": booked.token}
    sound = body(world)
    session.commit()

    @few
    @given(case=schema[path][method].as_strategy(), real=st.booleans())
    def check(case: schemathesis.Case, real: bool) -> None:
        if real:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            if isinstance(case.query, dict) and "service" in case.query:
                case.query["service"] = world.service_id
            if isinstance(case.body, dict) and path.endswith("bookings"):
                case.body = {name: case.body.get(name, value) for name, value in sound.items()}
        case.call_and_validate(checks=CHECKS)

    check()
