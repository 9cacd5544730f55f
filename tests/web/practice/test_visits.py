"""What a therapist does with visits: answer, move, mark, write; and what they never see of others'."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, func, select, type_coerce, update
from sqlalchemy.orm import Session

from app.core import clock
from app.directory.models import Location, Service, Therapist
from app.directory.services import refresh_listings
from app.scheduling import services
from app.scheduling.hours import OpeningHours
from app.scheduling.models import AuditRead, BlockedPerson, Booking
from app.scheduling.queries import AgendaRow, bookings_touched
from app.scheduling.safety import QUESTIONS, Screening
from app.scheduling.services import BookingRequest
from app.scheduling.waiting import Wish
from app.web.practice.today import one_card_a_series
from tests.support.accounts import make_user, sign_in
from tests.support.html import problems_of
from tests.web.practice.conftest import CLEAR, Practice, somebody

AUSTIN = ZoneInfo("America/Chicago")


def test_a_request_waits_on_top_of_today_and_is_accepted_with_one_tap(mine: Practice) -> None:
    made = mine.requested()
    own = mine.session.get_one(Therapist, mine.id)
    own.confirmed_on = None
    mine.session.commit()
    page = mine.get("/")
    assert not problems_of(page.text)
    assert (
        page.text.index("Waits for your answer")
        < page.text.index("Is your page still right?")
        < page.text.index("Your day")
    )
    assert "left" in page.text
    assert f'<a href="/practice/visits/{made.id}">Safety answers and note' in page.text
    answer = mine.post(f"/visits/{made.id}/accept", back="today")
    assert answer.location == "/practice/"
    assert mine.visit(made.id).state == "confirmed"


def test_what_comes_next_says_what_is_not_answered_yet(mine: Practice) -> None:
    asked = mine.requested(mine.free()[-1])
    next_ones = mine.get("/").text.partition("No visits today. Next:")[2].partition("</ul>")[0]
    assert "(waits for your answer)" in next_ones
    mine.post(f"/visits/{asked.id}/accept", back="today")
    next_ones = mine.get("/").text.partition("No visits today. Next:")[2].partition("</ul>")[0]
    assert "Pat Example" in next_ones
    assert "waits for your answer" not in next_ones


def test_a_series_is_asked_once_and_answered_whole_or_in_part(mine: Practice) -> None:
    wanted = BookingRequest(mine.service_id, mine.location_id, mine.free()[0], somebody(None), CLEAR, verified=True)
    first, *later = services.book_series(mine.session, wanted, 1, 3, clock.now())
    mine.session.commit()
    page = mine.get("/").text
    assert page.count('class="card request"') == 1
    assert all(f'href="/practice/visits/{each.id}"' in page for each in later)
    mine.post(f"/visits/{first.id}/accept", back="today")
    assert mine.visit(first.id).state == "confirmed"
    page = mine.get("/").text
    assert page.count('class="card request"') == 1
    mine.post(f"/visits/{later[0].id}/accept", back="today", whole_series="yes")
    assert {mine.visit(each.id).state for each in later} == {"confirmed"}


def test_declining_needs_a_reason_from_the_list(mine: Practice) -> None:
    made = mine.requested()
    mine.post(f"/visits/{made.id}/decline", reason="because I say so")
    assert mine.visit(made.id).state == "requested"
    mine.post(f"/visits/{made.id}/decline", reason="see_doctor")
    assert mine.visit(made.id).state == "declined"


def test_other_times_are_offered_from_those_that_are_free(mine: Practice) -> None:
    first, second, *_ = mine.free()
    made = mine.requested(first)
    assert mine.post(f"/visits/{made.id}/other-times").status_code == 422
    assert mine.get(f"/visits/{made.id}/other-times").status_code == 200
    assert mine.post(f"/visits/{made.id}/other-times", times=[second.isoformat()]).status_code == 303
    assert second.isoformat() in (mine.visit(made.id).offered_times or "")


def chosen_in(text: str) -> list[str]:
    return [
        datetime.fromisoformat(each).astimezone(UTC).isoformat()
        for each in re.findall(r'name="times" value="([^"]+)" checked>', text)
    ]


def test_of_too_many_or_no_times_the_summary_speaks_and_the_choice_stays(mine: Practice) -> None:
    first, *others = mine.free()
    made = mine.requested(first)
    path = f"/visits/{made.id}/other-times"
    texts = [each.isoformat() for each in others[:4]]
    for chosen in ([], texts):
        answer = mine.post(path, times=chosen)
        assert answer.status_code == 422
        assert not problems_of(answer.text)
        assert 'data-module="error-summary"' in answer.text
        assert '<a href="#times-0">Offer one to three times.</a>' in answer.text
        assert 'id="times-0"' in answer.text
        assert chosen_in(answer.text) == chosen


def days_of(text: str) -> list[str]:
    return re.findall(r'<fieldset class="field"><legend class="group__legend">([A-Z][^<]+)</legend>', text)


def test_other_times_are_whole_days_and_go_on_with_the_chosen_ones_kept(mine: Practice) -> None:
    first, second, *_ = mine.free()
    made = mine.requested(first)
    path = f"/visits/{made.id}/other-times"
    page = mine.get(path).text
    shown = days_of(page)
    assert len(shown) == 7
    last_day = re.findall(r'name="times" value="([^"]+)"', page)[-1]
    assert (datetime.fromisoformat(last_day) + timedelta(minutes=60)).astimezone(AUSTIN).hour == 17
    later = re.search(r'name="show" value="([^"]+)">Later', page)
    assert later
    turned = mine.post(path, show=later[1], times=[second.isoformat()])
    assert turned.status_code == 303
    following = mine.client.get(turned.location)
    assert not problems_of(following.text)
    assert days_of(following.text)[0] == "Chosen on other days"
    assert not set(days_of(following.text)) & set(shown)
    assert chosen_in(following.text) == [second.isoformat()]
    back = re.search(r'name="show" value="([^"]+)">.*?Earlier', following.text)
    assert back
    assert days_of(mine.get(f"{path}?show={back[1]}").text) == shown


def test_the_page_shows_note_and_flags_and_each_read_is_recorded(mine: Practice) -> None:
    precaution = next(question for question in QUESTIONS if question.group == "precaution")
    answers = {question.id: question is precaution for question in QUESTIONS}
    made = mine.requested(screening=Screening(answers), note="<b>Left</b> leg since Sunday")
    page = mine.get(f"/visits/{made.id}")
    assert not problems_of(page.text)
    assert precaution.short in page.text
    assert "&lt;b&gt;Left&lt;/b&gt; leg" in page.text
    mine.session.rollback()
    reads = select(func.count()).select_from(AuditRead).where(AuditRead.subject_id == made.id)
    assert mine.session.scalar(reads) == 1


def test_moving_asks_the_patient_unless_it_was_agreed(mine: Practice) -> None:
    first, second, third, *_ = mine.free()
    made = mine.confirmed(first)

    def move(to: object, **more: str) -> None:
        wall = to.astimezone(AUSTIN)  # type: ignore[attr-defined]
        told = {"day": wall.date(), "at": wall.strftime("%H:%M"), "location": mine.location_id, **more}
        assert mine.post(f"/visits/{made.id}/move", **told).status_code == 303

    move(second)
    asked = mine.visit(made.id)
    assert (asked.starts_at, asked.new_starts_at, asked.new_by) == (first, second, "therapist")
    move(third, agreed="yes")
    moved = mine.visit(made.id)
    assert (moved.starts_at, moved.new_starts_at) == (third, None)


@pytest.mark.databases
@pytest.mark.parametrize("said", ["came", "missed"])
def test_who_came_is_said_also_while_another_time_is_asked_for(mine: Practice, said: str) -> None:
    first, second, *_ = mine.free()
    made, wall = mine.confirmed(first), second.astimezone(AUSTIN)
    told = {"day": wall.date(), "at": wall.strftime("%H:%M"), "location": mine.location_id}
    assert mine.post(f"/visits/{made.id}/move", **told).status_code == 303
    assert mine.visit(made.id).new_starts_at == second
    with time_machine.travel(first - timedelta(minutes=5), tick=False):
        sign_in(mine.client, "wren@person.example")
        assert mine.post(f"/visits/{made.id}/{said}").status_code == 303
    after = mine.visit(made.id)
    assert (after.state, after.new_starts_at) == ({"came": "attended", "missed": "no_show"}[said], None)


def test_a_drag_only_opens_the_form_with_the_new_time(mine: Practice) -> None:
    made = mine.confirmed()
    before = mine.visit(made.id)
    page = mine.get(f"/visits/{made.id}/move?to=2027-03-01T10:30")
    assert 'value="2027-03-01"' in page.text
    assert 'value="10:30"' in page.text
    assert mine.visit(made.id) == before


def test_a_time_that_is_taken_is_refused_with_others_near(mine: Practice) -> None:
    first, second, *_ = mine.free()
    mine.confirmed(first)
    wall = first.astimezone(AUSTIN)
    told = {"service": mine.service_id, "location": mine.location_id, "name": "Sam Caller", "phone": "512 555 0101"}
    answer = mine.post("/visits/new", day=wall.date(), at=wall.strftime("%H:%M"), **told)
    assert answer.status_code == 422
    assert "Sam Caller" in answer.text
    assert re.search(r'<a href="#at">That time is not free. Free and near: [^<]+[0-9] [ap]m\.</a>', answer.text)
    wall = second.astimezone(AUSTIN)
    assert mine.post("/visits/new", day=wall.date(), at=wall.strftime("%H:%M"), **told).status_code == 303


def test_somebody_who_books_by_phone_only_enters_visits_too(mine: Practice) -> None:
    rules = mine.get("/rules")
    seen = rules.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    wall = mine.free()[0].astimezone(AUSTIN)
    told = {
        "minimum_notice": 120, "horizon_days": 60, "grid_minutes": 15, "accept_hours": 24, "cancel_cutoff": 1440,
        "reschedule_cutoff": 1440, "travel_minutes": 30, "most_open_requests": 3, "seen": seen,
    }  # fmt: skip
    assert mine.post("/rules", booking_mode="none", **told).status_code == 303
    visit = {"service": mine.service_id, "location": mine.location_id, "name": "Sam Caller", "phone": "512 555 0101"}
    assert mine.post("/visits/new", day=wall.date(), at=wall.strftime("%H:%M"), **visit).status_code == 303


@pytest.fixture
def at_home(mine: Practice) -> Practice:
    """They come to homes, and have a practice and a treatment there as well."""
    own = mine.session.get_one(Therapist, mine.id)
    place = Location(kind="home_visits", radius_km=20.0, city="Austin", region="TX", lat=30.2, lon=-97.7)
    place.time_zone = "America/Chicago"
    own.locations.append(place)
    own.services.append(Service(name="Massage at home", minutes=60, price_cents=9000, home_visit=True))
    mine.session.flush()
    refresh_listings(mine.session, [mine.id])
    evenings = [OpeningHours(day, 18 * 60, 22 * 60) for day in range(7)]
    services.set_hours(mine.session, mine.id, place.id, evenings, clock.now())
    mine.session.commit()
    return replace(mine, service_id=own.services[1].id, location_id=place.id)


def entry(mine: Practice, **more: object) -> dict[str, object]:
    wall = mine.free()[0].astimezone(AUSTIN)
    who = {"name": "Sam Caller", "phone": "512 555 0101"}
    when = {"day": wall.date(), "at": wall.strftime("%H:%M")}
    return {"service": mine.service_id, "location": mine.location_id, **who, **when, **more}


def test_a_visit_at_home_is_entered_with_the_address_to_come_to(at_home: Practice) -> None:
    refused = at_home.post("/visits/new", **entry(at_home))
    assert refused.status_code == 422
    assert "Please give the address to come to." in refused.text
    assert "Sam Caller" in refused.text
    made = at_home.post("/visits/new", **entry(at_home, address="1 Sample Street\nBlue door"))
    assert made.status_code == 303
    assert "1 Sample Street" in at_home.client.get(made.headers["Location"]).text
    at_home.session.rollback()
    kept = at_home.session.scalars(select(type_coerce(Booking.address, LargeBinary))).one()
    assert b"Sample" not in (kept or b"Sample")


def test_a_visit_at_the_practice_keeps_no_address(mine: Practice, at_home: Practice) -> None:
    assert mine.post("/visits/new", **entry(mine, address="1 Sample Street")).status_code == 303
    mine.session.rollback()
    assert mine.session.scalars(select(Booking.address)).one() is None


def test_a_treatment_is_entered_only_where_it_is_given(mine: Practice, at_home: Practice) -> None:
    answer = at_home.post("/visits/new", **entry(at_home, location=mine.location_id, address="1 Sample Street"))
    assert answer.status_code == 422
    assert "This treatment is not given there." in answer.text
    assert "1 Sample Street" in answer.text


def test_what_is_held_for_somebody_is_no_free_time_in_the_week_and_names_nobody(mine: Practice) -> None:
    at = mine.free()[0]
    asked = BookingRequest(mine.service_id, mine.location_id, at, somebody(at), CLEAR)
    held = services.book(mine.session, asked, clock.now())
    mine.session.commit()
    path = f"/week?from={at.astimezone(AUSTIN).date()}"
    week = mine.get(path).text
    assert "Held for somebody until" in week
    assert "Pat Example" not in week
    assert f"visits/{held.id}" not in week
    assert bookings_touched(mine.session, mine.id, [(at, at + timedelta(hours=1))]) == []
    answers = mine.get(f"/visits/{held.id}"), mine.post(f"/visits/{held.id}/message", text="?")
    assert [each.status_code for each in answers] == [404, 404]
    assert mine.session.scalars(select(AuditRead)).all() == []
    mine.session.execute(update(Booking).values(expires_at=clock.now()))
    mine.session.commit()
    assert "Held for somebody" not in mine.get(path).text
    services.expire_due(mine.session, clock.now())
    mine.session.commit()
    assert mine.get(f"/visits/{held.id}").status_code == 404


def test_today_says_how_many_wait_for_a_time(mine: Practice) -> None:
    assert "with you" not in mine.get("/").text
    now = clock.now()
    whole = Wish(now.date(), now.date() + timedelta(days=60))
    for number in range(2):
        who = services.Contact("Pat Example", f"pat{number}@example.test")
        services.join_waitlist(mine.session, mine.service_id, whole, who, now, verified=True)
        mine.session.commit()
        assert ("1 person waits", "2 people wait")[number] + " for a time with you." in mine.get("/").text


def test_a_blocked_person_is_listed_and_can_be_let_in_again(mine: Practice) -> None:
    made = mine.confirmed()
    mine.post(f"/visits/{made.id}/block")
    mine.session.rollback()
    values = mine.session.scalars(select(BlockedPerson.value)).all()
    assert "+15125550100" in values
    for value in values:
        mine.post("/rules/unblock", value=value)
    mine.session.rollback()
    assert not mine.session.scalars(select(BlockedPerson.value)).all()


def test_a_message_is_kept_and_shown_as_text(mine: Practice) -> None:
    made = mine.confirmed()
    assert mine.post(f"/visits/{made.id}/message", text="  ").status_code == 422
    mine.post(f"/visits/{made.id}/message", text="Bring <i>shorts</i>")
    assert "Bring &lt;i&gt;shorts&lt;/i&gt;" in mine.get(f"/visits/{made.id}").text


@pytest.mark.parametrize(
    "action",
    ["accept", "decline", "other-times", "move", "agree", "keep", "cancel", "came", "missed", "message", "block"],
)
def test_another_therapist_finds_nothing(app: Flask, session: Session, mine: Practice, action: str) -> None:
    from tests import factories

    made = mine.requested()
    other = make_user(app, "other@person.example", "patient", "therapist")
    factories.practice(session, other)
    session.commit()
    stranger = app.test_client()
    sign_in(stranger, "other@person.example")
    assert stranger.get(f"/practice/visits/{made.id}").status_code == 404
    assert stranger.post(f"/practice/visits/{made.id}/{action}", data={"text": "x"}).status_code == 404
    assert mine.visit(made.id).state == "requested"


def test_the_week_stands_on_opening_hours(mine: Practice) -> None:
    made = mine.confirmed()
    day = mine.visit(made.id).starts_at.astimezone(AUSTIN).date()
    page = mine.get(f"/week?from={day}")
    assert not problems_of(page.text)
    assert "Pat Example" in page.text
    assert "Open 9:00 am to 5:00 pm" in page.text
    for odd in ("0000-00-00", "9999-12-31", "x", "2026-02-30"):
        assert mine.get(f"/week?from={odd}").status_code == 302


def test_time_off_lists_what_it_touches_before_it_is_saved(mine: Practice) -> None:
    made = mine.confirmed()
    day = mine.visit(made.id).starts_at.astimezone(AUSTIN).date()
    sent = {"first": day, "location": 0, "note": "Away"}
    asked = mine.post("/time-off/add", **sent)
    assert asked.status_code == 409
    assert "Pat Example" in asked.text
    assert "Away" not in mine.get("/time-off").text
    saved = mine.post("/time-off/add", **sent, seen=str(made.id))
    assert saved.status_code == 303
    assert "Away" in mine.get("/time-off").text
    assert all(each.astimezone(AUSTIN).date() != day for each in mine.free(50))
    assert mine.visit(made.id).state == "confirmed"
    assert mine.post("/time-off/add", first=day, last=day - timedelta(days=1), location=0).status_code == 422


def test_the_public_reads_what_this_is_and_a_patient_is_not_let_in(app: Flask, client: FlaskClient) -> None:
    assert "Your practice, found and booked" in client.get("/practice/").text
    make_user(app)
    sign_in(client)
    assert client.get("/practice/week").status_code == 403
    assert client.get("/practice/start").status_code == 200


def test_a_series_is_one_question_and_a_wish_to_move_one_of_it_another() -> None:
    """Also when a visit of the same series waits for an answer to the wish: it is not accepted with the rest."""
    at = datetime(2027, 3, 1, 15, tzinfo=UTC)

    def row(number: int, state: str, series_id: str | None) -> AgendaRow:
        facts = {"id": number, "state": state, "series_id": series_id, "starts_at": at + number * timedelta(days=7)}
        return AgendaRow(**{**dict.fromkeys(AgendaRow._fields), **facts})  # type: ignore[arg-type]

    moving, alone = row(1, "confirmed", "a"), row(5, "requested", None)
    asked = [row(number, "requested", "a") for number in (4, 2, 3)]
    cards = one_card_a_series([moving, asked[0], alone, *asked[1:]])
    assert cards == [(moving, []), (asked[1], [asked[2], asked[0]]), (alone, [])]
