"""Reads."""

from app.referrals.queries.doctors import (
    Candidate,
    doctor_of,
    doubtful_doctors,
    entry_of,
    waiting_count,
    waiting_doctors,
)
from app.referrals.queries.letter_box import (
    Letter,
    SharedVisit,
    favourites,
    letters,
    shared_visits,
    standing_link,
    template,
    templates,
)
from app.referrals.queries.links import Link, Shortlisted, cards_of, link_by_id, link_of, shortlist

__all__ = [
    "Candidate",
    "Letter",
    "Link",
    "SharedVisit",
    "Shortlisted",
    "cards_of",
    "doctor_of",
    "doubtful_doctors",
    "entry_of",
    "favourites",
    "letters",
    "link_by_id",
    "link_of",
    "shared_visits",
    "shortlist",
    "standing_link",
    "template",
    "templates",
    "waiting_count",
    "waiting_doctors",
]
