"""Visits that are moved, cancelled, reminded of, or touched by new hours (the numbers are those of our list of cases)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Forbidden
from app.directory.models import Location
from app.scheduling import queries, services
from app.scheduling.hours import OpeningHours
from tests.scheduling.world import MONDAY, World, check_everything, refused

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


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


@pytest.mark.databases("sqlite")
def test_10_the_therapist_moves_a_visit_past_the_cutoff_too(world: World) -> None:
    first, second = world.confirmed(MONDAY), world.confirmed(MONDAY + 2 * HOUR)
    late, noon, where = MONDAY - HOUR, MONDAY + 4 * HOUR, world.location_id
    services.move_as_therapist(world.session, first.id, world.me, noon, where, late)
    assert queries.visit(world.session, first.token).starts_at == noon
    services.reschedule_as_therapist(world.session, second.id, world.me, noon + 2 * HOUR, where, late)
    services.agree_to_move(world.session, second.token, late)
    assert queries.visit(world.session, second.token).starts_at == noon + 2 * HOUR, "to agree is no change of mind"
    refused("past-cutoff", Forbidden, services.cancel, world.session, first.token, late)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("verified", [True, False])
def test_10_what_nobody_accepted_yet_has_no_cutoff(world: World, verified: bool) -> None:
    world.now = MONDAY - 4 * HOUR
    asked, other = (world.book(MONDAY + hours * HOUR, verified=verified) for hours in (0, 2))
    services.cancel(world.session, asked.token, world.now)
    assert world.state(asked) == "cancelled_by_patient"
    if verified:
        where = world.location_id
        assert services.reschedule(world.session, other.token, MONDAY + 4 * HOUR, where, world.now) == "moved"


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


@pytest.mark.databases
@pytest.mark.parametrize(
    ("hours", "lists"),
    [((24, 25), True), ((23, 24.5), True), ((24.75, 32), True), ((22, 24), False), ((25, 32), False)],
)
def test_19_time_off_lists_who_was_asked_to_come_then(world: World, hours: tuple[float, float], lists: bool) -> None:
    """Both times are kept until the answer: a yes would put the visit into the time off."""
    booked = world.confirmed(MONDAY)
    services.reschedule_as_therapist(
        world.session, booked.id, world.me, MONDAY + 24 * HOUR, world.location_id, world.now
    )
    first, last = (MONDAY + each * HOUR for each in hours)
    listed = queries.bookings_touched(world.session, world.therapist_id, [(first, last)])
    _, touched = services.add_time_off(world.session, world.therapist_id, first, last, world.now)
    assert [each.id for each in listed] == [each.id for each in touched] == [booked.id] * lists


@pytest.mark.databases
def test_19_time_off_at_one_place_lists_who_was_asked_to_come_there(world: World) -> None:
    other = Location(
        therapist_id=world.therapist_id, city="Austin", region="TX", lat=30.4, lon=-97.7, time_zone="America/Chicago"
    )
    world.session.add(other)
    world.session.flush()
    world.set_hours(range(5), other.id)
    booked, tuesday = world.confirmed(MONDAY), MONDAY + 24 * HOUR
    services.reschedule_as_therapist(world.session, booked.id, world.me, tuesday, other.id, world.now)

    def listed(first: datetime, where: int) -> list[int]:
        span = first, first + HOUR
        return [each.id for each in queries.bookings_touched(world.session, world.therapist_id, [span], where)]

    here = world.location_id
    assert [listed(MONDAY, here), listed(tuesday, other.id)] == [[booked.id], [booked.id]]
    assert [listed(MONDAY, other.id), listed(tuesday, here)] == [[], []]


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


def test_19_visits_past_midnight_belong_to_the_date_on_which_the_hours_began(world: World) -> None:
    """Sunday's night is listed when Sunday is closed, and not when Monday is."""
    nights = [OpeningHours(day, 22 * 60, 26 * 60) for day in range(7)]
    services.set_hours(world.session, world.therapist_id, world.location_id, nights, world.now)
    sunday, monday = date(2027, 2, 28), date(2027, 3, 1)
    late = world.confirmed(MONDAY - 8 * HOUR)
    for day, touched in ((sunday, [late.id]), (monday, [])):
        outside = services.outside_hours(world.session, world.therapist_id, world.location_id, day, [])
        assert [each.id for each in outside] == touched
        holiday = services.set_holidays(world.session, world.therapist_id, {day: "A feast"}, world.now)
        assert [each.id for each in holiday] == touched
        services.set_holidays(world.session, world.therapist_id, {}, world.now)
    closed = services.set_exception(world.session, world.therapist_id, world.location_id, sunday, [], world.now)
    assert [each.id for each in closed] == [late.id]
    assert not world.free(MONDAY - 8 * HOUR, 1 / 12)


def test_20_travel_between_two_locations_is_kept_and_a_time_names_its_place(world: World) -> None:
    other = Location(
        therapist_id=world.therapist_id, city="Austin", region="TX", lat=30.4, lon=-97.7, time_zone="America/Chicago"
    )
    world.session.add(other)
    world.session.flush()
    world.set_hours(range(5), other.id)
    world.confirmed(MONDAY + 3 * HOUR)
    here, there = world.free(location_id=world.location_id), world.free(location_id=other.id)
    named = queries.free_times(world.session, world.service_id, MONDAY, MONDAY + 24 * HOUR, world.now)
    assert {(each.starts_at, each.location_id) for each in named} == {
        *((at, world.location_id) for at in here),
        *((at, other.id) for at in there),
    }
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


@pytest.mark.databases("sqlite")
def test_22_of_a_series_that_nobody_accepted_no_date_stays_past_the_cutoff(world: World) -> None:
    made = services.book_series(world.session, world.request(MONDAY, verified=True), 1, 3, world.now)
    late = MONDAY - HOUR
    services.accept(world.session, made[0].id, world.me, world.now)
    services.cancel(world.session, made[2].token, late, scope="all")
    assert [world.state(each) for each in made] == ["confirmed", "cancelled_by_patient", "cancelled_by_patient"]
    again = services.book_series(world.session, world.request(MONDAY + 2 * HOUR, verified=True), 1, 2, world.now)
    services.cancel(world.session, again[1].token, MONDAY + HOUR, scope="all")
    assert [world.state(each) for each in again] == ["cancelled_by_patient", "cancelled_by_patient"]
