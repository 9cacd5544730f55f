"""A visit moves to another time, and to another place of the same therapist where the treatment is offered."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory.models import Location, Service
from app.scheduling import queries, services
from app.scheduling.models import Booking
from tests.scheduling.test_emails import written
from tests.scheduling.world import MONDAY, World, check_everything
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


@dataclass
class Two:
    """A therapist with two places an hour apart on the clock; the patient, and the therapist's browser."""

    world: World
    elsewhere: int
    patient: Patient
    theirs: FlaskClient

    def confirmed(self) -> Booking:
        booked = self.world.confirmed(MONDAY)
        self.world.session.commit()
        return self.world.session.get_one(Booking, booked.id)

    def links(self, path: str) -> list[str]:
        found = re.findall(r'href="(/visits/[^"]+/move\?at=[^"]+)"', self.patient.get(path).text)
        return [unescape(each) for each in found]


@pytest.fixture
def two(app: Flask, session: Session, clock: object) -> Two:
    user_id = make_user(app, "wren@person.example", "patient", "therapist")
    world = World.make(session, user_id=user_id)
    other = Location(
        therapist_id=world.therapist_id, name="The River Room", street="7 Hidden Lane", address_public=False,
        city="El Paso", region="TX", lat=31.76, lon=-106.49, time_zone="America/Denver",
    )  # fmt: skip
    session.add(other)
    session.flush()
    world.set_hours(range(5), other.id)
    session.commit()
    theirs = app.test_client()
    sign_in(theirs, "wren@person.example")
    return Two(world, other.id, patient_of(app, session, world), theirs)


def test_a_patient_asks_for_another_place(two: Two, session: Session) -> None:
    booked = two.confirmed()
    move = f"/visits/{booked.token}/move"
    page = words(two.patient.get(move))
    assert "Where" in page
    assert "El Paso, TX" in page
    assert "Hidden Lane" not in two.patient.get(move).text
    there = two.links(f"{move}?location={two.elsewhere}")
    asked = two.patient.get(there[5])
    assert "El Paso, TX" in words(asked)
    assert "Mountain Time" in words(asked)
    form = dict(re.findall(r'name="(at|location)" value="([^"]+)"', asked.text))
    assert form["location"] == str(two.elsewhere)
    assert two.patient.post(move, **form).status_code == 303
    session.rollback()
    assert (booked.new_location_id, booked.location_id) == (two.elsewhere, two.world.location_id)
    mail = written(two.world, "visit.ask_move")
    assert "The River Room" in mail.text
    for path in ("/practice/", f"/practice/visits/{booked.id}"):
        assert "The River Room" in two.theirs.get(path).text, path
    two.theirs.post(f"/practice/visits/{booked.id}/agree")
    session.rollback()
    assert (booked.location_id, booked.time_zone) == (two.elsewhere, "America/Denver")
    assert booked.starts_at == datetime.fromisoformat(form["at"])
    check_everything(session)


def test_the_times_around_the_visit_are_shown_first(two: Two, session: Session) -> None:
    booked = two.world.confirmed(MONDAY + timedelta(days=14))
    session.commit()
    days = {each[each.index("at=") + 3 :][:10] for each in two.links(f"/visits/{booked.token}/move")}
    visit = (MONDAY + timedelta(days=14)).date()
    assert min(days) >= (visit - timedelta(days=3)).isoformat()
    assert visit.isoformat() in days


def test_a_request_moves_to_another_place_at_once(two: Two, session: Session) -> None:
    token = two.world.requested().token
    session.commit()
    at = two.links(f"/visits/{token}/move?location={two.elsewhere}")[0].partition("at=")[2].partition("&")[0]
    two.patient.post(f"/visits/{token}/move", at=at.replace("%3A", ":"), location=str(two.elsewhere))
    session.rollback()
    assert queries.visit(session, token).location_id == two.elsewhere


