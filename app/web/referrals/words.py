"""How referrals are said to people."""

from flask_babel import gettext

from app.directory.catalogue import BY_ID
from app.referrals.statuses import Status

NAMELESS = ""


def specialty_name(specialty_id: int) -> str:
    known = BY_ID.get(specialty_id)
    return str(gettext(known.name)) if known else NAMELESS


def status_words(status: Status) -> str:
    words = {
        "new": gettext("Not opened yet"),
        "opened": gettext("Opened"),
        "never_booked": gettext("No booking to tell of"),
        "requested": gettext("Requested"),
        "confirmed": gettext("Confirmed"),
        "attended": gettext("Attended"),
        "no_show": gettext("Did not come"),
        "declined": gettext("Not taken"),
        "cancelled": gettext("Cancelled"),
    }
    return str(words[status])


STATUS_KIND = {"attended": "ok", "confirmed": "ok", "requested": "wait", "never_booked": "quiet", "no_show": "warn"}
"""The colour beside the word."""
