"""Any order of things that people do leaves bookings, quanta, timeline and messages in step; and races have one winner."""

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, DomainError
from app.doors.database import transaction
from app.notifications.models import OutboxMessage
from app.scheduling import queries, services
from app.scheduling.models import Booking, Occupancy
from app.scheduling.plan import messages
from app.scheduling.services import Booked
from app.scheduling.states import Action, State, Who
from app.scheduling.waiting import Wish
from tests.scheduling.world import CLEAR, MONDAY, World, check_everything, person

pytestmark = pytest.mark.databases
QUARTERS = st.integers(0, 5 * 96).map(lambda number: MONDAY + timedelta(minutes=15 * number))
TOLD = re.compile(r"visit:\d+:\d+:(patient|therapist)")


class Machine(RuleBasedStateMachine):
    """What patients, the therapist and the clock do to one calendar."""

    session: Session

    @initialize(mode=st.sampled_from(["request", "instant"]), buffer=st.sampled_from([0, 15]))
    def open_the_door(self, mode: str, buffer: int) -> None:
        self.world = World.make(self.session, mode=mode, buffer_after=buffer, commit=False)
        services.set_scheduling(self.session, self.world.therapist_id, {"most_open_requests": 50}, self.world.now)
        self.made: list[Booked] = []

    @rule(at=QUARTERS, verified=st.booleans())
    def book(self, at: Any, verified: bool) -> None:
        shown = at in self.world.free(MONDAY, 7)
        made = self.attempt(lambda: self.world.book(at, verified=verified))
        assert (made is not None) is shown
        self.made += [made] if made else []

    @rule(at=QUARTERS)
    def book_a_series(self, at: Any) -> None:
        request = self.world.request(at, verified=True)
        made = self.attempt(lambda: services.book_series(self.session, request, 1, 3, self.world.now))
        self.made += made or []

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def confirm_the_address(self, data: st.DataObject) -> None:
        booked = self.one(data)
        facts = [json.loads(row.facts or "{}") for row in self.world.outbox("visit.confirm_contact")]
        codes = [each["code"] for each in facts if each["booking"] == booked.id]
        if codes:
            self.attempt(lambda: services.confirm_by_code(self.session, booked.token, codes[-1], self.world.now))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), answer=st.sampled_from(["accept", "decline", "attended", "no_show"]), series=st.booleans())
    def answer(self, data: st.DataObject, answer: str, series: bool) -> None:
        booked, me, now = self.one(data), self.world.me, self.world.now
        acts: dict[str, Callable[[], Any]] = {
            "accept": lambda: services.accept(self.session, booked.id, me, now, whole_series=series),
            "decline": lambda: services.decline(self.session, booked.id, me, "other", now, whole_series=series),
            "attended": lambda: services.attended(self.session, booked.id, me, now),
            "no_show": lambda: services.no_show(self.session, booked.id, me, now),
        }
        self.attempt(acts[answer])

    @precondition(lambda self: self.made)
    @rule(data=st.data(), at=QUARTERS, by_therapist=st.booleans())
    def ask_for_another_time(self, data: st.DataObject, at: Any, by_therapist: bool) -> None:
        booked, world = self.one(data), self.world
        if by_therapist:
            self.attempt(
                lambda: services.reschedule_as_therapist(
                    self.session, booked.id, world.me, at, world.location_id, world.now
                )
            )
        else:
            self.attempt(lambda: services.reschedule(self.session, booked.token, at, world.location_id, world.now))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), agree=st.booleans(), by_therapist=st.booleans())
    def answer_the_other_time(self, data: st.DataObject, agree: bool, by_therapist: bool) -> None:
        booked, world = self.one(data), self.world
        if by_therapist:
            act = services.agree_to_move_as_therapist if agree else services.refuse_move_as_therapist
            self.attempt(lambda: act(self.session, booked.id, world.me, world.now))
        else:
            act_patient = services.agree_to_move if agree else services.refuse_move
            self.attempt(lambda: act_patient(self.session, booked.token, world.now))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), scope=st.sampled_from(["one", "rest", "all"]), by_therapist=st.booleans())
    def cancel(self, data: st.DataObject, scope: Any, by_therapist: bool) -> None:
        booked, world = self.one(data), self.world
        if by_therapist:
            self.attempt(
                lambda: services.cancel_as_therapist(self.session, booked.id, world.me, "ill", world.now, scope=scope)
            )
        else:
            self.attempt(lambda: services.cancel(self.session, booked.token, world.now, scope=scope))

    @rule()
    def wait_for_a_time(self) -> None:
        wish = Wish(MONDAY.date(), MONDAY.date() + timedelta(days=20))
        services.join_waitlist(self.session, self.world.service_id, wish, person(), self.world.now, verified=True)

    @rule()
    def take_what_is_offered(self) -> None:
        query = select(Booking.token).where(Booking.state == "held", Booking.confirm_hash.is_(None))
        token = self.session.scalars(query).first()
        if token:
            self.attempt(lambda: services.take_offer(self.session, token, CLEAR, "", self.world.now))

    @rule(first=QUARTERS, hours=st.integers(1, 30))
    def take_time_off(self, first: Any, hours: int) -> None:
        world, last = self.world, first + timedelta(hours=hours)
        services.add_time_off(self.session, world.therapist_id, first, last, world.now)

    @rule(hours=st.integers(1, 20))
    def let_time_pass(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)
        services.expire_due(self.session, self.world.now)

    @invariant()
    def everything_is_in_step(self) -> None:
        if not hasattr(self, "world"):
            return
        check_everything(self.session)
        self.each_transition_told_once()

    def each_transition_told_once(self) -> None:
        expected = set()
        for booking in self.session.scalars(select(Booking).where(Booking.series_id.is_(None))):
            for event in queries.history(self.session, booking.id):
                who = cast(Who, event.actor.partition(":")[0])
                for to, _ in messages(cast(State | None, event.old_state), cast(Action, event.action), who):
                    expected.add(f"visit:{booking.id}:{event.number}:{to}")
        alone = select(Booking.id).where(Booking.series_id.is_(None))
        abouts = [f"visit:{number}" for number in self.session.scalars(alone)]
        keys = self.session.scalars(select(OutboxMessage.key).where(OutboxMessage.about.in_(abouts)))
        assert {key for key in keys if TOLD.fullmatch(key)} == expected

    def attempt(self, act: Callable[[], Any]) -> Any:
        """As a door does it: all of it, or nothing."""
        try:
            with self.session.begin_nested():
                return act()
        except DomainError:
            self.session.expire_all()
            return None

    def one(self, data: st.DataObject) -> Booked:
        return data.draw(st.sampled_from(self.made))

    def teardown(self) -> None:
        self.session.rollback()


