"""New zone data: visits keep their time on the wall, the moved ones are told, and nothing overlaps on the way."""

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


def test_the_history_tells_the_therapist_and_troubles_nobody_else(world: World) -> None:
    booked = world.requested(MONDAY)
    clocks_change(world)
    services.keep_wall_times(world.session, world.therapist_id, world.now)
    assert world.actions(booked) == ["request", "keep_wall_time"]
    assert world.outbox("visit.reminder", "visit.follow_up") == []
    check_everything(world.session)


def test_the_same_data_moves_nothing(world: World) -> None:
    world.confirmed(MONDAY)
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
