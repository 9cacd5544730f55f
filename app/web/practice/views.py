"""All rooms of the practice: importing this binds their routes to the blueprint."""

from datetime import timedelta

from flask_babel import gettext as _

from app.core import formats
from app.web.practice import (  # noqa: F401 - they put their routes on the blueprint
    claiming,
    entering,
    licences,
    moving,
    numbers,
    offering,
    page,
    pictures,
    places,
    rules,
    start,
    time_away,
    today,
    treatments,
    visits,
)
from app.web.practice.pictures import media
from app.web.practice.room import practice
from app.web.practice.words import DAYS


@practice.app_template_filter()
def time_left(left: timedelta) -> str:
    """ "3 hours left", "20 minutes left": how long a request still waits."""
    minutes = int(left.total_seconds() // 60)
    if minutes <= 0:
        return str(_("ends now"))
    if minutes < 60:
        return str(_("%(minutes)s min left", minutes=minutes))
    if minutes < 48 * 60:
        return str(_("1 hour left") if minutes < 120 else _("%(hours)s hours left", hours=minutes // 60))
    return str(_("%(days)s days left", days=minutes // 1440))


@practice.app_template_filter()
def hour_name(hour: int) -> str:
    """ "9 am" on the calendar's ruler."""
    return formats.hour(hour)


@practice.context_processor
def shared() -> dict[str, object]:
    return {"days": DAYS, "ten_minutes": timedelta(minutes=15)}


__all__ = ["media", "practice"]
