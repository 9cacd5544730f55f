"""What was never shown is refused with a clear reason, for page and API alike."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.errors import Conflict, Invalid, NotFound
from app.scheduling import queries
from app.scheduling.safety import Screening
from tests.scheduling.world import CLEAR, MONDAY, World, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (MONDAY - timedelta(days=4), "time-past"),
        (MONDAY - timedelta(days=3) + HOUR, "time-too-soon"),
        (MONDAY + timedelta(days=70), "time-too-far"),
        (MONDAY + timedelta(minutes=7), "time-off-grid"),
        (datetime(2027, 3, 1, 9), "time-naive"),  # noqa: DTZ001
    ],
)
def test_a_time_that_was_never_shown_is_refused_with_a_clear_reason(world: World, at: datetime, code: str) -> None:
    refused(code, Invalid, world.book, at)


def test_a_time_outside_the_hours_is_refused(world: World) -> None:
    refused("time-taken", Conflict, world.book, MONDAY - HOUR)
    refused("time-taken", Conflict, world.book, MONDAY + 7.25 * HOUR)


def test_another_therapists_service_or_place_is_refused(world: World) -> None:
    other = World.make(world.session)
    refused("not-bookable", NotFound, world.book, MONDAY, location_id=other.location_id)
    refused("not-bookable", NotFound, world.book, MONDAY, service_id=other.service_id)


def test_the_price_is_the_services_and_stays_what_was_agreed(world: World) -> None:
    booked = world.book(MONDAY)
    assert queries.visit(world.session, booked.token).price_cents == 9000


def test_answers_to_questions_of_yesterday_are_asked_again(world: World) -> None:
    refused("answers-old", Invalid, world.book, MONDAY, screening=replace(CLEAR, version="2020-01"))


@pytest.mark.parametrize(
    ("answers", "code"),
    [({"saddle": True}, "emergency"), ({"fever": True}, "see-doctor-first"), ({"heart": None}, "answers-missing")],
)
def test_the_safety_questions_are_enforced(world: World, answers: dict[str, Any], code: str) -> None:
    given = {name: yes for name, yes in {**CLEAR.answers, **answers}.items() if yes is not None}
    refused(code, Invalid, world.book, MONDAY, screening=Screening(given))
