"""Changes. Every function takes a session inside the door's transaction, and `now`; none commits.

Patients act by their visit's token, therapists by booking id and an `Actor("therapist", therapist_id)`.
"""

from app.scheduling.contact import Contact, email_hint
from app.scheduling.services.answering import (
    REASONS,
    accept,
    attended,
    decline,
    no_show,
    offer_other_times,
    take_other_time,
)
from app.scheduling.services.availability import (
    add_time_off,
    clear_exception,
    remove_time_off,
    set_exception,
    set_holidays,
    set_hours,
    set_imported_busy,
    set_scheduling,
)
from app.scheduling.services.booking import Booked, BookingRequest, book, book_series, check_screening, enter
from app.scheduling.services.calendars import (
    add_calendar,
    end_feed,
    own_calendar,
    record_failure,
    record_reading,
    record_unchanged,
    remove_calendar,
    renew_feed,
)
from app.scheduling.services.changing import (
    agree_to_move,
    agree_to_move_as_therapist,
    cancel,
    cancel_as_therapist,
    move_as_therapist,
    refuse_move,
    refuse_move_as_therapist,
    reschedule,
    reschedule_as_therapist,
)
from app.scheduling.services.confirming import (
    Tried,
    confirm_by_code,
    confirm_by_link,
    held_behind,
    mail_again,
    take_offer,
)
from app.scheduling.services.drafts import (
    change_draft,
    draft_of,
    finish_draft,
    forget_old_drafts,
    open_draft,
    said_yes_before,
)
from app.scheduling.services.expiry import expire_due
from app.scheduling.services.housekeeping import roll_horizon
from app.scheduling.services.idempotency import book_keyed, book_once, forget_old_keys, keyed
from app.scheduling.services.limits import block, blocked, unblock
from app.scheduling.services.offers import Waiting, entry_of, join_waitlist, leave_waitlist
from app.scheduling.services.sealed import (
    Sealed,
    audit,
    read_own_sealed,
    read_sealed,
    write_message,
    write_message_as_therapist,
)
from app.scheduling.services.timelines import bound_anew, rederive
from app.scheduling.services.visits_link import mail_visits_link
from app.scheduling.services.zone_data import (
    is_new_zone_data,
    keep_wall_times,
    remember_zone_data,
    who_has_a_timeline,
)

__all__ = [
    "REASONS",
    "Booked",
    "BookingRequest",
    "Contact",
    "Sealed",
    "Tried",
    "Waiting",
    "accept",
    "add_calendar",
    "add_time_off",
    "agree_to_move",
    "agree_to_move_as_therapist",
    "attended",
    "audit",
    "block",
    "blocked",
    "book",
    "book_keyed",
    "book_once",
    "book_series",
    "bound_anew",
    "cancel",
    "cancel_as_therapist",
    "change_draft",
    "check_screening",
    "clear_exception",
    "confirm_by_code",
    "confirm_by_link",
    "decline",
    "draft_of",
    "email_hint",
    "end_feed",
    "enter",
    "entry_of",
    "expire_due",
    "finish_draft",
    "forget_old_drafts",
    "forget_old_keys",
    "held_behind",
    "is_new_zone_data",
    "join_waitlist",
    "keep_wall_times",
    "keyed",
    "leave_waitlist",
    "mail_again",
    "mail_visits_link",
    "move_as_therapist",
    "no_show",
    "offer_other_times",
    "open_draft",
    "own_calendar",
    "read_own_sealed",
    "read_sealed",
    "record_failure",
    "record_reading",
    "record_unchanged",
    "rederive",
    "refuse_move",
    "refuse_move_as_therapist",
    "remember_zone_data",
    "remove_calendar",
    "remove_time_off",
    "renew_feed",
    "reschedule",
    "reschedule_as_therapist",
    "roll_horizon",
    "said_yes_before",
    "set_exception",
    "set_holidays",
    "set_hours",
    "set_imported_busy",
    "set_scheduling",
    "take_offer",
    "take_other_time",
    "unblock",
    "who_has_a_timeline",
    "write_message",
    "write_message_as_therapist",
]
