"""A therapist's licences, as they tell them; the board's word stands above."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.directory import services as directory
from app.directory.imports.boards import boards
from app.directory.jurisdictions import name_of
from app.directory.licences import level
from app.directory.listing import listing_day
from app.directory.models import Licence
from app.directory.queries import facts
from app.directory.services.parts import own as own_part
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.locale import said
from app.web.practice.fields import plain
from app.web.practice.room import my_id, practice
from app.web.practice.start import LicenceForm
from app.web.practice.treatments import _own

Answer = str | Response | tuple[str, int]


@practice.get("/licences")
@audience("therapist")
def licences() -> str:
    own, on = _own(), listing_day(clock.now())
    shown = [(each, str(level(facts(each), on))) for each in own.licences]
    return render_template("practice/licences.html", own=own, shown=shown, state_of=name_of)


@practice.route("/licences/new", methods=["GET", "POST"])
@audience("therapist")
def new_licence() -> Answer:
    return _edit(LicenceForm(), None)


@practice.route("/licences/<int:licence_id>", methods=["GET", "POST"])
@audience("therapist")
def licence(licence_id: int) -> Answer:
    row = own_part(db.session, Licence, my_id(), licence_id)
    return _edit(LicenceForm(obj=row), row)


def _edit(form: LicenceForm, row: Licence | None) -> Answer:
    licence_id = row.id if row else None
    if form.validate_on_submit():
        code = form.jurisdiction.data
        told = {
            "jurisdiction": code,
            "number": plain(form.number.data),
            "expires_on": form.expires_on.data,
            "issuer": boards()[code].name if code in boards() else "",
        }
        try:
            with transaction() as session:
                directory.report_licence(session, my_id(), licence_id, told, actor=signed_in_user().email)
        except (Conflict, Invalid) as error:
            form.number.errors = [said(error)]
        else:
            flash(_("Saved. It is shown as self-reported until we have checked it with the board."), "ok")
            return redirect(url_for(".licences"), code=303)
    return render_template("practice/licence.html", form=form, row=row), 422 if form.errors else 200
