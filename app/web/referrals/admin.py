"""Doctors who wait for somebody to look who they are."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import ADMIN
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.referrals import queries, services
from app.referrals.names import agree
from app.web.referrals.forms import RefuseForm
from app.web.scheduling.private import keep_private

doctors = Blueprint("doctors", __name__, url_prefix="/admin/doctors")
keep_private(doctors)


@doctors.get("/")
@audience(ADMIN)
def waiting() -> str:
    rows = [
        (each, agree(each.name, each.registry_name) if each.registry_name else None)
        for each in queries.waiting_doctors(db.session)
    ]
    return render_template("referrals/waiting_doctors.html", rows=rows, form=RefuseForm(formdata=None))


@doctors.post("/<int:doctor_id>")
@audience(ADMIN)
def decide(doctor_id: int) -> Response:
    verified, admin = request.form.get("decision") == "verify", signed_in_user().email
    try:
        with transaction() as session:
            services.decide(
                session, doctor_id, verified=verified, by=admin, reason=request.form.get("reason", ""), now=now()
            )
    except (Invalid, Conflict) as error:
        flash(_(error.message), "error")
    else:
        flash(_("Verified. The doctor gets a mail.") if verified else _("Refused. The doctor gets a mail."), "ok")
    return redirect(url_for("doctors.waiting"), 303)
