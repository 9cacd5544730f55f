"""Who may book, who may see and change a visit, and what is sealed (the numbers are those of our list of cases)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Forbidden, Invalid, NotFound
from app.directory.models import Location, Service
from app.directory.services import refresh_listings
from app.scheduling import queries, services
from app.scheduling.models import AuditRead
from app.scheduling.safety import Screening
from app.scheduling.services import Contact
from app.scheduling.services.limits import MOST_OPEN_ANYWHERE, MOST_UNPROVED
from app.scheduling.states import Actor
from tests.scheduling.world import CLEAR, MONDAY, World, person, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


def test_14_two_people_with_one_address_do_not_overwrite_each_other(world: World) -> None:
    shared = person(email="Family@Example.test")
    one = world.requested(MONDAY, contact=replace(shared, name="Ann Example"))
    two = world.requested(MONDAY + 2 * HOUR, contact=replace(shared, name="Ben Example", email="family@example.test"))
    names = [queries.visit(world.session, each.token).name for each in (one, two)]
    assert names == ["Ann Example", "Ben Example"]
    assert len(queries.visits_of_email(world.session, "family@example.test")) == 2


@pytest.mark.parametrize("name", ["", " \r\n", "\u200b\u200b", "\u202e\u2066", "\x07\x7f", "x" * 121])
def test_a_name_that_nobody_sees_is_none(world: World, name: str) -> None:
    refused("name-needed", Invalid, world.book, MONDAY, contact=person(name=name))


def test_a_name_is_one_line_that_runs_its_own_way(world: World) -> None:
    """It stands in subjects and in other people's sentences."""
    shown = person(name="Zoë \u202eelpmaxE\r\nBcc: all\u2028", visit_for="José\u2066\x1b[2J Example")
    one = queries.visit(world.session, world.book(MONDAY, contact=shown).token)
    assert (one.name, one.visit_for) == ("Zoë elpmaxE Bcc: all", "José[2J Example")


def test_15_phone_only_is_possible_for_requests_but_not_for_instant_booking(world: World) -> None:
    by_phone = person(email=None, phone="(512) 555-0123")
    booked = world.book(MONDAY, contact=by_phone)
    assert booked.state == "requested"
    assert queries.visit(world.session, booked.token).phone == "+15125550123"
    assert {each.kind for each in world.outbox()} == {"visit.new_request"}
    instant = World.make(world.session, mode="instant")
    refused("email-needed", Invalid, instant.book, MONDAY, contact=by_phone)


def test_16_open_requests_are_capped_and_blocked_people_are_turned_away(world: World) -> None:
    same = person()
    for hours in range(3):
        world.requested(MONDAY + hours * HOUR, contact=same)
    refused("too-many-open", Forbidden, world.requested, MONDAY + 5 * HOUR, contact=same)
    other = person()
    services.block(world.session, world.therapist_id, str(other.email).upper())
    refused("not-accepted", Forbidden, world.requested, MONDAY + 5 * HOUR, contact=other)
    services.unblock(world.session, world.therapist_id, str(other.email))
    assert world.requested(MONDAY + 5 * HOUR, contact=other).state == "requested"


def test_16_one_person_waits_for_few_answers_however_many_therapists_they_ask(world: World) -> None:
    same = person(phone="(512) 555-0123")
    for _ in range(MOST_OPEN_ANYWHERE):
        asked = World.make(world.session).requested(contact=same)
    refused("too-many-open", Forbidden, world.requested, contact=same)
    by_phone = replace(same, email=None)
    refused("too-many-open", Forbidden, world.requested, contact=by_phone)
    services.cancel(world.session, asked.token, world.now)
    assert world.requested(contact=same).state == "requested"


def test_another_therapist_can_neither_see_nor_change_a_visit(world: World) -> None:
    booked = world.requested(MONDAY)
    stranger = Actor("therapist", World.make(world.session).therapist_id)
    for act in (services.accept, services.read_sealed, services.attended):
        refused("visit-unknown", NotFound, act, world.session, booked.id, stranger, world.now)
    refused("visit-unknown", NotFound, queries.visit_by_id, world.session, booked.id, stranger.id)


