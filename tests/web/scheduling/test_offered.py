"""A time that was offered, in two tabs or too late: each press leads to the visit, which says what became of it."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.directory.models import Location, Service
from app.directory.services import refresh_listings
from app.scheduling import services
from app.scheduling.models import Booking
from app.scheduling.queries import visit
from app.scheduling.services.beginning import new_confirmation
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, person, refused
from tests.web.scheduling.journey import Patient, answers, words


def offered(world: World, session: Session, **first: Any) -> str:
    """The address of a time that somebody waited for, and that is free now."""
    taken, contact = world.confirmed(**first), person()
    wish = Wish(MONDAY.date(), MONDAY.date())
    services.join_waitlist(session, world.service_id, wish, contact, world.now, verified=True)
    services.cancel(session, taken.token, world.now)
    session.commit()
    return f"/visits/{session.scalars(select(Booking).where(Booking.email == contact.email)).one().token}"


@pytest.fixture
def offer(world: World, session: Session) -> str:
    return offered(world, session)


@pytest.fixture
def at_home(world: World, session: Session) -> str:
    """As `offer`, for a visit at home."""
    place = session.get_one(Location, world.location_id)
    place.kind, place.radius_km = "home_visits", 20.0
    session.get_one(Service, world.service_id).home_visit = True
    refresh_listings(session, [world.therapist_id])
    return offered(world, session, contact=person(address="1 Invented Street"))


def to_review(patient: Patient, offer: str) -> str:
    page = patient.post(f"{offer}/take").location
    for number in (1, 2, 3):
        page = patient.post(page, **answers(number)).location
    return str(page)


def the_booking(session: Session, offer: str) -> Booking:
    session.rollback()
    return session.get_one(Booking, visit(session, offer.rpartition("/")[2]).id)


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


@pytest.mark.databases
def test_nobody_takes_it_past_the_safety_questions(patient: Patient, offer: str, session: Session) -> None:
    """The code and the link of an ordinary held time lead nowhere: they come after the questions, and these do not."""
    again = patient.post(f"{offer}/resend")
    assert again.location == offer
    assert "the safety questions come first" in patient.get(offer).text
    known = new_confirmation(the_booking(session, offer).token_hash)
    held = the_booking(session, offer)
    held.confirm_hash, held.code_hash = known.link_hash, known.code_hash
    session.commit()
    assert patient.post(f"{offer}/code", code=known.facts["code"]).location == offer
    assert patient.post(f"/visits/confirm/{known.facts['confirm']}").location == offer
    assert (the_booking(session, offer).state, the_booking(session, offer).screening) == ("held", None)


def test_a_visit_at_home_is_not_taken_without_an_address(patient: Patient, at_home: str, session: Session) -> None:
    where = to_review(patient, at_home)
    assert where.endswith("/contact")
    assert "Where should the therapist come?" in words(patient.get(where))
    assert patient.post(where, address="  ").status_code == 422
    review = patient.post(where, address="2 Invented Street, Austin, TX", note="The bell is broken.").location
    assert "2 Invented Street" in words(patient.get(review))
    assert patient.send(review).location == f"{at_home}/done"
    one = the_booking(session, at_home)
    assert (one.state, one.address, one.note) == ("requested", "2 Invented Street, Austin, TX", "The bell is broken.")


def test_an_address_that_is_lacking_is_asked_for_before_it_is_taken(world: World, at_home: str) -> None:
    token = at_home.rpartition("/")[2]
    refused("address-needed", Invalid, services.take_offer, world.session, token, CLEAR, "", world.now)


def test_a_yes_is_remembered_when_it_is_taken_up_anew(patient: Patient, offer: str, session: Session) -> None:
    page = patient.post(f"{offer}/take").location
    assert patient.post(page, **answers(1, "saddle")).location.endswith("/stop")
    assert patient.send(to_review(patient, offer)).location == f"{offer}/done"
    sealed = the_booking(session, offer).screening
    assert sealed
    assert json.loads(sealed)["changed"] == ["saddle"]


def test_no_other_time_is_chosen_on_its_way(patient: Patient, offer: str, session: Session) -> None:
    first = patient.post(f"{offer}/take").location
    assert patient.post(first, go="back", **answers(1)).location == first.replace("questions/1", "time")
    other = patient.post(first.replace("questions/1", "time"), at=MONDAY.replace(hour=18).isoformat())
    assert other.location == offer
