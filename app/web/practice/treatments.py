"""Services and their prices."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.errors import Conflict, Invalid
from app.directory import services as directory
from app.directory.models import Service, Therapist
from app.directory.queries import own_practice
from app.directory.services.parts import own as own_part
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db
from app.web.fields import CarefulForm, PriceField, WholeNumber, columns, not_blank, plain
from app.web.practice.room import my_id, own_transaction, practice

Answer = str | Response | tuple[str, int]
SEEN = ("name", "description", "minutes", "price_cents", "buffer_before", "buffer_after", "home_visit", "active")


class ServiceForm(CarefulForm):
    name = StringField(_l("Name"), [not_blank(_l("Give it a name.")), Length(max=120)])
    description = TextAreaField(_l("What happens"), [Length(max=500)])
    minutes = WholeNumber(
        _l("Minutes of treatment"), 5, 480, InputRequired(_l("How many minutes?")), default=60,
        description=_l("In steps of five."),
    )  # fmt: skip
    price_cents = PriceField(_l("Price"), description=_l("In dollars. Empty means: on request."))
    buffer_before = WholeNumber(_l("Minutes kept free before"), 0, 240, default=0)
    buffer_after = WholeNumber(_l("Minutes kept free after"), 0, 240, default=15)
    home_visit = BooleanField(_l("At the patient's home"))
    active = BooleanField(_l("Offered now"), default=True)

    def facts(self) -> dict[str, Any]:
        return {
            "name": plain(self.name.data),
            "description": plain(self.description.data),
            "minutes": self.minutes.data,
            "price_cents": self.price_cents.data,
            "buffer_before": self.buffer_before.data or 0,
            "buffer_after": self.buffer_after.data or 0,
            "home_visit": self.home_visit.data,
            "active": self.active.data,
        }

    def validate(self, extra_validators: Any = None) -> bool:
        sound: bool = super().validate(extra_validators)
        for each in (self.minutes, self.buffer_before, self.buffer_after):
            if isinstance(each.data, int) and each.data % 5:
                each.errors = [*each.errors, _("A number in steps of five.")]
                sound = False
        return sound


@practice.get("/services")
@audience("therapist")
def treatments() -> str:
    return render_template("practice/treatments.html", own=_own())


@practice.route("/services/new", methods=["GET", "POST"])
@audience("therapist")
def new_treatment() -> Answer:
    form = ServiceForm()
    return _edit(form, None)


@practice.route("/services/<int:service_id>", methods=["GET", "POST"])
@audience("therapist")
def treatment(service_id: int) -> Answer:
    row = own_part(db.session, Service, my_id(), service_id)
    form = ServiceForm(obj=row)
    if not form.is_submitted():
        form.show(columns(row, SEEN))
    return _edit(form, row)


def _own() -> Therapist:
    own = own_practice(db.session, signed_in_user().id)
    if own is None:
        raise Conflict(_("Begin with the set-up."))
    return own


def _edit(form: ServiceForm, row: Service | None) -> Answer:
    if not form.validate_on_submit():
        return _page(form, row, 422 if form.errors else 200)
    service_id = row.id if row else None
    try:
        with own_transaction() as session:
            if service_id:
                form.check_seen(columns(own_part(session, Service, my_id(), service_id), SEEN))
            directory.save_service(session, my_id(), service_id, form.facts())
    except Conflict as error:
        if error.code != "stale" or service_id is None:
            raise
        fresh = own_part(db.session, Service, my_id(), service_id)
        form.show(columns(fresh, SEEN))
        return _page(form, fresh, 409, stale=[(_("Stored now"), f"{fresh.name}, {fresh.minutes} min")])
    except Invalid as error:
        form.blame(error, "name")
        return _page(form, row, 422)
    flash(_("Saved."), "ok")
    return redirect(url_for(".treatments"), code=303)


def _page(form: ServiceForm, row: Service | None, status: int, stale: Any = None) -> Answer:
    return render_template("practice/treatment.html", form=form, row=row, stale=stale), status