@pytest.mark.parametrize("token", ["", None, [], "1", "' OR 1=1 --", "x" * 27])
def test_what_is_not_a_token_opens_nothing(world: World, token: object) -> None:
    world.book(MONDAY)
    refused("visit-unknown", NotFound, queries.visit, world.session, token)


def test_answers_are_sealed_and_every_read_is_audited(world: World) -> None:
    alarming = Screening({**CLEAR.answers, "blood_thinners": True}, frozenset({"saddle"}))
    booked = world.requested(MONDAY, screening=alarming, note="Left side, please")
    raw = world.session.connection().exec_driver_sql("SELECT screening, note FROM booking").one()
    assert b"blood_thinners" not in bytes(raw[0])
    assert b"Left" not in bytes(raw[1])
    sealed = services.read_sealed(world.session, booked.id, world.me, world.now)
    assert sealed.note == "Left side, please"
    assert sealed.evaluation is not None
    assert (sealed.evaluation.precautions, sealed.evaluation.changed) == (("blood_thinners",), ("saddle",))
    read = world.session.scalars(select(AuditRead)).one()
    assert (read.reader, read.kind, read.subject_id) == (str(world.me), "visit", booked.id)


def test_a_home_visit_needs_an_address_from_page_and_api_alike(world: World) -> None:
    world.session.get_one(Service, world.service_id).home_visit = True
    place = world.session.get_one(Location, world.location_id)
    place.kind, place.radius_km = "home_visits", 20.0
    world.session.flush()
    refresh_listings(world.session, [world.therapist_id])
    with pytest.raises(Invalid) as refused:
        world.book()
    assert (refused.value.field, refused.value.code) == ("address", "address-needed")
    assert world.book(contact=person(address="1 Sample Street")).state == "held"


# Requests by telephone number alone: nothing proves them


def by_phone(last: int, **facts: Any) -> Contact:
    return person(email=None, phone=f"(512) 555-01{last:02}", **facts)


def test_16_invented_numbers_cannot_fill_a_calendar(world: World) -> None:
    for number in range(MOST_UNPROVED):
        world.book(MONDAY + number * HOUR, contact=by_phone(number))
    error = refused("too-many-unproved", Forbidden, world.book, MONDAY + 5 * HOUR, contact=by_phone(50))
    assert "e-mail address" in error.message
    assert world.book(MONDAY + 5 * HOUR).state == "held"
    assert World.make(world.session).book(contact=by_phone(50)).state == "requested"


@pytest.mark.parametrize("answer", ["accept", "decline", "expire"])
def test_16_a_phone_request_that_was_answered_makes_room(world: World, answer: str) -> None:
    first, *_ = [world.book(MONDAY + n * HOUR, contact=by_phone(n)) for n in range(MOST_UNPROVED)]
    if answer == "accept":
        services.accept(world.session, first.id, world.me, world.now)
    elif answer == "decline":
        services.decline(world.session, first.id, world.me, "other", world.now)
    else:
        world.now += timedelta(hours=12)
    assert world.book(MONDAY + 6 * HOUR, contact=by_phone(50)).state == "requested"


def test_16_a_phone_request_keeps_its_time_overnight_and_no_longer(world: World) -> None:
    assert world.book(contact=by_phone(1)).expires_at == world.now + timedelta(hours=12)
    services.set_scheduling(world.session, world.therapist_id, {"accept_hours": 4}, world.now)
    assert world.book(MONDAY + HOUR, contact=by_phone(2)).expires_at == world.now + timedelta(hours=4)


def test_16_several_dates_need_an_address(world: World) -> None:
    request = world.request(contact=by_phone(1))
    error = refused("email-needed", Invalid, services.book_series, world.session, request, 1, 3, world.now)
    assert isinstance(error, Invalid)
    assert error.field == "email"
    assert MONDAY in world.free()


def test_16_what_a_therapist_enters_by_hand_counts_for_nobody(world: World) -> None:
    for number in range(MOST_UNPROVED + 1):
        entry = world.request(MONDAY + number * HOUR, contact=by_phone(number))
        assert services.enter(world.session, entry, world.me, world.now).state == "confirmed"
    assert world.book(MONDAY + 6 * HOUR, contact=by_phone(50)).state == "requested"
