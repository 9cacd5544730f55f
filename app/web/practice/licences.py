"""A therapist's licences, as they tell and show them; the board's word stands above."""

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, DomainError, Invalid
from app.directory import review
from app.directory import services as directory
from app.directory.jurisdictions import name_of
from app.directory.licences import level
from app.directory.listing import listing_day
from app.directory.models import Licence
from app.directory.queries import facts
from app.directory.services.parts import own as own_part
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.web import formatting as formats
from app.web.fields import columns
from app.web.files import as_download
from app.web.practice.licence_form import SEEN, LicenceFileForm, LicenceForm, first_state, keep_licence, me_as_actor
from app.web.practice.room import my_id, practice
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
@limiter.limit("30 per hour", methods=["POST"])
def new_licence() -> Answer:
    return _edit(LicenceForm(data={"jurisdiction": first_state(_own())}), None)


@practice.route("/licences/<int:licence_id>", methods=["GET", "POST"])
@audience("therapist")
@limiter.limit("30 per hour", methods=["POST"])
def licence(licence_id: int) -> Answer:
    row = _mine(licence_id)
    form = LicenceForm(obj=row)
    if not form.is_submitted():
        form.show(columns(row, SEEN))
    return _edit(form, row)


@practice.post("/licences/<int:licence_id>/evidence")
@audience("therapist")
@limiter.limit("30 per hour")
def hand_in(licence_id: int) -> Answer:
    """One more file beside a licence, such as the renewal of one that was checked before."""
    row, form = _mine(licence_id), LicenceFileForm()
    by = me_as_actor()
    try:
        file = form.sent()
        if file is None:
            raise Invalid(_("Choose the file."), field="file")
        with transaction() as session:
            directory.add_evidence(session, licence_id, file, by)
    except DomainError as error:
        form.blame(error, "file")
        row, fresh = _mine(licence_id), LicenceForm(formdata=None, obj=row)
        fresh.show(columns(row, SEEN))
        return _page(fresh, row, form), 422
    flash(_("Thank you. We look at it, usually within two working days."), "ok")
    return redirect(url_for(".licence", licence_id=licence_id), code=303)


@practice.get("/licences/<int:licence_id>/evidence/<int:evidence_id>")
@audience("therapist")
def evidence(licence_id: int, evidence_id: int) -> FlaskResponse:
    _mine(licence_id)
    row = directory.handed_in(db.session, licence_id, evidence_id, me_as_actor())
    return as_download(*directory.content_of(db.session, row.id), f"licence-{row.id}")


@practice.post("/licences/<int:licence_id>/evidence/<int:evidence_id>/remove")
@audience("therapist")
def take_back(licence_id: int, evidence_id: int) -> Response:
    _mine(licence_id)
    by = me_as_actor()
    try:
        with transaction() as session:
            directory.withdraw_evidence(session, licence_id, evidence_id, by)
        flash(_("The file is gone."), "ok")
    except Conflict as error:
        flash(said(error), "error")
    return redirect(url_for(".licence", licence_id=licence_id), code=303)


def _mine(licence_id: int) -> Licence:
    return own_part(db.session, Licence, my_id(), licence_id)


def _edit(form: LicenceForm, row: Licence | None) -> Answer:
    licence_id = row.id if row else None
    try:
        kept = form.validate_on_submit() and keep_licence(form, my_id(), licence_id, careful=True)
    except Conflict:
        return _stale(form, _mine(licence_id or 0))
    if kept:
        flash(_("Saved. It is shown as self-reported until we have checked it with the board."), "ok")
        return redirect(url_for(".licences"), code=303)
    return _page(form, row, LicenceFileForm(formdata=None)), 422 if form.errors else 200


def _stale(form: LicenceForm, row: Licence) -> Answer:
    form.show(columns(row, SEEN))
    until = formats.day(row.expires_on) if row.expires_on else ""
    stored = [(_("Stored now"), ", ".join(filter(None, (name_of(row.jurisdiction), row.number, until))))]
    return _page(form, row, LicenceFileForm(formdata=None), stored), 409


def _page(form: LicenceForm, row: Licence | None, file_form: LicenceFileForm, stale: Any = None) -> str:
    files = review.evidence_of(db.session, row.id, by=me_as_actor()) if row else []
    return render_template("practice/licence.html", form=form, row=row, file_form=file_form, files=files, stale=stale)
