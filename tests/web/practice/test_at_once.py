"""Somebody else changes the same thing while a form is on its way: it waits, sees the change, and asks again."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.clock import today
from app.core.sqlite import WRITING
from app.directory.models import Location, Service, Therapist
from app.scheduling import queries
from app.scheduling.models import Holiday, OpeningHours, SchedulingSettings
from tests.places import gazetteer
from tests.support.elsewhere import PATIENCE
from tests.web.practice.conftest import Practice
from tests.web.practice.test_page import hidden

pytestmark = pytest.mark.databases


@contextmanager
def meanwhile(
    mine: Practice, change: Callable[[Session], object], act: Callable[[], TestResponse]
) -> Iterator[Future[TestResponse]]:
    """`act` begins while another transaction of the same practice, which holds its lock and changed it, is open."""
    session = mine.session
    session.rollback()
    session.connection(execution_options=dict(WRITING))
    session.execute(select(Therapist.id).where(Therapist.id == mine.id).with_for_update())
    change(session)
    session.flush()
    started = threading.Event()

    def begin() -> TestResponse:
        started.set()
        return act()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(begin)
        assert started.wait(PATIENCE)
        with pytest.raises(TimeoutError):
            answer.result(timeout=0.5)
        session.commit()
        yield answer


def overtaken(mine: Practice, change: Update, act: Callable[[], TestResponse]) -> TestResponse:
    """The answer to `act`, which another tab's `change` was quicker than: it is told so, with 409."""
    with meanwhile(mine, lambda session: session.execute(change), act) as answer:
        said = answer.result(PATIENCE)
    assert said.status_code == 409
    return said


def stored(mine: Practice, column: Any) -> Any:
    mine.session.rollback()
    return mine.session.scalars(select(column)).all()


def test_a_place(mine: Practice) -> None:
    gazetteer.fill(mine.session)
    mine.session.commit()
    path = f"/places/{mine.location_id}"
    seen = hidden(mine.get(path).text, "seen")
    form = {
        "kind": "home_visits",
        "where": "Austin, TX",
        "radius": "10",
        "side_lying": "",
        "name": "Mine",
        "seen": seen,
    }
    overtaken(mine, update(Location).values(name="Theirs"), lambda: mine.post(path, **form))
    assert stored(mine, Location.name) == ["Theirs"]


def test_a_service(mine: Practice) -> None:
    path = f"/services/{mine.service_id}"
    form = {"name": "Mine", "minutes": "60", "seen": hidden(mine.get(path).text, "seen")}
    overtaken(mine, update(Service).values(name="Theirs"), lambda: mine.post(path, **form))
    assert stored(mine, Service.name) == ["Theirs"]


def test_hours(mine: Practice) -> None:
    path = f"/places/{mine.location_id}/hours"
    form = {"d0-0-opens": "06:00", "d0-0-closes": "07:00", "seen": hidden(mine.get(path).text, "seen")}
    page = overtaken(mine, update(OpeningHours).values(opens=600), lambda: mine.post(path, **form))
    assert hidden(page.text, "seen") != form["seen"], "saving again keeps what was typed"
    assert set(stored(mine, OpeningHours.opens)) == {600}


def test_rules(mine: Practice) -> None:
    mine.post("/rules", **rules(mine))
    form = rules(mine)
    overtaken(mine, update(SchedulingSettings).values(minimum_notice=4320), lambda: mine.post("/rules", **form))
    assert stored(mine, SchedulingSettings.minimum_notice) == [4320]


def rules(mine: Practice) -> dict[str, str]:
    chosen = {
        "booking_mode": "request", "minimum_notice": "60", "horizon_days": "60", "grid_minutes": "30",
        "accept_hours": "24", "cancel_cutoff": "1440", "reschedule_cutoff": "1440", "travel_minutes": "0",
        "most_open_requests": "3",
    }  # fmt: skip
    return {**chosen, "seen": hidden(mine.get("/rules").text, "seen")}


def test_two_holidays_are_both_kept(mine: Practice) -> None:
    first, second = today() + timedelta(days=30), today() + timedelta(days=31)
    theirs = lambda session: session.add(Holiday(therapist_id=mine.id, day=first, name="Eve"))  # noqa: E731
    form = {"holiday": second.isoformat(), "holiday_name": "Day"}
    with meanwhile(mine, theirs, lambda: mine.post("/time-off/holidays", **form)) as answer:
        assert answer.result(PATIENCE).status_code == 303
    assert sorted(stored(mine, Holiday.name)) == ["Day", "Eve"]


def test_a_booking_that_came_meanwhile_is_listed_before_time_off_is_saved(mine: Practice) -> None:
    at = mine.free()[0]
    form = {"first": at.date().isoformat(), "last": at.date().isoformat(), "location": "0"}
    mine.session.rollback()
    answer = mine.post("/time-off/add", **form)
    assert answer.status_code == 303
    assert queries.time_off(mine.session, mine.id, at)
    mine.session.rollback()
    mine.post(f"/time-off/{queries.time_off(mine.session, mine.id, at)[0].id}/remove")
    mine.session.rollback()
    made = mine.confirmed(at)
    asked = mine.post("/time-off/add", **form, seen="")
    assert asked.status_code == 409
    assert hidden(asked.text, "seen") == str(made.id)
    assert mine.post("/time-off/add", **form, seen=str(made.id)).status_code == 303


def test_a_second_press_in_the_set_up_makes_no_second_service(mine: Practice) -> None:
    form = {"name": "Massage", "price": "90", "booking_mode": "request", "specialties": "sciatica"}
    for _ in range(2):
        assert mine.post("/start/services", **form).status_code == 303
    assert stored(mine, Service.minutes) == [60]
