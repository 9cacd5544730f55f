"""The way from a time to a visit: nothing typed is lost, nothing is booked twice, danger ends it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.models import Location, Service
from app.directory.services import refresh_listings
from app.scheduling import services
from app.scheduling.models import Booking, BookingDraft
from app.scheduling.queries import beyond_reach, visit
from tests.places import gazetteer
from tests.scheduling.world import MONDAY, World
from tests.web.scheduling.journey import PAT, Patient, answers, words

pytestmark = pytest.mark.databases


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Booking)) or 0


def test_a_whole_way_ends_with_a_held_time_and_a_code(patient: Patient, session: Session) -> None:
    link = patient.book()
    one = visit(session, link.rpartition("/")[2])
    assert (one.state, one.name, one.starts_at) == ("held", "Pat Example", MONDAY)
    page = patient.get(link)
    assert "pat@example.test" in page.text
    assert "held for you until" in words(page)
    assert one.reference in page.text


def test_terms_are_shown_before_sending(patient: Patient) -> None:
    page = words(patient.get(patient.to_review()))
    for said in (
        "$90",
        "answers within",
        "cancel or move it online until Sun 28 Feb, 9:00 am",
        "Mon 1 Mar, 9:00 am",
        "Central Time",
    ):
        assert said in page, said


def test_an_emergency_sign_leads_to_help_without_times(patient: Patient, session: Session) -> None:
    said = patient.post(patient.url(), **answers(1, "saddle"))
    assert said.location.endswith("/stop")
    page = patient.get(said.location)
    assert "911" in page.text
    assert not re.search(r"\d:\d\d [ap]m", words(page))
    key = said.location.split("/")[-2]
    for step in ("questions/2", "contact", "review", "time", "repeat"):
        assert patient.get(patient.step(key, step)).location.endswith("/stop"), step
    assert patient.post(patient.step(key, "review"), seen="x").location.endswith("/stop")
    assert count(session) == 0


def test_what_was_left_out_is_counted_in_one_line(patient: Patient) -> None:
    given = answers(1)
    first, second, *_ = given
    asked = patient.post(patient.url(), **{name: yes for name, yes in given.items() if name not in (first, second)})
    assert asked.status_code == 422
    assert f'<a href="#{first}-0">2 questions are not answered yet.</a>' in asked.text
    one = patient.post(patient.url(), **{name: yes for name, yes in given.items() if name != second})
    assert f'<a href="#{second}-0">Please answer this with yes or no.</a>' in one.text


def test_a_doctor_first_sign_needs_a_deliberate_choice(patient: Patient, session: Session) -> None:
    key = patient.begin()
    said = patient.post(patient.step(key, "questions/2"), **answers(2, "fever"))
    assert said.location.endswith("/choice")
    assert patient.get(patient.step(key, "contact")).location.endswith("/choice")
    assert patient.post(patient.step(key, "choice")).status_code == 422
    assert "Nothing is booked" in patient.post(patient.step(key, "choice"), choice="doctor").text
    assert patient.post(patient.step(key, "choice"), choice="go_on").location.endswith("/questions/3")


def test_a_yes_changed_to_no_is_kept_even_when_one_starts_again(
    patient: Patient, session: Session, world: World
) -> None:
    patient.begin(MONDAY, "saddle")
    link = patient.book()
    session.rollback()
    one = visit(session, link.rpartition("/")[2])
    sealed = services.read_sealed(session, one.id, world.me, world.now)
    assert sealed.evaluation is not None
    assert sealed.evaluation.changed == ("saddle",)


@pytest.mark.parametrize(("number", "sign"), [(1, "saddle"), (2, "fever"), (3, "pregnancy")])
def test_a_yes_among_unanswered_questions_is_kept(
    patient: Patient, session: Session, world: World, number: int, sign: str
) -> None:
    page = patient.url() if number == 1 else patient.step(patient.begin(), f"questions/{number}")
    heard = patient.post(page, **{sign: "yes"})
    if number == 1:
        assert heard.location.endswith("/stop")
    else:
        assert heard.status_code == 422
        assert "not answered yet" in heard.text
    link = patient.book()
    session.rollback()
    sealed = services.read_sealed(session, visit(session, link.rpartition("/")[2]).id, world.me, world.now)
    assert sealed.evaluation is not None
    assert sealed.evaluation.changed == (sign,)


def test_an_emergency_on_a_page_opened_again_ends_the_way_whatever_else_is_left_out(patient: Patient) -> None:
    key = patient.begin()
    first = patient.step(key, "questions/1")
    assert patient.post(first, saddle="yes").location == patient.step(key, "stop")
    assert "911" in patient.get(patient.step(key, "stop")).text


def test_pressing_twice_books_once(patient: Patient, session: Session) -> None:
    review = patient.to_review()
    seen = re.search(r'name="seen" value="([\w-]+)"', patient.get(review).text)
    assert seen
    first, second = (patient.post(review, seen=seen[1]) for _ in range(2))
    assert first.location == second.location
    assert count(session) == 1


def test_a_taken_time_keeps_what_was_typed_and_offers_others(patient: Patient, session: Session, world: World) -> None:
    review = patient.to_review(note="It began in spring.")
    seen = re.search(r'name="seen" value="([^"]+)"', patient.get(review).text)
    assert seen
    world.requested()
    session.commit()
    lost = patient.post(review, seen=seen[1])
    assert lost.status_code == 409
    assert "Nothing was sent yet" in lost.text
    assert "It began in spring." in lost.text
    assert "Request Mon 1 Mar" not in lost.text
    again = patient.get(review)
    assert again.status_code == 409
    assert "That time is not free" in again.text
    other = re.search(r'name="at" value="([^"]+)"', lost.text)
    assert other
    back = patient.post(review.replace("review", "time"), at=other[1])
    assert back.location == review
    assert patient.send(review).status_code == 303


def test_two_tabs_do_not_send_what_was_not_seen(patient: Patient, session: Session) -> None:
    review = patient.to_review()
    seen = re.search(r'name="seen" value="([\w-]+)"', patient.get(review).text)
    assert seen
    patient.post(review.replace("review", "contact"), **{**PAT, "name": "Pat Other"})
    refused = patient.post(review, seen=seen[1])
    assert refused.status_code == 422
    assert "another window" in refused.text
    assert "Pat Other" in refused.text
    assert count(session) == 0


@pytest.mark.parametrize("change", [{"price_cents": 99900}, {"minutes": 45}])
def test_terms_that_changed_meanwhile_are_shown_before_they_are_agreed_to(
    patient: Patient, session: Session, world: World, change: dict[str, int]
) -> None:
    review = patient.to_review()
    seen = re.search(r'name="seen" value="([\w-]+)"', patient.get(review).text)
    assert seen
    service = session.get_one(Service, world.service_id)
    for name, value in change.items():
        setattr(service, name, value)
    session.commit()
    refused = patient.post(review, seen=seen[1])
    assert refused.status_code == 422
    assert "terms have changed" in refused.text
    assert count(session) == 0
    assert patient.send(review).status_code == 303


def test_back_keeps_everything(patient: Patient) -> None:
    key = patient.begin()
    patient.post(patient.step(key, "questions/2"), **answers(2))
    patient.post(patient.step(key, "questions/3"), **answers(3, "pregnancy"))
    back = patient.post(patient.step(key, "contact"), go="back", name="Half Typed", note="since May", whose="me")
    assert back.location.endswith("/questions/3")
    page = patient.get(back.location)
    assert re.search(r'<input[^>]*checked[^>]*name="pregnancy"[^>]*value="yes"', page.text)
    contact = patient.get(patient.step(key, "contact")).text
    assert "Half Typed" in contact
    assert "since May" in contact


def test_what_is_typed_is_sealed_and_no_address_carries_it(patient: Patient, session: Session) -> None:
    review = patient.to_review(note="a secret complaint")
    session.rollback()
    raw = session.connection().exec_driver_sql("SELECT sealed FROM booking_draft").scalar()
    assert b"secret" not in bytes(raw)  # type: ignore[arg-type]
    assert "pregnan" not in review
    cookies = [cookie.value for cookie in patient.client._cookies.values()]  # type: ignore[attr-defined]
    assert all("secret" not in value for value in cookies)
    answer = patient.get(review)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_draft_opens_in_its_own_browser_only(patient: Patient, app: object) -> None:
    review = patient.to_review()
    stranger = Patient(app.test_client(), patient.slug, patient.world)  # type: ignore[attr-defined]
    assert stranger.get(review).status_code == 410
    assert stranger.post(review, seen="x").status_code == 410


def test_a_draft_ends_after_some_hours(patient: Patient, session: Session, clock: object) -> None:
    review = patient.to_review()
    clock.shift(3 * 3600 + 1)  # type: ignore[attr-defined]
    gone = patient.get(review)
    assert gone.status_code == 410
    assert f'href="/therapists/{patient.slug}/times">See all free times' in gone.text
    services.forget_old_drafts(session, World.now.replace(year=2028))
    assert session.scalar(select(func.count()).select_from(BookingDraft)) == 0


def test_a_home_beyond_their_reach_is_asked_about_once(patient: Patient, session: Session, world: World) -> None:
    gazetteer.fill(session)
    place = session.get_one(Location, world.location_id)
    place.kind, place.radius_km = "home_visits", 20.0
    session.get_one(Service, world.service_id).home_visit = True
    world.set_hours(range(5))
    session.commit()
    key = patient.begin()
    patient.post(patient.step(key, "questions/2"), **answers(2))
    patient.post(patient.step(key, "questions/3"), **answers(3))
    far, path = {**PAT, "address": "12 Long Road\nSeattle WA 98101"}, patient.step(key, "contact")
    asked = patient.post(path, **far)
    assert asked.status_code == 422
    assert "That seems to be in Seattle, WA 98101." in words(asked)
    assert "comes to homes within 12 miles." in words(asked)
    again = re.search(r'name="sure_of"[^>]*value="([^"]+)"', asked.text)
    assert again
    assert patient.post(path, **far, sure_of=again[1]).location == patient.step(key, "review")


@pytest.mark.parametrize("address", ["5 Elm Street, Austin TX 78704", "the blue house behind the mill", "Springfield"])
def test_a_home_that_may_be_in_reach_is_not_asked_about(session: Session, world: World, address: str) -> None:
    gazetteer.fill(session)
    place = session.get_one(Location, world.location_id)
    place.kind, place.radius_km = "home_visits", 20.0
    assert beyond_reach(session, world.location_id, address) is None


def test_asking_from_many_places_finds_no_home(session: Session, world: World) -> None:
    """Homes less than a kilometre apart are told alike from everywhere, to the metre."""
    place, told = session.get_one(Location, world.location_id), []
    place.kind, place.radius_km, place.address_public = "home_visits", 20.0, False
    for place.lat in (30.2651, 30.2749):
        refresh_listings(session, [world.therapist_id])
        asked = [f"{30.44 + step / 2000:.4f}, {place.lon}" for step in range(60)]
        told.append([beyond_reach(session, world.location_id, each) is None for each in asked])
    assert told[0] == told[1]
    assert set(told[0]) == {True, False}


def test_an_odd_mail_address_is_asked_about_once(patient: Patient) -> None:
    key = patient.begin()
    patient.post(patient.step(key, "questions/2"), **answers(2))
    patient.post(patient.step(key, "questions/3"), **answers(3))
    contact = patient.step(key, "contact")
    asked = patient.post(contact, **{**PAT, "email": "pat@gmial.com"})
    assert "Did you mean pat@gmail.com?" in asked.text
    used = patient.post(contact, **{**PAT, "email": "pat@gmial.com", "use_email": "pat@gmail.com"})
    assert used.location.endswith("/review")
    assert "pat@gmail.com" in patient.get(used.location).text
    kept = patient.post(contact, **{**PAT, "email": "pat@gmial.com", "hinted": "pat@gmial.com"})
    assert kept.location.endswith("/review")


def test_a_phone_alone_is_enough_for_a_request(patient: Patient, session: Session) -> None:
    link = patient.book(email="", phone="(512) 555-0123")
    one = visit(session, link.rpartition("/")[2])
    assert (one.state, one.email, one.phone) == ("requested", None, "+15125550123")
    page = words(patient.get(f"{link}/done"))
    assert one.reference in page
    assert "calls you" in page


def test_somebody_else_can_be_booked_for(patient: Patient, session: Session) -> None:
    link = patient.book(whose="other", visit_for="Little Example")
    assert visit(session, link.rpartition("/")[2]).visit_for == "Little Example"
    key = patient.begin(MONDAY.replace(hour=18))
    patient.post(patient.step(key, "questions/2"), **answers(2))
    patient.post(patient.step(key, "questions/3"), **answers(3))
    assert "who comes" in patient.post(patient.step(key, "contact"), **{**PAT, "whose": "other"}).text


def test_a_series_is_shown_date_by_date_and_booked_whole(patient: Patient, session: Session, world: World) -> None:
    review = patient.to_review()
    repeat = review.replace("review", "repeat")
    shown = patient.post(repeat, every="1", count="4")
    for day in ("Mon 1 Mar", "Mon 8 Mar", "Mon 15 Mar, 9:00 am", "Mon 22 Mar, 9:00 am"):
        assert day in shown.text, day
    assert patient.post(repeat, every="1", count="4", go="take").location == review
    assert "Request 4 visits from Mon 1 Mar, 9:00 am" in patient.get(review).text
    sent = patient.send(review)
    assert sent.status_code == 303, sent.text
    assert count(session) == 4


def test_a_series_with_a_taken_date_is_not_taken_over(patient: Patient, session: Session, world: World) -> None:
    review = patient.to_review()
    world.requested(MONDAY.replace(day=8))
    session.commit()
    shown = patient.post(review.replace("review", "repeat"), every="1", count="3", go="take")
    assert shown.status_code == 200
    assert "not free" in shown.text
    assert "Take these dates" not in shown.text


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2027-02-01T15:00:00Z", "That time has passed"),
        ("2027-03-01T15:07:00Z", "Visits do not begin at that minute."),
        ("2029-01-01T15:00:00Z", "That is further ahead than this therapist plans."),
        ("2027-03-07T15:00:00Z", "That time is not free"),
    ],
)
def test_a_time_that_cannot_be_booked_gets_others(patient: Patient, at: str, why: str) -> None:
    answer = patient.get(patient.url().replace("2027-03-01T15%3A00%3A00Z", at))
    assert answer.status_code == 409
    assert why in words(answer)
    assert "cannot be booked" in words(answer)


def test_a_time_that_became_too_soon_while_somebody_read_says_so(patient: Patient, clock: object) -> None:
    clock.move_to(MONDAY - timedelta(minutes=121))  # type: ignore[attr-defined]
    review = patient.to_review()
    clock.shift(120)  # type: ignore[attr-defined]
    page = words(patient.get(review))
    assert "That time is too soon" in page
    assert "are booked at least 2 hours ahead." in page
    assert "not free" not in page


@pytest.mark.parametrize(
    "query", ["", "?service=1", "?service=x&location=1&at=y", "?service=1&location=1&at=2027-03-01T15:00"]
)
def test_half_an_address_leads_to_the_times(patient: Patient, query: str) -> None:
    assert patient.get(f"/therapists/{patient.slug}/book{query}").location.endswith("/times")


def test_another_therapists_service_is_not_found(patient: Patient, session: Session) -> None:
    other = World.make(session)
    wrong = patient.url().replace(f"service={patient.world.service_id}", f"service={other.service_id}")
    assert patient.get(wrong).status_code == 404


def test_looking_opens_no_draft(patient: Patient, session: Session) -> None:
    patient.get(patient.url())
    patient.client.head(patient.url())
    assert session.scalar(select(func.count()).select_from(BookingDraft)) == 0
