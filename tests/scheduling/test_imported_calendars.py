"""Imported calendars keep their owner busy, are synced politely, and belong to one practice; the own feed is secret."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.fetching import Gate
from app.doors import calendars as door
from app.scheduling import queries, services
from app.scheduling.models import CalendarFeed, ImportedBusy, ImportedCalendar
from tests.core.test_fetching import loopback, says, serving
from tests.scheduling.calendars.files import calendar, event
from tests.scheduling.world import MONDAY, World
from tests.support.accounts import make_user, sign_in

pytestmark = pytest.mark.databases

TEN = event("DTSTART;TZID=America/Chicago:20270301T100000", "DURATION:PT1H", "RRULE:FREQ=DAILY", "SUMMARY:Hidden title")


@pytest.fixture(autouse=True)
def friday() -> object:
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    user_id = make_user(app, "thea@person.example", "patient", "therapist")
    return World.make(session, mode="instant", user_id=user_id)


@pytest.fixture
def practice(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, "thea@person.example")
    return client


def free(world: World) -> set[str]:
    """The free starts of Monday, in UTC."""
    world.session.rollback()
    found = queries.free_times(world.session, world.service_id, MONDAY, MONDAY + timedelta(hours=9), world.now)
    return {f"{each.starts_at.astimezone(UTC):%H%M}" for each in found}


def open_gate(app: Flask, **facts: object) -> None:
    app.config["FETCH_GATE"] = loopback(**facts)


def only(session: Session) -> ImportedCalendar:
    session.rollback()
    session.expire_all()
    return session.scalars(select(ImportedCalendar)).one()


def test_a_calendar_by_address_takes_its_times_out_of_what_is_offered(
    app: Flask, practice: FlaskClient, world: World
) -> None:
    assert "1600" in free(world)
    with serving(says(calendar(*TEN))) as (port, _):
        open_gate(app)
        url = f"http://calendar.example:{port}/secret.ics"
        answer = practice.post("/practice/calendars/address", data={"name": "Private", "url": url})
    assert answer.status_code == 302
    assert not free(world) & {"1515", "1600", "1645"}
    assert {"1500", "1700"} <= free(world)
    shown = practice.get("/practice/calendars").text
    assert "Private" in shown
    assert "secret.ics" not in shown, "the address is a secret"
    assert "Hidden title" not in shown


def test_an_address_inside_the_network_is_refused_nothing_fetched_nothing_stored(
    app: Flask, practice: FlaskClient, world: World, session: Session
) -> None:
    app.config["FETCH_GATE"] = Gate()
    with serving(says(calendar(*TEN))) as (port, seen):
        for url in (f"http://127.0.0.1:{port}/", f"http://127.1:{port}/", "http://169.254.169.254/", "http://[::1]/"):
            answer = practice.post("/practice/calendars/address", data={"name": "Private", "url": url})
            assert answer.status_code == 422
            assert "must use the usual port" in answer.text or "private network" in answer.text
    assert not seen
    assert session.scalars(select(ImportedCalendar)).all() == []


def test_a_file_is_read_and_its_broken_events_are_shown(practice: FlaskClient, world: World, session: Session) -> None:
    file = calendar(*TEN, *event("DTSTART:20270230T100000Z", "SUMMARY:Hidden title", uid="bad@test"))
    answer = post_file(practice, file)
    assert answer.status_code == 302
    assert "1600" not in free(world)
    shown = practice.get("/practice/calendars").text
    assert "1 event was left out" in shown
    assert "20270230T100000Z" in shown
    assert "Hidden title" not in shown


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("events", "words"),
    [
        (TEN, "Its busy times are no longer offered"),
        (event("DTSTART:20200101T100000Z", "DURATION:PT1H"), "Is it the right one?"),
        (event("DTSTART:garbage"), "no busy time in it could be read"),
    ],
    ids=["busy", "past", "broken"],
)
def test_who_gave_the_wrong_file_is_told(
    practice: FlaskClient, world: World, events: tuple[str, ...], words: str
) -> None:
    post_file(practice, calendar(*events))
    assert words in practice.get("/practice/calendars").text


def test_what_is_no_calendar_is_refused_beside_the_field(practice: FlaskClient, world: World, session: Session) -> None:
    answer = post_file(practice, b"<html>")
    assert answer.status_code == 422
    assert "not a calendar file" in answer.text
    assert session.scalars(select(ImportedCalendar)).all() == []


def post_file(practice: FlaskClient, content: bytes) -> Any:
    return practice.post("/practice/calendars/file", data={"name": "File", "file": (BytesIO(content), "a.ics")})


def added(app: Flask, world: World, port: int) -> int:
    open_gate(app)
    row = services.add_calendar(
        world.session, world.therapist_id, "Private", f"http://calendar.example:{port}/", world.now
    )
    world.session.commit()
    return row.id


def knows(content: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"v1"'
        (says(b"", 304) if known else says(content, ETag='"v1"'))(handler)

    return answer


def test_every_quarter_of_an_hour_it_is_asked_whether_anything_changed(
    app: Flask, world: World, session: Session, friday: Any
) -> None:
    with serving(knows(calendar(*TEN))) as (port, seen), app.app_context():
        added(app, world, port)
        door.sync_due()
        door.sync_due()
        assert len(seen) == 1, "not before its time"
        friday.shift(timedelta(minutes=15))
        door.sync_due()
        assert seen[1]["if-none-match"] == '"v1"'
        assert "1600" not in free(world)
        friday.shift(timedelta(days=1, minutes=1))
        door.sync_due()
        assert "if-none-match" not in seen[2], "read anew once a day: repeats come within reach"
    row = only(session)
    assert row.synced_at == datetime.now(UTC)
    assert row.error == ""


def test_a_failure_is_shown_keeps_what_was_known_and_slows_the_asking_down(
    app: Flask, world: World, session: Session, friday: Any
) -> None:
    with app.app_context():
        with serving(says(calendar(*TEN))) as (port, _):
            calendar_id = added(app, world, port)
            assert door.sync(calendar_id) is None
        waits = []
        for _ in range(3):
            words = door.sync(calendar_id)
            assert words
            row = only(session)
            assert row.next_try_at
            waits.append(row.next_try_at - datetime.now(UTC))
    assert only(session).error == words
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)]
    assert "1600" not in free(world)


def test_an_error_of_the_server_is_said_plainly(app: Flask, world: World) -> None:
    with app.app_context(), serving(says(b"", 404)) as (port, _):
        assert "no calendar at this address" in (door.sync(added(app, world, port)) or "")


def test_removing_a_calendar_frees_its_times(practice: FlaskClient, world: World, session: Session) -> None:
    post_file(practice, calendar(*TEN))
    practice.post(f"/practice/calendars/{only(session).id}/remove")
    assert "1600" in free(world)
    assert session.scalars(select(ImportedBusy)).all() == []


def test_the_address_is_sealed_in_the_database(app: Flask, world: World, session: Session) -> None:
    with serving(says()) as (port, _):
        added(app, world, port)
    stored = session.connection().exec_driver_sql("SELECT url FROM imported_calendar").scalar_one()
    assert b"calendar.example" not in bytes(stored)


def make_feed(practice: FlaskClient) -> str:
    found = re.search(r"/calendar/[\w-]{27}\.ics", practice.post("/practice/calendars/feed").text)
    assert found
    return found[0]


def test_the_own_feed_holds_visits_and_nothing_that_was_written(
    practice: FlaskClient, client: FlaskClient, world: World, session: Session
) -> None:
    asked = world.request(note="Hidden words about my health", verified=True)
    booked = services.book(session, asked, world.now)
    session.commit()
    path = make_feed(practice)
    text = client.get(path).text
    assert "BEGIN:VEVENT" in text
    assert f"UID:visit-{booked.id}-" in text.replace("\r\n ", "")
    assert "Hidden" not in text
    assert "@example.test" not in text
    again = client.get(path, headers={"If-None-Match": client.get(path).headers["ETag"]})
    assert again.status_code == 304


def test_a_new_address_ends_the_old_one_and_only_a_hash_is_kept(
    practice: FlaskClient, client: FlaskClient, session: Session
) -> None:
    old = make_feed(practice)
    new = make_feed(practice)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    kept = session.scalars(select(CalendarFeed)).one()
    assert new.split("/")[-1].removesuffix(".ics") not in kept.token_hash
    assert new not in practice.get("/practice/calendars").text, "shown once"
    practice.post("/practice/calendars/feed/end")
    assert client.get(new).status_code == 404


@pytest.mark.parametrize("token", ["", "null", "A" * 27, "%27%20OR%201=1", "[]"])
def test_made_up_secrets_open_nothing(client: FlaskClient, world: World, token: str) -> None:
    assert client.get(f"/calendar/{token}.ics").status_code == 404
