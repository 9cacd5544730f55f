"""A visit moves to another time, and to another place of the same therapist where the treatment is offered."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory.models import Location, Service
from app.scheduling import queries, services
from app.scheduling.models import Booking
from tests.scheduling.mails import written
from tests.scheduling.world import MONDAY, World, check_everything
from tests.support.accounts import make_user, sign_in
from tests.web.scheduling.conftest import patient_of
from tests.web.scheduling.journey import Patient, words

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)
WALL = re.compile(r"\d+:\d\d [ap]m")


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
    sign_in(theirs, "wren@person.example", remember="y")
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


@pytest.mark.parametrize("number", [2**31, 3_000_000_000, 2**63 - 1, 2**63, 10**40])
def test_a_visit_moves_to_no_place_that_there_cannot_be(two: Two, session: Session, number: int) -> None:
    """It is not moved at the place where it is, either: that was not asked for."""
    booked = two.confirmed()
    move = f"/visits/{booked.token}/move"
    at = (MONDAY + 3 * HOUR).isoformat()
    assert two.patient.get(f"{move}?location={number}").status_code == 200
    refused = two.patient.post(move, at=at, location=str(number))
    assert refused.status_code == 404
    assert "This treatment cannot be booked there any more." in words(refused)
    assert two.theirs.get(f"/practice/visits/{booked.id}/other-times?location={number}").status_code == 200
    session.rollback()
    assert (booked.starts_at, booked.new_starts_at) == (MONDAY, None)


@pytest.mark.databases("sqlite")
def test_each_time_is_said_on_the_clock_of_its_own_place(two: Two, session: Session) -> None:
    """Case 5: who reads the new time on the old place's clock comes an hour too early, or too late."""
    booked, at = two.confirmed(), MONDAY + 3 * HOUR
    page = f"/visits/{booked.token}"
    shown = words(two.patient.get(f"{page}/move?at={at:%Y-%m-%dT%H:%M}Z&location={two.elsewhere}"))
    assert "From Mon 1 Mar, 9:00 am (Central Time)" in shown
    assert "To Mon 1 Mar, 11:00 am" in shown
    two.patient.post(f"{page}/move", at=at.isoformat(), location=str(two.elsewhere))
    session.rollback()
    there = "Mon 1 Mar, 11:00 am"
    assert f"{there}, Mountain Time, The River Room instead of Mon 1 Mar, 9:00 am" in words(two.patient.get(page))
    for path in ("/practice/", f"/practice/visits/{booked.id}"):
        assert f"{there} (Mountain Time)" in two.theirs.get(path).text, path
    assert two.patient.client.get(f"/api/v1/bookings/{booked.token}").json["asked_for"] == "2027-03-01T11:00:00-07:00"
    said = f"from Mon 1 Mar, 9:00 am (Central Time) to {there} (Mountain Time)."
    assert said in " ".join(written(two.world, "visit.ask_move").text.split())
    two.theirs.post(f"/practice/visits/{booked.id}/agree")
    session.rollback()
    for kind in ("visit.moved", "visit.moved_therapist"):
        assert said in " ".join(written(two.world, kind).text.split()), kind
    assert f"{there} (Mountain Time)" in two.theirs.get("/practice/").text


@pytest.mark.databases("sqlite")
def test_a_visit_in_another_zone_is_said_so_in_the_list_of_the_day(
    two: Two, session: Session, clock: time_machine.Traveller
) -> None:
    two.world.confirmed(MONDAY + 3 * HOUR, location_id=two.elsewhere)
    two.confirmed()
    clock.move_to(MONDAY - HOUR)
    day = words(two.theirs.get("/practice/"))
    assert "11:00 am to 12:00 pm" in day
    assert "The River Room · Mountain Time" in day
    assert "9:00 am to 10:00 am" in day
    assert "Central" not in day


@pytest.mark.databases("sqlite")
def test_what_the_therapist_offers_elsewhere_is_said_on_the_clock_there(two: Two, session: Session) -> None:
    booked, at = two.world.requested(MONDAY), MONDAY + 3 * HOUR
    services.offer_other_times(session, booked.id, two.world.me, [at], two.elsewhere, two.world.now)
    session.commit()
    assert "Mon 1 Mar, 11:00 am, Mountain Time, El Paso, TX" in words(two.patient.get(f"/visits/{booked.token}"))
    assert "Mon 1 Mar, 11:00 am (Mountain Time)" in two.theirs.get(f"/practice/visits/{booked.id}").text


@pytest.mark.databases("sqlite")
def test_a_drag_and_what_is_near_mean_the_clock_of_their_own_place(two: Two, session: Session) -> None:
    """The week is drawn on the practice's clock; the form speaks of the visit's place."""
    there = two.world.confirmed(MONDAY + 3 * HOUR, location_id=two.elsewhere)
    two.world.confirmed(MONDAY + 6 * HOUR)
    session.commit()
    path = f"/practice/visits/{there.id}/move"
    assert 'value="14:00"' in two.theirs.get(f"{path}?to=2027-03-01T15:00").text
    taken = {"day": "2027-03-01", "at": "15:00", "location": two.world.location_id}
    refused = two.theirs.post(path, data=taken)
    assert refused.status_code == 422
    near = words(refused).partition("Free and near:")[2].partition(".")[0]
    shown = [datetime.strptime(f"2027-03-01 {wall} -0600", "%Y-%m-%d %I:%M %p %z") for wall in WALL.findall(near)]
    assert shown
    assert set(shown) <= set(two.world.free(MONDAY, 1, location_id=two.world.location_id))


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
    assert "Your request now asks for the new time." in two.patient.get(f"/visits/{token}").text


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
