"""Every change to the directory goes through here; each one leaves the listing right in its own transaction."""

from app.directory.services.licences import LicenceChange, verify_licence, verify_licences
from app.directory.services.listings import refresh_listings
from app.directory.services.reports import REASONS, report_listing
from app.directory.services.therapists import (
    create_therapist,
    remove_therapist,
    set_languages,
    set_specialties,
    update_therapist,
)

__all__ = [
    "REASONS",
    "LicenceChange",
    "create_therapist",
    "refresh_listings",
    "remove_therapist",
    "report_listing",
    "set_languages",
    "set_specialties",
    "update_therapist",
    "verify_licence",
    "verify_licences",
]
