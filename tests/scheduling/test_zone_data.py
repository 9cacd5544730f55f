"""New zone data: visits keep their time on the wall, the moved ones are told, and nothing overlaps on the way."""

import json
from datetime import timedelta
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.errors import Conflict
from app.directory.models import Location
from app.doors import jobs
from app.doors.database import db
from app.scheduling import queries, services
from app.scheduling.models import Booking, ZoneData
from tests.scheduling.mails import written
from tests.scheduling.world import MONDAY, World, check_everything

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


def clocks_change(world: World) -> None:
    """As if new data put the venue an hour further west: other rules, the same walls."""
    session = world.session
    session.execute(update(Location).where(Location.id == world.location_id).values(time_zone="America/Denver"))
    session.execute(update(Booking).values(time_zone="America/Denver"))
    session.expire_all()


def test_visits_that_follow_each_other_keep_their_wall_times(world: World) -> None:
    made = [world.confirmed(MONDAY + hours * HOUR) for hours in (0, 1, 2)]
    clocks_change(world)
    moved = services.keep_wall_times(world.session, world.therapist_id, world.now)
    assert sorted(moved) == [each.id for each in made]
    visits = [queries.visit(world.session, each.token) for each in made]
    assert [each.starts_at for each in visits] == [MONDAY + hours * HOUR for hours in (1, 2, 3)]
    assert [each.sequence for each in visits] == [1, 1, 1]
    assert min(world.free(MONDAY - HOUR)) == MONDAY + 4 * HOUR
    check_everything(world.session)


def test_who_has_a_visit_that_was_put_back_is_reminded_at_its_new_instant_once(world: World) -> None:
    """Case 18: the old reminders were of another instant; none of them is sent, and none is missing."""
    booked = world.confirmed(MONDAY)
    clocks_change(world)
    services.keep_wall_times(world.session, world.therapist_id, world.now)
    waiting = [each for each in world.outbox("visit.reminder") if each.state == "waiting"]
    assert sorted(each.send_after for each in waiting) == [MONDAY - 23 * HOUR, MONDAY - HOUR]
    assert "Mon 1 Mar, 9:00 am (Mountain Time)" in written(world, "visit.reminder").text
    assert [each.state for each in world.outbox("visit.follow_up")] == ["withdrawn", "waiting"]
    assert world.actions(booked)[-1] == "keep_wall_time"
    assert len(world.outbox("visit.moved", "visit.moved_therapist")) == 0, "on the wall nothing has moved"
    check_everything(world.session)


def test_a_mail_that_waits_says_the_new_instant_and_outdates_no_calendar(world: World) -> None:
    booked = world.confirmed(MONDAY)
    clocks_change(world)
    services.keep_wall_times(world.session, world.therapist_id, world.now)
    message = written(world, "visit.confirmed")
    assert message.subject == "Your visit is confirmed: Mon 1 Mar, 9:00 am (Mountain Time)"
    sequence = queries.visit(world.session, booked.token).sequence
    assert f"SEQUENCE:{sequence}\r\n".encode() in message.attachments[0].content


def test_the_history_tells_the_therapist_and_troubles_nobody_else(world: World) -> None:
    booked = world.requested(MONDAY)
    clocks_change(world)
    services.keep_wall_times(world.session, world.therapist_id, world.now)
    assert world.actions(booked) == ["request", "keep_wall_time"]
    assert world.outbox("visit.reminder", "visit.follow_up") == []
    check_everything(world.session)


@pytest.mark.parametrize("by_therapist", [True, False])
def test_a_proposed_time_keeps_its_wall_time_too(world: World, by_therapist: bool) -> None:
    """One o'clock was proposed, and one o'clock it is when the other side agrees."""
    booked, one = world.confirmed(MONDAY), MONDAY + 4 * HOUR
    at = one, world.location_id, world.now
    if by_therapist:
        services.reschedule_as_therapist(world.session, booked.id, world.me, *at)
    else:
        services.reschedule(world.session, booked.token, *at)
    clocks_change(world)
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == [booked.id]
    shown = queries.visit(world.session, booked.token)
    assert (shown.starts_at, shown.new_starts_at) == (MONDAY + HOUR, one + HOUR)
    assert {MONDAY + HOUR, one + HOUR}.isdisjoint(world.free())
    mailed = " ".join(written(world, "visit.ask_move").text.split())
    assert "from Mon 1 Mar, 9:00 am (Mountain Time) to Mon 1 Mar, 2:00 pm (Central Time)" in mailed, "one more hour"
    check_everything(world.session)
    if by_therapist:
        services.agree_to_move(world.session, booked.token, world.now)
    else:
        services.agree_to_move_as_therapist(world.session, booked.id, world.me, world.now)
    moved = world.session.scalars(select(Booking)).one()
    assert (moved.starts_at, moved.wall_start) == (one + HOUR, "2027-03-01T13:00")
    assert (moved.new_starts_at, moved.new_wall_start) == (None, None)
    check_everything(world.session)


