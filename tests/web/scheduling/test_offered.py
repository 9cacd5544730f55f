"""A time that was offered, in two tabs or too late: each press leads to the visit, which says what became of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling import services
from app.scheduling.models import Booking
from app.scheduling.queries import visit
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, person
from tests.web.scheduling.journey import Patient, answers, words


@pytest.fixture
def offer(world: World, session: Session) -> str:
    """The address of a time that somebody waited for, and that is free now."""
    taken, contact = world.confirmed(), person()
    wish = Wish(MONDAY.date(), MONDAY.date())
    services.join_waitlist(session, world.service_id, wish, contact, world.now, verified=True)
    services.cancel(session, taken.token, world.now)
    session.commit()
    return f"/visits/{session.scalars(select(Booking).where(Booking.email == contact.email)).one().token}"


def to_review(patient: Patient, offer: str) -> str:
    page = patient.post(f"{offer}/take").location
    for number in (1, 2, 3):
        page = patient.post(page, **answers(number)).location
    return str(page)


def state(session: Session, page: str) -> str:
    session.rollback()
    return visit(session, page.rpartition("/")[2]).state


def test_taken_in_two_tabs_it_is_one_visit(patient: Patient, offer: str, session: Session) -> None:
    first, second = to_review(patient, offer), to_review(patient, offer)
    seen = patient.get(second).text.partition('name="seen" value="')[2].partition('"')[0]
    assert patient.send(first).location == f"{offer}/done"
    assert patient.post(second, seen=seen).location == offer
    assert patient.post(f"{offer}/take").location == offer
    assert "Waiting for" in words(patient.get(offer))
    assert state(session, offer) == "requested"


def test_too_late_the_page_says_that_the_next_is_asked(
    patient: Patient, offer: str, session: Session, clock: object
) -> None:
    review = to_review(patient, offer)
    seen = patient.get(review).text.partition('name="seen" value="')[2].partition('"')[0]
    clock.shift(2 * 3600)  # type: ignore[attr-defined]
    late = patient.post(review, seen=seen)
    assert late.location == offer
    assert patient.post(f"{offer}/take").location == offer
    assert "You stay on the waitlist" in words(patient.get(offer))
    assert state(session, offer) in ("held", "expired")


def test_an_answer_that_was_given_already_leads_back_to_the_visit(
    patient: Patient, world: World, session: Session
) -> None:
    booked = world.confirmed()
    later = MONDAY.replace(hour=18)
    services.reschedule_as_therapist(session, booked.id, world.me, later, world.location_id, world.now)
    session.commit()
    page = f"/visits/{booked.token}"
    for _ in range(2):
        assert patient.post(f"{page}/answer", answer="agree").location == page
    assert "There is no other time to agree to" in patient.get(page).text
    session.rollback()
    assert visit(session, booked.token).starts_at == later


def test_an_other_time_that_is_gone_leads_back_to_the_visit(patient: Patient, world: World, session: Session) -> None:
    booked, noon = world.requested(), MONDAY.replace(hour=18)
    services.offer_other_times(session, booked.id, world.me, [noon], world.location_id, world.now)
    world.requested(noon)
    session.commit()
    page = f"/visits/{booked.token}"
    assert patient.post(f"{page}/other-time", at=noon.isoformat()).location == page
    assert "That time is not free any more" in patient.get(page).text
    assert state(session, page) == "requested"