@pytest.mark.parametrize(("place", "status"), [("", 303), ("x", 303), ("-1", 303), ("0", 303), ("999999", 404)])
def test_what_is_no_place_is_as_if_none_was_chosen(two: Two, session: Session, place: str, status: int) -> None:
    booked = two.confirmed()
    move = f"/visits/{booked.token}/move"
    own = two.patient.get(f"{move}?location={place}")
    assert own.status_code == 200
    assert f"location={two.world.location_id}" in own.text
    said = two.patient.post(move, at=(MONDAY + 3 * HOUR).isoformat(), location=place)
    session.rollback()
    assert said.status_code == status
    assert booked.new_location_id == (two.world.location_id if status == 303 else None)


def test_a_place_of_another_therapist_is_refused(two: Two, session: Session) -> None:
    booked, stranger = two.confirmed(), World.make(session)
    said = two.patient.post(
        f"/visits/{booked.token}/move", at=(MONDAY + 3 * HOUR).isoformat(), location=str(stranger.location_id)
    )
    assert said.status_code == 404
    session.rollback()
    assert booked.new_starts_at is None


def test_one_place_is_not_asked_for(patient: Patient, world: World) -> None:
    booked = world.confirmed()
    world.session.commit()
    assert "where-title" not in patient.get(f"/visits/{booked.token}/move").text


def test_what_is_offered_nowhere_any_more_is_moved_by_phone(two: Two, session: Session) -> None:
    booked = two.confirmed()
    session.get_one(Service, two.world.service_id).active = False
    session.commit()
    assert "not offered online" in words(two.patient.get(f"/visits/{booked.token}/move"))
    late = two.patient.post(f"/visits/{booked.token}/move", at=(MONDAY + 3 * HOUR).isoformat())
    assert late.status_code == 404


# What the therapist proposes


@pytest.mark.parametrize("grid", [10, 15, 60])
def test_other_times_follow_the_therapists_own_grid(two: Two, session: Session, grid: int) -> None:
    services.set_scheduling(session, two.world.therapist_id, {"grid_minutes": grid}, two.world.now)
    booked = two.world.requested(MONDAY)
    session.commit()
    page = two.theirs.get(f"/practice/visits/{booked.id}/other-times").text
    offered = {datetime.fromisoformat(at) for at in re.findall(r'name="times" value="([^"]+)"', page)}
    free = set(two.world.free(MONDAY, 1, location_id=two.world.location_id))
    assert {at for at in offered if MONDAY.date() == at.date()} >= free
    assert {at.minute for at in offered} == set(range(0, 60, grid))


def test_other_times_at_another_place(two: Two, session: Session) -> None:
    booked = two.world.requested(MONDAY)
    session.commit()
    path = f"/practice/visits/{booked.id}/other-times"
    page = two.theirs.get(f"{path}?location={two.elsewhere}").text
    times = re.findall(r'name="times" value="([^"]+)"', page)
    assert f'name="location" value="{two.elsewhere}"' in page
    assert two.theirs.post(path, data={"times": times[3], "location": two.elsewhere}).status_code == 303
    shown = two.patient.get(f"/visits/{booked.token}")
    assert "El Paso" in shown.text
    at = re.search(r'name="at" value="([^"]+)"', shown.text)
    assert at
    two.patient.post(f"/visits/{booked.token}/other-time", at=at[1])
    session.rollback()
    visit = queries.visit(session, booked.token)
    assert (visit.state, visit.location_id) == ("confirmed", two.elsewhere)
    assert visit.starts_at == datetime.fromisoformat(times[3])


def test_a_move_lists_the_free_times_of_the_place_that_is_chosen(two: Two, session: Session) -> None:
    booked = two.confirmed()
    services.set_exception(session, two.world.therapist_id, two.elsewhere, MONDAY.date(), [], two.world.now)
    session.commit()
    path = f"/practice/visits/{booked.id}/move"
    data = {"day": MONDAY.date().isoformat()}
    here = two.theirs.post(path, data={**data, "location": two.world.location_id}).text
    there = two.theirs.post(path, data={**data, "location": two.elsewhere}).text
    assert "Free that day" in here
    assert "4:00 pm" in here
    assert "Nothing else is free that day" in there
