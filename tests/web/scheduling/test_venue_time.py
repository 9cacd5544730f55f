"""Everywhere that a visit is spoken of, its time is that of the place, whatever the machine's and the reader's (case 5)."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notifications.models import OutboxMessage
from app.scheduling import services
from app.scheduling.models import Booking
from tests.scheduling.mails import written
from tests.scheduling.world import MONDAY, World
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words

NINE = MONDAY + timedelta(hours=4)
"""Nine in the morning in Honolulu; one in the afternoon in Austin, four on Tuesday morning in Tokyo."""
SAID, ZONE, LOCAL = "Mon 1 Mar, 9:00 am", "Hawaii-Aleutian Time", "2027-03-01T09:00:00-10:00"


@pytest.fixture
def machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as here:
        here.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def world(app: Flask, session: Session, clock: object, machine_in_tokyo: None) -> World:
    user_id = make_user(app, "wren@person.example", "patient", "therapist")
    return World.make(session, user_id=user_id, time_zone="Pacific/Honolulu")


@pytest.fixture
def theirs(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "wren@person.example")
    return client


def facts_of(session: Session, kind: str) -> dict[str, str]:
    session.rollback()
    facts = session.scalars(select(OutboxMessage.facts).where(OutboxMessage.kind == kind)).one()
    found: dict[str, str] = json.loads(facts or "{}")
    return found


def test_from_the_first_look_to_the_reminder(
    patient: Patient, theirs: FlaskClient, world: World, session: Session
) -> None:
    strip = patient.get(f"/therapists/{patient.slug}/times?from=2027-03-01").text
    assert f'datetime="{LOCAL}"' in strip
    assert ZONE in strip
    review = patient.to_review(NINE)
    assert f"{SAID}" in words(patient.get(review))
    page = str(patient.send(review).location).removesuffix("/done")
    said_in_mail(session, world, "confirm_contact")
    session.rollback()
    right = patient.post(f"{page}/code", code=facts_of(session, "visit.confirm_contact")["code"])
    assert right.location == f"{page}/done"
    booked = session.scalars(select(Booking)).one()
    for path in (page, f"{page}/done", f"{page}/cancel", f"{page}/move"):
        shown = words(patient.get(path))
        assert SAID in shown, path
    for path in ("/practice/", f"/practice/visits/{booked.id}"):
        assert SAID in theirs.get(path).text, path
    said_in_mail(session, world, "requested", "new_request")
    services.accept(session, booked.id, world.me, world.now)
    session.commit()
    said_in_mail(session, world, "confirmed", "reminder")


def said_in_mail(session: Session, world: World, *kinds: str) -> None:
    session.rollback()
    for kind in kinds:
        message = written(world, f"visit.{kind}")
        for text in (message.text, unescape(message.html or "")):
            assert f"{SAID} ({ZONE})" in " ".join(text.split()), kind


def test_in_calendars_and_for_programs(patient: Patient, theirs: FlaskClient, world: World, session: Session) -> None:
    times = patient.client.get(f"/api/v1/therapists/{patient.slug}/times?service={world.service_id}&from=2027-03-01")
    assert times.json["time_zone"] == "Pacific/Honolulu"  # type: ignore[index]
    assert LOCAL in [each["starts_at"] for each in times.json["times"]]  # type: ignore[index]
    token = world.confirmed(NINE).token
    session.commit()
    told = patient.client.get(f"/api/v1/bookings/{token}").json
    assert (told["starts_at"], told["time_zone"]) == (LOCAL, "Pacific/Honolulu")  # type: ignore[index]
    feed = re.search(r"/calendar/[\w-]{27}\.ics", theirs.post("/practice/calendars/feed").text)
    assert feed
    files = [patient.client.get(path).data for path in (f"/visits/{token}/visit.ics", feed[0])]
    files.append(written(world, "visit.confirmed").attachments[0].content)
    for file in files:
        (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
        assert b"DTSTART;TZID=Pacific/Honolulu:20270301T090000" in file
        assert (event.start, event.end) == (NINE, NINE + timedelta(hours=1))
    page = patient.get(f"/visits/{token}").text
    google, outlook = (
        parse_qs(urlsplit(unescape(link)).query)
        for link in re.findall(r'href="(https://(?:calendar\.google|outlook)[^"]+)"', page)
    )
    assert (google["dates"], google["ctz"]) == (["20270301T190000Z/20270301T200000Z"], ["Pacific/Honolulu"])
    assert (outlook["startdt"], outlook["enddt"]) == (["2027-03-01T19:00:00+00:00"], ["2027-03-01T20:00:00+00:00"])


def test_on_the_list_of_ones_visits(app: Flask, patient: Patient, world: World, session: Session) -> None:
    booked = world.confirmed(NINE)
    services.mail_visits_link(session, str(session.get_one(Booking, booked.id).email), world.now)
    session.commit()
    token = facts_of(session, "visits.link")["token"]
    assert SAID in words(patient_of(app, session, world).get(f"/visits/mine/{token}"))
