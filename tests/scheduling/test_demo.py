"""Fictional therapists get hours that the services would derive just so."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.directory.listing_models import Listing, SearchEntry
from app.directory.models import Location
from app.directory.services import refresh_listings
from app.scheduling import demo, queries, services
from app.scheduling.models import TimelineWeek
from tests import factories
from tests.scheduling.world import World

pytestmark = pytest.mark.databases
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def rows(session: Session) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    found = session.execute(select(TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.open, TimelineWeek.busy))
    return {(location, week): (opened, busy) for location, week, opened, busy in found}


def bounds(session: Session) -> set[tuple[object, ...]]:
    """What entries and listings know of first free times."""
    return {
        (model.__tablename__, *row)
        for model in (SearchEntry, Listing)
        for row in session.execute(
            select(
                model.location_id,
                model.free_base,
                model.free_hours,
                model.free_later,
                model.free_firsts,
                model.free_quarters,
                model.free_minutes,
                model.lead,
                model.pace,
            ).where(model.pace == 3)
        )
    }


def people(session: Session, count: int) -> list[int]:
    made = [factories.therapist(session, origin="demo") for _ in range(count)]
    made[0].locations.append(Location(city="Dallas", region="TX", lat=32.8, lon=-96.8, time_zone="America/Chicago"))
    session.flush()
    refresh_listings(session, [one.id for one in made])
    return [one.id for one in made]


def test_the_rows_are_what_the_services_derive(session: Session) -> None:
    ids = people(session, 5)
    assert demo.load_hours(session, seed=1, now=NOW)["bookable"] == 5
    loaded, known = rows(session), bounds(session)
    for one in ids:
        services.rederive(session, one, NOW)
    assert rows(session) == loaded
    assert bounds(session) == known
    assert len(known) == 12, "five first places and a second one, in both tables"
    assert any(int.from_bytes(busy, "little") for _, busy in loaded.values())


def test_they_can_be_booked_and_a_second_load_changes_nothing(session: Session) -> None:
    people(session, 3)
    demo.load_hours(session, seed=1, now=NOW)
    offers = [queries.bookables(session, service) for service in (1, 2, 3)]
    assert all(queries.first_free(session, offer, NOW) for offer in offers)
    assert demo.load_hours(session, seed=1, now=NOW)["bookable"] == 0


def test_who_has_bookings_does_not_give_way(session: Session) -> None:
    world = World.make(session, origin="demo")
    demo.refuse_if_booked(session)
    world.book()
    with pytest.raises(Conflict, match="bookings"):
        demo.refuse_if_booked(session)
