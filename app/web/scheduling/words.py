"""How scheduling is said to people."""

from datetime import datetime

from flask_babel import gettext, ngettext

from app.core import formats
from app.core.zones import zone
from app.doors.locale import language
from app.scheduling.queries import Offer

DAY, HOUR = 24 * 60, 60


def local(at: datetime, time_zone: str) -> datetime:
    """An instant on the venue's wall clock."""
    return at.astimezone(zone(time_zone))


def zone_name(time_zone: str) -> str:
    return formats.zone_name(time_zone, language())


def span(minutes: int) -> str:
    """ "2 hours", "3 days" or "90 minutes": whatever is whole."""
    if minutes >= 2 * DAY and minutes % DAY == 0:
        return str(ngettext("%(num)d day", "%(num)d days", minutes // DAY))
    if minutes >= HOUR and minutes % HOUR == 0:
        return str(ngettext("%(num)d hour", "%(num)d hours", minutes // HOUR))
    return str(ngettext("%(num)d minute", "%(num)d minutes", minutes))


def changes(cancel_cutoff: int, reschedule_cutoff: int) -> str:
    """Until when a visit may be cancelled and moved online, from the minutes before it that each must be."""
    if cancel_cutoff == reschedule_cutoff != 0:
        return str(gettext("Cancel or move it online up to %(span)s before.", span=span(cancel_cutoff)))
    cancel = (
        gettext("Cancel it online up to %(span)s before.", span=span(cancel_cutoff))
        if cancel_cutoff
        else gettext("Cancel it online until it begins.")
    )
    move = (
        gettext("Move it online up to %(span)s before.", span=span(reschedule_cutoff))
        if reschedule_cutoff
        else gettext("Move it online until it begins.")
    )
    return f"{cancel} {move}"


def declined(reason: str) -> str:
    """Why a therapist cannot take a visit, as the patient reads it; "" where nothing more was said."""
    words = {
        "fully_booked": gettext("The calendar is full."),
        "not_my_field": gettext("Somebody else can help you better with what you describe."),
        "see_doctor": gettext("Please see a doctor before you have a massage."),
        "no_new_patients": gettext("New people are not taken at the moment."),
    }
    return str(words.get(reason, ""))


def place(offer: Offer) -> str:
    """Where an offer takes place, as far as all may know."""
    if offer.one.home_visit:
        return str(gettext("At your home, around %(town)s", town=town(offer)))
    return ", ".join(filter(None, (offer.place_name, offer.street, f"{town(offer)} {offer.postcode}".strip())))


def town(offer: Offer) -> str:
    return ", ".join(filter(None, (offer.city, offer.region)))
