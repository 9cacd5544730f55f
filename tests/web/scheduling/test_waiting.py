"""The waitlist's pages: joining, leaving, and taking a time that came free."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling import services
from app.scheduling.models import Booking, WaitlistEntry
from app.scheduling.queries import visit
from tests.scheduling.world import World
from tests.web.scheduling.journey import Patient, answers, words

pytestmark = pytest.mark.databases


def test_waiting_and_leaving(patient: Patient, session: Session, world: World) -> None:
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    assert patient.get(place).status_code == 200
    wish = {
        "first": "2027-03-01",
        "last": "2027-03-05",
        "weekdays": ["0", "1"],
        "part": "morning",
        "name": "Pat",
        "email": "pat@example.test",
    }
    assert patient.post(place, **{**wish, "last": "2027-02-01"}).status_code == 422
    joined = patient.post(place, **wish)
    assert joined.status_code == 303, words(joined)
    patient.get(joined.location)
    session.rollback()
    entry = session.scalars(select(WaitlistEntry)).one()
    assert (entry.weekdays, entry.from_minute, entry.to_minute) == (3, 0, 720)
    leave = f"/waitlist/{entry.token}"
    patient.get(leave)
    session.refresh(entry)
    assert entry.state == "waiting"
    patient.post(leave)
    session.rollback()
    session.refresh(entry)
    assert entry.state == "left"
    assert "You left the waitlist" in patient.get(leave).text


def test_a_freed_time_is_offered_and_taken_after_the_questions(
    patient: Patient, session: Session, world: World
) -> None:
    taken = world.confirmed()
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    session.commit()
    patient.post(
        place, first="2027-03-01", last="2027-03-01", weekdays=["0"], part="any", name="Pat", email="pat@example.test"
    )
    services.cancel(session, taken.token, world.now)
    session.commit()
    offer = session.scalars(select(Booking).where(Booking.email == "pat@example.test")).one()
    shown = patient.get(f"/visits/{offer.token}")
    assert "A time is free" in shown.text
    questions = patient.post(f"/visits/{offer.token}/take").location
    for number in (1, 2, 3):
        assert questions.endswith(f"questions/{number}")
        questions = patient.post(questions, **answers(number)).location
    assert questions.endswith("/review")
    sent = patient.send(questions)
    assert sent.location == f"/visits/{offer.token}/done", words(sent)
    session.rollback()
    assert visit(session, offer.token).state == "requested"
