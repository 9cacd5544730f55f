"""What a practice still lacks before people find and book it: a page that was taken over has none of it."""

from flask import url_for
from flask_babel import gettext as _

from app.directory.models import Therapist
from app.doors.database import db
from app.scheduling.queries import has_weekly_hours


def lacking(own: Therapist) -> list[tuple[str, str]]:
    """(what to do, where), in a sensible order; nothing for those who chose to be called and said what they work on."""
    if own.booking_mode == "none" and own.specialties:
        return []
    steps = [
        (not own.specialties, _("Say what you work on: people search by it"), "practice.page"),
        (not any(each.active for each in own.services), _("Add a service and its price"), "practice.treatments"),
        (not has_weekly_hours(db.session, own.id), _("Say when you are open"), "practice.places"),
        (own.booking_mode == "none", _("Choose how people book"), "practice.rules"),
    ]
    return [(words, url_for(endpoint)) for open_still, words, endpoint in steps if open_still]
