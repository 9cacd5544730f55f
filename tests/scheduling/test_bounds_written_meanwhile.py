"""What the daily task says of first free times never stands where somebody has said something newer meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory import listing_services
from app.directory import services as directory
from app.directory.listing_facts import UNKNOWN
from app.directory.listing_models import Listing
from app.scheduling import services
from app.scheduling.services import timelines
from tests.scheduling.world import World
from tests.support.elsewhere import PATIENCE, Elsewhere, waits

pytestmark = pytest.mark.databases("postgresql")
FACTS = {"name": "Short", "minutes": 30, "price_cents": 4000, "active": True}
Change = Callable[[World, Elsewhere], Any]


def add_shorter(world: World, elsewhere: Elsewhere) -> Any:
    return elsewhere(directory.save_service, world.therapist_id, None, FACTS)


def make_shorter(world: World, elsewhere: Elsewhere) -> Any:
    return elsewhere(directory.save_service, world.therapist_id, world.service_id, {"minutes": 30})


def bounded_for(session: Session, world: World) -> int:
    """The shortest treatment that the bound holds for; 0 when nothing is known."""
    session.rollback()
    return session.scalars(select(Listing.free_minutes).where(Listing.therapist_id == world.therapist_id)).one()


@pytest.mark.parametrize("change", [add_shorter, make_shorter])
def test_a_change_waits_while_its_bound_is_worked_out(
    session: Session, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    world, changes = World.make(session), []
    write = timelines.bound_first_times

    def meanwhile(*said: Any) -> None:
        changes.append(change(world, elsewhere))
        assert waits(changes[0])
        write(*said)

    with monkeypatch.context() as patch:
        patch.setattr(timelines, "bound_first_times", meanwhile)
        services.bound_anew(session, world.now)
    session.commit()
    changes[0].result(PATIENCE)
    assert bounded_for(session, world) == 0


def test_a_freed_time_waits_while_a_listing_is_written_anew(
    session: Session, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, cancelled = World.make(session), []
    coming = world.confirmed()
    services.bound_anew(session, world.now)
    session.commit()
    read = listing_services._wholes

    def meanwhile(session: Session, ids: list[int]) -> Any:
        cancelled.append(elsewhere(services.cancel, coming.token, world.now))
        assert waits(cancelled[0])
        return read(session, ids)

    with monkeypatch.context() as patch:
        patch.setattr(listing_services, "_wholes", meanwhile)
        directory.refresh_listings(session, [world.therapist_id])
    session.commit()
    cancelled[0].result(PATIENCE)
    assert bounded_for(session, world) == 0


def test_who_is_being_changed_is_left_out_and_the_others_are_not(session: Session, elsewhere: Elsewhere) -> None:
    other, world = World.make(session), World.make(session)
    coming = world.confirmed()
    directory.bound_first_times(session, {other.therapist_id: {other.location_id: UNKNOWN}})
    session.commit()
    services.cancel(session, coming.token, world.now)
    last = elsewhere(services.bound_anew, world.now).result(PATIENCE)
    session.commit()
    assert last == world.therapist_id
    assert bounded_for(session, world) == 0
    assert bounded_for(session, other) == 60
