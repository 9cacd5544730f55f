"""Who is told of what: for each action, the messages that its transition writes. Pure."""

from typing import Final, Literal

from app.scheduling.states import Action, State, Who

Recipient = Literal["patient", "therapist"]

PATIENT_ONLY: Final[tuple[Recipient, ...]] = ("patient",)
BOTH: Final[tuple[Recipient, ...]] = ("patient", "therapist")

REMINDER: Final = "visit.reminder"
FOLLOW_UP: Final = "visit.follow_up"
HOLD: Final = "visit.confirm_contact"
LATER: Final = (REMINDER, FOLLOW_UP)
"""Messages that wait for their time, and are withdrawn when the visit is cancelled or moved."""


def messages(old: State | None, action: Action, who: Who) -> list[tuple[Recipient, str]]:
    """`(recipient, kind)` of each message of a transition; one each, never two to the same person.

    A therapist's own cancellation comes back only as a file that takes the visit out of the calendar again, where one
    had put it there. Nobody is mailed when a held time is given back on its page: no therapist knew of it, and nobody showed the address
    to be theirs.
    """
    if action in ("ask_move", "refuse_move"):
        other: Recipient = "therapist" if who == "patient" else "patient"
        return [(other, f"visit.{action}")]
    return [(recipient, kind) for recipient, kind in _KINDS.get(_case(old, action, who), [])]


def _case(old: State | None, action: Action, who: Who) -> str:
    if action == "expire":
        return f"expire:{old}"
    if action == "hold":
        return f"hold:{who}"
    if action == "cancel":
        return f"cancel:{old}:{who}" if old == "held" else f"cancel:{who}"
    if action == "move":
        return f"move:{old}"
    return action


_KINDS: Final[dict[str, list[tuple[Recipient, str]]]] = {
    "hold:patient": [("patient", HOLD)],
    "hold:system": [("patient", "visit.time_offered")],
    "request": [("patient", "visit.requested"), ("therapist", "visit.new_request")],
    "confirm": [("patient", "visit.confirmed"), ("therapist", "visit.new_booking")],
    "accept": [("patient", "visit.confirmed")],
    "decline": [("patient", "visit.declined")],
    "offer_times": [("patient", "visit.other_times")],
    "expire:held": [("patient", "visit.hold_ended")],
    "expire:requested": [("patient", "visit.expired"), ("therapist", "visit.request_expired")],
    "cancel:held:therapist": [("patient", "visit.cancelled")],
    "cancel:patient": [("patient", "visit.cancelled"), ("therapist", "visit.patient_cancelled")],
    "cancel:therapist": [("patient", "visit.cancelled"), ("therapist", "visit.cancelled_therapist")],
    "move:requested": [("patient", "visit.requested"), ("therapist", "visit.new_request")],
    "move:confirmed": [("patient", "visit.moved"), ("therapist", "visit.moved_therapist")],
    "lapse_move": [("patient", "visit.move_lapsed"), ("therapist", "visit.move_lapsed")],
}
