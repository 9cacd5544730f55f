"""The states of a booking and the one table of how it passes from one to another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

State = Literal[
    "held",
    "requested",
    "confirmed",
    "attended",
    "no_show",
    "declined",
    "expired",
    "cancelled_by_patient",
    "cancelled_by_therapist",
]
Action = Literal[
    "hold",
    "request",
    "confirm",
    "accept",
    "decline",
    "expire",
    "cancel",
    "attend",
    "miss",
    "move",
    "ask_move",
    "refuse_move",
    "lapse_move",
    "offer_times",
    "new_address",
    "keep_wall_time",
]
Who = Literal["patient", "therapist", "system"]

LIVE: Final = frozenset[State]({"held", "requested", "confirmed", "attended", "no_show"})
"""These own their quanta; a state that is not here gives them back. A visit that took place keeps its time."""

OPEN: Final = frozenset[State]({"held", "requested"})
"""These wait for somebody and have a deadline."""

ENDED: Final = frozenset[State]({"declined", "expired", "cancelled_by_patient", "cancelled_by_therapist"})

STATES: Final = LIVE | ENDED

MOVABLE: Final = frozenset[State]({"requested", "confirmed"})
"""Only in these another time can be asked for; a state that is not here lets it go."""

UNTOLD: Final = frozenset[State]({"attended", "no_show"})
"""Whether somebody came is the therapist's own note: for the patient it stays a confirmed visit."""

TRANSITIONS: Final[dict[tuple[State | None, Action, Who], State]] = {
    (None, "hold", "patient"): "held",
    (None, "hold", "system"): "held",
    (None, "request", "patient"): "requested",
    (None, "confirm", "patient"): "confirmed",
    (None, "confirm", "therapist"): "confirmed",
    ("held", "request", "patient"): "requested",
    ("held", "confirm", "patient"): "confirmed",
    ("held", "cancel", "patient"): "cancelled_by_patient",
    ("held", "cancel", "therapist"): "cancelled_by_therapist",
    ("held", "expire", "system"): "expired",
    ("requested", "accept", "therapist"): "confirmed",
    ("requested", "decline", "therapist"): "declined",
    ("requested", "confirm", "patient"): "confirmed",
    ("requested", "offer_times", "therapist"): "requested",
    ("requested", "move", "patient"): "requested",
    ("requested", "new_address", "patient"): "requested",
    ("requested", "cancel", "patient"): "cancelled_by_patient",
    ("requested", "cancel", "therapist"): "cancelled_by_therapist",
    ("requested", "expire", "system"): "expired",
    ("held", "keep_wall_time", "system"): "held",
    ("requested", "keep_wall_time", "system"): "requested",
    ("confirmed", "keep_wall_time", "system"): "confirmed",
    ("confirmed", "move", "patient"): "confirmed",
    ("confirmed", "move", "therapist"): "confirmed",
    ("confirmed", "new_address", "patient"): "confirmed",
    ("confirmed", "ask_move", "patient"): "confirmed",
    ("confirmed", "ask_move", "therapist"): "confirmed",
    ("confirmed", "refuse_move", "patient"): "confirmed",
    ("confirmed", "refuse_move", "therapist"): "confirmed",
    ("confirmed", "lapse_move", "system"): "confirmed",
    ("confirmed", "cancel", "patient"): "cancelled_by_patient",
    ("confirmed", "cancel", "therapist"): "cancelled_by_therapist",
    ("confirmed", "attend", "therapist"): "attended",
    ("confirmed", "miss", "therapist"): "no_show",
    ("attended", "miss", "therapist"): "no_show",
    ("no_show", "attend", "therapist"): "attended",
}
"""(state, action, who) -> state. What is not here cannot happen. "requested, confirm, patient" takes a time that the
therapist offered instead; a confirmed visit is moved at once, or asked to move and then moved, refused or let lapse; new
zone data puts a visit back to its time on the wall; the last two mend a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` is the therapist's id, or the person's where one is signed in."""

    kind: Who
    id: int | None = None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


PATIENT: Final = Actor("patient")
SYSTEM: Final = Actor("system")


def next_state(state: State | None, action: Action, who: Who) -> State | None:
    """The state that follows, or None where `who` may not do that now."""
    return TRANSITIONS.get((state, action, who))


def as_told(state: str, expires_at: datetime | None, now: datetime) -> str:
    """The state as the patient may know it: a deadline that has passed counts at once, and who came is not told."""
    if state in UNTOLD:
        return "confirmed"
    return "expired" if state in OPEN and expires_at and expires_at <= now else state


def owns_time(state: State) -> bool:
    return state in LIVE
