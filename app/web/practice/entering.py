"""A visit that came by phone: entered by the therapist, confirmed at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Conflict, DomainError, Invalid
from app.directory.queries import own_practice
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.scheduling import services as scheduling
from app.scheduling.safety import Screening
from app.scheduling.services import BookingRequest, Contact
from app.web.fields import plain
from app.web.practice.moving import Answer, instant, place_names, refusal, wall_time
from app.web.practice.room import actor, home_zone, my_id, practice
from app.web.practice.visit_forms import NewVisitForm

FIELDS = {"service": "service", "name": "name", "email": "email", "phone": "phone", "starts_at": "at"}
"""Which field of the form shows a refusal that names a field of the service."""


@practice.route("/visits/new", methods=["GET", "POST"])
@audience("therapist")
def new_visit() -> Answer:
    form, zones = _form()
    if not form.service.choices or not form.location.choices:
        flash(_("First add a service and a place where you work."), "warn")
        return redirect(url_for(".treatments"))
    if not form.validate_on_submit():
        return _page(form, 422 if form.errors else 200)
    starts_at = instant(form.day.data, form.at.data, zones[form.location.data])
    contact = Contact(
        name=form.name.data or "",
        email=(form.email.data or "").strip() or None,
        phone=plain(form.phone.data) or None,
        address=form.address.data if form.at_home else None,
    )
    wanted = BookingRequest(
        form.service.data, form.location.data, starts_at, contact, Screening({}), note=form.note.data or ""
    )
    try:
        with transaction() as session:
            made = scheduling.enter(session, wanted, actor(), clock.now())
    except (Invalid, Conflict) as error:
        _blame(form, error, zones[form.location.data])
        return _page(form, 422)
    flash(_("Entered. The time is theirs."), "ok")
    return redirect(url_for(".visit", booking_id=made.id), code=303)


def _form() -> tuple[NewVisitForm, dict[int, str]]:
    own = own_practice(db.session, signed_in_user().id)
    services = [each for each in own.services if each.active] if own else []
    places = {each.id: each for each in own.locations if each.active} if own else {}
    wall = clock.now().astimezone(home_zone(my_id()))
    wall = wall_time(request.args.get("at")) or wall.replace(minute=0)
    form = NewVisitForm(data={"day": wall.date(), "at": wall.time()})
    names = place_names()
    form.service.choices = [
        (each.id, _("%(name)s, %(minutes)s min", name=each.name, minutes=each.minutes)) for each in services
    ]
    form.location.choices = [(each, names[each]) for each in places]
    form.home_services = frozenset(each.id for each in services if each.home_visit)
    form.home_places = frozenset(each for each, place in places.items() if place.kind == "home_visits")
    return form, {each: place.time_zone for each, place in places.items()}


def _blame(form: NewVisitForm, error: DomainError, time_zone: str) -> None:
    name = FIELDS.get(getattr(error, "field", None) or "", "at")
    form[name].errors = [*form[name].errors, refusal(error, time_zone)]


def _page(form: NewVisitForm, status: int) -> Answer:
    return render_template("practice/new_visit.html", form=form), status
