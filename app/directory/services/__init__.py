"""Every change to the directory goes through here; each one leaves the listing right in its own transaction."""

from app.directory.listing_services import bound_first_times, insert_listings, refresh_listings
from app.directory.services.claims import (
    ask_for_decision,
    confirm_claim,
    decide_claim,
    open_claim,
    own_claim,
    start_claim,
)
from app.directory.services.evidence import (
    add_claim_evidence,
    add_evidence,
    content_of,
    handed_in,
    withdraw_evidence,
)
from app.directory.services.licences import LicenceChange, verify_licence, verify_licences
from app.directory.services.owners import become_therapist
from app.directory.services.parts import report_licence, save_location, save_service
from app.directory.services.reminders import remind
from app.directory.services.reports import REASONS, report_listing, settle_report
from app.directory.services.therapists import (
    create_therapist,
    lock_therapist,
    remove_therapist,
    set_languages,
    set_specialties,
    update_therapist,
)

__all__ = [
    "REASONS",
    "LicenceChange",
    "add_claim_evidence",
    "add_evidence",
    "ask_for_decision",
    "become_therapist",
    "bound_first_times",
    "confirm_claim",
    "content_of",
    "create_therapist",
    "decide_claim",
    "handed_in",
    "insert_listings",
    "lock_therapist",
    "open_claim",
    "own_claim",
    "refresh_listings",
    "remind",
    "remove_therapist",
    "report_licence",
    "report_listing",
    "save_location",
    "save_service",
    "set_languages",
    "set_specialties",
    "settle_report",
    "start_claim",
    "update_therapist",
    "verify_licence",
    "verify_licences",
    "withdraw_evidence",
]
