"""Which times can be taken, and by whom first (the numbers are those of our list of cases)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.directory.listing_models import Listing
from app.directory.models import Service
from app.scheduling import queries, services
from app.scheduling.models import Occupancy
from app.scheduling.own_feed import feed_file
from app.scheduling.services.timelines import occupy
from tests.scheduling.mails import PAPER, written
from tests.scheduling.world import MONDAY, World, check_everything, refused
from tests.support.statements import told

pytestmark = pytest.mark.databases
HOUR = timedelta(hours=1)


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

    def offered() -> list[datetime]:
        found = queries.free_times(world.session, other, MONDAY, MONDAY + 1.5 * HOUR, world.now)
        return [each.starts_at for each in found]

    assert offered() == [MONDAY + quarter * HOUR / 4 for quarter in range(6)]
    world.requested(MONDAY)
    assert offered() == [MONDAY + HOUR, MONDAY + 1.25 * HOUR]
    refused("time-taken", Conflict, world.book, MONDAY + HOUR / 2, service_id=other)


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


def test_a_card_of_an_older_version_says_no_times_and_breaks_nothing(world: World) -> None:
    window = queries.Window(MONDAY, MONDAY + timedelta(days=7))
    listing = world.session.scalars(select(Listing)).one()
    assert queries.next_times(world.session, [world.location_id], window, world.now)
    listing.card = listing.card.replace('"bookable"', '"something"')
    assert queries.next_times(world.session, [world.location_id], window, world.now) == {}


def test_8_the_first_bookable_time_is_found_beyond_empty_weeks(world: World) -> None:
    services.add_time_off(world.session, world.therapist_id, world.now, MONDAY + timedelta(days=20), world.now)
    offers = queries.bookables(world.session, world.service_id)
    first = queries.first_free(world.session, offers, world.now)
    assert first[0].starts_at == MONDAY + timedelta(days=21) - HOUR  # nine o'clock, and the clock has changed


def test_9_buffers_keep_their_distance_and_the_last_visit_may_end_at_closing(session: Session) -> None:
    """Two hours in, 60 minutes: 15 before and 30 after are kept on both sides, of it and of the next."""
    world = World.make(session, mode="instant", buffer_before=15, buffer_after=30)
    booked = world.requested(MONDAY + 2 * HOUR)
    assert world.free() == [MONDAY + timedelta(minutes=minutes) for minutes in (0, 15, *range(225, 421, 15))]
    assert world.free()[-1] + HOUR == MONDAY.replace(hour=23), "nine to five, in UTC"
    check_everything(session)
    visit = queries.visit(session, booked.token)
    (row,) = queries.agenda(session, world.therapist_id, MONDAY, MONDAY + timedelta(days=1))
    for shown in (visit, row):
        assert (shown.starts_at, shown.ends_at) == (MONDAY + 2 * HOUR, MONDAY + 3 * HOUR), "no buffer is treatment"
    calendars = (written(world, "visit.confirmed").attachments[0].content, feed_file([row], "Unknot", PAPER.base_url))
    for content in calendars:
        (event,) = Calendar.from_ical(content).walk("VEVENT")
        assert (event.start, event.end) == (visit.starts_at, visit.ends_at)
    world.requested(MONDAY + 7 * HOUR)
    assert world.free()[-1] == MONDAY + 5.25 * HOUR, "its buffer before, and the one after of who comes before it"
    check_everything(session)


def test_the_horizon_rolls_without_gaps(world: World) -> None:
    later = world.now + timedelta(days=30)
    assert services.roll_horizon(world.session, later) == 1
    assert services.roll_horizon(world.session, later) == 0
    world.now = later
    first = MONDAY + timedelta(days=77) - HOUR
    assert world.free(first)[0].astimezone(UTC).hour == 14
    check_everything(world.session)


def _second_service(world: World, minutes: int) -> int:
    other = Service(therapist_id=world.therapist_id, name="Short", minutes=minutes, price_cents=5000)
    world.session.add(other)
    world.session.flush()
    return other.id


def _statements(world: World, act: Any) -> int:
    world.session.commit()
    with told(world.session.get_bind()) as seen:
        act()
        number = len(seen)
        world.session.commit()
    return number
