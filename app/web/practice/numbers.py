"""A therapist's own numbers, drawn and as tables. For nobody else's eyes."""

from flask import render_template
from flask_babel import gettext as _

from app.core import clock, formats
from app.doors.audience import audience
from app.doors.database import db
from app.doors.locale import language
from app.scheduling.numbers import Month, WeekFill
from app.scheduling.queries.practice_numbers import practice_numbers
from app.web.formatting import day_month
from app.web.practice.room import home_zone, my_id, practice


@practice.get("/numbers")
@audience("therapist")
def numbers() -> str:
    found = practice_numbers(db.session, my_id(), clock.now(), home_zone(my_id()))
    return render_template(
        "practice/numbers.html",
        requests=[_point(each, each.requests) for each in found.months],
        answers=[_point(each, each.answer_hours or 0, _hours(each)) for each in found.months],
        cancelled=[_point(each, _cancelled(each)) for each in found.months],
        fill=[_week(each) for each in found.weeks],
        months=[(_name(each), each, _hours(each)) for each in found.months],
        any_at_all=any(each.requests or each.accepted or _cancelled(each) for each in found.months)
        or any(each.booked_minutes for each in found.weeks),
    )


def _point(month: Month, value: float, shown: str | None = None) -> dict[str, object]:
    return {"label": _name(month), "value": value, "shown": shown or str(value)}


def _week(week: WeekFill) -> dict[str, object]:
    shown = _("closed") if week.percent is None else f"{week.percent} %"
    return {"label": day_month(week.first), "value": week.percent or 0, "shown": shown}


def _name(month: Month) -> str:
    return formats.dated(month.first, "MMM", language())


def _hours(month: Month) -> str:
    return "–" if month.answer_hours is None else _("%(hours)s h", hours=month.answer_hours)


def _cancelled(month: Month) -> int:
    return month.cancelled_by_patient + month.cancelled_by_therapist
