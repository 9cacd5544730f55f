"""Waiting for a time: join, confirm by the mailed link, leave with one press."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask import session as cookie
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, EmailField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from app.directory import queries as directory
from app.doors.audience import audience
from app.doors.caller import caller
from app.doors.database import db, transaction
from app.doors.limits import limit, limiter
from app.doors.locale import said
from app.scheduling import deadlines, services
from app.scheduling.contact import Contact
from app.scheduling.queries import Offer, offers
from app.scheduling.waiting import Wish
from app.web.scheduling.asking import number, times_url
from app.web.scheduling.private import is_callers, keep_private
from app.web.scheduling.words import local, place

waitlist = Blueprint("waitlist", __name__)
keep_private(waitlist)
Answer = str | tuple[str, int] | Response

JOINED = "waitlist"
"""Where the cookie remembers which entry this browser made last: its number, which opens nothing."""
PARTS = {"any": (0, 1440), "morning": (0, 720), "afternoon": (720, 1020), "evening": (1020, 1440)}
WEEKDAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))


class JoinForm(FlaskForm):
    first = DateField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])
    last = DateField(_l("Until"), validators=[InputRequired(_l("Choose the last day."))])
    weekdays = SelectMultipleField(
        _l("On which days?"),
        choices=[SelectChoice(str(index), name) for index, name in enumerate(WEEKDAYS)],
        default=[str(index) for index in range(7)],
        validators=[InputRequired(_l("Choose at least one day."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    part = SelectField(
        _l("At what time?"),
        choices=[
            SelectChoice("any", _l("Any time")),
            SelectChoice("morning", _l("Morning, before noon")),
            SelectChoice("afternoon", _l("Afternoon, noon to 5 pm")),
            SelectChoice("evening", _l("Evening, from 5 pm")),
        ],
    )
    name = StringField(_l("Your name"), validators=[InputRequired(_l("Please tell us your name.")), Length(max=120)])
    email = EmailField(
        _l("E-mail"),
        description=_l("We ask once whether it is yours, and write when a time is free. You can leave at any time."),
        validators=[InputRequired(_l("Please leave an e-mail address, so that we can tell you.")), Length(max=254)],
    )


@waitlist.route("/therapists/<slug>/waitlist", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_MAIL", "POST")
def join(slug: str) -> Answer:
    offer = _offer(slug)
    form = JoinForm(data=_suggested(offer))
    if form.validate_on_submit() and _joined(form, offer):
        return redirect(f"/therapists/{slug}/waitlist/joined", 303)
    back = times_url(slug, offer.one.service_id, offer.one.location_id)
    page = render_template("scheduling/waitlist/join.html", form=form, offer=offer, place=place(offer), back_url=back)
    return (page, 422) if form.errors else page


@waitlist.get("/therapists/<slug>/waitlist/joined")
@audience("public")
def joined(slug: str) -> str:
    """What happens next: a mail to confirm, unless the address is known to be theirs."""
    person = directory.therapist_by_slug(db.session, slug)
    made, days = _made_here(person.id), deadlines.PROVE.days
    return render_template("scheduling/waitlist/joined.html", person=person, made=made, days=days)


@waitlist.post("/therapists/<slug>/waitlist/joined")
@audience("public")
@limit("LIMIT_MAIL")
def resend(slug: str) -> Response:
    """Mail the link again, to the address that this browser typed."""
    made = _made_here(directory.therapist_by_slug(db.session, slug).id)
    try:
        if made is None:
            raise Gone("There is nothing to confirm any more.", code="wish-ended")
        with transaction() as session:
            services.ask_again(session, made.id, now())
    except (Conflict, Forbidden, Gone) as error:
        flash(said(error), "error")
    else:
        flash(gettext("Another mail is on its way."), "ok")
    return redirect(f"/therapists/{slug}/waitlist/joined", 303)


@waitlist.route("/waitlist/<token>", methods=["GET", "POST"])
@audience("public")
@limiter.limit("60 per minute")
def leave(token: str) -> Answer:
    """The mailed link: a page with buttons; only a button confirms or leaves."""
    if request.method == "POST":
        with transaction() as session:
            services.leave_waitlist(session, token)
        return redirect(f"/waitlist/{token}", 303)
    return _page(token)


@waitlist.post("/waitlist/<token>/confirm")
@audience("public")
@limiter.limit("60 per minute")
def confirm(token: str) -> Answer:
    """The address is theirs: from now on the entry is in turn."""
    try:
        with transaction() as session:
            services.confirm_waiting(session, token, now())
    except (Forbidden, Gone, Invalid) as error:
        return _page(token, said(error)), error.status
    return redirect(f"/waitlist/{token}", 303)


def _page(token: str, problem: str = "") -> str:
    mine, days = services.place_of(db.session, token, now()), deadlines.PROVE.days
    return render_template("scheduling/waitlist/place.html", mine=mine, token=token, days=days, problem=problem)


def _made_here(therapist_id: int) -> services.Place | None:
    """The place that this browser asked for last, if it is with this therapist and still there."""
    found = services.place_by_number(db.session, cookie.get(JOINED), now())
    return found if found and found.therapist_id == therapist_id else None


def _offer(slug: str) -> Offer:
    directory.therapist_by_slug(db.session, slug)
    every = offers(db.session, slug)
    wanted = [each for each in every if each.one.service_id == number("service")] or every
    chosen = [each for each in wanted if each.one.location_id == number("location")] or wanted
    if not chosen:
        raise NotFound(gettext("This therapist cannot be booked here, so there is no list to wait on."))
    return chosen[0]


def _suggested(offer: Offer) -> dict[str, Any]:
    today = local(now(), offer.one.time_zone).date()
    user = caller()
    suggested: dict[str, Any] = {"first": today, "last": today + timedelta(days=28)}
    return {**suggested, **({"name": user.name, "email": user.email} if user else {})}


def _joined(form: JoinForm, offer: Offer) -> bool:
    days = sum(1 << int(index) for index in form.weekdays.data)
    first, last = max(form.first.data, date(2000, 1, 1)), form.last.data
    wish = Wish(first, last, days, *PARTS[form.part.data], location_id=offer.one.location_id)
    person = Contact(form.name.data, form.email.data, locale=str(get_locale() or "en"))
    try:
        with transaction() as session:
            verified = is_callers(person.email)
            waiting = services.join_waitlist(session, offer.one.service_id, wish, person, now(), verified=verified)
    except (Forbidden, Invalid) as error:
        field = getattr(form, getattr(error, "field", None) or "", form.email)
        field.errors = [*field.errors, said(error)]
        return False
    cookie[JOINED] = waiting.id
    return True
