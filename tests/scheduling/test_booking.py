"""Booking, line by line of what users of other systems complain about (the numbers are those of our list of cases)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound
from app.directory.models import Location, Service
from app.directory.services import refresh_listings
from app.scheduling import queries, services
from app.scheduling.models import AuditRead, Booking, Occupancy
from app.scheduling.safety import Screening
from app.scheduling.services.timelines import occupy
from app.scheduling.states import Actor
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything, person

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


@pytest.fixture
def world(session: Session) -> World:
    return World.make(session)


def refused(code: str, kind: type[DomainError], act: Any, *args: Any, **facts: Any) -> DomainError:
    with pytest.raises(kind) as caught:
        act(*args, **facts)
    assert caught.value.code == code
    return caught.value


def test_1_the_second_request_for_a_time_loses_and_is_shown_others(world: World) -> None:
    world.book(MONDAY)
    error = refused("time-taken", Conflict, world.book, MONDAY)
    near = error.facts["times"]
    assert near
    assert set(near) <= set(world.free(MONDAY - timedelta(days=7), 14))  # type: ignore[call-overload]


def test_1_the_database_itself_refuses_a_second_owner(world: World) -> None:
    booked = world.book(MONDAY)
    first = world.session.scalars(select(Occupancy.quantum).where(Occupancy.booking_id == booked.id)).first()
    assert first is not None
    with pytest.raises(Conflict, match="just taken"):
        occupy(world.session, world.therapist_id, booked.id, first, first + 1)


def test_2_a_pending_request_owns_its_time(world: World) -> None:
    assert world.requested(MONDAY).state == "requested"
    refused("time-taken", Conflict, world.requested, MONDAY + HOUR / 2)


def test_3_a_request_expires_at_its_deadline_and_tells_both_sides(world: World) -> None:
    booked = world.requested(MONDAY)
    assert booked.expires_at == world.now + timedelta(hours=24)
    services.expire_due(world.session, world.now + timedelta(hours=24))
    assert world.state(booked) == "expired"
    assert MONDAY in world.free()
    assert len(world.outbox("visit.expired")) == len(world.outbox("visit.request_expired")) == 1
    check_everything(world.session)


def test_3_a_request_holds_the_time_of_all_services(world: World) -> None:
    other = _second_service(world, 30)
    world.requested(MONDAY)
    taken = queries.free_times(world.session, other, MONDAY, MONDAY + HOUR, world.now)
    assert taken == []


def test_3_an_expired_hold_gives_way_to_the_next_who_asks_even_before_the_task_runs(world: World) -> None:
    first = world.book(MONDAY)
    world.now += timedelta(minutes=31)
    second = world.book(MONDAY)
    assert (world.state(first), second.state) == ("expired", "held")
    check_everything(world.session)


def test_6_every_time_shown_can_be_booked(world: World) -> None:
    for at in world.free()[::4]:
        assert world.book(at).state == "held"
    assert world.free() == []


def test_7_a_page_of_times_takes_two_statements_whatever_the_range(world: World) -> None:
    for hours in range(0, 8, 2):
        world.book(MONDAY + hours * HOUR)
    world.session.commit()
    assert _statements(world, lambda: world.free(days=1)) == _statements(world, lambda: world.free(days=50)) == 2


def test_7_next_times_of_many_cards_take_two_statements(session: Session) -> None:
    worlds = [World.make(session) for _ in range(5)]
    window = queries.Window(MONDAY, MONDAY + timedelta(days=7))
    found: dict[int, queries.NextTimes] = {}
    ids = [each.location_id for each in worlds]
    assert _statements(worlds[0], lambda: found.update(queries.next_times(session, ids, window, worlds[0].now))) == 2
    assert {found[each].starts for each in ids} == {tuple(worlds[0].free()[:3])}


def test_8_the_first_bookable_time_is_found_beyond_empty_weeks(world: World) -> None:
    services.add_time_off(world.session, world.therapist_id, world.now, MONDAY + timedelta(days=20), world.now)
    offers = queries.bookables(world.session, world.service_id)
    first = queries.first_free(world.session, offers, world.now)
    assert first[0].starts_at == MONDAY + timedelta(days=21) - HOUR  # nine o'clock, and the clock has changed


def test_9_buffers_keep_their_distance_and_the_last_visit_may_end_at_closing(session: Session) -> None:
    world = World.make(session, buffer_before=15, buffer_after=30)
    world.book(MONDAY + 2 * HOUR)
    free = world.free()
    assert MONDAY + 7 * HOUR in free
    assert MONDAY not in [at for at in free if MONDAY + timedelta(minutes=15) < at < MONDAY + timedelta(minutes=225)]
    assert [at for at in free if at < MONDAY + 5 * HOUR] == [
        MONDAY,
        MONDAY + timedelta(minutes=15),
        *(MONDAY + timedelta(minutes=minutes) for minutes in (225, 240, 255, 270, 285)),
    ]
    visit = queries.agenda(session, world.therapist_id, MONDAY, MONDAY + timedelta(days=1))
    assert visit == []
    check_everything(session)


def test_10_past_the_cutoff_only_the_therapist_may_cancel(world: World) -> None:
    booked = world.confirmed(MONDAY)
    late = MONDAY - timedelta(hours=23)
    refused("past-cutoff", Forbidden, services.cancel, world.session, booked.token, late)
    refused(
        "past-cutoff",
        Forbidden,
        services.reschedule,
        world.session,
        booked.token,
        MONDAY + 2 * HOUR,
        world.location_id,
        late,
    )
    services.cancel_as_therapist(world.session, booked.id, world.me, "ill", late)
    assert world.state(booked) == "cancelled_by_therapist"


def test_10_the_cutoff_that_was_shown_holds_whatever_is_set_later(world: World) -> None:
    booked = world.confirmed(MONDAY)
    services.set_scheduling(world.session, world.therapist_id, {"cancel_cutoff": 0}, world.now)
    refused("past-cutoff", Forbidden, services.cancel, world.session, booked.token, MONDAY - HOUR)


def test_11_one_link_survives_moving(session: Session) -> None:
    world = World.make(session, mode="instant")
    booked = world.confirmed(MONDAY)
    services.reschedule(session, booked.token, MONDAY + 3 * HOUR, world.location_id, world.now)
    visit = queries.visit(session, booked.token)
    assert (visit.id, visit.starts_at) == (booked.id, MONDAY + 3 * HOUR)


def test_11_the_old_time_is_kept_until_the_new_one_is_accepted(world: World) -> None:
    booked = world.confirmed(MONDAY)
    other = MONDAY + 3 * HOUR
    assert services.reschedule(world.session, booked.token, other, world.location_id, world.now) == "asked"
    check_everything(world.session)
    assert not {MONDAY, other} & set(world.free())
    services.agree_to_move_as_therapist(world.session, booked.id, world.me, world.now)
    assert MONDAY in world.free()
    assert queries.visit(world.session, booked.token).starts_at == other
    check_everything(world.session)


def test_11_a_refused_or_lapsed_move_leaves_the_old_time(world: World) -> None:
    booked = world.confirmed(MONDAY)
    for end in ("refuse", "lapse"):
        services.reschedule(world.session, booked.token, MONDAY + 3 * HOUR, world.location_id, world.now)
        if end == "refuse":
            services.refuse_move_as_therapist(world.session, booked.id, world.me, world.now)
        else:
            services.expire_due(world.session, MONDAY - HOUR)
        visit = queries.visit(world.session, booked.token)
        assert (visit.state, visit.starts_at, visit.new_starts_at) == ("confirmed", MONDAY, None)
        assert MONDAY + 3 * HOUR in world.free()
        check_everything(world.session)


def test_11_a_visit_may_move_into_its_own_time(world: World) -> None:
    booked = world.confirmed(MONDAY)
    services.reschedule(world.session, booked.token, MONDAY + HOUR / 2, world.location_id, world.now)
    check_everything(world.session)
    services.agree_to_move_as_therapist(world.session, booked.id, world.me, world.now)
    check_everything(world.session)


def test_13_a_freed_time_is_offered_in_turn_and_held_meanwhile(world: World) -> None:
    booked = world.confirmed(MONDAY)
    wish = Wish(date(2027, 3, 1), date(2027, 3, 1), from_minute=9 * 60, to_minute=9 * 60 + 1)
    elsewhen = replace(wish, from_minute=600, to_minute=720)
    _wait(world, elsewhen)
    first, second = _wait(world, wish), _wait(world, wish)
    services.cancel(world.session, booked.token, world.now)
    assert _entry(world, first) == "offered"
    assert MONDAY not in world.free()
    world.now += timedelta(hours=2)
    services.expire_due(world.session, world.now)
    assert (_entry(world, first), _entry(world, second)) == ("waiting", "offered")
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    taken = services.take_offer(world.session, held.token, CLEAR, "", world.now)
    assert (taken.state, _entry(world, second)) == ("requested", "booked")
    check_everything(world.session)


def test_13_an_offer_cannot_be_taken_without_the_safety_questions(world: World) -> None:
    booked = world.confirmed(MONDAY)
    _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.cancel(world.session, booked.token, world.now)
    held = world.session.scalars(select(Booking).where(Booking.state == "held")).one()
    alarming = Screening({**CLEAR.answers, "saddle": True})
    refused("emergency", Invalid, services.take_offer, world.session, held.token, alarming, "", world.now)


def test_13_one_tap_leaves_the_waitlist(world: World) -> None:
    booked = world.confirmed(MONDAY)
    token = _wait(world, Wish(date(2027, 3, 1), date(2027, 3, 1)))
    services.leave_waitlist(world.session, token)
    services.leave_waitlist(world.session, token)
    services.cancel(world.session, booked.token, world.now)
    assert MONDAY in world.free()


def test_14_two_people_with_one_address_do_not_overwrite_each_other(world: World) -> None:
    shared = person(email="Family@Example.test")
    one = world.requested(MONDAY, contact=replace(shared, name="Ann Example"))
    two = world.requested(MONDAY + 2 * HOUR, contact=replace(shared, name="Ben Example", email="family@example.test"))
    names = [queries.visit(world.session, each.token).name for each in (one, two)]
    assert names == ["Ann Example", "Ben Example"]
    assert len(queries.visits_of_email(world.session, "family@example.test")) == 2


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


def test_18_reminders_wait_and_are_withdrawn_when_the_visit_is_cancelled(world: World) -> None:
    booked = world.confirmed(MONDAY)
    waiting = {each.send_after for each in world.outbox("visit.reminder") if each.state == "waiting"}
    assert waiting == {MONDAY - timedelta(hours=24), MONDAY - timedelta(hours=2)}
    services.cancel(world.session, booked.token, world.now)
    assert {each.state for each in world.outbox("visit.reminder", "visit.follow_up")} == {"withdrawn"}


def test_18_a_moved_visit_is_reminded_of_at_its_new_time_only(session: Session) -> None:
    world = World.make(session, mode="instant")
    booked = world.confirmed(MONDAY)
    services.reschedule(session, booked.token, MONDAY + 24 * HOUR, world.location_id, world.now)
    waiting = {each.send_after for each in world.outbox("visit.reminder") if each.state == "waiting"}
    assert waiting == {MONDAY, MONDAY + 22 * HOUR}


def test_19_time_off_closes_half_a_day_and_lists_who_is_touched(world: World) -> None:
    booked = world.confirmed(MONDAY)
    world.confirmed(MONDAY + 6 * HOUR)
    noon = MONDAY + 3 * HOUR
    listed = queries.bookings_touched(world.session, world.therapist_id, [(MONDAY - HOUR, noon)])
    number, touched = services.add_time_off(world.session, world.therapist_id, MONDAY - HOUR, noon, world.now)
    assert [each.id for each in listed] == [each.id for each in touched] == [booked.id]
    assert min(world.free()) == noon
    check_everything(world.session)
    services.remove_time_off(world.session, world.therapist_id, number, world.now)
    assert min(world.free()) == MONDAY + HOUR


def test_19_holidays_and_exceptions_replace_a_date(world: World) -> None:
    day = date(2027, 3, 1)
    booked = world.confirmed(MONDAY)
    touched = services.set_holidays(world.session, world.therapist_id, {day: "Texas Independence Day"}, world.now)
    assert [each.id for each in touched] == [booked.id]
    assert world.free() == []
    services.set_exception(world.session, world.therapist_id, world.location_id, day, [(18 * 60, 20 * 60)], world.now)
    assert world.free() == [MONDAY + 9 * HOUR + minutes * timedelta(minutes=15) for minutes in range(5)]
    services.clear_exception(world.session, world.therapist_id, world.location_id, day, world.now)
    assert world.free() == []


def test_20_travel_between_two_locations_is_kept_and_a_time_names_its_place(world: World) -> None:
    other = Location(
        therapist_id=world.therapist_id, city="Austin", region="TX", lat=30.4, lon=-97.7, time_zone="America/Chicago"
    )
    world.session.add(other)
    world.session.flush()
    world.set_hours(range(5), other.id)
    world.confirmed(MONDAY + 3 * HOUR)
    here, there = world.free(location_id=world.location_id), world.free(location_id=other.id)
    assert MONDAY + 4 * HOUR in here
    assert MONDAY + 4 * HOUR not in there
    assert min(at for at in there if at > MONDAY + 3 * HOUR) == MONDAY + 4.5 * HOUR
    assert max(at for at in there if at < MONDAY + 3 * HOUR) == MONDAY + 1.5 * HOUR
    check_everything(world.session)


def test_22_a_series_is_previewed_date_by_date_and_booked_whole_or_not_at_all(world: World) -> None:
    one = queries.bookable(world.session, world.service_id, world.location_id)
    blocker = world.confirmed(MONDAY + timedelta(weeks=1))
    plan = queries.series_plan(world.session, one, MONDAY, 1, 3, world.now)
    assert [each.free for each in plan] == [True, False, True]
    assert plan[2].starts_at == MONDAY + timedelta(weeks=2) - HOUR  # nine o'clock stays nine o'clock
    request = world.request(MONDAY, verified=True)
    refused("series-not-free", Conflict, services.book_series, world.session, request, 1, 3, world.now)
    services.cancel(world.session, blocker.token, world.now)
    made = services.book_series(world.session, request, 1, 3, world.now)
    assert [each.state for each in made] == ["requested"] * 3
    check_everything(world.session)


@pytest.mark.parametrize(("scope", "left"), [("one", [0, 2]), ("rest", [0]), ("all", [])])
def test_22_of_a_series_one_the_rest_or_all_can_be_cancelled(world: World, scope: Any, left: list[int]) -> None:
    made = services.book_series(world.session, world.request(MONDAY, verified=True), 2, 3, world.now)
    services.accept(world.session, made[0].id, world.me, world.now, whole_series=True)
    services.cancel(world.session, made[1].token, world.now, scope=scope)
    assert [number for number, each in enumerate(made) if world.state(each) == "confirmed"] == left
    check_everything(world.session)


def test_a_held_series_is_confirmed_by_one_code(world: World) -> None:
    made = services.book_series(world.session, world.request(MONDAY), 1, 3, world.now)
    (mail,) = world.outbox("visit.confirm_contact")
    services.confirm_by_code(world.session, made[0].token, _code(mail.facts), world.now)
    assert {world.state(each) for each in made} == {"requested"}


# Confirming


def test_a_guest_confirms_by_code_and_five_wrong_ones_end_it(world: World) -> None:
    booked = world.book(MONDAY)
    code = _code(world.outbox("visit.confirm_contact")[0].facts)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        assert services.confirm_by_code(world.session, booked.token, wrong, world.now).tries_left == left
    assert not services.confirm_by_code(world.session, booked.token, code, world.now).right
    assert world.state(booked) == "held"


def test_a_guest_confirms_by_the_mailed_link_as_often_as_it_is_pressed(world: World) -> None:
    booked = world.book(MONDAY)
    link = _facts(world.outbox("visit.confirm_contact")[0].facts)["confirm"]
    assert services.held_behind(world.session, link) == booked.token
    assert world.state(booked) == "held"
    for _ in range(2):
        assert services.confirm_by_link(world.session, link, world.now).state == "requested"
    assert world.actions(booked) == ["hold", "request"]


def test_confirming_after_the_half_hour_is_gone(world: World) -> None:
    booked = world.book(MONDAY)
    code = _code(world.outbox("visit.confirm_contact")[0].facts)
    late = world.now + timedelta(minutes=30)
    refused("hold-ended", Gone, services.confirm_by_code, world.session, booked.token, code, late)


def test_a_new_mail_makes_the_old_code_worthless(world: World) -> None:
    booked = world.book(MONDAY)
    old = _code(world.outbox("visit.confirm_contact")[0].facts)
    services.mail_again(world.session, booked.token, world.now)
    new = _code(world.outbox("visit.confirm_contact")[1].facts)
    assert old == new or not services.confirm_by_code(world.session, booked.token, old, world.now).right
    assert services.confirm_by_code(world.session, booked.token, new, world.now).right


def test_an_instant_therapist_needs_no_answer(session: Session) -> None:
    world = World.make(session, mode="instant")
    booked = world.book(MONDAY)
    services.confirm_by_code(session, booked.token, _code(world.outbox("visit.confirm_contact")[0].facts), world.now)
    assert world.state(booked) == "confirmed"


# What is refused


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (MONDAY - timedelta(days=4), "time-past"),
        (MONDAY - timedelta(days=3) + HOUR, "time-too-soon"),
        (MONDAY + timedelta(days=70), "time-too-far"),
        (MONDAY + timedelta(minutes=7), "time-off-grid"),
        (datetime(2027, 3, 1, 9), "time-naive"),  # noqa: DTZ001
    ],
)
def test_a_time_that_was_never_shown_is_refused_with_a_clear_reason(world: World, at: datetime, code: str) -> None:
    refused(code, Invalid, world.book, at)


def test_a_time_outside_the_hours_is_refused(world: World) -> None:
    refused("time-taken", Conflict, world.book, MONDAY - HOUR)
    refused("time-taken", Conflict, world.book, MONDAY + 7.25 * HOUR)


def test_another_therapists_service_or_place_is_refused(world: World) -> None:
    other = World.make(world.session)
    refused("not-bookable", NotFound, world.book, MONDAY, location_id=other.location_id)
    refused("not-bookable", NotFound, world.book, MONDAY, service_id=other.service_id)


def test_the_price_is_the_services_and_stays_what_was_agreed(world: World) -> None:
    booked = world.book(MONDAY)
    assert queries.visit(world.session, booked.token).price_cents == 9000


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


@pytest.mark.parametrize(
    ("answers", "code"),
    [({"saddle": True}, "emergency"), ({"fever": True}, "see-doctor-first"), ({"heart": None}, "answers-missing")],
)
def test_the_safety_questions_are_enforced(world: World, answers: dict[str, Any], code: str) -> None:
    given = {name: yes for name, yes in {**CLEAR.answers, **answers}.items() if yes is not None}
    refused(code, Invalid, world.book, MONDAY, screening=Screening(given))


# Idempotency


def test_one_key_makes_one_booking_and_answers_the_same(world: World) -> None:
    request = world.request(MONDAY)
    first = services.book_once(world.session, "key-1", request, world.now)
    again = services.book_once(world.session, "key-1", request, world.now + timedelta(hours=23))
    assert again == first
    assert len(world.session.scalars(select(Booking)).all()) == 1


def test_other_parameters_under_the_same_key_are_refused(world: World) -> None:
    request = world.request(MONDAY)
    services.book_once(world.session, "key-1", request, world.now)
    changed = replace(request, starts_at=MONDAY + HOUR)
    refused("idempotency-mismatch", Invalid, services.book_once, world.session, "key-1", changed, world.now)


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    services.book_once(world.session, "key-1", world.request(MONDAY), world.now)
    world.now += timedelta(hours=24)
    other = services.book_once(world.session, "key-1", world.request(MONDAY + HOUR), world.now)
    assert other.starts_at == MONDAY + HOUR


# The horizon


def test_the_horizon_rolls_without_gaps(world: World) -> None:
    later = world.now + timedelta(days=30)
    assert services.roll_horizon(world.session, later) == 1
    assert services.roll_horizon(world.session, later) == 0
    world.now = later
    first = MONDAY + timedelta(days=77) - HOUR
    assert world.free(first)[0].astimezone(UTC).hour == 14
    check_everything(world.session)


# Helpers


def _second_service(world: World, minutes: int) -> int:
    from app.directory.models import Service

    other = Service(therapist_id=world.therapist_id, name="Short", minutes=minutes, price_cents=5000)
    world.session.add(other)
    world.session.flush()
    return other.id


def _wait(world: World, wish: Wish) -> str:
    return services.join_waitlist(world.session, world.service_id, wish, person(), world.now).token


def _entry(world: World, token: str) -> str:
    return services.entry_of(world.session, token).state


def _facts(text: str | None) -> dict[str, Any]:
    import json

    facts: dict[str, Any] = json.loads(text or "{}")
    return facts


def _code(text: str | None) -> str:
    return str(_facts(text)["code"])


def _statements(world: World, act: Any) -> int:
    seen: list[str] = []
    engine = world.session.get_bind()

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


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
