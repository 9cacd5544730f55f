"""What a second pair of eyes found: ways around a rule, and one bad row that held up all the others."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core.errors import Forbidden, Gone
from app.directory.models import Therapist
from app.doors import calendars as door
from app.scheduling import personal_data, services
from app.scheduling.models import (
    BlockedPerson,
    Booking,
    CalendarFeed,
    ImportedCalendar,
    TimelineWeek,
    VisitsLink,
    WaitlistEntry,
)
from app.scheduling.quanta import floor_quantum, week_of
from app.scheduling.services import expiry, idempotency
from app.scheduling.services.timelines import occupy
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, check_everything, facts_in, person, refused
from tests.support.accounts import make_user, user

pytestmark = pytest.mark.databases

HOUR = timedelta(hours=1)
WISH = Wish(date(2027, 3, 1), date(2027, 3, 1))


def test_a_series_counts_as_one_open_request(world: World) -> None:
    same = person()
    for hours in range(3):
        services.book_series(world.session, world.request(MONDAY + hours * HOUR, contact=same), 1, 2, world.now)
    again = world.request(MONDAY + 5 * HOUR, contact=same)
    refused("too-many-open", Forbidden, services.book_series, world.session, again, 1, 2, world.now)


def test_the_waitlist_is_no_way_around_the_block_list(world: World) -> None:
    early, late = person(), person()
    booked = world.confirmed(MONDAY)
    services.join_waitlist(world.session, world.service_id, WISH, early, world.now, verified=True)
    for each in (early, late):
        services.block(world.session, world.therapist_id, str(each.email))
    join = services.join_waitlist
    refused("not-accepted", Forbidden, join, world.session, world.service_id, WISH, late, world.now, verified=True)
    services.cancel(world.session, booked.token, world.now)
    assert not world.outbox("visit.time_offered")


def test_that_an_address_is_blocked_is_told_to_who_proves_it_and_not_to_who_types_it(world: World) -> None:
    """Each of them, or they would wait in vain."""
    typed = person()
    services.block(world.session, world.therapist_id, str(typed.email))
    waiting = services.join_waitlist(world.session, world.service_id, WISH, typed, world.now)
    held = world.book(MONDAY, contact=typed)
    assert held.state == "held"
    refused("not-accepted", Forbidden, services.confirm_waiting, world.session, waiting.token, world.now)
    mailed = facts_in(world.outbox("visit.confirm_contact")[-1])
    refused("not-accepted", Forbidden, services.confirm_by_link, world.session, mailed["confirm"], world.now)
    refused("not-accepted", Forbidden, services.confirm_by_code, world.session, held.token, mailed["code"], world.now)
    assert not world.outbox("visit.new_request")


def test_who_is_blocked_while_waiting_learns_it_from_the_mailed_link_only(world: World) -> None:
    waiting = services.join_waitlist(world.session, world.service_id, WISH, person(), world.now, verified=True)
    services.block(world.session, world.therapist_id, services.place_of(world.session, waiting.token, world.now).email)
    assert services.place_of(world.session, waiting.token, world.now).state == "refused"
    typed_here = services.place_by_number(world.session, waiting.id, world.now)
    assert typed_here is not None
    assert typed_here.state == "waiting"


def test_a_therapist_who_cancels_a_series_leaves_the_visits_that_were(world: World) -> None:
    first, second = services.book_series(world.session, world.request(MONDAY, verified=True), 1, 2, world.now)
    services.accept(world.session, first.id, world.me, world.now, whole_series=True)
    later = MONDAY + timedelta(days=1)
    services.cancel_as_therapist(world.session, second.id, world.me, "other", later, scope="all")
    assert (world.state(first), world.state(second)) == ("confirmed", "cancelled_by_therapist")
    check_everything(world.session)


def test_a_link_is_kept_for_an_unknown_address_too_so_that_the_time_tells_nothing(world: World) -> None:
    services.mail_visits_link(world.session, "nobody@person.example", world.now)
    assert len(world.session.scalars(select(VisitsLink)).all()) == 1
    assert not world.outbox("visits.link")


def test_one_therapist_who_cannot_expire_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = World.make(world.session)
    stuck, fine = world.book(MONDAY), other.book(MONDAY)

    def expire_of(session: Session, therapist_id: int, now: datetime) -> int:
        if therapist_id == world.therapist_id:
            occupy(session, therapist_id, stuck.id, floor_quantum(MONDAY), floor_quantum(MONDAY) + 1)
        return whole(session, therapist_id, now)

    whole = expiry.expire_of
    monkeypatch.setattr(expiry, "expire_of", expire_of)
    assert services.expire_due(world.session, world.now + HOUR) == 1
    assert (world.state(stuck), other.state(fine)) == ("held", "expired")


@pytest.mark.parametrize(
    "change",
    [
        lambda one: services.add_time_off(one.session, one.therapist_id, MONDAY, MONDAY + HOUR, one.now),
        lambda one: services.set_holidays(one.session, one.therapist_id, {}, one.now),
        lambda one: services.set_imported_busy(one.session, one.therapist_id, 1, [], one.now),
        lambda one: services.clear_exception(one.session, one.therapist_id, one.location_id, WISH.first, one.now),
    ],
)
def test_hours_change_under_the_lock_that_booking_takes(world: World, change: Any) -> None:
    """Or a visit booked meanwhile would be missing in the timeline, and its time offered for ever."""
    said: list[str] = []
    connection = world.session.connection()
    listen = lambda _c, _cursor, statement, *_more: said.append(" ".join(statement.split()))  # noqa: E731
    event.listen(connection, "before_cursor_execute", listen)
    change(world)
    event.remove(connection, "before_cursor_execute", listen)
    assert said[0].startswith("SELECT therapist.id FROM therapist WHERE")
    assert said[0].endswith("FOR UPDATE") == (connection.dialect.name == "postgresql")


def test_one_broken_calendar_does_not_keep_the_others_waiting(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = lambda name: services.add_calendar(world.session, world.therapist_id, name, "https://a.example", world.now)  # noqa: E731
    rows = [add("a"), add("b")]
    broken, fine = (row.id for row in rows)
    world.session.commit()
    asked: list[int] = []

    def sync(calendar_id: int) -> None:
        asked.append(calendar_id)
        if calendar_id == broken:
            raise RuntimeError

    monkeypatch.setattr(door, "sync", sync)
    with app.app_context(), time_machine.travel(MONDAY, tick=False):
        door.sync_due()
    world.session.expire_all()
    assert asked == [broken, fine]
    assert world.session.get_one(ImportedCalendar, broken).failures == 1


def test_the_hash_of_a_request_cannot_be_tried_out_without_its_key(world: World) -> None:
    """Screening answers are few: the same request under another key must look like another request."""
    wanted = world.request(MONDAY)
    one, other = (idempotency.keyed(key, wanted).fingerprint for key in ("key-1", "key-2"))
    assert one != other
    assert idempotency.keyed("key-1", wanted).fingerprint == one


def test_the_horizon_rolls_a_few_at_a_time_until_none_is_behind(world: World) -> None:
    World.make(world.session)
    later = world.now + timedelta(days=30)
    assert [services.roll_horizon(world.session, later, limit=1) for _ in range(3)] == [1, 1, 0]
    past = world.session.scalar(select(func.min(TimelineWeek.week)))
    assert past == week_of(floor_quantum(later)) - 1


def test_a_therapist_who_erases_the_account_leaves_nobody_before_a_closed_door(app: Flask, session: Session) -> None:
    user_id = make_user(app, "thea@person.example", "patient", "therapist")
    world = World.make(session, user_id=user_id)
    coming = world.confirmed(MONDAY)
    services.join_waitlist(session, world.service_id, WISH, person(), world.now)
    services.renew_feed(session, world.therapist_id, world.now)
    services.block(session, world.therapist_id, "somebody@person.example")
    session.commit()
    with time_machine.travel(world.now, tick=False):
        personal_data.erase(session, user(session, "thea@person.example"))
    session.flush()
    assert world.state(coming) == "cancelled_by_therapist"
    assert [each.kind for each in world.outbox("visit.cancelled")] == ["visit.cancelled"]
    assert set(session.scalars(select(WaitlistEntry.state))) == {"left"}
    for table in (CalendarFeed, BlockedPerson):
        assert session.scalars(select(table)).first() is None


@pytest.mark.parametrize("by_patient", [True, False])
def test_a_pause_takes_no_time_away_that_is_kept_for_a_move(world: World, by_patient: bool) -> None:
    booked, later = world.confirmed(MONDAY), MONDAY + 3 * HOUR
    if by_patient:
        services.reschedule(world.session, booked.token, later, world.location_id, world.now)
    else:
        services.reschedule_as_therapist(world.session, booked.id, world.me, later, world.location_id, world.now)
    world.session.get_one(Therapist, world.therapist_id).booking_mode = "none"
    world.session.flush()
    if by_patient:
        services.agree_to_move_as_therapist(world.session, booked.id, world.me, world.now)
    else:
        services.agree_to_move(world.session, booked.token, world.now)
    assert world.session.get_one(Booking, booked.id).starts_at == later
    check_everything(world.session)


def test_a_request_that_has_lapsed_is_not_revived_by_moving_it(world: World) -> None:
    """Also before the worker has swept it up."""
    booked, other = world.requested(MONDAY), MONDAY + 2 * HOUR
    assert booked.expires_at
    late, where = booked.expires_at, world.location_id
    refused("too-late", Gone, services.reschedule, world.session, booked.token, other, where, late)
    for act in (services.reschedule_as_therapist, services.move_as_therapist):
        refused("too-late", Gone, act, world.session, booked.id, world.me, other, where, late)


def test_moving_a_request_wins_no_time(world: World) -> None:
    booked = world.requested(MONDAY)
    later = world.now + HOUR
    services.reschedule(world.session, booked.token, MONDAY + 2 * HOUR, world.location_id, later)
    assert world.session.get_one(Booking, booked.id).expires_at == booked.expires_at


def test_a_series_is_accepted_only_while_each_of_it_is_in_time(world: World) -> None:
    first, second = services.book_series(world.session, world.request(MONDAY, verified=True), 1, 2, world.now)
    world.session.get_one(Booking, second.id).expires_at = world.now
    world.session.flush()
    refused("too-late", Gone, services.accept, world.session, first.id, world.me, world.now, whole_series=True)
    assert world.state(first) == "requested"