def test_a_proposed_time_at_a_place_whose_clocks_change_moves_alone(world: World) -> None:
    """The visit itself is elsewhere: its calendars and reminders have nothing to learn."""
    booked, at = world.confirmed(MONDAY), MONDAY + 4 * HOUR
    services.reschedule_as_therapist(world.session, booked.id, world.me, at, world.location_id, world.now)
    reminders = [(each.id, each.state) for each in world.outbox("visit.reminder")]
    clocks_change(world)
    world.session.execute(update(Booking).values(time_zone="America/Chicago"))
    world.session.expire_all()
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == [booked.id]
    shown = queries.visit(world.session, booked.token)
    assert (shown.starts_at, shown.new_starts_at, shown.sequence) == (MONDAY, at + HOUR, 0)
    assert world.actions(booked)[-1] == "keep_wall_time"
    assert [(each.id, each.state) for each in world.outbox("visit.reminder")] == reminders
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == []
    check_everything(world.session)


def test_times_that_are_offered_instead_keep_their_wall_times(world: World) -> None:
    booked, offered = world.requested(MONDAY), [MONDAY + 2 * HOUR, MONDAY + 26 * HOUR]
    services.offer_other_times(world.session, booked.id, world.me, offered, world.location_id, world.now)
    clocks_change(world)
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == [booked.id]
    shown = queries.offered_times(queries.visit(world.session, booked.token))
    assert [at for at, _place in shown] == [each + HOUR for each in offered]
    said = " ".join(written(world, "visit.other_times").text.split())
    assert "Mon 1 Mar, 11:00 am (Mountain Time); Tue 2 Mar, 11:00 am (Mountain Time)" in said
    services.take_other_time(world.session, booked.token, offered[0] + HOUR, world.now)
    assert world.session.scalars(select(Booking.wall_start)).all() == ["2027-03-01T11:00"]
    check_everything(world.session)


def test_what_was_proposed_before_wall_times_were_kept_stays_at_its_instant(world: World) -> None:
    asked, offered = world.confirmed(MONDAY), world.requested(MONDAY + HOUR)
    at = MONDAY + 4 * HOUR
    services.reschedule_as_therapist(world.session, asked.id, world.me, at, world.location_id, world.now)
    before = json.dumps([[at.isoformat(), world.location_id]])
    world.session.execute(update(Booking).values(new_wall_start=None))
    world.session.execute(update(Booking).where(Booking.id == offered.id).values(offered_times=before))
    clocks_change(world)
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == [asked.id, offered.id]
    assert queries.visit(world.session, asked.token).new_starts_at == at
    assert queries.visit(world.session, offered.token).offered_times == before


def test_the_same_data_moves_nothing(world: World) -> None:
    booked = world.confirmed(MONDAY)
    at = MONDAY + 4 * HOUR
    services.reschedule_as_therapist(world.session, booked.id, world.me, at, world.location_id, world.now)
    other = world.requested(MONDAY + HOUR)
    services.offer_other_times(world.session, other.id, world.me, [at + HOUR], world.location_id, world.now)
    assert services.keep_wall_times(world.session, world.therapist_id, world.now) == []
    check_everything(world.session)


def test_a_visit_that_moves_onto_one_that_stays_is_left_to_a_person(world: World) -> None:
    first, second = world.confirmed(MONDAY), world.confirmed(MONDAY + HOUR)
    clocks_change(world)
    world.session.execute(update(Booking).where(Booking.id == second.id).values(time_zone="America/Chicago"))
    world.session.expire_all()
    with pytest.raises(Conflict):
        services.keep_wall_times(world.session, world.therapist_id, world.now)
    assert first.starts_at == MONDAY


def test_the_task_runs_once_for_each_release(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    booked = world.confirmed(MONDAY)
    clocks_change(world)
    world.session.commit()
    monkeypatch.setattr(jobs, "now", lambda: world.now)
    releases = iter(["2027.1", "2027.1", "2027.2"])
    monkeypatch.setattr(jobs, "installed_zone_data", lambda: next(releases))
    said, seen = Mock(), []
    monkeypatch.setattr(jobs, "log", said)
    for _ in range(3):
        with app.app_context():
            jobs.follow_zone_data()
            seen.append(queries.visit(db.session, booked.token).starts_at)
            db.session.close()
    assert seen == [MONDAY + HOUR] * 3
    assert [each.kwargs for each in said.warning.call_args_list] == [{"visits": [booked.id], "zone_data": "2027.1"}]
    world.session.rollback()
    applied = world.session.scalars(select(ZoneData.version).order_by(ZoneData.version)).all()
    assert applied == ["2027.1", "2027.2"]


def test_visits_that_collide_are_reported_and_hold_up_nobody_elses(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.confirmed(MONDAY), world.confirmed(MONDAY + HOUR)
    other = World.make(world.session)
    theirs = other.confirmed(MONDAY)
    clocks_change(world)
    clocks_change(other)
    world.session.execute(update(Booking).where(Booking.id == second.id).values(time_zone="America/Chicago"))
    world.session.commit()
    said = Mock()
    monkeypatch.setattr(jobs, "now", lambda: world.now)
    monkeypatch.setattr(jobs, "log", said)
    with app.app_context():
        jobs.follow_zone_data()
    assert [each.kwargs["therapist"] for each in said.error.call_args_list] == [world.therapist_id]
    assert [each.kwargs["visits"] for each in said.warning.call_args_list] == [[theirs.id]]
    world.session.rollback()
    starts = [queries.visit(world.session, each.token).starts_at for each in (first, second, theirs)]
    assert starts == [MONDAY, MONDAY + HOUR, MONDAY + HOUR]
    check_everything(world.session)
