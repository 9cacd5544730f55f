"""Whether a message about a visit may still be sent: a retry may come after what it tells of is past. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from app.scheduling import deadlines
from app.scheduling.queries.visits import Visit, offered_times
from app.scheduling.states import OPEN, STATES, State

HELD: Final = frozenset[State]({"held"})
REQUESTED: Final = frozenset[State]({"requested"})
CONFIRMED: Final = frozenset[State]({"confirmed"})
AGREED: Final = frozenset[State]({"confirmed", "attended", "no_show"})
EXPIRED: Final = frozenset[State]({"expired"})

STILL: Final[dict[str, frozenset[State]]] = {
    "confirm_contact": HELD,
    "time_offered": HELD,
    "requested": REQUESTED,
    "new_request": REQUESTED,
    "other_times": REQUESTED,
    "confirmed": AGREED,
    "new_booking": AGREED,
    "moved": AGREED,
    "moved_therapist": AGREED,
    "ask_move": CONFIRMED,
    "refuse_move": AGREED,
    "move_lapsed": AGREED,
    "reminder": CONFIRMED,
    "follow_up": frozenset({"confirmed", "attended"}),
    "declined": frozenset({"declined"}),
    "hold_ended": EXPIRED,
    "expired": EXPIRED,
    "request_expired": EXPIRED,
    "cancelled": frozenset({"cancelled_by_patient", "cancelled_by_therapist"}),
    "patient_cancelled": frozenset({"cancelled_by_patient"}),
    "cancelled_therapist": frozenset({"cancelled_by_therapist"}),
    "message": STATES,
}
"""The states of the visit in which each message is true."""


def still_true(name: str, visit: Visit, facts: Mapping[str, Any], now: datetime) -> bool:
    """Whether nothing has overtaken the message; whatever did so has a message of its own, which says all."""
    more = MORE.get(name)
    return _state(visit, now) in STILL[name] and _is_as_told(visit, facts) and (more is None or more(visit, facts, now))


def _state(visit: Visit, now: datetime) -> str:
    """What waits for an answer ends at its deadline, also before anybody swept it up."""
    lapsed = visit.state in OPEN and visit.expires_at is not None and visit.expires_at <= now
    return "expired" if lapsed else visit.state


def _is_as_told(visit: Visit, facts: Mapping[str, Any]) -> bool:
    """Whether the visit has not moved since. Of a series, the facts tell this only of the visit that speaks for it."""
    if facts["booking"] != visit.id:
        return True
    told_at = datetime.fromisoformat(facts["starts_at"]) if "starts_at" in facts else visit.starts_at
    return (facts.get("sequence", visit.sequence), told_at) == (visit.sequence, visit.starts_at)


def _is_near(visit: Visit, facts: Mapping[str, Any], now: datetime) -> bool:
    return deadlines.still_reminds(facts.get("before", ""), now, visit.starts_at)


def _is_asked(visit: Visit, facts: Mapping[str, Any], _now: datetime) -> bool:
    """The same other time may be asked for by one side and then by the other."""
    return visit.new_starts_at == datetime.fromisoformat(facts["new_at"]) and visit.new_by != facts["to"]


def _is_offered(visit: Visit, _facts: Mapping[str, Any], _now: datetime) -> bool:
    return bool(offered_times(visit))


MORE: Final[dict[str, Callable[[Visit, Mapping[str, Any], datetime], bool]]] = {
    "reminder": _is_near,
    "ask_move": _is_asked,
    "other_times": _is_offered,
}
"""What else must be the case."""
