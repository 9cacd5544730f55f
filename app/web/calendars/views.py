"""`/practice/calendars`: other calendars that keep a therapist busy, and the practice's own secret feed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.roles import THERAPIST
from app.core.clock import now
from app.core.errors import DomainError, NotFound
from app.core.fetching import Fetched
from app.directory.models import Therapist
from app.directory.queries import language_of_therapist, own_therapist
from app.doors.audience import audience
from app.doors.calendars import ask, read_calendar, sync
from app.doors.caller import signed_in_user
from app.doors.database import db, in_transaction
from app.doors.limits import limit
from app.doors.locale import said
from app.scheduling import queries, services
from app.scheduling.calendars.busy import Reading, remark
from app.scheduling.own_feed import feed_file
from app.scheduling.queries import DueCalendar
from app.web.calendars.forms import ByAddressForm, ByFileForm, EmptyForm

calendars = Blueprint("calendars", __name__)
PAST, AHEAD = timedelta(days=30), timedelta(days=400)


@calendars.get("/practice/calendars")
@audience(THERAPIST)
def index() -> str | Response:
    if own_therapist(db.session, signed_in_user().id) is None:
        return redirect("/practice/")
    return _page(ByAddressForm(formdata=None), ByFileForm(formdata=None))


@calendars.post("/practice/calendars/address")
@audience(THERAPIST)
@limit("LIMIT_FETCH")
def add_by_address() -> Response | tuple[str, int]:
    """Fetched and read once before anything is kept: what is refused leaves no trace."""
    form, me = ByAddressForm(), _me()
    if form.validate():
        url = (form.url.data or "").strip()
        try:
            answer = ask(DueCalendar(0, me, url, queries.home_zone(db.session, me), None, None))
            return _added(form, me, url, answer)
        except DomainError as error:
            form.url.errors = [said(error)]
    return _page(form, ByFileForm(formdata=None)), 422


@calendars.post("/practice/calendars/file")
@audience(THERAPIST)
@limit("LIMIT_FETCH")
def add_by_file() -> Response | tuple[str, int]:
    form, me = ByFileForm(), _me()
    if form.validate():
        try:
            return _added(form, me, None, Fetched(200, form.file.data.read(), None, None))
        except DomainError as error:
            form.file.errors = [said(error)]
    return _page(ByAddressForm(formdata=None), form), 422


@calendars.post("/practice/calendars/<int:calendar_id>/sync")
@audience(THERAPIST)
@limit("LIMIT_FETCH")
def sync_now(calendar_id: int) -> Response:
    services.own_calendar(db.session, _me(), calendar_id)
    error = sync(calendar_id)
    flash(said(error) if error else _("The calendar is up to date."), "warning" if error else "success")
    return redirect(url_for(".index"))


@calendars.post("/practice/calendars/<int:calendar_id>/remove")
@audience(THERAPIST)
def remove(calendar_id: int) -> Response:
    me = _me()
    in_transaction(lambda session: services.remove_calendar(session, me, calendar_id, now()))
    flash(_("The calendar is removed. Its busy times are free again."), "success")
    return redirect(url_for(".index"))


@calendars.post("/practice/calendars/feed")
@audience(THERAPIST)
def renew_feed() -> Response:
    """The secret is in this answer and nowhere else: it cannot be shown a second time."""
    me = _me()
    token = in_transaction(lambda session: services.renew_feed(session, me, now()))
    address = f"{current_app.config['SETTINGS'].base_url}/calendar/{token}.ics"
    answer = make_response(_page(ByAddressForm(formdata=None), ByFileForm(formdata=None), secret=address))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@calendars.post("/practice/calendars/feed/end")
@audience(THERAPIST)
def end_feed() -> Response:
    me = _me()
    in_transaction(lambda session: services.end_feed(session, me))
    flash(_("The address has ended. Calendars that used it get nothing any more."), "success")
    return redirect(url_for(".index"))


@calendars.get("/calendar/<token>.ics")
@audience("public")
def feed(token: str) -> Response:
    """The practice's visits for whoever has the secret. Unchanged since the reader's last look: 304."""
    therapist_id = queries.feed_owner(db.session, token)
    if therapist_id is None:
        raise NotFound("There is no such calendar.")
    rows = queries.agenda(db.session, therapist_id, now() - PAST, now() + AHEAD)
    language = language_of_therapist(db.session, therapist_id)
    content = feed_file(rows, "Unknot", current_app.config["SETTINGS"].base_url, language)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Content-Disposition"] = 'attachment; filename="unknot.ics"'
    answer.add_etag()
    return answer.make_conditional(request)


def _me() -> int:
    return _therapist().id


def _therapist() -> Therapist:
    own = own_therapist(db.session, signed_in_user().id)
    if own is None:
        raise NotFound("You have no practice here yet.")
    return own


def _added(form: ByAddressForm | ByFileForm, me: int, url: str | None, answer: Fetched) -> Response:
    """Keep a calendar that could be read, with what it says."""
    reading = read_calendar(answer.body, queries.home_zone(db.session, me))

    def keep(session: Session) -> None:
        row = services.add_calendar(session, me, form.name.data or "", url, now())
        services.record_reading(session, row.id, reading, now(), etag=answer.etag, last_modified=answer.last_modified)

    in_transaction(keep)
    _tell(reading)
    return redirect(url_for(".index"))


def _tell(reading: Reading) -> None:
    """Whoever gave the wrong file learns it here, not from a patient at the wrong time."""
    if reading.busy:
        flash(_("The calendar is here. Its busy times are no longer offered."), "success")
    elif reading.skipped:
        flash(_("The calendar is here, but no busy time in it could be read. Below is what was left out."), "warning")
    else:
        flash(_("The calendar is here, but nothing in it keeps you busy from now on. Is it the right one?"), "warning")


def _page(by_address: FlaskForm, by_file: FlaskForm, secret: str | None = None) -> str:
    me = _me()
    imported = queries.imported_calendars(db.session, me)
    return render_template(
        "calendars/index.html",
        imported=imported,
        remarks={one.id: [remark(*each) for each in one.remarks] for one in imported},
        zone=ZoneInfo(queries.home_zone(db.session, me)),
        feed_since=queries.feed_since(db.session, me),
        by_address=by_address,
        by_file=by_file,
        empty=EmptyForm(formdata=None),
        secret=secret,
    )
