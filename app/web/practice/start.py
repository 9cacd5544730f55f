"""The guided set-up: you, licence, services and prices, hours. Each step is saved; one can leave and come back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.accounts.roles import SIGNED_IN
from app.core import clock
from app.core.errors import Conflict
from app.directory import services as directory
from app.directory.catalogue import BY_SLUG, SPECIALTIES
from app.directory.jurisdictions import NAMES
from app.directory.models import Therapist
from app.directory.queries import own_practice
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.scheduling import services as scheduling
from app.scheduling.hours import OpeningHours
from app.scheduling.queries.own import weekly_hours
from app.scheduling.services import lock
from app.web.fields import CheckboxesField, PriceField, not_blank, plain
from app.web.practice import hours as hours_form
from app.web.practice.licence_form import LicenceForm, first_state, keep_licence
from app.web.practice.room import practice
from app.web.practice.where import placed
from app.web.practice.words import MODES, STEPS

Answer = str | Response | tuple[str, int]


class YouForm(FlaskForm):
    first_name = StringField(_l("First name"), [not_blank(_l("Write your first name.")), Length(max=80)])
    last_name = StringField(
        _l("Last name"),
        [not_blank(_l("Write your last name.")), Length(max=80)],
        description=_l("As it is on your licence."),
    )
    phone = StringField(_l("Phone for patients"), [Length(max=32)])
    where = StringField(_l("Where you work"), [not_blank(_l("Type a ZIP, or a town with its state.")), Length(max=200)])
    street = StringField(_l("Street and number"), [Length(max=120)])
    address_public = BooleanField(_l("Show the street before a visit is confirmed"))


class OfferForm(FlaskForm):
    name = StringField(_l("What you offer"), [not_blank(_l("Give it a name.")), Length(max=120)], default="Massage")
    price = PriceField(_l("Price of 60 minutes"), description=_l("In dollars. Empty means: on request."))
    long_price = PriceField(_l("Price of 90 minutes"), description=_l("Empty if you do not offer it."))
    specialties = CheckboxesField(
        _l("What you work on"),
        choices=[SelectChoice(each.slug, _l(each.name)) for each in SPECIALTIES],
        description=_l("People search by these. You can change them at any time."),
    )
    booking_mode = RadioField(
        _l("How people book"), choices=[SelectChoice(*each) for each in MODES.items()], default="request"
    )


@practice.route("/start", methods=["GET", "POST"])
@audience(*SIGNED_IN)
def start() -> Answer:
    own = _own()
    if own is not None and request.method == "GET":
        return redirect(url_for(_next_step(own)))
    user = signed_in_user()
    first, _space, last = user.name.partition(" ")
    form = YouForm(data={"first_name": first, "last_name": last})
    choices: tuple[str, ...] = ()
    if form.validate_on_submit():
        found = placed(plain(request.form.get("choice") or form.where.data), plain(form.street.data))
        if found.facts:
            _begin(user.id, form, found.facts)
            return redirect(url_for(".start_licence"), code=303)
        form.where.errors, choices = [found.problem], found.choices
    return _page("you", form, 1, own, choices=choices)


@practice.route("/start/licence", methods=["GET", "POST"])
@audience("therapist")
@limiter.limit("30 per hour", methods=["POST"])
def start_licence() -> Answer:
    own = _own_begun()
    form = LicenceForm(data={"jurisdiction": first_state(own)})
    if form.validate_on_submit():
        if own.locations and all(place.jurisdiction != form.jurisdiction.data for place in own.locations):
            text = _("Your place is in %(state)s: the licence has to be from there.", state=_state(own))
            form.jurisdiction.errors = [text]
        elif keep_licence(form, own.id, own.licences[0].id if own.licences else None):
            return redirect(url_for(".start_services"), code=303)
    return _page("licence", form, 2, own)


@practice.route("/start/services", methods=["GET", "POST"])
@audience("therapist")
def start_services() -> Answer:
    own = _own_begun()
    form = OfferForm()
    if form.validate_on_submit():
        _keep_offer(own, form)
        return redirect(url_for(".start_hours"), code=303)
    return _page("services", form, 3, own)


@practice.route("/start/hours", methods=["GET", "POST"])
@audience("therapist")
def start_hours() -> Answer:
    own = _own_begun()
    week, told = hours_form.week_of(hours_form.DEFAULT), list(hours_form.DEFAULT)
    if request.method == "POST":
        week, told = hours_form.read(request.form)
        if not week.errors and own.locations:
            _open(own, told)
            return redirect(url_for(".started"), code=303)
    page = render_template("practice/start_hours.html", week=week, steps=STEPS, current=4, own=own)
    return (page, 422) if week.errors else page


@practice.get("/start/done")
@audience("therapist")
def started() -> str:
    own = _own_begun()
    return render_template("practice/started.html", own=own, missing=_missing(own))


def _own() -> Therapist | None:
    return own_practice(db.session, signed_in_user().id)


def _own_begun() -> Therapist:
    own = _own()
    if own is None:
        raise Conflict(_("Begin with your name."))
    return own


def _next_step(own: Therapist) -> str:
    if not own.licences:
        return ".start_licence"
    if not own.services:
        return ".start_services"
    return ".start_hours" if _missing(own) else ".started"


def _missing(own: Therapist) -> bool:
    """Whether nobody could book yet, for want of hours."""
    return not any(weekly_hours(db.session, place.id) for place in own.locations if place.active)


def _state(own: Therapist) -> str:
    code = own.locations[0].jurisdiction
    return NAMES.get(code, code)


def _page(name: str, form: FlaskForm, current: int, own: Therapist | None, **more: Any) -> Answer:
    page = render_template(f"practice/start_{name}.html", form=form, steps=STEPS, current=current, own=own, **more)
    return (page, 422) if form.errors else page


def _begin(user_id: int, form: YouForm, place: dict[str, Any]) -> None:
    person = {
        "first_name": plain(form.first_name.data),
        "last_name": plain(form.last_name.data),
        "phone": plain(form.phone.data) or None,
        "confirmed_on": clock.today(),
    }
    with transaction() as session:
        own = directory.become_therapist(session, user_id, person)
        street = {"street": plain(form.street.data), "address_public": bool(form.address_public.data)}
        directory.save_location(session, own.id, None, {**place, **street})


def _keep_offer(own: Therapist, form: OfferForm) -> None:
    offers = [(60, form.price.data)] + ([(90, form.long_price.data)] if form.long_price.data is not None else [])
    with transaction() as session:
        lock(session, own.id)
        known = {each.minutes: each.id for each in own.services}
        for minutes, price in offers:
            facts = {
                "name": plain(form.name.data),
                "minutes": minutes,
                "price_cents": price,
                "buffer_after": 15,
                "active": True,
            }
            directory.save_service(session, own.id, known.get(minutes), facts)
        directory.set_specialties(session, own.id, [BY_SLUG[slug].id for slug in form.specialties.data or ()])
        directory.set_languages(session, own.id, [each.language for each in own.languages] or ["en"])
        directory.update_therapist(session, own.id, own.version, {"booking_mode": form.booking_mode.data})


def _open(own: Therapist, told: list[OpeningHours]) -> None:
    now = clock.now()
    with transaction() as session:
        scheduling.set_scheduling(session, own.id, {}, now)
        for place in own.locations[:1]:
            scheduling.set_hours(session, own.id, place.id, told, now)
        changes: dict[str, Any] = {"confirmed_on": now.date()}
        directory.update_therapist(session, own.id, own.version, changes)
    flash(_("Saved."), "ok")
