"""The words of the practice's choices, in one place for forms and pages."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "fully_booked": _l("I am fully booked"),
    "not_my_field": _l("This is not what I work on"),
    "see_doctor": _l("Please see a doctor first"),
    "no_new_patients": _l("I take no new people now"),
    "other": _l("Another reason"),
}
STATES = {
    "held": _l("Held"),
    "requested": _l("Waits for you"),
    "confirmed": _l("Confirmed"),
    "attended": _l("Came"),
    "no_show": _l("Did not come"),
    "declined": _l("Declined"),
    "expired": _l("Not answered in time"),
    "cancelled_by_patient": _l("Cancelled by the patient"),
    "cancelled_by_therapist": _l("Cancelled by you"),
}
ACTIONS = {
    "hold": _l("Time held"),
    "request": _l("Requested"),
    "confirm": _l("Confirmed"),
    "accept": _l("Accepted"),
    "decline": _l("Declined"),
    "expire": _l("Ended without an answer"),
    "cancel": _l("Cancelled"),
    "attend": _l("Marked as attended"),
    "miss": _l("Marked as a no-show"),
    "move": _l("Moved"),
    "ask_move": _l("Another time asked for"),
    "refuse_move": _l("Other time not taken"),
    "lapse_move": _l("Other time lapsed"),
    "offer_times": _l("Other times offered"),
    "new_address": _l("The person has a new e-mail address"),
    "keep_wall_time": _l("The rules of clocks changed there; the time on the wall stays"),
}
MODES = {
    "request": _l("On request: you accept each one by hand"),
    "instant": _l("At once: a free time is booked without asking you"),
    "none": _l("By phone only: nobody books here"),
}
STEPS = (_l("You"), _l("Licence"), _l("Services"), _l("Hours"))
DAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip
