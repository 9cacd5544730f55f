"""A small invented world for booking: a therapist with hours, a person, and a clock that stands still."""

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import DomainError
from app.directory.services import refresh_listings
from app.notifications.models import OutboxMessage
from app.scheduling import queries, services
from app.scheduling.hours import OpeningHours
from app.scheduling.models import Booking, Occupancy, TimelineWeek
from app.scheduling.queries.taken import visit_interval
from app.scheduling.safety import QUESTIONS, Screening
from app.scheduling.services import Booked, BookingRequest, Contact
from app.scheduling.states import LIVE, Actor
from tests import factories

MONDAY = datetime(2027, 3, 1, 15, tzinfo=UTC)
"""Monday 1 March 2027, 09:00 in Austin."""

CLEAR = Screening(answers={question.id: False for question in QUESTIONS})
_people = itertools.count(1)


def person(**facts: Any) -> Contact:
    return Contact(**{"name": "Pat Example", "email": f"pat{next(_people)}@example.test", **facts})


@dataclass
class World:
    """One therapist, one location, one service of 60 minutes, open Monday to Friday 09:00-17:00."""

    session: Session
    therapist_id: int
    location_id: int
    service_id: int
    now: datetime = MONDAY - timedelta(days=3)
    opens: int = 9 * 60
    closes: int = 17 * 60
    me: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.me = Actor("therapist", self.therapist_id)

    @classmethod
    def make(cls, session: Session, *, mode: str = "request", commit: bool = True, **facts: Any) -> "World":
        service = {name: facts.pop(name) for name in ("buffer_before", "buffer_after") if name in facts}
        one = factories.therapist(session, booking_mode=mode, **facts)
        for name, value in service.items():
            setattr(one.services[0], name, value)
        one.email = "therapist@example.test"
        session.flush()
        world = cls(session, one.id, one.locations[0].id, one.services[0].id)
        services.set_scheduling(session, one.id, {"grid_minutes": 15}, world.now)
        world.set_hours(range(5))
        if commit:
            session.commit()
        return world

    def set_hours(self, weekdays: Any, location_id: int | None = None) -> None:
        refresh_listings(self.session, [self.therapist_id])
        weekly = [OpeningHours(day, self.opens, self.closes) for day in weekdays]
        services.set_hours(self.session, self.therapist_id, location_id or self.location_id, weekly, self.now)

    def request(self, at: datetime = MONDAY, **facts: Any) -> BookingRequest:
        whole = BookingRequest(self.service_id, self.location_id, at, person(), CLEAR)
        return replace(whole, **facts)

    def book(self, at: datetime = MONDAY, **facts: Any) -> Booked:
        return services.book(self.session, self.request(at, **facts), self.now)

    def requested(self, at: datetime = MONDAY, **facts: Any) -> Booked:
        return self.book(at, verified=True, **facts)

    def confirmed(self, at: datetime = MONDAY, **facts: Any) -> Booked:
        booked = self.requested(at, **facts)
        if booked.state == "requested":
            services.accept(self.session, booked.id, self.me, self.now)
        return booked

    def free(self, first: datetime = MONDAY, days: float = 1, **facts: Any) -> list[datetime]:
        found = queries.free_times(
            self.session, self.service_id, first, first + timedelta(days=days), self.now, **facts
        )
        return [each.starts_at for each in found]

    def state(self, booked: Booked) -> str:
        return self.session.scalars(select(Booking.state).where(Booking.id == booked.id)).one()

    def actions(self, booked: Booked) -> list[str]:
        return [each.action for each in queries.history(self.session, booked.id)]

    def outbox(self, *kinds: str) -> list[OutboxMessage]:
        query = select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
        return [each for each in self.session.scalars(query) if not kinds or each.kind in kinds]


def refused(code: str, kind: type[DomainError], act: Any, *args: Any, **facts: Any) -> DomainError:
    """`act` is refused with this code; the error."""
    with pytest.raises(kind) as caught:
        act(*args, **facts)
    assert caught.value.code == code
    return caught.value


def facts_in(message: OutboxMessage) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(message.facts or "{}")
    return facts


def code_in(message: OutboxMessage) -> str:
    """The six digits that a mail carries."""
    return str(facts_in(message)["code"])


def check_everything(session: Session) -> None:
    """What must hold after any change at all, looked up anew from the tables."""
    session.flush()
    _occupancy_is_exact(session)
    _events_have_no_gap_and_tell_once(session)
    _timeline_equals_derivation(session)


def _occupancy_is_exact(session: Session) -> None:
    expected = {}
    for booking in session.scalars(select(Booking).where(Booking.state.in_(sorted(LIVE)))):
        for at in filter(None, (booking.starts_at, booking.new_starts_at)):
            first, last = visit_interval(at, booking.minutes, booking.buffer_before, booking.buffer_after)
            for quantum in range(first, last):
                key = booking.therapist_id, quantum
                assert expected.get(key, booking.id) == booking.id, "two live bookings overlap"
                expected[key] = booking.id
    rows = session.execute(select(Occupancy.therapist_id, Occupancy.quantum, Occupancy.booking_id))
    assert {(therapist, quantum): booking for therapist, quantum, booking in rows} == expected


def _events_have_no_gap_and_tell_once(session: Session) -> None:
    for booking in session.scalars(select(Booking)):
        events = queries.history(session, booking.id)
        assert [each.number for each in events] == list(range(1, booking.events + 1))
        assert events[-1].new_state == booking.state
        assert all(before.new_state == after.old_state for before, after in itertools.pairwise(events))


def _timeline_equals_derivation(session: Session) -> None:
    query = select(
        TimelineWeek.therapist_id, TimelineWeek.location_id, TimelineWeek.week, TimelineWeek.open, TimelineWeek.busy
    )
    before = {tuple(row[:3]): (bytes(row[3]), bytes(row[4])) for row in session.execute(query)}
    nested = session.begin_nested()
    weeks = sorted({week for _, _, week in before})
    for therapist_id in {key[0] for key in before}:
        services.rederive(session, therapist_id, MONDAY, range(weeks[0], weeks[-1] + 1))
    after = {tuple(row[:3]): (bytes(row[3]), bytes(row[4])) for row in session.execute(query)}
    nested.rollback()
    assert before == after
