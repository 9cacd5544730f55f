"""Saying who one is: NPI and name. Links can be prepared at once; they work when an admin has looked."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import SIGNED_IN
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.doors.audience import audience
from app.doors.caller import caller, signed_in_user
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.referrals import queries, services
from app.web.referrals.forms import StartForm
from app.web.referrals.room import referring


@referring.get("/welcome")
@audience("public")
def welcome() -> str | Response:
    """What this is and how one begins; who is signed in begins."""
    if caller():
        return redirect(url_for("referring.start"))
    return render_template("referrals/welcome.html")


@referring.route("/start", methods=["GET", "POST"])
@audience(*SIGNED_IN)
@limiter.limit("20 per hour", methods=["POST"])
def start() -> str | tuple[str, int] | Response:
    user = signed_in_user()
    known = queries.doctor_of(db.session, user.id)
    if known is not None and known.state == "verified":
        return redirect(url_for("referring.index"))
    form = StartForm(obj=known, data=None if known else {"name": user.name})
    if form.validate_on_submit() and _signed_up(form, user.id):
        flash(_("Thank you. We check who you are, mostly within two working days, and write to you."), "ok")
        return redirect(url_for("referring.index"), 303)
    page = render_template("referrals/start.html", form=form, doctor=known)
    return (page, 422) if form.errors else page


def _signed_up(form: StartForm, user_id: int) -> bool:
    facts = services.DoctorFacts(
        form.npi.data or "", form.name.data or "", form.practice.data or "", form.phone.data or ""
    )
    try:
        with transaction() as session:
            services.sign_up(session, user_id, facts, now())
    except (Invalid, Conflict) as error:
        field = form[error.field] if isinstance(error, Invalid) and error.field else form.npi
        field.errors = [*field.errors, said(error)]
        return False
    return True
