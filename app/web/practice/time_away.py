"""Time off, days with other hours, holidays. What is booked in it is listed before anything is saved."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from app.core import clock
from app.core.errors import NotFound
from app.core.zones import zone
from app.directory.models import Location
from app.directory.services.parts import own as own_part
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.scheduling.queries import AgendaRow
from app.scheduling.queries.elsewhere import zones_of_new_times
from app.web import formatting
from app.web.fields import far_dates_refused, is_near
from app.web.practice import hours as hours_form
from app.web.practice.moving import place_names
from app.web.practice.room import home_zone, my_id, own_transaction, practice

Answer = str | Response | tuple[str, int]
EVERYWHERE = 0


class TimeOffForm(FlaskForm):
    first = DateField(_l("First day"), [InputRequired(_l("Choose the first day.")), far_dates_refused])
    starts = TimeField(_l("From"), [Optional()], description=_l("Empty: the whole day."))
    last = DateField(_l("Last day"), [Optional(), far_dates_refused], description=_l("Empty: the same day."))
    ends = TimeField(_l("Until"), [Optional()])
    location = SelectField(_l("Where"), coerce=int, default=EVERYWHERE)
    note = StringField(_l("Note for yourself"), [Length(max=120)])

    def span(self, local: Any) -> tuple[datetime, datetime]:
        """The instants that are meant: whole days where no time is given."""
        last = self.last.data or self.first.data
        until = datetime.combine(last, self.ends.data, local) if self.ends.data else _midnight_after(last, local)
        return datetime.combine(self.first.data, self.starts.data or time(), local), until


class OtherHoursForm(FlaskForm):
    day = DateField(_l("Day"), [InputRequired(_l("Choose a day.")), far_dates_refused])
    opens = TimeField(_l("Opens"), [Optional()], description=_l("Both empty: closed."))
    closes = TimeField(_l("Closes"), [Optional()])
    place = SelectField(_l("Where"), coerce=int)
    reason = StringField(_l("Note for yourself"), [Length(max=120)])


class HolidayForm(FlaskForm):
    holiday = DateField(_l("Holiday"), [InputRequired(_l("Choose a day.")), far_dates_refused])
    holiday_name = StringField(_l("Its name"), [Length(max=80)])


@practice.get("/time-off")
@audience("therapist")
def time_away() -> str:
    return _page()


@practice.post("/time-off/add")
@audience("therapist")
def add_time_off() -> Answer:
    form = _off_form()
    if not form.validate_on_submit():
        return _page(off=form), 422
    where = form.location.data or None
    local = _zone_of(where)
    starts, ends = form.span(local)
    if ends <= starts:
        form.last.errors = [_("It ends before it begins.")]
        return _page(off=form), 422

    def touched(session: Session) -> list[AgendaRow]:
        return queries.bookings_touched(session, my_id(), [(starts, ends)], where)

    def change(session: Session, now: datetime) -> None:
        scheduling.add_time_off(session, my_id(), starts, ends, now, location_id=where, note=form.note.data or "")

    return _save_or_ask(change, touched, url_for(".add_time_off"))


@practice.post("/time-off/<int:time_off_id>/remove")
@audience("therapist")
def remove_time_off(time_off_id: int) -> Response:
    with transaction() as session:
        scheduling.remove_time_off(session, my_id(), time_off_id, clock.now())
    flash(_("That time is open again."), "ok")
    return redirect(url_for(".time_away"), code=303)


@practice.post("/time-off/days")
@audience("therapist")
def set_other_hours() -> Answer:
    form = _other_form()
    if not form.validate_on_submit():
        return _page(other=form), 422
    intervals = _intervals(form)
    if intervals is None:
        form.opens.errors = [_("Give both times, or none.")]
        return _page(other=form), 422
    location_id, day = own_part(db.session, Location, my_id(), form.place.data).id, form.day.data

    def touched(session: Session) -> list[AgendaRow]:
        return scheduling.outside_hours(session, my_id(), location_id, day, intervals)

    def change(session: Session, now: datetime) -> None:
        scheduling.set_exception(session, my_id(), location_id, day, intervals, now, form.reason.data or "")

    return _save_or_ask(change, touched, url_for(".set_other_hours"), open_then=bool(intervals))


@practice.post("/time-off/days/<int:location_id>/<day>/remove")
@audience("therapist")
def clear_other_hours(location_id: int, day: str) -> Response:
    own_part(db.session, Location, my_id(), location_id)
    with transaction() as session:
        scheduling.clear_exception(session, my_id(), location_id, _date(day), clock.now())
    flash(_("That day has its usual hours again."), "ok")
    return redirect(url_for(".time_away"), code=303)


@practice.post("/time-off/holidays")
@audience("therapist")
def add_holiday() -> Answer:
    form = HolidayForm()
    if not form.validate_on_submit():
        return _page(holiday=form), 422
    day, name = form.holiday.data, form.holiday_name.data or ""

    def touched(session: Session) -> list[AgendaRow]:
        return scheduling.on_holidays(session, my_id(), [day])

    def change(session: Session, now: datetime) -> None:
        scheduling.set_holidays(session, my_id(), {**queries.holidays(session, my_id()), day: name}, now)

    return _save_or_ask(change, touched, url_for(".add_holiday"))


@practice.post("/time-off/holidays/<day>/remove")
@audience("therapist")
def remove_holiday(day: str) -> Response:
    gone = _date(day)
    with own_transaction() as session:
        left = {each: name for each, name in queries.holidays(session, my_id()).items() if each != gone}
        scheduling.set_holidays(session, my_id(), left, clock.now())
    flash(_("That day is open again."), "ok")
    return redirect(url_for(".time_away"), code=303)


def _save_or_ask(
    change: Callable[[Session, datetime], None],
    find_touched: Callable[[Session], list[AgendaRow]],
    url: str,
    *,
    open_then: bool = False,
) -> Answer:
    """List what is booked in it first; save when exactly that was seen, or when nothing is."""
    with own_transaction() as session:
        touched = find_touched(session)
        seen = ",".join(str(row.id) for row in touched)
        if not touched or request.form.get("seen") == seen:
            change(session, clock.now())
            flash(_("Saved.") if open_then else _("Saved. Nobody can book in it."), "ok")
            return redirect(url_for(".time_away"), code=303)
    sent = {name: value for name, value in request.form.items() if name not in ("seen", "csrf_token")}
    page = render_template(
        "practice/touched.html",
        touched=touched,
        sent=sent,
        seen=seen,
        url=url,
        names=place_names(),
        zone_of=zone,
        new_zones=zones_of_new_times(db.session, [row.id for row in touched if row.new_starts_at]),
    )
    return page, 409


def _page(
    off: TimeOffForm | None = None, other: OtherHoursForm | None = None, holiday: HolidayForm | None = None
) -> str:
    local, now = home_zone(my_id()), clock.now()
    return render_template(
        "practice/time_off.html",
        off=off or _off_form(blank=True),
        other=other or _other_form(blank=True),
        holiday=holiday or HolidayForm(formdata=None),
        span=formatting.span,
        rows=queries.time_off(db.session, my_id(), now),
        exceptions=queries.exceptions(db.session, my_id(), now.date() - timedelta(days=1)),
        holidays=queries.holidays(db.session, my_id()),
        names=place_names(),
        zone=local,
        text_of=hours_form.shown,
    )


def _off_form(*, blank: bool = False) -> TimeOffForm:
    form = TimeOffForm(formdata=None) if blank else TimeOffForm()
    form.location.choices = [(EVERYWHERE, _("Everywhere")), *place_names().items()]
    return form


def _other_form(*, blank: bool = False) -> OtherHoursForm:
    form = OtherHoursForm(formdata=None) if blank else OtherHoursForm()
    form.place.choices = list(place_names().items())
    return form


def _intervals(form: OtherHoursForm) -> list[tuple[int, int]] | None:
    opens, closes = form.opens.data, form.closes.data
    if opens is None and closes is None:
        return []
    if opens is None or closes is None:
        return None
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return [(first, last if last > first else last + 1440)]


def _zone_of(location_id: int | None) -> Any:
    if location_id is None:
        return home_zone(my_id())
    return zone(own_part(db.session, Location, my_id(), location_id).time_zone)


def _midnight_after(day: date, local: Any) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), local)


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(_("There is no such day.")) from error
    if not is_near(day):
        raise NotFound(_("There is no such day."))
    return day
