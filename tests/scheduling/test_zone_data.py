"""New zone data: visits keep their time on the wall, the moved ones are told, and nothing overlaps on the way."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.errors import Conflict
from app.directory.models import Location
from app.doors import jobs
from app.doors.database import db
from app.scheduling import queries, services
from app.scheduling.models import Booking, ZoneData
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
    seen: list[datetime] = []
    for _ in range(3):
        with app.app_context():
            jobs.follow_zone_data()
            seen.append(queries.visit(db.session, booked.token).starts_at)
            db.session.close()
    assert seen == [MONDAY + HOUR] * 3
    world.session.rollback()
    applied = world.session.scalars(select(ZoneData.version).order_by(ZoneData.version)).all()
    assert applied == ["2027.1", "2027.2"]
