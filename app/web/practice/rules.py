"""How bookings are taken: mode, notice, how far ahead, cut-offs; and who may not book."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app.core import clock
from app.core.errors import Conflict
from app.directory import services as directory
from app.directory.models import Therapist
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.web.fields import CarefulForm
from app.web.practice.room import me, my_id, own_transaction, practice
from app.web.practice.words import MODES

Answer = str | Response | tuple[str, int]
HOURS = ((0, _l("none")), (60, _l("1 hour")), (120, _l("2 hours")), (240, _l("4 hours")), (720, _l("12 hours")), (1440, _l("1 day")), (2880, _l("2 days")), (4320, _l("3 days")), (10080, _l("1 week")))  # fmt: skip
AHEAD = ((14, _l("2 weeks")), (30, _l("30 days")), (60, _l("60 days")), (90, _l("90 days")), (180, _l("half a year")), (365, _l("a year")))  # fmt: skip
GRID = tuple((each, _l("every %(minutes)s minutes", minutes=each)) for each in (5, 10, 15, 20, 30, 60))
ANSWER = tuple((each, _l("%(hours)s hours", hours=each)) for each in (2, 4, 8, 12, 24, 48, 72))
TRAVEL = tuple((each, _l("%(minutes)s minutes", minutes=each)) for each in (0, 15, 30, 45, 60, 90, 120, 180, 240))
OPEN = tuple((each, str(each)) for each in (1, 2, 3, 5, 10))


def _choices(pairs: Any) -> list[SelectChoice]:
    return [SelectChoice(*each) for each in pairs]


class RulesForm(CarefulForm):
    booking_mode = RadioField(_l("How people book"), choices=_choices(MODES.items()))
    minimum_notice = SelectField(
        _l("Notice"),
        coerce=int,
        choices=_choices(HOURS),
        description=_l("How long before a visit it can still be booked."),
    )
    horizon_days = SelectField(_l("How far ahead"), coerce=int, choices=_choices(AHEAD))
    grid_minutes = SelectField(_l("Visits begin"), coerce=int, choices=_choices(GRID))
    accept_hours = SelectField(
        _l("Time to answer a request"), coerce=int, choices=_choices(ANSWER),
        description=_l("After that it ends, and the time is free again. Less when the visit is soon."),
    )  # fmt: skip
    cancel_cutoff = SelectField(
        _l("Patients can cancel until"),
        coerce=int,
        choices=_choices(HOURS),
        description=_l("Before the visit. They read it before they book."),
    )
    reschedule_cutoff = SelectField(_l("Patients can move until"), coerce=int, choices=_choices(HOURS))
    travel_minutes = SelectField(_l("Travel between two places"), coerce=int, choices=_choices(TRAVEL))
    most_open_requests = SelectField(_l("Open requests a person may have"), coerce=int, choices=_choices(OPEN))

    def keep_odd_values(self, known: dict[str, int]) -> None:
        """A value that was set elsewhere stays choosable."""
        for name, value in known.items():
            values = [each.value for each in self[name].choices]
            if value not in values:
                self[name].choices = [*self[name].choices, SelectChoice(value, str(value))]


@practice.route("/rules", methods=["GET", "POST"])
@audience("therapist")
def rules() -> Answer:
    known = queries.settings(db.session, my_id())
    form = RulesForm(data={**known, "booking_mode": me().booking_mode})
    form.keep_odd_values(known)
    if not form.is_submitted():
        form.show((me().booking_mode, known))
    if not form.validate_on_submit():
        return _page(form, 422 if form.errors else 200)
    try:
        with own_transaction() as session:
            own = session.get_one(Therapist, my_id())
            form.check_seen((own.booking_mode, queries.settings(session, my_id())))
            chosen = {name: form[name].data for name in known}
            scheduling.set_scheduling(session, my_id(), chosen, clock.now())
            directory.update_therapist(session, own.id, own.version, {"booking_mode": form.booking_mode.data})
    except Conflict as error:
        if error.code != "stale":
            raise
        form.show((me().booking_mode, queries.settings(db.session, my_id())))
        return _page(form, 409, stale=True)
    flash(_("Saved. Visits that are booked keep the rules they were booked under."), "ok")
    return redirect(url_for(".rules"), code=303)


@practice.post("/rules/unblock")
@audience("therapist")
def unblock() -> Response:
    with transaction() as session:
        scheduling.unblock(session, my_id(), request.form.get("value", ""))
    flash(_("They can book again."), "ok")
    return redirect(url_for(".rules") + "#blocked", code=303)


def _page(form: RulesForm, status: int, *, stale: bool = False) -> Answer:
    blocked = scheduling.blocked(db.session, my_id())
    return render_template("practice/rules.html", form=form, blocked=blocked, stale=stale), status