def test_any_order_of_changes_keeps_everything_in_step(session: Session) -> None:
    class OnThisDatabase(Machine):
        pass

    OnThisDatabase.session = session
    few = settings(
        max_examples=10,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OnThisDatabase, settings=few)


def test_1_of_many_at_once_exactly_one_wins_each_time(app: Flask, session: Session) -> None:
    """Eight people want the same four times; every acknowledged booking exists, none overlap."""
    world = World.make(session)
    wanted = [MONDAY + timedelta(minutes=30 * number) for number in range(4)]
    won: list[Booked] = []
    lost: list[Conflict] = []
    start = threading.Barrier(8)

    def race() -> None:
        start.wait()
        for at in wanted:
            _try(world.request(at, verified=True))

    def _try(request: services.BookingRequest) -> None:
        with app.app_context():
            try:
                with transaction() as own:
                    made = services.book(own, request, world.now)
                won.append(made)
            except Conflict as error:
                lost.append(error)

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert len(won) + len(lost) == 32
    assert set(session.scalars(select(Booking.id))) == {each.id for each in won}
    assert len(won) == 2, "of four times that overlap in a row, whoever comes first leaves room for one more"
    assert session.scalar(select(func.count()).select_from(Occupancy)) == 12 * len(won)
    check_everything(session)


def test_the_same_key_from_many_at_once_makes_one_booking(app: Flask, session: Session) -> None:
    world = World.make(session)
    request = world.request(MONDAY)
    answers: list[Booked] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        with app.app_context(), transaction() as own:
            answers.append(services.book_once(own, "one-key", request, world.now))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
