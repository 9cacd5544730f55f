"""The one way in which a booking changes: state, event, quanta, timeline and messages, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.statements import Statement
from app.notifications.outbox import Notice, enqueue, withdraw
from app.scheduling import deadlines
from app.scheduling.models import Booking, BookingEvent
from app.scheduling.plan import FOLLOW_UP, LATER, REMINDER, messages
from app.scheduling.quanta import Interval
from app.scheduling.services.busy import Weeks, add_busy, refresh_busy
from app.scheduling.services.timelines import intervals_of, occupy, own
from app.scheduling.states import ENDED, MOVABLE, OPEN, Action, Actor, State, as_told, next_state

NO_NEW_TIME: dict[str, None] = dict.fromkeys(
    ("new_starts_at", "new_wall_start", "new_location_id", "new_by", "new_expires_at")
)
UNSAID = {
    column.name: column.default.arg if column.default is not None and column.default.is_scalar else None
    for column in Booking.__table__.c
    if not column.primary_key
}
"""What a new booking has in the columns that nobody filled."""

INSERT_BOOKING = Statement(insert(Booking.__table__).returning(Booking.__table__.c.id), UNSAID)  # type: ignore[arg-type]
INSERT_NUMBERED = Statement(insert(Booking.__table__), ("id", *UNSAID))  # type: ignore[arg-type]
INSERT_EVENT = Statement(insert(BookingEvent.__table__))  # type: ignore[arg-type]
CALENDAR_ACTIONS = frozenset({"confirm", "accept", "move", "cancel"})


def transition(
    session: Session,
    booking: Booking,
    action: Action,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    quiet: bool = False,
    known: Mapping[int, Weeks] | None = None,
) -> None:
    """Do `action`; Conflict when the table does not allow it now. A new booking (without a state) is inserted.

    `changes` are columns that change with it, `facts` what only its messages carry. Of a `quiet` one nobody is told now:
    another booking of its series speaks for it; its reminders are its own. `known` as in `add_busy`.
    """
    old = cast("State | None", booking.state)
    new = next_state(old, action, actor.kind)
    if new is None:
        state = as_told(old, booking.expires_at, now) if old else None
        raise Conflict("This visit can no longer be changed that way.", code="wrong-state", facts={"state": state})
    before = intervals_of(booking) if old else []
    was_at, was_zone = booking.starts_at, booking.time_zone
    _change(booking, action, new, changes or {})
    if old is None:
        _insert(session, booking)
    else:
        session.flush()
    record(session, booking, action, actor, old, now, reason)
    _take_time(session, booking, before, known)
    was = was_at.isoformat() if was_at else None
    told = {"reason": reason, "was_at": was, "was_zone": was_zone, **(facts or {})}
    _tell(session, booking, old, action, actor, now, None if quiet else told)


def _change(booking: Booking, action: Action, new: State, changes: Mapping[str, Any]) -> None:
    if action in CALENDAR_ACTIONS and booking.state == "confirmed":
        booking.sequence += 1
    booking.state = new
    booking.events = (booking.events or 0) + 1
    if new not in OPEN:
        booking.expires_at = None
    if new not in MOVABLE and booking.new_starts_at is not None:
        changes = {**NO_NEW_TIME, **changes}
    for name, value in changes.items():
        setattr(booking, name, value)


def _insert(session: Session, booking: Booking) -> None:
    """One plain INSERT: many people book at once, and the unit of work costs as much as the rest together."""
    said = {name: value for name, value in booking.__dict__.items() if name in UNSAID}
    if "id" in booking.__dict__:
        INSERT_NUMBERED.run(session, {**UNSAID, **said, "id": booking.id})
    else:
        ((booking.id,),) = INSERT_BOOKING.rows(session, UNSAID | said)


def record(
    session: Session, booking: Booking, action: str, actor: Actor, old: State | None, now: datetime, reason: str = ""
) -> None:
    """Write the event that `booking.events` counts."""
    INSERT_EVENT.run(
        session,
        {
            "booking_id": booking.id,
            "number": booking.events,
            "at": now,
            "actor": str(actor),
            "action": action,
            "old_state": old,
            "new_state": booking.state,
            "starts_at": booking.starts_at,
            "reason": reason,
        },
    )


def _take_time(session: Session, booking: Booking, before: list[Interval], known: Mapping[int, Weeks] | None) -> None:
    after = intervals_of(booking) if booking.state not in ENDED else []
    if before == after:
        return
    if before:
        own(session, booking)
        refresh_busy(session, booking.therapist_id, [*before, *after])
        return
    for first, last in after:
        occupy(session, booking.therapist_id, booking.id, first, last)
        add_busy(session, booking.therapist_id, booking.location_id, (first, last), known)


def _tell(
    session: Session,
    booking: Booking,
    old: State | None,
    action: Action,
    actor: Actor,
    now: datetime,
    told: Mapping[str, Any] | None,
) -> None:
    """Messages of the change itself, where there is anything `told`; and later ones, which come and go with it."""
    about = about_visit(booking.id)
    if old == "confirmed" and (booking.state in ENDED or booking.state == "no_show" or action == "move"):
        withdraw(session, about, LATER)
    notices: list[Notice] = []
    if told is not None:
        snapshot = {"starts_at": booking.starts_at.isoformat(), "sequence": booking.sequence, **told}
        notices += [
            Notice(f"{about}:{booking.events}:{to}", kind, about, {"booking": booking.id, **snapshot, "to": to}, now)
            for to, kind in messages(old, action, actor.kind)
            if to == "therapist" or booking.email
        ]
    if booking.state == "confirmed" and action in ("confirm", "accept", "move"):
        notices += later(booking, now)
    enqueue(session, notices)


def later(booking: Booking, now: datetime) -> Iterable[Notice]:
    """Reminders and the follow-up of a confirmed visit."""
    if not booking.email:
        return
    about, facts = about_visit(booking.id), {"booking": booking.id, "sequence": booking.sequence, "to": "patient"}
    for name, at in deadlines.reminders(now, booking.starts_at).items():
        yield Notice(f"{about}:remind:{name}:{booking.events}", REMINDER, about, {**facts, "before": name}, at)
    yield Notice(
        f"{about}:follow-up:{booking.events}", FOLLOW_UP, about, facts, deadlines.follow_up_at(booking.ends_at)
    )


def together(chosen: Sequence[Booking]) -> dict[str, Any]:
    """What a message carries that speaks for several dates of a series; nothing for one."""
    dates = [each.starts_at.isoformat() for each in chosen]
    return {"series": chosen[0].series_id, "dates": dates} if len(chosen) > 1 else {}


def about_visit(booking_id: int | Literal[""]) -> str:
    return f"visit:{booking_id}"
