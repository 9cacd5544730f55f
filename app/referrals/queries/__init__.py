"""Reads."""

from app.referrals.queries.choosing import Chosen, chosen, draft_of, favourites
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
    Page,
    Place,
    SharedVisit,
    every_letter,
    letters,
    months,
    shared_visits,
    standing_link,
    template,
    templates,
)
from app.referrals.queries.links import Link, Referrer, Shortlisted, cards_of, link_by_id, link_of, referrers, shortlist

__all__ = [
    "Candidate",
    "Chosen",
    "Letter",
    "Link",
    "Page",
    "Place",
    "Referrer",
    "SharedVisit",
    "Shortlisted",
    "cards_of",
    "chosen",
    "doctor_of",
    "doubtful_doctors",
    "draft_of",
    "entry_of",
    "every_letter",
    "favourites",
    "letters",
    "link_by_id",
    "link_of",
    "months",
    "referrers",
    "shared_visits",
    "shortlist",
    "standing_link",
    "template",
    "templates",
    "waiting_count",
    "waiting_doctors",
]
